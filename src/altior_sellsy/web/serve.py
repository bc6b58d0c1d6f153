"""`serve`: the web, a worker and the schedules in one process, with a clean stop."""

import asyncio
import contextlib
import errno
import signal
import socket
import sys
from collections.abc import Iterator
from types import FrameType

import uvicorn

from altior_sellsy.errors import ConnectorError
from altior_sellsy.jobs import worker as jobs_worker
from altior_sellsy.options import options
from altior_sellsy.refusals import why
from altior_sellsy.timing import Timing
from altior_sellsy.web import asgi, database
from altior_sellsy.web.bounds import Application


class _Server(uvicorn.Server):
    """uvicorn's own handling raises the signal again at the end: exit 143, and nobody releases the database."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(host: str, port: int, *, worker: bool) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit code; says what is wrong in one French sentence on stderr."""
    signal.signal(signal.SIGTERM, _leave)  # until the loop takes over: leave through `finally`
    try:
        listening = _listen(host, port)
    except OSError as error:
        of_port = error.errno in (errno.EADDRINUSE, errno.EACCES)
        other = "un autre port avec --port" if of_port else "une autre adresse avec --host"
        return _failed(f"Impossible d'écouter sur {_shown(host)}:{port} ({why(error)}) : choisissez {other}.")
    try:
        timing = options().timing
        database.prepare()
        address = f"http://{_shown(host)}:{listening.getsockname()[1]}"
        print(f"Connecteur Altior × Sellsy sur {address} — {database.described()}", flush=True)
        if asyncio.run(_run(asgi.build(), listening, timing, worker=worker)):
            return 0
        return _failed("Le service s'arrête : il a perdu la base de données. Relancez-le.")
    except ConnectorError as error:
        return _failed(str(error))
    finally:
        listening.close()
        database.release()


async def _run(application: Application, listening: socket.socket, timing: Timing, *, worker: bool) -> bool:
    """True after a stop that was asked for."""
    stop = asyncio.Event()
    jobs_worker.stop_on_signals(stop)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(server.serve(sockets=[listening]), name="web")]
    if worker:
        tasks.append(asyncio.create_task(jobs_worker.work(stop, timing), name="work"))
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    asked = stop.is_set()
    stop.set()
    server.should_exit = True
    await asyncio.gather(stopping, *tasks)
    return asked


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
