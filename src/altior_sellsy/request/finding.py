"""What a rule finds, before it becomes a sentence; and names that a person may have meant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from altior_sellsy.request.answers import Answer
from altior_sellsy.values.text import fold

NEAR_SCORE = 75
NEAR_COUNT = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """`cell`: where. `words`: what fills the blanks of the rule's sentence."""

    cell: str
    words: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @classmethod
    def at(cls, answer: Answer, *, accepted: Iterable[str] = (), near: Iterable[str] = (), **words: str) -> "Finding":
        return cls(answer.cell, {"text": shown(answer.text or ""), **words}, tuple(accepted), tuple(near))


def shown(text: str, most: int = 60) -> str:
    """A text as a sentence quotes it: not longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three of the known names, nearest first, accents and case aside («Comercial» → «Commercial»)."""
    names = list(dict.fromkeys(known))
    hits = process.extract(
        fold(name), [fold(one) for one in names], scorer=fuzz.WRatio, score_cutoff=NEAR_SCORE, limit=NEAR_COUNT
    )
    return tuple(names[index] for _, _, index in hits)
