"""What was answered, as text, with the place of each answer: what the rules judge. Comes from a file or a screen."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from altior_sellsy.request.fields import IN_CONSOLE, MOST_MINUTES, NOT_APPLICABLE, YES_NO
from altior_sellsy.request.mapping import NOT_SYNCHRONISED
from altior_sellsy.values.text import clean, fold

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend or to know. `cell`: «Affaires!C12». `code`: stable, for machines. `near`: names that the
    person may have meant; already told in `sentence`, as the accepted values are."""

    cell: str
    code: str
    sentence: str
    severity: Severity
    accepted: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`raw`: the text as typed, line breaks included. `spoilt`: the cell could not be read and a problem says why
    (rules then keep quiet about it)."""

    cell: str
    raw: str = ""
    spoilt: bool = False

    @property
    def text(self) -> str | None:
        """NFC, trimmed, single spaces; None when nothing was answered."""
        return clean(self.raw)

    @property
    def blank(self) -> bool:
        return self.text is None and not self.spoilt


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an event's table. Rows where every cell is blank are not kept."""

    pipeline: Answer
    step: Answer
    establishment: Answer | None = None

    def cells(self) -> tuple[Answer, ...]:
        return tuple(one for one in (self.pipeline, self.step, self.establishment) if one is not None)


@dataclass(frozen=True, slots=True)
class Answers:
    """`values`: input name → answer (every input is there). `mapping`: line number → «Autre valeur» (only those that
    were answered). `events`: 1–4 → rows."""

    values: Mapping[str, Answer]
    mapping: Mapping[str, Answer] = field(default_factory=dict)
    events: Mapping[int, tuple[Row, ...]] = field(default_factory=dict)
    form_version: int = 1

    def rows(self) -> Iterator[tuple[int, Row]]:
        for number in sorted(self.events):
            for row in self.events[number]:
                yield number, row


class Choice(Enum):
    YES = YES_NO[0]
    NO = YES_NO[1]
    NOT_APPLICABLE = NOT_APPLICABLE


_CHOICES = {
    Choice.YES: {"oui", "o", "x", "yes", "y", "vrai", "true", "1"},
    Choice.NO: {"non", "n", "no", "faux", "false", "0"},
    Choice.NOT_APPLICABLE: {"sans objet", "so", "s o", "na", "n a", "non applicable"},
}
_TICKS = {"✓": Choice.YES, "✔": Choice.YES, "☑": Choice.YES, "☒": Choice.YES, "☐": Choice.NO, NOT_SYNCHRONISED: None}


def choice(text: str | None) -> Choice | None:
    """Oui, Non or Sans objet however it was typed («OUI », «x», VRAI…); None when it is none of them or empty."""
    if text is None:
        return None
    if text in _TICKS:
        return _TICKS[text]
    folded = fold(text)
    return next((one for one, texts in _CHOICES.items() if folded in texts), None)


_MINUTES = re.compile(r"(\d{1,4})(?:[.,]0+)?\s*(?:min|minutes?)?\.?")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


def account_id(text: str | None) -> str | None:
    """The digits of an account id, whatever Excel made of it («97 417», «97417,0», «9,7417E+04»). None when it is
    empty, no number, or was shortened so that digits are lost («1,2E+05»)."""
    if text is None:
        return None
    bare = re.sub(r"[\s' ]", "", text)
    bare = re.sub(r"^(?:n°|id|compte)[:.]?", "", bare, flags=re.IGNORECASE)
    if match := _SCIENTIFIC.fullmatch(bare):
        digits = match[1] + (match[2] or "")
        return digits if len(digits) == int(match[3]) + 1 else None
    bare = re.sub(r"[.,]0*$", "", bare)
    return bare if re.fullmatch(r"[0-9]{1,20}", bare) else None


def shortened(text: str) -> bool:
    """Is it a number in scientific notation, as a spreadsheet shortens long ones?"""
    return _SCIENTIFIC.fullmatch(re.sub(r"\s", "", text)) is not None


def email(text: str | None) -> str | None:
    """The bare address of «mailto:a@b.fr», «Claire Martin <a@b.fr>» or «a@b.fr»."""
    if text is None:
        return None
    if match := re.search(r"<([^<>]+)>\s*$", text):
        text = match[1]
    return text.strip().removeprefix("mailto:").strip().rstrip(";,") or None


def minutes(text: str | None) -> int | None:
    """A whole number of minutes, «5», «5 min» or what Excel made of it («5,0»); None when it is none of them, or more
    than a day."""
    found = _MINUTES.fullmatch(text) if text is not None else None
    number = int(found[1]) if found else MOST_MINUTES + 1
    return number if number <= MOST_MINUTES else None


def secret(raw: str) -> str | None:
    """The secret as typed, outer spaces aside; None when it is left for the console."""
    return None if fold(raw) in ("", fold(IN_CONSOLE)) and not _odd(raw) else raw.strip()


def _odd(raw: str) -> bool:
    """A secret made only of signs folds to nothing, and is one all the same."""
    return fold(raw) == "" and raw.strip() not in ("", NOT_SYNCHRONISED)


def override(text: str | None) -> str | None:
    """«Autre valeur» as the engine keeps it: None for «—», however the dash was typed."""
    return None if text is None or text in {NOT_SYNCHRONISED, "–", "-", "--", "‒", "―", "−"} else text
