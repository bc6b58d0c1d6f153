from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.certificates import certificates
from altior_sellsy.sandbox.altior.options import TOKEN, Options
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.altior.server import create_app
from altior_sellsy.sandbox.serving import Served
from altior_sellsy.timing import Timing


class Door:
    """The people's door of a running server."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=f"{url}/_sandbox/", trust_env=False, verify=certificates())

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        response = self._http.request(method, path, json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def fault(self, kind: str, path: str = "/api/v1", **more: Any) -> None:
        self("POST", "faults", {"faults": [{"kind": kind, "path": path, **more}]})

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    with Served(create_app(Options())) as server:
        yield server


@pytest.fixture
def door(server: Served) -> Iterator[Door]:
    """Of a fresh environment with twelve sample tiers."""
    door = Door(server.url)
    door("POST", "reset", {"options": {"size": 12, "custom_fields": True}})
    yield door
    door.close()


@pytest.fixture
def altior(server: Served, door: Door) -> Iterator[HttpAltior]:
    with HttpAltior(server.url, TOKEN, ADMINISTRATOR, timing=Timing(call_deadline=2)) as altior:
        yield altior
