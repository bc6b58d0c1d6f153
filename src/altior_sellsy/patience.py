"""How long a command that a person waits for waits for Sellsy and Altior, and what it says meanwhile.

It is patient at the call: a reading that fails is asked for again by itself, so that a page, a list or a plan of
hundreds of calls goes on where it broke off. Jobs have no patience: what fails there gets its due time (design 4).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, NotSent, Retryable

T = TypeVar("T")
Say = Callable[[str], None]
LONGEST = 60.0
"""Seconds between two tries, where the other side asks for no more."""
WORTH_TELLING = 5.0
"""Seconds: shorter waits for the quota are its ordinary pace."""


@dataclass(slots=True)
class Patience:
    """With one system, for one command. `system`: its name. `quota`: the longest wait for its quota, for one call.
    `outage`: once it has answered nothing for this long it is given up. `first`: before the first further try, doubled
    each time. Seconds. `say`: told each wait, one French sentence."""

    system: str
    clock: Clock
    quota: float
    outage: float = 0.0
    first: float = 5.0
    say: Say = field(default=lambda sentence: None)
    _hurried: bool = False
    _failing_since: datetime | None = None
    _tries: int = 0

    def read(self, call: Callable[[], T]) -> T:
        """Only for calls that change nothing. Raises what the last try raised."""
        while True:
            try:
                answer = call()
            except Retryable as fault:
                self._wait(fault)
            except ConnectorError:
                self._answered()
                raise
            else:
                self._answered()
                return answer

    def paused(self, seconds: float) -> None:
        """Waits for the quota."""
        if seconds >= WORTH_TELLING:
            self.say(f"La limite d'appels de {self.system} est atteinte, reprise dans {_seconds(seconds)}.")
        self.clock.sleep(seconds)

    @contextmanager
    def hurried(self, quota: float) -> Iterator[None]:
        """Where others wait for what this one holds: readings are not repeated, the quota is waited for this long."""
        before = self.quota, self.outage, self._hurried
        self.quota, self.outage, self._hurried = min(quota, self.quota), 0.0, True
        try:
            yield
        finally:
            self.quota, self.outage, self._hurried = before
            self._answered()

    def _answered(self) -> None:
        self._failing_since, self._tries = None, 0

    def _wait(self, fault: Retryable) -> None:
        if fault.in_vain:
            raise fault
        if isinstance(fault, NotSent) and fault.room_after is not None:
            self._give_up(fault)  # the quota has been waited for
        now = self.clock.now()
        since = self._failing_since or now
        self._failing_since, self._tries = since, self._tries + 1
        asked = fault.retry_after
        wait = min(self.first * 2.0 ** (self._tries - 1), LONGEST)
        if asked is not None:
            # The first time it is believed; who says «at once» for ever is not asked for ever.
            wait = asked if self._tries == 1 else max(asked, wait)
        limited = isinstance(fault, NotSent) and asked is not None
        if now + timedelta(seconds=wait) > since + timedelta(seconds=self.quota if limited else self.outage):
            self._give_up(fault)
        if limited:
            self.paused(wait)
            return
        self.say(f"{self.system} ne répond pas, nouvel essai dans {_seconds(wait)}.")
        self.clock.sleep(wait)

    def _give_up(self, fault: Retryable) -> NoReturn:
        fault.in_vain = not self._hurried
        raise fault


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 1)), 60)
    return f"{minutes} min {rest} s" if minutes and rest else f"{minutes} min" if minutes else f"{rest} s"
