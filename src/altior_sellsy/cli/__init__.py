"""The command line: thin commands over `service`. Every import that costs time is made inside the command that needs
it, so that `--help` answers at once."""

import sys


def main() -> None:
    """Entry point of `altior-sellsy`."""
    from altior_sellsy.cli.app import app
    from altior_sellsy.cli.failing import run

    sys.exit(run(app, sys.argv[1:]))
