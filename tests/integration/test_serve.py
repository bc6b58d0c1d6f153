"""`serve` and `worker` as processes: what they say, how they stop, what they survive."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from altior_sellsy.web.postgres import EmbeddedPostgres
from tests.integration.embedded import alive, eventually, postmaster

SERVE = """
import sys
from altior_sellsy.web.serve import serve
sys.exit(serve("127.0.0.1", int(sys.argv[1]), worker=sys.argv[2] == "worker"))
"""
WORKER = """
import sys
from altior_sellsy.jobs.worker import run_worker
from altior_sellsy.timing import Timing
from altior_sellsy.web import database
database.prepare()
code = run_worker(Timing())
database.release()
sys.exit(code)
"""
MIGRATE = """
from altior_sellsy.web import database
database.prepare()
database.release()
"""


class Service:
    def __init__(self, data: Path, script: str, *arguments: str, **environment: str) -> None:
        ours = ("ALTIOR_SELLSY_", "DJANGO_")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=data.parent,
            env=clean | {"ALTIOR_SELLSY_DATA": str(data)} | environment,
        )

    def first_line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        return line.strip()

    def end(self, *, send: int | None = None) -> tuple[int, str]:
        """Exit code and what it said on stderr."""
        if send is not None:
            self.process.send_signal(send)
        _out, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder with a migrated cluster that waits for no disk, to be copied."""
    holder = Path(tempfile.mkdtemp(prefix="altior-sellsy-template-"))
    holder.chmod(0o711)
    server = EmbeddedPostgres(holder / "data", durable=False)
    server.start()
    server.release()
    migrating = Service(holder / "data", MIGRATE)
    assert migrating.end() == (0, "")
    yield holder / "data"
    shutil.rmtree(holder)


@pytest.fixture
def data(folder: Path, template: Path) -> Path:
    subprocess.run(["cp", "-a", template, folder / "data"], check=True)
    return folder / "data"


@pytest.fixture
def services() -> Iterator[list[Service]]:
    """Whatever a failing test leaves running is ended."""
    started: list[Service] = []
    yield started
    for service in started:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()


def health(port: int) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
    except (OSError, urllib.error.URLError):
        return None


def workers(port: int) -> int:
    return int((health(port) or {"workers": -1})["workers"])


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_is_and_stops_cleanly(
    data: Path, unused_port: int, services: list[Service], stop: int
) -> None:
    service = Service(data, SERVE, str(unused_port), "worker")
    services.append(service)
    line = service.first_line()
    assert f"http://127.0.0.1:{unused_port}" in line
    assert str(data) in line
    eventually(lambda: workers(unused_port) == 1, "no worker beats")
    server = postmaster(data)
    assert service.end(send=stop) == (0, "")
    assert not alive(server)


def test_without_a_worker_only_the_web_is_served_and_a_worker_joins(
    data: Path, unused_port: int, services: list[Service]
) -> None:
    web = Service(data, SERVE, str(unused_port), "web-only")
    services.append(web)
    web.first_line()
    eventually(lambda: health(unused_port) == {"database": True, "workers": 0}, "the web does not answer")
    worker = Service(data, WORKER)
    services.append(worker)
    eventually(lambda: workers(unused_port) == 1, "no worker beats")
    server = postmaster(data)
    assert worker.end(send=signal.SIGTERM) == (0, "")
    assert health(unused_port) == {"database": True, "workers": 0}
    assert web.end(send=signal.SIGTERM)[0] == 0
    assert not alive(server)


def test_a_port_that_is_taken_is_one_french_sentence(folder: Path, services: list[Service]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = Service(folder / "data", SERVE, str(taken.getsockname()[1]), "worker")
        services.append(service)
        code, err = service.end()
    assert code == 1
    assert err.startswith("Impossible d'écouter sur 127.0.0.1:")
    assert err.count("\n") == 1
    assert "ce port est déjà pris" in err
    assert not (folder / "data").exists()


def test_a_killed_database_ends_the_service_and_a_new_one_works(
    data: Path, unused_port: int, services: list[Service]
) -> None:
    service = Service(data, SERVE, str(unused_port), "worker")
    services.append(service)
    service.first_line()
    eventually(lambda: workers(unused_port) == 1, "no worker beats")
    os.kill(postmaster(data), signal.SIGKILL)
    code, err = service.end()
    assert code == 1
    assert "il a perdu la base de données" in err
    again = Service(data, SERVE, str(unused_port), "worker")
    services.append(again)
    again.first_line()
    eventually(lambda: workers(unused_port) >= 1, "no worker beats")
    assert again.end(send=signal.SIGTERM)[0] == 0


def test_a_killed_service_leaves_nothing_that_stops_the_next(
    data: Path, unused_port: int, services: list[Service]
) -> None:
    killed = Service(data, SERVE, str(unused_port), "worker")
    services.append(killed)
    killed.first_line()
    eventually(lambda: workers(unused_port) == 1, "no worker beats")
    killed.end(send=signal.SIGKILL)
    following = Service(data, SERVE, str(unused_port), "worker")
    services.append(following)
    following.first_line()
    eventually(lambda: workers(unused_port) >= 1, "no worker beats")
    server = postmaster(data)
    assert following.end(send=signal.SIGTERM)[0] == 0
    assert not alive(server)


def test_an_endless_notification_is_cut_off(data: Path, unused_port: int, services: list[Service]) -> None:
    service = Service(data, SERVE, str(unused_port), "web-only")
    services.append(service)
    service.first_line()
    eventually(lambda: health(unused_port) is not None, "the web does not answer")
    with socket.create_connection(("127.0.0.1", unused_port), timeout=20) as caller:
        head = (
            f"POST /webhooks/sellsy/x/ HTTP/1.1\r\nHost: 127.0.0.1:{unused_port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        caller.sendall(head.encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        for _ in range(17):
            caller.sendall(chunk)
        assert caller.recv(1024).startswith(b"HTTP/1.1 413")
    assert service.end(send=signal.SIGTERM)[0] == 0


def test_another_database_must_be_migrated_by_command(
    folder: Path, postgres_url: str, unused_port: int, services: list[Service]
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE empty_{unused_port}".encode())
    url = postgres_url.replace("/postgres?", f"/empty_{unused_port}?")
    try:
        service = Service(folder / "data", SERVE, str(unused_port), "worker", ALTIOR_SELLSY_DATABASE_URL=url)
        services.append(service)
        code, err = service.end()
        assert code == 1
        assert "altior-sellsy migrate" in err
        assert err.count("\n") == 1
        assert not (folder / "data").exists()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE empty_{unused_port} WITH (FORCE)".encode())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://someone:pa55word@127.0.0.1:1/base", "ne répond pas"),
        ("pas une adresse pa55word", "ALTIOR_SELLSY_DATABASE_URL est illisible"),
    ],
)
def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(
    folder: Path, unused_port: int, services: list[Service], url: str, said: str
) -> None:
    service = Service(folder / "data", SERVE, str(unused_port), "worker", ALTIOR_SELLSY_DATABASE_URL=url)
    services.append(service)
    code, err = service.end()
    assert code == 1
    assert said in err
    assert "pa55word" not in err
    assert err.count("\n") == 1
