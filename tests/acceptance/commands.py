"""`altior-sellsy` as people run it: a process, a database of its own, two real servers."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from altior_sellsy.request import example, form
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.sellsy.settings import CLIENT_SECRET
from tests.acceptance.forking import Forking
from tests.acceptance.town import Town

NAME = "menuiserie-leo"
KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@dataclass
class Told:
    """What a command said, and its exit status."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Commands:
    """Runs commands in `folder`, with `settings` (ALTIOR_SELLSY_…) and nothing else of the caller's own.

    `forks`: where to fork them from; without it each starts from nothing.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    forks: Forking | None = None

    def environ(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("ALTIOR_SELLSY_", "DJANGO_"))}
        clean.pop("PYTHONDONTWRITEBYTECODE", None)  # most of a command's time is reading modules: compile them once
        return clean | self.settings

    def __call__(self, *arguments: str, stdin: str = "") -> Told:
        if self.forks:
            code, said = self.forks.run(arguments, self.folder, self.environ(), stdin)
            return Told(code, (said / "out").read_text("utf-8"), (said / "err").read_text("utf-8"))
        done = subprocess.run(
            [sys.executable, "-m", "altior_sellsy", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environ(),
            timeout=90,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "altior_sellsy", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environ(),
        )

    def right(self, *arguments: str, stdin: str = "") -> Told:
        """Runs what must succeed."""
        told = self(*arguments, stdin=stdin)
        assert told.code == 0, f"{arguments}: {told.code}\n{told.out}\n{told.err}"
        assert told.err == ""
        return told

    def refused(self, *arguments: str, stdin: str = "") -> str:
        """Runs what must fail as a person expects it: the one French sentence."""
        told = self(*arguments, stdin=stdin)
        assert told.code == 1, f"{arguments}: {told.code}\n{told.out}\n{told.err}"
        assert told.err.count("\n") == 1, told.err
        assert told.err.endswith(".\n"), told.err
        assert "Traceback" not in told.out + told.err
        return told.err

    def add(self, town: Town, *, secret: str = CLIENT_SECRET, sellsy: str = "", altior: str = "") -> None:
        """The sample request, filled in, for these two servers."""
        document = self.folder / "demande.xlsx"
        form.write(document, example.REQUEST)
        base = sellsy or town.sellsy_url
        self.right(
            *("environment", "add", str(document), "--sellsy-secret-stdin"),
            *("--altior-url", altior or town.altior_url, "--altior-token", TOKEN),
            *("--sellsy-url", f"{base}/v2", "--sellsy-login-url", base),
            stdin=secret + "\n",
        )


def eventually(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
