"""`sandbox`: the stand-ins, each a server of its own."""

import os
import signal
import sys
import threading
from typing import Annotated

import typer

from altior_sellsy.cli.usage import Command, Group

app = typer.Typer(
    cls=Group,
    help="Des serveurs d'essai, sur cette machine seulement : ni le vrai Sellsy, ni le vrai Altior.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port d'écoute ; 0 : un port libre.", metavar="PORT")]
Size = Annotated[int, typer.Option(min=0, help="Nombre d'entreprises.", metavar="NOMBRE")]
Seed = Annotated[int, typer.Option(help="Graine : mêmes entreprises pour une même graine.", metavar="NOMBRE")]
Faults = Annotated[str, typer.Option(help="Profil de pannes : none, slow, flaky, lossy, tight.", metavar="PROFIL")]
Tied = Annotated[bool, typer.Option("--tied", hidden=True)]


@app.command(cls=Command, epilog="Exemple : altior-sellsy sandbox sellsy --port 8090 --size 40")
def sellsy(port: Port = 8090, size: Size = 40, seed: Seed = 1, faults: Faults = "none", tied: Tied = False) -> None:
    """Un serveur qui se comporte comme l'API V2 de Sellsy, en mémoire."""
    from altior_sellsy.sandbox.sellsy.app import run

    _end_with_parent(tied)
    try:
        run(port, size, seed, faults)
    except (ValueError, OSError) as error:
        raise _failure(error, port) from None


@app.command(cls=Command, epilog="Exemple : altior-sellsy sandbox altior --port 8091 --size 20 --offset 30")
def altior(
    port: Port = 8091,
    size: Size = 20,
    seed: Seed = 1,
    faults: Faults = "none",
    offset: Annotated[
        int, typer.Option(min=0, help="Rang de la première entreprise dans la liste.", metavar="NOMBRE")
    ] = 30,
    tied: Tied = False,
) -> None:
    """Un serveur qui parle le contrat d'essai d'Altior, en mémoire (ce n'est pas l'API réelle d'Altior)."""
    from altior_sellsy.sandbox.altior.options import Options
    from altior_sellsy.sandbox.altior.server import run

    _end_with_parent(tied)
    try:
        run(port, Options(size=size, seed=seed, offset=offset), faults)
    except (ValueError, OSError) as error:
        raise _failure(error, port) from None


def _failure(error: Exception, port: int) -> Exception:
    from altior_sellsy.errors import Final
    from altior_sellsy.refusals import why

    if isinstance(error, OSError):
        return Final(f"Impossible d'écouter sur le port {port} ({why(error)}) : choisissez-en un autre avec --port.")
    return Final(str(error))


def _end_with_parent(tied: bool) -> None:
    """Whoever started us holds the other end of our stdin: when it dies, however it dies, so do we."""
    if not tied:
        return

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
