"""The command line: thin commands over `service`. Every import that costs time is made inside the command that needs
it, so that `--help` answers at once."""

import atexit
import gc
import sys


def main() -> None:
    """Entry point of `altior-sellsy`."""
    # The memory is given back whole at the end: looking for cycles in it first takes a quarter of a short command.
    atexit.register(gc.freeze)
    from altior_sellsy.cli.app import app
    from altior_sellsy.cli.failing import run

    sys.exit(run(app, sys.argv[1:]))
