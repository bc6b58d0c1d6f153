"""From the model's dataclasses to rows and back. Nothing is decided here.

What is written in number goes as JSON (bulk.py), hence as a dictionary of columns; what is read comes as Django's rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

from altior_sellsy.ledger import rules
from altior_sellsy.ledger.django_app import models
from altior_sellsy.ledger.model import (
    Announcement,
    Card,
    Decision,
    Environment,
    EnvironmentStatus,
    JournalEntry,
    Look,
    Pair,
    Planned,
    RequestVersion,
    Sent,
    Sighting,
    State,
    Tombstone,
)
from altior_sellsy.values.reference import Reference, Side, Volet

Columns = dict[str, Any]
Row = Mapping[str, Any]
"""As Django gives one by `values()`."""


def text(reference: Reference | None) -> str:
    return "" if reference is None else str(reference)


def texts(references: Iterable[Reference]) -> set[str]:
    """A set: Django goes through the elements of a list, one by one, to see whether they are expressions."""
    return {str(reference) for reference in references}


def _same(columns: tuple[str, ...], record: object) -> Columns:
    """Those that are called alike on both sides."""
    return dict(zip(columns, _getter(columns)(record), strict=True))


@cache
def _getter(columns: tuple[str, ...]) -> "attrgetter[tuple[Any, ...]]":
    return attrgetter(*columns)


def _reference(text_: str) -> Reference | None:
    return Reference.parse(text_) if text_ else None


ENVIRONMENT_COLUMNS = (
    "client",
    "altior_name",
    "settings",
    "urls",
    "account_id",
    "account_uuid",
    "activated_at",
    "approved_by",
    "paused_reason",
    "paused_at",
    "paused_by",
    "epoch",
    "cursors",
    "webhook_token",
)


def environment_row(e: Environment) -> models.EnvironmentRow:
    columns = {c: getattr(e, c) for c in ENVIRONMENT_COLUMNS}
    for c in ("settings", "urls", "cursors"):
        columns[c] = dict(columns[c])
    identity = rules.altior_identity(e.altior_name)
    return models.EnvironmentRow(name=e.name, status=e.status.value, altior_identity=identity, **columns)


def environment(row: models.EnvironmentRow) -> Environment:
    columns = {c: getattr(row, c) for c in ENVIRONMENT_COLUMNS}
    return Environment(name=row.name, status=EnvironmentStatus(row.status), **columns)


LOOK_COLUMNS = ("reference", "kind", "reason", "due", "live", "seq", "attempts", "failing_since")


def look(values: tuple[Any, ...]) -> Look:
    """From a row of LOOK_COLUMNS."""
    return Look(Reference.parse(values[0]), *values[1:])


_PAIR_SAME = (
    "kind",
    "half_sellsy",
    "half_altior",
    "code",
    "sellsy_created",
    "gate_seen",
    "owed",
    "held",
    "written",
    "rhythm",
    "seen",
    "bindings",
    "closed",
    "made_by",
)


def pair_columns(p: Pair) -> Columns:
    return {
        "pair_id": p.id,
        "sellsy": str(p.sellsy),
        "altior": str(p.altior),
        "volet": p.volet.value,
        "state": p.state.value,
    } | _same(_PAIR_SAME, p)


def pair(row: Row) -> Pair:
    return Pair(
        id=row["pair_id"],
        sellsy=Reference.parse(row["sellsy"]),
        altior=Reference.parse(row["altior"]),
        volet=Volet(row["volet"]),
        state=State(row["state"]),
        **{c: row[c] for c in _PAIR_SAME},
    )


_ANNOUNCEMENT_SAME = (
    "kind",
    "deadline",
    "pair_id",
    "version",
    "source_created",
    "created",
    "after_id",
    "match_key",
    "checks",
    "checked_at",
)


_parts_of = attrgetter(*(part.name for part in fields(Sent)))


def announcement_columns(a: Announcement) -> Columns:
    return {
        "announcement_id": a.id,
        "side": a.side.value,
        "volet": a.volet.value,
        "source": text(a.source),
        "fields": {name: _parts_of(sent) for name, sent in a.fields.items()},
        "roles": sorted(a.roles),
    } | _same(_ANNOUNCEMENT_SAME, a)


def announcement(row: Row) -> Announcement:
    return Announcement(
        id=row["announcement_id"],
        side=Side(row["side"]),
        volet=Volet(row["volet"]),
        source=_reference(row["source"]),
        fields={name: Sent(*sent) for name, sent in row["fields"].items()},
        roles=frozenset(row["roles"]),
        **{c: row[c] for c in _ANNOUNCEMENT_SAME},
    )


def tombstone_columns(t: Tombstone) -> Columns:
    return {"reference": str(t.reference), "volet": t.volet.value, "reason": t.reason, "at": t.at}


def tombstone(row: Row) -> Tombstone:
    return Tombstone(Reference.parse(row["reference"]), Volet(row["volet"]), row["reason"], row["at"])


_SIGHTING_SAME = (
    "kind",
    "label",
    "folded",
    "hash",
    "gate",
    "code",
    "detail",
    "waits_for",
    "gate_seen",
    "released",
    "created",
    "at",
    "gone_checks",
    "gone_at",
    "listed",
)


def token(environment_id: int, kind: str, side: Side, key: str, value: str) -> str:
    return f"{environment_id}|{kind}|{side.value}|{key}|{value}"


def sighting_columns(environment_id: int, s: Sighting) -> Columns:
    side = s.reference.side
    return {
        "reference": str(s.reference),
        "side": side.value,
        "keys": s.keys,
        "tokens": [token(environment_id, s.kind, side, key, value) for key, value in rules.searchable(s)],
        "state": s.state.value,
        "volet": s.volet.value,
    } | _same(_SIGHTING_SAME, s)


def sighting(row: Row) -> Sighting:
    return Sighting(
        reference=Reference.parse(row["reference"]),
        keys=row["keys"],
        state=State(row["state"]),
        volet=Volet(row["volet"]),
        **{c: row[c] for c in _SIGHTING_SAME},
    )


def card(row: Row) -> Card:
    return Card(
        reference=_reference(row["reference"]),
        code=row["code"],
        sentence=row["sentence"],
        remedy=row["remedy"],
        field_name=row["field_name"],
        data=row["data"],
        at=row["at"],
        count=row["count"],
        closed_at=row["closed_at"],
        id=str(row["id"]),
    )


_JOURNAL_SAME = ("at", "kind", "action", "cause", "who", "field_name", "before", "after", "other")


def journal_columns(j: JournalEntry) -> Columns:
    return {
        "side": "" if j.side is None else j.side.value,
        "reference": text(j.reference),
        "counterpart": text(j.counterpart),
    } | _same(_JOURNAL_SAME, j)


def journal(row: Row) -> JournalEntry:
    return JournalEntry(
        side=Side(row["side"]) if row["side"] else None,
        reference=_reference(row["reference"]),
        counterpart=_reference(row["counterpart"]),
        **{c: row[c] for c in _JOURNAL_SAME},
    )


def decision_columns(d: Decision) -> Columns:
    return {
        "reference": str(d.reference),
        "verb": d.verb,
        "other": text(d.other),
        "who": d.who,
        "at": d.at,
        "data": d.data,
    }


def decision(row: Row) -> Decision:
    return Decision(
        Reference.parse(row["reference"]), row["verb"], _reference(row["other"]), row["who"], row["at"], row["data"]
    )


_PLANNED_SAME = ("number", "kind", "label", "decision", "code", "detail", "frozen", "released", "data")


def planned_columns(p: Planned) -> Columns:
    return {"reference": str(p.reference), "volet": p.volet.value, "other": text(p.other)} | _same(_PLANNED_SAME, p)


def planned(row: Row) -> Planned:
    return Planned(
        reference=Reference.parse(row["reference"]),
        volet=Volet(row["volet"]),
        other=_reference(row["other"]),
        **{c: row[c] for c in _PLANNED_SAME},
    )


def request_version(row: models.RequestVersionRow) -> RequestVersion:
    return RequestVersion(row.number, row.at, row.who, row.answers, row.state)
