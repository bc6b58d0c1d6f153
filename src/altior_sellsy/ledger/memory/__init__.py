"""The ledger in memory: the double that ships, for tests and simulations. Same port, same rules, no I/O."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.ledger import rules
from altior_sellsy.ledger import windows as sliding
from altior_sellsy.ledger.memory.ledger import MemoryLedger
from altior_sellsy.ledger.model import Environment, RequestVersion
from altior_sellsy.ledger.port import Ledger, Quota, Taken, Window

__all__ = ["MemoryLedger", "MemoryLedgers", "MemoryQuota"]


class MemoryQuota:
    def __init__(self) -> None:
        self._state = sliding.QuotaState()
        self._lock = threading.Lock()

    def take(self, now: datetime, *, live: bool, reserve: float) -> datetime | None:
        with self._lock:
            self._state, again = sliding.take(self._state, now, live=live, reserve=reserve)
            return again

    def room(self, now: datetime, *, live: bool, reserve: float, calls: int) -> datetime:
        return sliding.room(self._state, now, live=live, reserve=reserve, calls=calls)

    def limits(self, windows: Sequence[Window], now: datetime) -> None:
        with self._lock:
            self._state = sliding.with_limits(self._state, windows)

    def correct(self, remaining: Mapping[int, int], now: datetime) -> None:
        with self._lock:
            self._state = sliding.corrected(self._state, remaining, now)

    def exhausted(self, until: datetime) -> None:
        with self._lock:
            self._state = sliding.blocked(self._state, until)

    def usage(self, now: datetime) -> Mapping[int, tuple[int, int]]:
        return sliding.usage(self._state, now)


class MemoryLedgers:
    """`clock` dates what the port gives no instant for: closed cards, woken looks."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._ledgers: dict[str, MemoryLedger] = {}
        self._quotas: dict[str, MemoryQuota] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def add(
        self,
        environment: Environment,
        *,
        secrets: Mapping[str, str] | None = None,
        version: RequestVersion | None = None,
    ) -> Ledger:
        if environment.name in self._ledgers:
            raise Taken(rules.TAKEN["one_environment_per_name"])
        self._check(environment)
        ledger = MemoryLedger(environment, self._clock, self._check)
        for name, value in (secrets or {}).items():
            ledger.set_secret(name, value)
        if version is not None:
            ledger.add_request_version(version)
        self._ledgers[environment.name] = ledger
        return ledger

    def _check(self, environment: Environment) -> None:
        """Raises Taken when another environment keeps this one's account or Altior."""
        if not rules.occupies(environment):
            return
        for other in self.environments():
            if other.name == environment.name or not rules.occupies(other):
                continue
            if environment.account_id and other.account_id == environment.account_id:
                raise Taken(rules.TAKEN["one_active_per_account"])
            if rules.altior_identity(other.altior_name) == rules.altior_identity(environment.altior_name) != "":
                raise Taken(rules.TAKEN["one_active_per_altior"])

    def open(self, name: str) -> Ledger:
        return self._ledgers[name]

    def by_webhook(self, token: str) -> Ledger | None:
        for ledger in self._ledgers.values():
            if token and ledger.environment().webhook_token == token:
                return ledger
        return None

    def environments(self) -> list[Environment]:
        return sorted((ledger.environment() for ledger in self._ledgers.values()), key=lambda e: e.name)

    def request_numbers(self) -> Collection[str]:
        return {version.number for ledger in self._ledgers.values() for version in ledger.request_versions()}

    def due(self, now: datetime) -> list[str]:
        return [e.name for e in self.environments() if rules.runs(e) and self._ledgers[e.name].has_due(now)]

    def remove(self, name: str) -> None:
        self._ledgers.pop(name)

    def quota(self, account: str) -> Quota:
        with self._guard:
            return self._quotas.setdefault(account, MemoryQuota())

    def idle(self) -> None:
        """Nothing is held."""

    def exclusive(self, key: str) -> Callable[[], Any]:
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        return lambda: lock
