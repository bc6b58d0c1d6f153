"""`python -m altior_sellsy.altior.conformance --url … --user …`: the suite against a server of the contract."""

import argparse
import os
import sys
from collections import Counter

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.altior.conformance.bench import Bench, Outcome, Verdict
from altior_sellsy.altior.conformance.door import DemonstrationBackstage
from altior_sellsy.altior.conformance.suite import conform
from altior_sellsy.errors import ConnectorError

TOKEN_VARIABLE = "ALTIOR_TOKEN"  # noqa: S105  (the name of a variable)


def main(arguments: list[str] | None = None) -> int:
    """0: all kept; 1: at least one promise is not; 2: it could not be run."""
    parser = argparse.ArgumentParser(
        prog="python -m altior_sellsy.altior.conformance",
        description="Vérifie qu'un serveur tient le contrat du connecteur. À lancer sur un environnement d'essai : "
        "les fiches créées s'appellent « Conformité … » et sont archivées à la fin.",
    )
    parser.add_argument("--url", required=True, help="adresse d'Altior")
    parser.add_argument("--user", required=True, help="e-mail de l'utilisateur de référence")
    parser.add_argument("--token", help=f"jeton d'accès (par défaut : la variable {TOKEN_VARIABLE})")
    parser.add_argument("--demonstration", action="store_true", help="le serveur est celui de démonstration")
    given = parser.parse_args(arguments)
    token = given.token or os.environ.get(TOKEN_VARIABLE, "")
    try:
        altior = HttpAltior(given.url, token, given.user)
        altior.identity()
    except ConnectorError as error:
        print(error, file=sys.stderr)
        return 2
    backstage = DemonstrationBackstage(given.url) if given.demonstration else None
    outcomes = conform(Bench(altior, lambda email: HttpAltior(given.url, token, email), backstage))
    for outcome in outcomes:
        print(_line(outcome))
    counts = Counter(outcome.verdict for outcome in outcomes)
    print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if counts[Verdict.BROKEN] else 0


def _line(outcome: Outcome) -> str:
    sign = {Verdict.KEPT: "✓", Verdict.BROKEN: "✗", Verdict.UNTRIED: "–"}[outcome.verdict]
    said = f"\n    {outcome.sentence}" if outcome.sentence else ""
    return f"{sign} {outcome.check.french} ({outcome.check.english}){said}"


if __name__ == "__main__":
    sys.exit(main())
