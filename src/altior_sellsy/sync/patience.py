"""What a person waits for: reads are repeated, the lease of a worker is waited for; jobs never wait (design 4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Retryable
from altior_sellsy.ledger.port import Lease
from altior_sellsy.sync.engine import Engine
from altior_sellsy.timing import Timing

T = TypeVar("T")
ATTEMPTS = 5
"""Of a call that fails without saying when to come back."""
LONGEST = timedelta(minutes=10)
"""What the other side asks for (a quota used up) is waited for this long in all, for one call."""


def leased(engine: Engine) -> Lease | None:
    """The environment's lease for a command, once the drain that holds it has come to the end of its slice, or what a
    command that was killed has left of its own is over. None: somebody keeps it for longer than that takes."""
    clock, timing = engine.clock, engine.timing
    longest = max(timing.lease + timing.call_deadline, timing.command_lease + 1)
    give_up = clock.now() + timedelta(seconds=longest)
    while (lease := command_lease(engine)) is None and clock.now() < give_up:
        clock.sleep(0.2)
    return lease


def command_lease(engine: Engine) -> Lease | None:
    """Taken or renewed."""
    return engine.ledger.lease(engine.holder, engine.clock.now(), engine.timing.command_lease)


def patiently(clock: Clock, timing: Timing, read: Callable[[], T]) -> T:
    """Only for calls that change nothing. Raises what the last attempt raised."""
    give_up = clock.now() + LONGEST
    failures = 0
    while True:
        try:
            return read()
        except Retryable as error:
            if error.in_vain:
                raise
            wait = error.retry_after
            if wait is None:
                failures += 1
                wait = min(timing.backoff_most, timing.backoff_first * 2.0 ** (failures - 1))
            if failures >= ATTEMPTS or clock.now() + timedelta(seconds=wait) > give_up:
                raise
            clock.sleep(wait)
