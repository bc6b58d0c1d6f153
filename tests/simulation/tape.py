"""The chance of a history, and its shrinking. Every place in the code that asks for chance has a stream of its own, so
that what is taken out at one place leaves the others as they were."""

import hashlib
import sys
from collections.abc import Callable, Collection, Sequence
from types import CodeType
from typing import TypeVar

T = TypeVar("T")
Draw = tuple[str, int, int]
"""Function, line within it, and the how-maniest draw there."""
_MASK = (1 << 64) - 1


class Tape:
    """`quiet`: draws at which nothing happens: chance says «no», choices take the first. `draws`: those that were made,
    kept only where they are asked for."""

    def __init__(self, seed: int, quiet: Collection[Draw] = (), *, keep: bool = False) -> None:
        self._seed = seed
        self._quiet = frozenset(quiet)
        self._noted = keep or bool(quiet)
        self.draws: list[Draw] = []
        self._streams: dict[tuple[CodeType, int], list[int]] = {}
        self._places: dict[tuple[CodeType, int], tuple[list[int], int]] = {}
        """Instruction that asks → its line's stream, its line: to find the line of an instruction is slow."""

    def random(self) -> float:
        bits = self._draw()
        return 0.999_999 if bits is None else bits / (_MASK + 1)

    def chance(self, of: float) -> bool:
        if not of:
            return False
        bits = self._draw()
        return bits is not None and bits < of * _MASK

    def choice(self, options: Sequence[T]) -> T:
        bits = self._draw()
        return options[0 if bits is None else bits % len(options)]

    def randrange(self, first: int, beyond: int | None = None) -> int:
        low, high = (0, first) if beyond is None else (first, beyond)
        bits = self._draw()
        return low if bits is None else low + bits % (high - low)

    def uniform(self, low: float, high: float) -> float:
        bits = self._draw()
        return low if bits is None else low + (high - low) * bits / (_MASK + 1)

    def _draw(self) -> int | None:
        """64 bits (splitmix64 over a counter of the place that asks); None: nothing happens."""
        frame = sys._getframe(2)
        code = frame.f_code
        place = self._places.get((code, frame.f_lasti))
        if place is None:
            place = self._places[code, frame.f_lasti] = self._place(code, frame.f_lineno)
        stream, line = place
        stream[1] += 1
        if self._noted:
            draw = (code.co_qualname, line - code.co_firstlineno, stream[1])
            self.draws.append(draw)
            if draw in self._quiet:
                return None
        bits = (stream[0] + stream[1] * 0x9E3779B97F4A7C15) & _MASK
        bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & _MASK
        bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & _MASK
        return bits ^ bits >> 31

    def _place(self, code: CodeType, line: int) -> tuple[list[int], int]:
        stream = self._streams.get((code, line))
        if stream is None:
            name = f"{self._seed}:{code.co_qualname}:{line - code.co_firstlineno}"
            start = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest())
            self._streams[code, line] = stream = [start, 0]
        return stream, line


def shrink(draws: list[Draw], fails: Callable[[frozenset[Draw]], list[Draw] | None], most: int) -> frozenset[Draw]:
    """The most draws that can be quiet while the history still `fails` (which gives the draws made then, or None)."""
    quiet: frozenset[Draw] = frozenset()
    loud, tries, size = draws, 0, max(1, len(draws) // 2)
    while size >= 1 and tries < most:
        place, gained = 0, False
        while place < len(loud) and tries < most:
            wanted = quiet | frozenset(loud[place : place + size])
            tries += 1
            made = fails(wanted)
            if made is None:
                place += size
                continue
            quiet, gained = wanted, True
            loud = [draw for draw in dict.fromkeys(made) if draw not in quiet]
        if not gained or size > 1:
            size //= 2
    return quiet
