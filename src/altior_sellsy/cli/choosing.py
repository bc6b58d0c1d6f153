"""`choose`: «Synchronisation Altior» ticked in number."""

from pathlib import Path
from typing import Annotated

import typer

from altior_sellsy.cli.given import Json, Name
from altior_sellsy.cli.usage import Command


def add_to(app: typer.Typer) -> None:
    app.command(
        cls=Command,
        epilog="Exemple : altior-sellsy choose menuiserie-leo --type client --invoiced --dry-run, puis : "
        'altior-sellsy choose menuiserie-leo --type client --invoiced --yes --by "Claire Martin"',
    )(choose)


def choose(
    name: Name,
    type: Annotated[
        list[str] | None, typer.Option(help="client, prospect ou supplier ; répétable.", metavar="TYPE")
    ] = None,
    invoiced: Annotated[bool, typer.Option("--invoiced", help="Celles qui ont au moins une facture.")] = False,
    filter: Annotated[str, typer.Option(help="Celles d'un filtre enregistré dans Sellsy.", metavar="FILTRE")] = "",
    list: Annotated[
        Path | None,
        typer.Option(help="Celles d'une liste : identifiants, références ou SIRET.", metavar="FICHIER.xlsx"),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Remet à Non ce qui a été coché en nombre.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montre les fiches, sans rien écrire.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Approuve, et coche.")] = False,
    by: Annotated[str, typer.Option(help="La personne qui approuve.", metavar="PERSONNE")] = "",
    json: Json = False,
) -> None:
    """Choisit les fiches à synchroniser : coche « Synchronisation Altior » en nombre dans Sellsy, après approbation.
    Rien d'autre n'y est écrit. Ce qu'une personne a décoché n'est jamais recoché."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli.french import count
    from altior_sellsy.cli.progress import progress
    from altior_sellsy.errors import Final
    from altior_sellsy.service import choosing

    unknown = sorted(set(type or ()) - choosing.TYPES.keys())
    if unknown:
        raise Final(f"« {unknown[0]} » n'est pas un type de fiche : client, prospect ou supplier.")
    if dry_run == yes:
        raise Final('Voyez d\'abord les fiches avec « --dry-run », puis approuvez avec « --yes --by "Prénom Nom" ».')
    wish = choosing.Wish(tuple(type or ()), invoiced, filter, choosing.listed(list) if list else None)
    with opening.runtime(name, quiet=json) as runtime, progress(quiet=json) as told:
        if undo:
            choice = choosing.take_back(runtime, by, told, dry_run=dry_run)
        else:
            choice = choosing.choose(runtime, wish, by, told, dry_run=dry_run)
    if json:
        show.print_json(choice.as_json())
        return
    what = "décochée" if undo else "cochée"
    fiches = count(len(choice.chosen), f"fiche {'serait' if dry_run else 'est'} {what}",
                   f"fiches {'seraient' if dry_run else 'sont'} {what}s")  # fmt: skip
    show.say(f"{fiches}, sur {choice.read} lues dans Sellsy.")
    for why, number in sorted(choice.left.items()):
        show.say(f"Laissées, {why} : {number}.")
    show.table("", ("Fiche", "Référence"), [(label, reference) for reference, label in choice.chosen[:200]])
