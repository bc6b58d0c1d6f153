"""Commands that only read the ledger: `status`, `cards`, `journal`, `explain`."""

from typing import Annotated

import typer

from altior_sellsy.cli.given import Json, Name
from altior_sellsy.cli.usage import Command

MOST_LINES = 1_000_000


def add_to(app: typer.Typer) -> None:
    app.command(cls=Command, epilog='Exemple : altior-sellsy explain menuiserie-leo "Dupont"')(explain)
    app.command(cls=Command, epilog="Exemple : altior-sellsy status menuiserie-leo")(status)
    app.command(cls=Command, epilog="Exemple : altior-sellsy cards menuiserie-leo")(cards)
    app.command(
        cls=Command,
        epilog="Exemple : altior-sellsy journal menuiserie-leo --record sellsy:97417:company:3001",
    )(journal)


def explain(
    name: Name,
    query: Annotated[
        str,
        typer.Argument(metavar="RECHERCHE", help="Un nom, un SIRET, un e-mail ou une référence.", show_default=False),
    ],
    json: Json = False,
) -> None:
    """Dit pourquoi une fiche est, ou n'est pas, de l'autre côté, et ce qui le changerait."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.errors import Final
    from altior_sellsy.service.explain import explain as find

    found = find(opening.ledger(name), query)
    if json:
        show.print_json([one.as_json() for one in found])
    elif found:
        show.print_explanations(found)
    else:
        raise Final(
            f"Aucune fiche connue de « {name} » ne correspond à « {query} » : vérifiez l'orthographe, ou lancez "
            f"« altior-sellsy sync {name} » si elle vient d'être créée."
        )


def status(
    name: Annotated[str, typer.Argument(metavar="[NOM]", help="Un environnement ; sans nom, tous.")] = "",
    json: Json = False,
) -> None:
    """Montre les compteurs par type de fiche, le délai, la limite d'appels Sellsy et les cas à traiter."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service.environments import opened
    from altior_sellsy.service.reading import status as read

    ledgers, now = opening.ledgers(), SystemClock().now()
    names = [name] if name else [environment.name for environment in ledgers.environments()]
    found = [read(ledgers, opened(ledgers, one), now) for one in names]
    if json:
        show.print_json(found[0] if name else found)
        return
    if not found:
        print("Aucun environnement. Pour en ajouter un : altior-sellsy environment add --help")
    for one in found:
        show.print_status(one)


def cards(
    name: Name,
    each: Annotated[bool, typer.Option("--each", help="Une ligne par fiche, au lieu d'une par cause.")] = False,
    json: Json = False,
) -> None:
    """Liste les cas à traiter, par cause : ce qui demande une personne, et quoi faire."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.service import reading

    found = reading.cards(opening.ledger(name))
    if json:
        show.print_json(found)
    elif each:
        show.print_cards(found)
    else:
        show.print_causes(reading.causes(found))


def journal(
    name: Name,
    record: Annotated[
        str,
        typer.Option(help="Une seule fiche, par sa référence (« sellsy:97417:company:3001 »).", metavar="RÉFÉRENCE"),
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_LINES, help="Nombre de lignes, les plus récentes d'abord.", metavar="NOMBRE")
    ] = 50,
    json: Json = False,
) -> None:
    """Montre ce qui a été fait : avant, après, cause, par qui."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.errors import Final
    from altior_sellsy.service.reading import journal as read
    from altior_sellsy.service.reading import labels
    from altior_sellsy.values.reference import Reference

    ledger = opening.ledger(name)
    try:
        reference = Reference.parse(record) if record else None
    except ValueError:
        raise Final(
            f"« {record} » n'est pas une référence : attendu par exemple « sellsy:97417:company:3001 » "
            f"(« altior-sellsy explain {name} NOM-DE-LA-FICHE » la donne)."
        ) from None
    entries = read(ledger, reference=reference, limit=limit)
    if json:
        show.print_json(entries)
    else:
        show.print_journal(entries, labels(ledger, entries))
