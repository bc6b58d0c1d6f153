"""Rate limits that bite: windows of a second, a minute, a day and a month (FACTS 2)."""

from collections import deque
from collections.abc import Mapping

from altior_sellsy.sandbox.sellsy.switches import Quota

WINDOWS: Mapping[str, float] = {"second": 1, "minute": 60, "day": 86_400, "month": 30 * 86_400}
_SLIDING = ("second", "minute")


class Meter:
    """Counts every call, errors included. Second and minute slide; day and month begin anew."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {name: deque() for name in _SLIDING}
        self._blocks: dict[str, tuple[int, int]] = {}

    def count(self, now: float) -> None:
        for name in _SLIDING:
            self._calls[name].append(now)
        for name in ("day", "month"):
            block = int(now // WINDOWS[name])
            known, used = self._blocks.get(name, (block, 0))
            self._blocks[name] = (block, used + 1 if known == block else 1)

    def used(self, name: str, now: float) -> int:
        if name in _SLIDING:
            calls = self._calls[name]
            while calls and calls[0] <= now - WINDOWS[name]:
                calls.popleft()
            return len(calls)
        known, used = self._blocks.get(name, (-1, 0))
        return used if known == int(now // WINDOWS[name]) else 0

    def remaining(self, quota: Quota, now: float) -> dict[str, int]:
        """Calls left by window that has a limit; may go below zero, as the real one's does."""
        limits = {name: getattr(quota, name) for name in WINDOWS}
        return {name: limit - self.used(name, now) for name, limit in limits.items() if limit is not None}


def headers(remaining: Mapping[str, int]) -> dict[str, str]:
    return {f"X-Quota-Remaining-By-{name.capitalize()}": str(left) for name, left in remaining.items()}
