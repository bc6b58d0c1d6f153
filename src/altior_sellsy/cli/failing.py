"""The one place where a failure becomes a French sentence on stderr and an exit status."""

import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

INTERRUPTED = 130
UNEXPECTED = 70
"""EX_SOFTWARE of sysexits.h."""
DEBUG = "ALTIOR_SELLSY_DEBUG"


def run(app: Any, arguments: list[str]) -> int:
    """Runs the command line. Exit status: 0, 1 (a failure that is told), 2 (usage), 70 (unexpected), 130 (Ctrl-C,
    SIGTERM)."""
    from typer.exceptions import TyperException
    from typer.main import get_command

    from altior_sellsy.cli import usage
    from altior_sellsy.errors import ConnectorError

    _pass_pipes_on()
    # A command that is told to end leaves as by Ctrl-C: its database is stopped with it. Services have their own way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        outcome = get_command(app).main(args=arguments, prog_name="altior-sellsy", standalone_mode=False)
        if outcome == INTERRUPTED:
            say("Interrompu.")
        return int(outcome or 0)
    except KeyboardInterrupt:
        say("Interrompu.")
        return INTERRUPTED
    except ConnectorError as error:
        say(str(error))
        return 1
    except BrokenPipeError:
        return 0  # the reader of our output had seen enough
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            return 0
        say(usage.sentence(error))
        return 2
    except Exception as error:  # noqa: BLE001 - the last resort: nobody is shown a traceback
        return _unexpected(error)


def say(sentence: str) -> None:
    from altior_sellsy.cli.french import french

    print(" ".join(french(sentence).split("\n")), file=sys.stderr, flush=True)


def _unexpected(error: Exception) -> int:
    if os.environ.get(DEBUG) == "1":
        traceback.print_exception(error)
        return UNEXPECTED
    told = "".join(traceback.format_exception(error))
    try:
        handle, name = tempfile.mkstemp(prefix="altior-sellsy-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(told)
        where = f"le détail est dans « {Path(name)} » : transmettez ce fichier au support"
    except OSError:
        where = f"relancez avec {DEBUG}=1 pour en voir le détail"
    say(f"Erreur inattendue du connecteur ({type(error).__name__}) ; {where}.")
    return UNEXPECTED


def _pass_pipes_on() -> None:
    """Accents on every terminal, and through pipes whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
