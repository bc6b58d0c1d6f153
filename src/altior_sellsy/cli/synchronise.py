"""Commands that talk to both systems at any time: `preflight`, `sync`."""

from typing import TYPE_CHECKING, Annotated

import typer

from altior_sellsy.cli.given import Json, Name
from altior_sellsy.cli.usage import Command

if TYPE_CHECKING:
    from altior_sellsy.preflight.report import Report
    from altior_sellsy.service.runtime import Runtime


def add_to(app: typer.Typer) -> None:
    app.command(cls=Command, epilog="Exemple : altior-sellsy preflight menuiserie-leo --repair")(preflight)
    app.command(cls=Command, epilog="Exemple : altior-sellsy sync menuiserie-leo")(sync)


def preflight(
    name: Name,
    repair: Annotated[
        bool, typer.Option("--repair", help="Crée dans Altior les réglages manquants, après les avoir montrés.")
    ] = False,
    json: Json = False,
) -> None:
    """Vérifie Sellsy, Altior et la demande ; chaque point à corriger est dit avec son remède. Code de sortie 1 si
    quelque chose bloque."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli.failing import say
    from altior_sellsy.service import verifying

    with opening.runtime(name, quiet=json) as runtime:
        report = verifying.verify(runtime)
        if repair:
            done = repair_all(runtime, report, quiet=json)
            report = verifying.verify(runtime) if done else report
    if json:
        show.print_json(report.as_json())
    else:
        show.print_lines(report.lines())
    if report.blocking:
        say(refusal(name, report, "La mise en service"))
        raise typer.Exit(1)


def repair_all(runtime: "Runtime", report: "Report", *, quiet: bool = False) -> int:
    """Shows what will be created in Altior, then creates it. The number of settings created."""
    from altior_sellsy.cli.french import count
    from altior_sellsy.preflight.repair import apply, repairs

    wanted = repairs(report)
    if not quiet and wanted:
        print(f"{count(len(wanted), 'réglage', 'réglages')} à créer dans Altior\N{NO-BREAK SPACE}:")
        for one in wanted:
            print(f"  + {one.sentence}")
    for one in wanted:
        apply(one, runtime.altior)
    if not quiet and wanted:
        print("Fait.\n")
    return len(wanted)


def refusal(name: str, report: "Report", what: str) -> str:
    """One sentence: how many points block, and the first of them with its remedy."""
    from altior_sellsy.cli.french import count
    from altior_sellsy.preflight.findings import Severity

    blocking = [finding for finding in report.findings if finding.severity is Severity.BLOCKING]
    if not blocking:
        blocking = [finding for finding in report.findings if finding.code.endswith("_unavailable")]
    points = count(len(blocking), "point bloque", "points bloquent")
    if not blocking:
        return (
            f"{what} de « {name} » est impossible : les deux systèmes n'ont pas pu être vérifiés. Ouvrez l'accès à "
            "Altior et à Sellsy, puis recommencez."
        )
    first = blocking[0]
    which = "" if len(blocking) == 1 else ", le premier étant"
    return f"{what} de « {name} » est impossible, {points}{which} : {first.sentence} {first.remedy}".rstrip()


def sync(name: Name, json: Json = False) -> None:
    """Compare les deux côtés une fois, synchronise ce qui a changé, et dit ce qui a été écrit."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.cli.progress import progress
    from altior_sellsy.service import full_sync

    with opening.runtime(name, quiet=json) as runtime, progress(quiet=json) as told:
        report = full_sync.run(runtime, told)
    if json:
        show.print_json(report.as_json())
    else:
        show.print_sync(report.as_json())
