"""`initialise`: the first synchronisation (preview, trial, the whole). `plan`: the stored preview, record by record."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from altior_sellsy.cli.given import Json, Name
from altior_sellsy.cli.usage import Command


def add_to(app: typer.Typer) -> None:
    app.command(
        cls=Command,
        epilog="Exemple : altior-sellsy initialise menuiserie-leo --dry-run, puis : altior-sellsy initialise "
        'menuiserie-leo --trial 10 --yes --by "Claire Martin", puis la même commande sans --trial',
    )(initialise)
    app.command(cls=Command, epilog="Exemple : altior-sellsy plan menuiserie-leo --xlsx apercu.xlsx")(plan)


def initialise(
    name: Name,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="L'aperçu seulement : rien n'est écrit.")] = False,
    trial: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="N'approuve que l'essai de ce nombre de fiches.", metavar="NOMBRE"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approuve l'aperçu et l'exécute.")] = False,
    by: Annotated[str, typer.Option(help="La personne qui approuve.", metavar="PERSONNE")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Annule cette initialisation ; avec --dry-run, dit ce qui serait fait.")
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option(help="Écrit aussi l'aperçu, ou le bilan, en .xlsx.", metavar="FICHIER.xlsx")
    ] = None,
    json: Json = False,
) -> None:
    """Première synchronisation : l'aperçu (--dry-run), un essai sur quelques fiches (--trial 10 --yes --by), puis le
    reste (--yes --by). Ce qui est exécuté est l'aperçu, fiche par fiche ; une fiche pour laquelle il ne tient plus
    revient à une personne. --undo archive ce que l'initialisation a créé et que personne n'a touché, remet les champs
    qu'elle a modifiés, et dit le reste. L'approbation vaut aussi pour les notifications instantanées (webhooks) que le
    connecteur crée dans Sellsy."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli import show_first_sync as told_by
    from altior_sellsy.cli.progress import progress
    from altior_sellsy.cli.synchronise import refusal
    from altior_sellsy.errors import Final
    from altior_sellsy.options import options
    from altior_sellsy.service import first_sync, verifying

    _check_approval(name, "L'annulation" if undo else "La première synchronisation", dry_run, yes, by, trial or 0)
    if undo:
        if trial or xlsx is not None:
            raise Final("« --undo » annule tout, essai compris : « --trial » et « --xlsx » ne vont pas avec lui.")
        _undo(name, by, dry_run=dry_run, json=json)
        return
    if xlsx is not None:
        _check_file(xlsx)
    with opening.runtime(name, quiet=json) as runtime:
        report = verifying.verify(runtime)
        if report.blocking:
            if not json:
                show.print_lines(report.lines())
            raise Final(refusal(name, report, "L'initialisation"))
        with progress(quiet=json) as told:
            if dry_run:
                first_sync.preview(runtime, told)
                summary = (runtime.ledger.plan() or {})["summary"]
            else:
                with resumable():
                    done = first_sync.run(runtime, by, told, options().public_url, trial=trial or 0)
        # Told before it is written to a file: a full disk does not take the report away.
        if dry_run:
            show.print_json(summary) if json else told_by.print_preview(name, summary)
        elif json:
            show.print_json(done.as_json())
        else:
            told_by.print_first_sync(done.as_json())
            if trial:
                told_by.print_trial(name, done.as_json())
        if xlsx is not None:
            from altior_sellsy.service import plan_file, report_file

            if dry_run:
                plan_file.write(runtime.ledger, xlsx)
            else:
                report_file.write(runtime.ledger, done, xlsx)


def _check_file(xlsx: Path) -> None:
    from altior_sellsy.service import workbook  # its library weighs as much as ten thousand records

    workbook.check(xlsx)


def _undo(name: str, by: str, *, dry_run: bool, json: bool) -> None:
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli import show_first_sync as told_by
    from altior_sellsy.cli.progress import progress
    from altior_sellsy.service import undoing

    with opening.runtime(name, quiet=json) as runtime, progress(quiet=json) as told, resumable():
        done = undoing.undo(runtime, by, told, dry_run=dry_run)
    if json:
        show.print_json(done.as_json())
    else:
        told_by.print_undone(name, done.as_json(), dry_run=dry_run)


@contextmanager
def resumable() -> Iterator[None]:
    from altior_sellsy.cli.failing import say

    try:
        yield
    except KeyboardInterrupt:
        say("Ce qui est fait est gardé : relancez la même commande, elle reprend où elle en était.")
        raise


def _check_approval(name: str, what: str, dry_run: bool, yes: bool, by: str, trial: int) -> None:
    from altior_sellsy.errors import Final

    if dry_run and (yes or trial):
        other = "--yes" if yes else "--trial"
        raise Final(
            f"Choisissez « --dry-run » (l'aperçu) ou « {other} » (l'exécution), pas les deux. Rien n'a été écrit."
        )
    if dry_run:
        return
    if not yes:
        raise Final(
            f"{what} de « {name} » n'est pas approuvée, rien n'a été écrit : voyez ce qui serait fait avec "
            '« --dry-run », puis approuvez-le avec « --yes --by "Prénom Nom" ».'
        )
    if not by.strip():
        raise Final(
            f"{what} de « {name} » doit être approuvée par une personne, rien n'a été écrit : "
            'ajoutez « --by "Prénom Nom" ».'
        )


def plan(
    name: Name,
    xlsx: Annotated[Path | None, typer.Option(help="L'écrit en .xlsx.", metavar="FICHIER.xlsx")] = None,
    json: Json = False,
) -> None:
    """Montre l'aperçu gardé, fiche par fiche : décision, raison, champs qui diffèrent, jumeaux possibles. Ne lit ni
    Sellsy ni Altior. Pour changer une décision : « altior-sellsy decide »."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli import show_first_sync as told_by
    from altior_sellsy.cli.french import count, date
    from altior_sellsy.service import plan_file, workbook
    from altior_sellsy.service.plan_reading import records, stored

    if xlsx is not None:
        workbook.check(xlsx)
    ledger = opening.ledger(name)
    header = stored(ledger)
    if json:
        show.print_json({**header, "records": list(records(ledger))})
    if xlsx is not None:
        number = plan_file.write(ledger, xlsx)
        if not json:
            show.say(f"{count(number, 'fiche', 'fiches')} dans « {xlsx} ».")
    elif not json:
        show.say(f"Aperçu calculé le {date(header['started'])}.")
        told_by.print_plan(header["summary"])
        told_by.print_records(records(ledger, decisions=("create", "link", "ask", "wait")))
