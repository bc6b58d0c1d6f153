"""A fault that comes back at every tick is told once, then counted, then told again with its number."""

import threading
import time
from collections.abc import Callable

EVERY = 300.0
"""Seconds between two tellings of the same fault."""


class Damper:
    """Shared by the threads of one process. `clock`: seconds, monotonic."""

    def __init__(self, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, tuple[float, int]] = {}

    def due(self, environment: str, error: Exception) -> int | None:
        """None: told a moment ago. Else how many times it has come back untold since."""
        key = f"{environment}:{type(error).__name__}:{error}"[:500]
        with self._lock:
            now = self._clock()
            at, untold = self._told.get(key, (None, 0))
            if at is not None and now - at < self._every:
                self._told[key] = (at, untold + 1)
                return None
            self._told = {k: v for k, v in self._told.items() if now - v[0] < 2 * self._every} | {key: (now, 0)}
            return untold
