"""Processes that use one embedded PostgreSQL, for the tests that start, kill and confuse them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

USER = """
import json, os, sys
from pathlib import Path
from altior_sellsy.web.places import DatabaseTrouble
from altior_sellsy.web.postgres import EmbeddedPostgres
folder, uid, binaries = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if uid != os.geteuid():
    os.setgroups([]); os.setgid(uid); os.setuid(uid); os.chdir("/")
try:
    server = EmbeddedPostgres(Path(folder), binaries=Path(binaries) if binaries else None, durable=False)
    url = server.start()
except DatabaseTrouble as trouble:
    print(json.dumps({"trouble": str(trouble)}), flush=True)
    sys.exit(3)
where = server.places
said = {"url": url, "notes": where.notes, "home": str(where.home), "socket": str(where.socket)}
print(json.dumps(said), flush=True)
sys.stdin.readline()
"""
# It leaves without calling release(): that every ordinary exit stops the server is part of what is tested.


class User:
    """A process that uses the server until told to leave."""

    def __init__(self, data: Path, *, uid: int | None = None, binaries: Path | None = None) -> None:
        arguments = [str(data), str(os.geteuid() if uid is None else uid), str(binaries or "")]
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._said: dict[str, Any] | None = None

    @property
    def said(self) -> dict[str, Any]:
        if self._said is None:
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            if not line:
                assert self.process.stderr is not None
                raise AssertionError(self.process.stderr.read())
            self._said = json.loads(line)
        return self._said

    @property
    def url(self) -> str:
        assert "url" in self.said, self.said
        return str(self.said["url"])

    def leave(self) -> None:
        expected = 3 if "trouble" in self.said else 0
        _out, err = self.process.communicate("\n", timeout=60)
        assert self.process.returncode == expected, err

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


def query(url: str, sql: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def postmaster(data: Path) -> int:
    return int((data / "pg" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    """Running, zombies excepted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
