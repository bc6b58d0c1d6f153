"""The chance of a history, and its shrinking. Every place in the code that asks for chance has a stream of its own, so
that what is taken out at one place leaves the others as they were."""

import random
import sys
from collections.abc import Callable, Collection
from types import CodeType
from typing import Self

Draw = tuple[str, int, int]
"""Function, line within it, and the how-maniest draw there."""
_HERE = {random.__file__, __file__}


class Tape(random.Random):
    """`quiet`: draws at which nothing happens: chance says «no», choices take the first."""

    def __new__(cls, seed: int, quiet: Collection[Draw] = ()) -> Self:
        return super().__new__(cls, seed)

    def __init__(self, seed: int, quiet: Collection[Draw] = ()) -> None:
        super().__init__(seed)
        self._seed = seed
        self.quiet = frozenset(quiet)
        self.draws: list[Draw] = []
        self._streams: dict[tuple[CodeType, int], tuple[str, int, random.Random, list[int]]] = {}

    def _draw(self) -> tuple[random.Random, bool]:
        frame = sys._getframe(2)
        while frame.f_code.co_filename in _HERE and frame.f_back is not None:
            frame = frame.f_back
        key = frame.f_code, frame.f_lineno
        stream = self._streams.get(key)
        if stream is None:
            name, line = frame.f_code.co_qualname, frame.f_lineno - frame.f_code.co_firstlineno
            stream = self._streams[key] = (name, line, random.Random(f"{self._seed}:{name}:{line}"), [0])
        name, line, source, count = stream
        draw = (name, line, count[0])
        count[0] += 1
        self.draws.append(draw)
        return source, draw in self.quiet

    def random(self) -> float:
        source, quiet = self._draw()
        drawn = source.random()
        return 0.999_999 if quiet else drawn

    def getrandbits(self, k: int, /) -> int:
        source, quiet = self._draw()
        drawn = source.getrandbits(k)
        return 0 if quiet else drawn


def shrink(
    draws: list[Draw], fails: Callable[[frozenset[Draw]], list[Draw] | None], most: int = 1500
) -> frozenset[Draw]:
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
