"""What the checks say: a finding, its severity, and the repair that would mend it. Pure data, French for people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from altior_sellsy.altior.port import CustomField, ListName


class Severity(StrEnum):
    """From the mildest to the gravest. `EYE`: no API shows it, a person looks."""

    OK = "ok"
    NOTICE = "notice"
    EYE = "eye"
    WARNING = "warning"
    BLOCKING = "blocking"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]


_LABELS = {
    Severity.OK: "en ordre",
    Severity.NOTICE: "à savoir",
    Severity.EYE: "à vérifier à l'œil",
    Severity.WARNING: "avertissement",
    Severity.BLOCKING: "bloquant",
}
_SYMBOLS = {Severity.OK: "✓", Severity.NOTICE: "·", Severity.EYE: "?", Severity.WARNING: "!", Severity.BLOCKING: "✗"}


class Where(StrEnum):
    """Where the remedy is done."""

    SELLSY = "Sellsy"
    ALTIOR = "Altior"
    REQUEST = "Demande"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]


_HEADINGS = {Where.SELLSY: "Dans Sellsy", Where.ALTIOR: "Dans Altior", Where.REQUEST: "Dans la demande"}


@dataclass(frozen=True, slots=True)
class MissingValue:
    """A value to create in one of Altior's seven lists."""

    section: ListName
    title: str
    abbreviation: str | None


@dataclass(frozen=True, slots=True)
class Repair:
    """A setting that the connector can create in Altior. `key` names it for a click; `sentence` is shown first."""

    key: str
    sentence: str
    creates: MissingValue | CustomField

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check.

    `statement`: the number of the guide's statement (rules, section 1). `sentence`: what was found; `remedy`: what to
    do about it, empty when there is nothing to do. `cell`: of the request's document («Général!B5»).
    """

    code: str
    severity: Severity
    statement: int
    title: str
    sentence: str
    remedy: str
    where: Where
    cell: str | None = None
    repair: Repair | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "statement": self.statement,
            "title": self.title,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "where": self.where.value,
            "cell": self.cell,
            "repair": self.repair.as_json() if self.repair else None,
        }


_BEFORE = re.compile(r" ([»:;?!%])")
_AFTER = re.compile(r"« ")


def french(text: str) -> str:
    """French typography: the spaces inside « » and before : ; ? ! % do not break."""
    return _AFTER.sub("«\N{NO-BREAK SPACE}", _BEFORE.sub("\N{NO-BREAK SPACE}\\1", text))


def number(value: int) -> str:
    """1240 → «1 240», with a narrow no-break space."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def count(value: int, one: str, several: str) -> str:
    """«1 fiche», «1 240 fiches»; French counts 0 as one."""
    return f"{number(value)} {one if abs(value) < 2 else several}"


def quoted(names: Sequence[str], last: str = "et", most: int = 20) -> str:
    """«« A », « B » et « C »», beyond `most` the rest as a number. `last`: the word before the last one."""
    shown = [f"« {name} »" for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} et {number(len(names) - most)} de plus"
    return " ".join(part for part in (", ".join(shown[:-1]), last if len(shown) > 1 else "", *shown[-1:]) if part)


def meant(near: Sequence[str]) -> str:
    """«Vouliez-vous dire « Commercial » ? », or nothing."""
    return f" Vouliez-vous dire {quoted(near, 'ou')} ?" if near else ""
