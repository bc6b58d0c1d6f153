"""The arithmetic of a call quota: sliding windows kept as counts per slot. Pure; both ledgers keep the same state.

A window of S seconds is cut into 100 slots. A slot counts until its last instant has left the window, so the limit
holds in every stretch of S seconds whatever the server's own alignment (aiolimiter-like buckets let 9 calls through
in a second for «5 per second»); what that costs is at most one slot in a hundred.

What others spend on the same account is known only from the answers' headers (FACTS 2: remaining, no limit, no
reset; may be negative). It is kept apart from our own calls, replaced by each answer, and believed for a window at
most and five minutes at the longest: without an answer nobody can say when another tool's calls leave a day's window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from altior_sellsy.ledger.port import Window

SLOTS = 100
FOREIGN_BELIEVED = 300
"""Seconds."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICRO


def _instant(micros: int) -> datetime:
    return _EPOCH + micros * _MICRO


@dataclass(frozen=True, slots=True)
class WindowState:
    """`slots`: slot number → our calls in it. `foreign`: others' calls, believed until `foreign_until` (µs)."""

    limit: int
    slots: Mapping[int, int] = field(default_factory=dict)
    foreign: int = 0
    foreign_until: int = 0


@dataclass(frozen=True, slots=True)
class QuotaState:
    """Everything a quota remembers: seconds → window, and the instant before which nothing is granted (µs)."""

    windows: Mapping[int, WindowState] = field(default_factory=dict)
    blocked_until: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "blocked_until": self.blocked_until,
            "windows": {
                str(seconds): {
                    "limit": w.limit,
                    "slots": {str(slot): n for slot, n in w.slots.items()},
                    "foreign": w.foreign,
                    "foreign_until": w.foreign_until,
                }
                for seconds, w in self.windows.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        windows = {
            int(seconds): WindowState(
                w["limit"], {int(slot): n for slot, n in w["slots"].items()}, w["foreign"], w["foreign_until"]
            )
            for seconds, w in data.get("windows", {}).items()
        }
        return cls(windows, data.get("blocked_until", 0))


def take(state: QuotaState, now: datetime, *, live: bool, reserve: float) -> tuple[QuotaState, datetime | None]:
    """Book one call in every window: (new state, None), or (same state, instant at which to try again)."""
    at = _micros(now)
    again = state.blocked_until
    kept: dict[int, dict[int, int]] = {}
    for seconds, window in state.windows.items():
        kept[seconds] = slots = _current(window, seconds, at)
        allowed = _allowed(window, live, reserve)
        foreign = window.foreign if window.foreign_until > at else 0
        again = max(again, _room_at(slots, seconds, foreign, window.foreign_until, allowed, at))
    if again > at:
        return state, _instant(again)
    windows = {}
    for seconds, window in state.windows.items():
        slot = at // _width(seconds)
        slots = kept[seconds]
        slots[slot] = slots.get(slot, 0) + 1
        windows[seconds] = replace(window, slots=slots)
    return replace(state, windows=windows), None


def room(state: QuotaState, now: datetime, *, live: bool, reserve: float, calls: int) -> datetime:
    """When so many calls fit, or as many as the smallest window allows at all, if nothing else is booked."""
    at = _micros(now)
    instant = max(at, state.blocked_until)
    for seconds, window in state.windows.items():
        allowed = _allowed(window, live, reserve)
        foreign = window.foreign if window.foreign_until > at else 0
        most = max(allowed - calls, 0) + 1
        slots = _current(window, seconds, at)
        instant = max(instant, _room_at(slots, seconds, foreign, window.foreign_until, most, at))
    return _instant(instant)


def _allowed(window: WindowState, live: bool, reserve: float) -> int:
    return window.limit if live else max(min(window.limit, 1), int(window.limit * (1 - reserve)))


def with_limits(state: QuotaState, windows: Sequence[Window]) -> QuotaState:
    """The account's limits as the server tells them; windows that it no longer names go."""
    known = state.windows
    wanted = {
        w.seconds: replace(known[w.seconds], limit=w.limit) if w.seconds in known else WindowState(w.limit)
        for w in windows
    }
    return replace(state, windows=wanted)


def corrected(state: QuotaState, remaining: Mapping[int, int], now: datetime) -> QuotaState:
    """`remaining` per window, as an answer's headers say. Never lowers what we count of our own calls."""
    at = _micros(now)
    windows = dict(state.windows)
    for seconds, left in remaining.items():
        window = windows.get(seconds)
        if window is None:
            if left <= 0:
                state = blocked(state, now + timedelta(seconds=min(seconds, FOREIGN_BELIEVED)))
            continue
        own = sum(_current(window, seconds, at).values())
        foreign = max(0, window.limit - left - own)
        if foreign or window.foreign_until > at:
            until = at + min(seconds, FOREIGN_BELIEVED) * 1_000_000 if foreign else 0
            windows[seconds] = replace(window, foreign=foreign, foreign_until=until)
    return replace(state, windows=windows)


def blocked(state: QuotaState, until: datetime) -> QuotaState:
    return replace(state, blocked_until=max(state.blocked_until, _micros(until)))


def usage(state: QuotaState, now: datetime) -> dict[int, tuple[int, int]]:
    """Seconds of the window → (used by anyone, limit)."""
    at = _micros(now)
    return {
        seconds: (
            sum(_current(w, seconds, at).values()) + (w.foreign if w.foreign_until > at else 0),
            w.limit,
        )
        for seconds, w in state.windows.items()
    }


def _width(seconds: int) -> int:
    return seconds * 1_000_000 // SLOTS


def _current(window: WindowState, seconds: int, at: int) -> dict[int, int]:
    first = (at - seconds * 1_000_000) // _width(seconds)
    return {slot: n for slot, n in window.slots.items() if slot >= first}


def _room_at(slots: Mapping[int, int], seconds: int, foreign: int, foreign_until: int, allowed: int, at: int) -> int:
    """The earliest instant (µs) at which one more call fits if nothing else is booked; `at` when it fits now."""
    used = sum(slots.values()) + foreign
    if used < allowed:
        return at
    width, span = _width(seconds), seconds * 1_000_000
    leaving = [((slot + 1) * width + span, n) for slot, n in slots.items()]
    if foreign:
        leaving.append((foreign_until, foreign))
    room = at + span
    for instant, n in sorted(leaving):
        used -= n
        if used < allowed:
            return instant
    return room
