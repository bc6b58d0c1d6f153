"""Commands as processes of their own, forked from one that has read the modules: most of a short command's time is
reading them. What reads the environment (settings, options) is left for the fork. test_demo and test_cli_usage start
theirs from nothing, as people do."""

import gc
import importlib
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

READ = (
    *("django.contrib.auth", "django.core.management", "django.db.migrations.executor", "django.db.models"),
    *("httpx2", "openpyxl", "phonenumbers", "procrastinate", "psycopg_pool", "structlog"),
    *("altior_sellsy.cli.app", "altior_sellsy.cli.failing", "altior_sellsy.service.environments"),
    *("altior_sellsy.ledger.windows", "altior_sellsy.options", "altior_sellsy.service.runtime"),
    *("altior_sellsy.cli.opening", "altior_sellsy.cli.show", "altior_sellsy.web.database"),
    *("django.db.backends.postgresql.base", "django.template.defaulttags", "django.views.debug"),
)


class Forking:
    """A process that forks a command whenever it is asked to, one at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )

    def run(self, arguments: Sequence[str], folder: Path, environ: Mapping[str, str], stdin: str) -> tuple[int, Path]:
        """The exit status (minus the signal that ended it) and the folder with `out` and `err`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pipes = Path(folder) / ".said"
        pipes.mkdir(exist_ok=True)
        (pipes / "in").write_text(stdin, encoding="utf-8")
        order = {"arguments": list(arguments), "folder": str(folder), "environ": dict(environ), "pipes": str(pipes)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), pipes

    def stop(self) -> None:
        self.process.communicate()  # the end of its input is its end


def _command(order: dict[str, Any]) -> NoReturn:
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["folder"])
    written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, (name, mode) in enumerate((("in", os.O_RDONLY), ("out", written), ("err", written))):
        os.dup2(os.open(Path(order["pipes"], name), mode, 0o600), number)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding="utf-8")
    sys.argv = ["altior-sellsy", *order["arguments"]]
    runpy.run_module("altior_sellsy", run_name="__main__", alter_sys=False)
    sys.exit(0)


def _serve() -> None:
    """Reads orders, a line of JSON each; answers the exit status of each on a line."""
    for name in READ:
        importlib.import_module(name)
    gc.freeze()  # a child that looks for cycles in what it inherits copies all of it
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _command(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
