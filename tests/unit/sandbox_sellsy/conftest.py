"""One served stand-in per test session, emptied before each test; everything is checked through HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from altior_sellsy.sandbox.sellsy.app import Options, serve
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET

KEYS = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


class Api:
    """Calls of the API with a token (`get`, `post` …, paths under /v2), and of the people's door (`door`)."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, timeout=10)

    def reset(self, **body: Any) -> None:
        assert self.http.post("/_sandbox/reset", json=body).status_code == 200
        self.login()

    def login(self) -> None:
        answer = self.http.post("/oauth2/access-tokens", json=KEYS).json()
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def call(self, method: str, path: str, json: Any = None, **query: Any) -> httpx2.Response:
        return self.http.request(method, f"/v2{path}", json=json, params=query)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def search(self, resource: str, filters: dict[str, Any], **query: Any) -> list[int]:
        answer = self.call("POST", f"/{resource}/search", {"filters": filters}, **{"limit": 100, **query})
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["data"]]

    def create(self, resource: str, **fields: Any) -> Any:
        answer = self.call("POST", f"/{resource}", fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def refused(self, method: str, path: str, json: Any = None, **query: Any) -> dict[str, str]:
        """`details` of a 400."""
        answer = self.call(method, path, json, **query)
        assert answer.status_code == 400, answer.text
        details: dict[str, str] = answer.json()["error"]["details"]
        return details

    def door(self, method: str, path: str, json: Any = None) -> Any:
        answer = self.http.request(method, f"/_sandbox{path}", json=json)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    def switch(self, **switches: Any) -> None:
        self.door("PUT", "/switches", switches)


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    with serve(Options(size=0)) as sandbox:
        yield sandbox.url


@pytest.fixture
def api(served: str) -> Api:
    api = Api(served)
    api.reset()
    return api
