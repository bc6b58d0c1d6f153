"""The two stand-ins of the demonstration, as processes of their own, and their people's doors."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from altior_sellsy.errors import Final

SIZE, OFFSET, IN_ALTIOR, SEED = 40, 30, 20, 1
"""Forty firms in Sellsy; twenty in Altior, of which the first ten are the last ten of Sellsy's."""


@dataclass(frozen=True, slots=True)
class Town:
    """`sellsy`, `altior`: addresses of the two servers."""

    sellsy: str
    altior: str
    http: httpx2.Client

    def act(self, address: str, method: str, path: str, body: Any = None) -> Any:
        """Something that a user of that server does, or that a judge asks of it."""
        answer = self.http.request(method, f"{address}/_sandbox/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def forget_writes(self) -> None:
        self.act(self.sellsy, "DELETE", "writes")
        self.act(self.altior, "DELETE", "writes")

    def writes(self) -> tuple[int, int]:
        """Writes that Sellsy and Altior received since they were last forgotten."""
        return (
            self.act(self.sellsy, "GET", "writes")["count"],
            self.act(self.altior, "GET", "writes")["count"],
        )


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Both servers on free ports, ended by their process ids on the way out; they also end when this process dies.
    What goes wrong in them is written in `folder`."""
    sellsy = start(folder, "sellsy", "--size", str(SIZE))
    altior = start(folder, "altior", "--size", str(IN_ALTIOR), "--offset", str(OFFSET))
    try:
        with httpx2.Client(timeout=30) as http:
            yield Town(address(sellsy), address(altior), http)
    finally:
        for process in (sellsy, altior):
            end(process)


def start(folder: Path, system: str, *arguments: str) -> "subprocess.Popen[str]":
    """A stand-in («sellsy», «altior») on a free port; it ends when this process dies."""
    command = [sys.executable, "-m", "altior_sellsy", "sandbox", system, "--port", "0", "--seed", str(SEED), "--tied"]
    with (folder / f"{system}.log").open("w") as log:
        return subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C is for the demonstration, which then ends them
        )


def address(process: "subprocess.Popen[str]") -> str:
    """From its first line; what it says later is read by nobody and is short."""
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    if found is None:
        raise Final("Un serveur d'essai n'a pas démarré : vérifiez l'installation du connecteur, puis recommencez.")
    return found[0]


def end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
