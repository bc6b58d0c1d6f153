"""Where a town's two systems stand: in this process on a clock of their own, as real servers in real time, or as
processes of their own."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx2

from altior_sellsy.cli.demo_town import address, end, start
from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.sandbox.altior.options import Options as AltiorOptions
from altior_sellsy.sandbox.altior.server import create_app as altior_app
from altior_sellsy.sandbox.sellsy.app import Options as SellsyOptions
from altior_sellsy.sandbox.sellsy.app import create_app as sellsy_app
from altior_sellsy.sandbox.sellsy.scenario import Scenario
from altior_sellsy.sandbox.serving import Served
from tests.acceptance.hours import Direct, Hours

Around = Callable[[Any], Any]
"""Puts something before a server's application."""
OURS = "connecteur.test"
"""Where Sellsy's notifications reach us."""


class Ground(Protocol):
    """`transport`: how the connector reaches both systems; None = over the network."""

    clock: Clock
    transport: Direct | None

    @property
    def sellsy_url(self) -> str: ...
    @property
    def altior_url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Stage:
    """In this process. `postman`: brings us what Sellsy's webhooks say."""

    def __init__(self, scenario: Scenario, options: AltiorOptions, records: Mapping[str, Any], around: Around) -> None:
        self.sellsy_url, self.altior_url = "http://sellsy.test", "http://altior.test"
        self.clock = self.hours = Hours()
        self.postman = Postman()
        sellsy = sellsy_app(SellsyOptions(scenario=scenario, clock=self.hours.seconds, deliver=self.postman))
        altior = altior_app(options, dict(records), self.hours.seconds)
        self.transport = Direct(self.hours, {"sellsy.test": around(sellsy), "altior.test": around(altior)})

    def start(self) -> None:
        """They run as soon as they are called."""

    def stop(self) -> None:
        self.hours.close()


class Streets:
    """Real servers on free ports."""

    def __init__(self, scenario: Scenario, options: AltiorOptions, records: Mapping[str, Any], around: Around) -> None:
        self.clock: Clock = SystemClock()
        self.transport: Direct | None = None
        self.sellsy = Served(around(sellsy_app(SellsyOptions(scenario=scenario))), date_header=False)
        self.altior = Served(around(altior_app(options, dict(records))))

    @property
    def sellsy_url(self) -> str:
        return self.sellsy.url

    @property
    def altior_url(self) -> str:
        return self.altior.url

    def start(self) -> None:
        self.sellsy.start()
        self.altior.start()

    def stop(self) -> None:
        self.sellsy.stop()
        self.altior.stop()


class Houses:
    """Two processes, on free ports. `folder`: where they write what goes wrong in them."""

    def __init__(self, folder: Path, scenario: Scenario, options: AltiorOptions, records: Mapping[str, Any]) -> None:
        self.clock: Clock = SystemClock()
        self.transport: Direct | None = None
        self.sellsy_url = self.altior_url = ""
        self._folder = folder
        self._sellsy = {"scenario": scenario.model_dump()}
        self._altior = {"options": options.model_dump(mode="json", exclude_unset=True), "scenario": dict(records)}
        self._processes: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        self._processes = [start(self._folder, system, "--size", "0") for system in ("sellsy", "altior")]
        self.sellsy_url, self.altior_url = (address(process) for process in self._processes)
        for url, contents in ((self.sellsy_url, self._sellsy), (self.altior_url, self._altior)):
            httpx2.post(f"{url}/_sandbox/reset", json=contents, timeout=30).raise_for_status()

    def stop(self) -> None:
        for process in self._processes:
            end(process)


class Postman(httpx2.AsyncBaseTransport):
    """Takes what Sellsy posts to us. `door`: called with the body's type, the body and the signature; its answer is
    the status. Nobody listens at first."""

    def __init__(self) -> None:
        self.door: Callable[[str, bytes, str], int] = lambda content_type, body, signature: 404

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        headers = request.headers
        status = self.door(headers["Content-Type"], body, headers.get("X-Webhook-Signature", ""))
        return httpx2.Response(status, request=request)
