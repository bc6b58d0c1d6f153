"""`decide`, `take-side`, `undo`: what a person decides of a record; the engine does it at the next look."""

from typing import Annotated

import typer

from altior_sellsy.cli.given import By, Name
from altior_sellsy.cli.usage import Command
from altior_sellsy.values.reference import Side


def add_to(app: typer.Typer) -> None:
    app.command(
        cls=Command,
        epilog="Exemple : altior-sellsy decide menuiserie-leo sellsy:97417:company:3001 link "
        '--to altior:menuiserie-leo:tiers:501 --by "Claire Martin"',
    )(decide)
    app.command(
        "take-side",
        cls=Command,
        epilog="Exemple : altior-sellsy take-side menuiserie-leo sellsy:97417:company:3001 Téléphone altior "
        '--by "Claire Martin"',
    )(take_side)
    app.command(
        cls=Command,
        epilog='Exemple : altior-sellsy undo menuiserie-leo sellsy:97417:company:3001 Téléphone --by "Claire Martin"',
    )(undo)


Record = Annotated[
    str, typer.Argument(metavar="RÉFÉRENCE", help="La fiche, comme « cards » la montre.", show_default=False)
]
Which = Annotated[
    str,
    typer.Argument(metavar="CHAMP", help="Le champ, comme « journal » le nomme : Téléphone, note…", show_default=False),
]


def decide(
    name: Name,
    record: Record,
    verb: Annotated[
        str,
        typer.Argument(
            metavar="DÉCISION",
            help="link (lier), create (créer quand même), let_in (faire entrer), leave_out (laisser de côté), "
            "unlink (délier), hold (retenir un champ) ou release (le rendre).",
            show_default=False,
        ),
    ],
    by: By,
    to: Annotated[str, typer.Option(help="Pour link : la fiche de l'autre côté.", metavar="RÉFÉRENCE")] = "",
    field: Annotated[str, typer.Option(help="Pour hold et release : le champ.", metavar="CHAMP")] = "",
) -> None:
    """Décide d'une fiche, déjà dans l'aperçu ou plus tard : la lier, la créer quand même, la faire entrer, la laisser
    de côté, la délier, ou retenir un de ses champs."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.errors import Final
    from altior_sellsy.service import decisions

    if verb in ("hold", "release"):
        _only_field(verb, field, to)
        release = verb == "release"
        record_known, label = decisions.hold(
            opening.ledger(name), record, field, by=by, clock=SystemClock(), release=release
        )
        say(f"« {record_known.label} » : « {label} » est {'rendu' if release else 'retenu'}.")
        return
    if field and verb in decisions.VERBS:
        raise Final(f"« --field » ne sert qu'à « hold » et à « release », pas à « {verb} » : rien n'a été décidé.")
    sighting, chosen = decisions.decide(opening.ledger(name), record, verb, to=to, by=by, clock=SystemClock())
    say(
        f"« {sighting.label} » : {chosen.label}. Ce sera fait par la première synchronisation, puis par le service ; "
        f"sans lui, lancez « altior-sellsy sync {name} »."
    )


def _only_field(verb: str, field: str, to: str) -> None:
    from altior_sellsy.errors import Final

    if to:
        raise Final(f"« --to » ne sert qu'à « link », pas à « {verb} » : rien n'a été décidé.")
    if not field.strip():
        raise Final(
            f"Quel champ ? Ajoutez « --field CHAMP », par exemple « --field Téléphone » : « {verb} » en veut un."
        )


def take_side(
    name: Name,
    record: Record,
    field: Which,
    side: Annotated[
        Side, typer.Argument(metavar="CÔTÉ", help="sellsy ou altior : le côté qui a raison.", show_default=False)
    ],
    by: By,
) -> None:
    """Donne raison à un côté, pour un champ : sa valeur remplace celle de l'autre, quelle que soit la règle. Les deux
    valeurs restent dans le journal."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import decisions

    known, label = decisions.take_side(opening.ledger(name), record, field, side, by=by, clock=SystemClock())
    say(f"« {known.label} » : {side.label} a raison pour « {label} ». {_when(name)}")


def undo(name: Name, record: Record, field: Which, by: By) -> None:
    """Annule la dernière modification qu'a faite le connecteur sur un champ : la valeur remplacée revient, comme si la
    personne l'avait saisie, et rejoint l'autre côté. Si quelqu'un a changé le champ depuis, rien n'est écrit."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import decisions
    from altior_sellsy.service.wording import shown

    change = decisions.undo(opening.ledger(name), record, field, by=by, clock=SystemClock())
    side = change.side.label if change.side else ""
    before, after = (shown(change.field_name, value) for value in (change.before, change.after))
    say(f"Dans {side}, « {before} » remplacera « {after} ». {_when(name)}")


def _when(name: str) -> str:
    return f"Le service s'en charge ; sans lui, lancez « altior-sellsy sync {name} »."
