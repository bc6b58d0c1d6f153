"""Backstage of the demonstration server, through its people's door (`/_sandbox/`)."""

from collections.abc import Callable

import httpx2

from altior_sellsy.altior.port import Document, Resource
from altior_sellsy.certificates import certificates


class DemonstrationBackstage:
    """`url`: the server's address. Implements bench.Backstage."""

    def __init__(self, url: str) -> None:
        self._base = url.rstrip("/")

    def open_edit(self, resource: Resource, id: str, body: Document) -> Callable[[], None]:
        opened = self._post("transactions", {"ressource": resource, "id": id, "corps": dict(body)})

        def commit() -> None:
            self._post(f"transactions/{opened['transaction']}/validation", {})

        return commit

    def expire_cursors(self) -> None:
        self._post("flux/oubli", {})

    def _post(self, path: str, body: object) -> dict[str, str]:
        response = httpx2.post(f"{self._base}/_sandbox/{path}", json=body, verify=certificates())
        response.raise_for_status()
        answer: dict[str, str] = response.json()
        return answer
