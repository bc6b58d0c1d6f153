"""`decide`: what a person decides of a record; the engine does it at the next look."""

from typing import Annotated

import typer

from altior_sellsy.cli.usage import Command


def add_to(app: typer.Typer) -> None:
    app.command(
        cls=Command,
        epilog="Exemple : altior-sellsy decide menuiserie-leo sellsy:97417:company:3001 link "
        '--to altior:menuiserie-leo:tiers:501 --by "Claire Martin"',
    )(decide)


def decide(
    name: Annotated[str, typer.Argument(metavar="NOM", help="Nom de l'environnement.", show_default=False)],
    record: Annotated[
        str, typer.Argument(metavar="RÉFÉRENCE", help="La fiche, comme « cards » la montre.", show_default=False)
    ],
    verb: Annotated[
        str,
        typer.Argument(
            metavar="DÉCISION",
            help="link (lier), create (créer quand même), let_in (faire entrer), leave_out (laisser de côté), "
            "unlink (délier), hold (retenir un champ) ou release (le rendre).",
            show_default=False,
        ),
    ],
    by: Annotated[str, typer.Option(help="Prénom et nom de la personne qui le décide.", metavar="PERSONNE")],
    to: Annotated[str, typer.Option(help="Pour link : la fiche de l'autre côté.", metavar="RÉFÉRENCE")] = "",
    field: Annotated[str, typer.Option(help="Pour hold et release : le champ.", metavar="CHAMP")] = "",
) -> None:
    """Décide d'une fiche, déjà dans l'aperçu ou plus tard : la lier, la créer quand même, la faire entrer, la laisser
    de côté, la délier, ou retenir un de ses champs."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import decisions

    if verb in ("hold", "release"):
        release = verb == "release"
        record_known, label = decisions.hold(
            opening.ledger(name), record, field, by=by, clock=SystemClock(), release=release
        )
        say(f"« {record_known.label} » : « {label} » est {'rendu' if release else 'retenu'}.")
        return
    sighting, chosen = decisions.decide(opening.ledger(name), record, verb, to=to, by=by, clock=SystemClock())
    say(
        f"« {sighting.label} » : {chosen.label}. Ce sera fait par la première synchronisation, puis par le service ; "
        f"sans lui, lancez « altior-sellsy sync {name} »."
    )
