"""What the server received: every call, and every write of the API item by item, for tests and for people."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from altior_sellsy.sandbox.altior.shapes import Record


@dataclass(slots=True)
class Log:
    calls: list[Record] = field(default_factory=list)
    writes: list[Record] = field(default_factory=list)

    def call(self, method: str, path: str, query: str, status: int) -> None:
        entry = {"at": datetime.now(UTC).isoformat(), "method": method, "path": path, "query": query, "status": status}
        self.calls.append(entry)

    def write(
        self, resource: str, operation: str, status: int, user: str, body: Record, id: str | None = None,
        version: str | None = None, changed: bool = True,
    ) -> None:  # fmt: skip
        """`operation`: create, update, adopt (a create under a reference that was already borne) or refused."""
        self.writes.append(
            {
                "at": datetime.now(UTC).isoformat(),
                "resource": resource,
                "operation": operation,
                "status": status,
                "id": id,
                "version": version,
                "changed": changed,
                "user": user,
                "body": body,
            }
        )
