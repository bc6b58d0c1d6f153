from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from altior_sellsy.sandbox.altior.options import TOKEN, Options
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.altior.server import create_app

HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-Altior-Utilisateur": ADMINISTRATOR}


class Server:
    """A server in this process: `api` and `door` answer the JSON of calls that succeed."""

    def __init__(self, client: TestClient) -> None:
        self.http = client

    def api(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        return self._call(method, f"/api/v1/{path}", body, query)

    def door(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, f"/_sandbox/{path}", body, {})

    def tiers(self, id: str = "501") -> Any:
        return self.api("GET", f"tiers/{id}")

    def write(self, *elements: dict[str, Any], resource: str = "tiers") -> Any:
        return self.api("POST", f"{resource}/lot", {"elements": list(elements)})["resultats"]

    def _call(self, method: str, path: str, body: Any, query: dict[str, str]) -> Any:
        response = self.http.request(method, path, json=body, params=query, headers=HEADERS)
        assert response.status_code < 300, response.text
        return response.json()


Start = Callable[..., Server]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a server of these options; all are stopped after the test."""
    clients: list[TestClient] = []

    def start(**options: Any) -> Server:
        client = TestClient(create_app(Options(**options)), follow_redirects=False)
        client.__enter__()
        clients.append(client)
        return Server(client)

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def server(start: Start) -> Server:
    return start(size=3, custom_fields=True)
