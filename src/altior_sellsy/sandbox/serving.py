"""A stand-in as a real server inside the calling process, on a free port of this machine."""

import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn

_START_DEADLINE = 20.0
_STOP_DEADLINE = 20.0


class _Announcing(uvicorn.Server):
    """Tells when it listens, so that nobody has to try."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()


class Served:
    """`with Served(app) as server: server.url`. The application runs on its own event loop in a thread.

    `date_header=False` when the application answers its own `Date` (a clock that may be skewed).
    """

    def __init__(self, app: Any, *, port: int = 0, date_header: bool = True) -> None:
        self._socket = listener(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = app
        self._server = _Announcing(quiet_config(app, date_header=date_header))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name=f"sandbox-{self.port}", daemon=True
        )

    def start(self) -> Self:
        """Returns when the server listens. Raises RuntimeError if it does not within 20 s."""
        self._thread.start()
        if not self._server.listening.wait(_START_DEADLINE):
            raise RuntimeError(f"Le serveur d'essai n'a pas démarré sur le port {self.port}.")
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_STOP_DEADLINE)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def listener(port: int) -> socket.socket:
    """Listens on this machine only. Without TCP_NODELAY each answer would wait 40 ms for an acknowledgement: asyncio
    sets it only on sockets that it made itself."""
    made = socket.create_server(("127.0.0.1", port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def quiet_config(app: Any, *, port: int = 0, date_header: bool = True) -> uvicorn.Config:
    """How both stand-ins are served: this machine only, no access log, a stop that does not wait for idle clients."""
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=date_header,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
