"""The commands by name. Each imports what it needs when it runs."""

from typing import Annotated

import typer

from altior_sellsy.cli import choosing, deciding, environments, first_sync, reading, requests, sandboxes, synchronise
from altior_sellsy.cli.usage import Command, Group

app = typer.Typer(
    cls=Group,
    help="Garde l'ERP Altior et le CRM Sellsy d'une entreprise en phase, dans les deux sens, et explique chaque "
    "décision.\n\nPour essayer sans rien installer d'autre : altior-sellsy demo --once",
    epilog="« altior-sellsy COMMANDE --help » explique une commande et en donne un exemple.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(requests.app, name="request")
app.add_typer(environments.app, name="environment")
app.add_typer(sandboxes.app, name="sandbox")
synchronise.add_to(app)
first_sync.add_to(app)
choosing.add_to(app)
reading.add_to(app)
deciding.add_to(app)

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port d'écoute.", metavar="PORT")]


@app.command(cls=Command, epilog="Exemple : altior-sellsy demo --once")
def demo(
    port: Port = 8080,
    once: Annotated[
        bool, typer.Option("--once", help="Une première synchronisation, un échange, le bilan, puis fin.")
    ] = False,
) -> None:
    """Démonstration complète : un Sellsy et un Altior d'essai, une demande remplie, et tout le service."""
    from altior_sellsy.cli.demo import run

    raise typer.Exit(run(port, once=once))


@app.command(cls=Command, epilog="Exemple : altior-sellsy serve --host 0.0.0.0 --port 8080")
def serve(
    host: Annotated[str, typer.Option(help="Adresse d'écoute.", metavar="ADRESSE")] = "127.0.0.1",
    port: Port = 8080,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Le web seul, sans exécutant.")] = False,
) -> None:
    """Sert les notifications de Sellsy, exécute les synchronisations et les contrôles périodiques."""
    from altior_sellsy.web.serve import serve as run

    raise typer.Exit(run(host, port, worker=not no_worker))


@app.command(cls=Command, epilog="Exemple : altior-sellsy worker")
def worker() -> None:
    """Un exécutant seul, sans web : lancez-en autant que vous voulez, sur la même base."""
    from altior_sellsy.web import database

    database.prepare()
    from altior_sellsy.jobs.worker import run_worker
    from altior_sellsy.options import options

    try:
        print(f"Exécutant en marche — {database.described()}", flush=True)
        code = run_worker(options().timing)
    finally:
        database.release()
    raise typer.Exit(code)


@app.command(
    cls=Command,
    epilog="Exemple : ALTIOR_SELLSY_DATABASE_URL=postgresql://altior@localhost/altior altior-sellsy migrate",
)
def migrate() -> None:
    """Met la base à jour pour cette version. Inutile avec la base embarquée, qui le fait d'elle-même."""
    from altior_sellsy.web import database

    database.prepare(migrate=True)
    print(f"La base est à jour ({database.described()}).")
