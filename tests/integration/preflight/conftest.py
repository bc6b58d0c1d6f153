"""Both stand-ins over HTTP, through the product's own clients, fresh for each test."""

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from typing import Any

import httpx2
import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.certificates import certificates
from altior_sellsy.clock import SystemClock
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.report import Report
from altior_sellsy.preflight.run import run
from altior_sellsy.request.example import REQUEST
from altior_sellsy.request.model import Request
from altior_sellsy.sandbox.altior.options import TOKEN, Options
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.altior.server import create_app
from altior_sellsy.sandbox.sellsy import app as sellsy_app
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.sandbox.serving import Served
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.timing import Timing

TIMING = Timing(call_deadline=2)
REPAIRED = {"all_values": True, "custom_fields": True}


class Systems:
    """The two servers and the people's doors of both. `sellsy`, `altior`: clients of ours."""

    def __init__(self, stack: ExitStack, sellsy: Served, altior: Served) -> None:
        self._stack = stack
        self.urls = {"sellsy": sellsy.url, "altior": altior.url}
        self._people = stack.enter_context(httpx2.Client(trust_env=False, verify=certificates()))
        self.sellsy = self.sellsy_client()
        self.altior = self.altior_client()

    def sellsy_client(self, *, secret: str = CLIENT_SECRET, url: str | None = None) -> HttpSellsy:
        base = url or self.urls["sellsy"]
        client = HttpSellsy(
            Credentials(CLIENT_ID, secret),
            quota=MemoryLedgers().quota("97417"),
            tokens=MemoryTokens(),
            exclusive=nullcontext,
            api_url=f"{base}/v2",
            login_url=base,
            timing=TIMING,
        )
        return self._stack.enter_context(client)

    def altior_client(self, *, token: str = TOKEN, url: str | None = None) -> HttpAltior:
        client = HttpAltior(url or self.urls["altior"], token, ADMINISTRATOR, timing=TIMING)
        return self._stack.enter_context(client)

    def people(self, system: str, method: str, path: str, body: Any = None) -> Any:
        answer = self._people.request(method, f"{self.urls[system]}/_sandbox/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def settings(self, **changes: Any) -> None:
        """What an administrator of Sellsy changes in the screens."""
        self.people("sellsy", "PATCH", "settings", changes)

    def field(self, **changes: Any) -> None:
        """Changes of the field SA."""
        fields = self.people("sellsy", "GET", "settings")["custom_fields"]
        self.settings(custom_fields=[{**fields[0], **changes}])

    def open_altior(self, **options: Any) -> None:
        """A fresh Altior with these options."""
        self.people("altior", "POST", "reset", {"options": {"size": 6, **REPAIRED, **options}})

    def check(self, request: Request = REQUEST, **more: Any) -> Report:
        given = {"sellsy": self.sellsy, "altior": self.altior, "patience": 0.3, **more}
        sellsy, altior = given.pop("sellsy"), given.pop("altior")
        return run(Asked.of(request), sellsy, altior, SystemClock(), **given)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Served, Served]]:
    with sellsy_app.serve(sellsy_app.Options(size=0)) as sellsy, Served(create_app(Options())) as altior:
        yield sellsy, altior


@pytest.fixture
def systems(servers: tuple[Served, Served]) -> Iterator[Systems]:
    """The sample company in both, all settings of Altior there."""
    with ExitStack() as stack:
        systems = Systems(stack, *servers)
        systems.people("sellsy", "POST", "reset", {"size": 12, "seed": 1})
        systems.open_altior()
        yield systems
