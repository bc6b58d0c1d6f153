"""Reads that a person waits for are repeated; jobs never wait (design 4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Retryable
from altior_sellsy.timing import Timing

T = TypeVar("T")
ATTEMPTS = 5
"""Of a call that fails without saying when to come back."""
LONGEST = timedelta(minutes=10)
"""What the other side asks for (a quota used up) is waited for this long in all, for one call."""


def patiently(clock: Clock, timing: Timing, read: Callable[[], T]) -> T:
    """Only for calls that change nothing. Raises what the last attempt raised."""
    give_up = clock.now() + LONGEST
    failures = 0
    while True:
        try:
            return read()
        except Retryable as error:
            wait = error.retry_after
            if wait is None:
                failures += 1
                wait = min(timing.backoff_most, timing.backoff_first * 2.0 ** (failures - 1))
            if failures >= ATTEMPTS or clock.now() + timedelta(seconds=wait) > give_up:
                raise
            clock.sleep(wait)
