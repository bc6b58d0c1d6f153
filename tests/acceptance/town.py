"""One company's two systems, and a runtime that speaks HTTP to them: `served`, as real servers of this machine in real
time, or else in this process on a clock of their own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
from django.db import connections

from altior_sellsy.certificates import certificates
from altior_sellsy.clock import Clock
from altior_sellsy.ledger.model import Environment, EnvironmentStatus
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.request.mapping import LINES
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.altior.options import Options as AltiorOptions
from altior_sellsy.sandbox.sellsy.scenario import Scenario
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.sellsy.webhooks import parse, verify
from altior_sellsy.service import signals
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.ground import OURS, Ground, Houses, Stage, Streets

QUICK = Timing(echo_delay=0, stale_after_write=0.2, call_deadline=5, create_recovery=0.3, create_recovery_gap=0.1)


class Town:
    """`companies`, `tiers` …: documents of the sandboxes' people's doors."""

    def __init__(
        self,
        sellsy: Mapping[str, Any] | None = None,
        altior: Mapping[str, Any] | None = None,
        *,
        timing: Timing = QUICK,
        altior_options: Mapping[str, Any] | None = None,
        around: Callable[[Any], Any] = lambda app: app,
        served: bool = True,
        deals: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> None:
        """`around`: put before each server's application (to count its calls). `deals`: the settings `deals` and
        `resolved` of the environment. `folder`: of servers that are processes of their own."""
        options = AltiorOptions(all_values=True, custom_fields=True, **dict(altior_options or {}))
        scenario = Scenario(**dict(sellsy or {}))
        stand = Streets if served else Stage
        self.ground: Ground = (
            Houses(folder, scenario, options, altior or {})
            if folder
            else stand(scenario, options, altior or {}, around)
        )
        self.timing = timing
        self.deals = deals or {"deals": {"import": False, "events": {"1": [], "2": [], "3": [], "4": []}}}
        self.http = httpx2.Client(transport=self.ground.transport, timeout=30, verify=certificates())

    @property
    def clock(self) -> Clock:
        return self.ground.clock

    @property
    def sellsy_url(self) -> str:
        return self.ground.sellsy_url

    @property
    def altior_url(self) -> str:
        return self.ground.altior_url

    def __enter__(self) -> Self:
        self.ground.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()
        self.ground.stop()

    # -- the environment
    def environment(self, **tiers: Any) -> Environment:
        return Environment(
            name="menuiserie-leo",
            client="Menuiserie Léo",
            altior_name="Menuiserie Léo",
            status=EnvironmentStatus.NOT_ACTIVATED,
            account_id="97417",
            settings={
                "reference_user": "claire.martin@example.test",
                "establishment": "Menuiserie Léo",
                "account_id": "97417",
                "referent": "",
                "tiers": {"export": True, "import": True, "siret": True} | tiers,
                "mapping": {line.number: line.standard for line in LINES},
                "export_roles": ["client", "prospect"],
                **self.deals,
            },
            urls={
                "sellsy": f"{self.sellsy_url}/v2",
                "sellsy_login": self.sellsy_url,
                "altior": self.altior_url,
            },
            webhook_token="jeton",
        )

    def runtime(self, ledgers: Ledgers, clock: Clock | None = None, **tiers: Any) -> Runtime:
        try:
            ledger = ledgers.open("menuiserie-leo")
        except LookupError:
            ledger = ledgers.add(self.environment(**tiers))
            ledger.set_secret("sellsy_client_id", CLIENT_ID)
            ledger.set_secret("sellsy_client_secret", CLIENT_SECRET)
            ledger.set_secret("altior_token", TOKEN)
            ledger.set_secret("webhook_key", "cle-de-signature")
        return Runtime(ledgers, ledger, clock or self.clock, self.timing, transport=self.ground.transport)

    def receive_notifications(self, runtime: Runtime) -> None:
        """As `web.webhook` does, without a web server. Not in real time."""
        assert isinstance(self.ground, Stage)
        runtime.public_url = f"http://{OURS}"

        def door(content_type: str, body: bytes, signature: str) -> int:
            try:
                if not verify(runtime.ledger.secret("webhook_key") or "", body, signature):
                    return 401
                signals.note(runtime.ledger, parse(content_type, body), runtime.clock.now())
                return 200
            finally:
                connections.close_all()  # each delivery is a task, to which Django gives a connection of its own

        self.ground.postman.door = door

    # -- people, and judges
    def sellsy(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.sellsy_url}/_sandbox/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def sellsy_later(self, seconds: float, method: str, path: str, body: Any) -> None:
        """A person acts in so many seconds. Not in real time."""
        assert self.ground.transport is not None
        request = self.http.build_request(method, f"{self.sellsy_url}/_sandbox/{path}", json=body)
        self.ground.transport.later(seconds, request)

    def altior(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.altior_url}/_sandbox/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def companies(self) -> list[dict[str, Any]]:
        return list(self.sellsy("GET", "records/companies"))

    def tiers(self) -> list[dict[str, Any]]:
        return list(self.altior("GET", "tiers")["elements"])

    def forget_writes(self) -> None:
        self.sellsy("DELETE", "writes")
        self.altior("DELETE", "writes")

    def writes(self) -> tuple[int, int]:
        """Writes received by Sellsy and by Altior since they were last forgotten."""
        return self.sellsy("GET", "writes")["count"], self.altior("GET", "writes")["count"]
