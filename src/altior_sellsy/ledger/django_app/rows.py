"""From the model's dataclasses to rows and back. Nothing is decided here."""

from collections.abc import Mapping
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
    RequestVersion,
    Sent,
    Sighting,
    State,
    Tombstone,
)
from altior_sellsy.values.reference import Reference, Side, Volet


def text(reference: Reference | None) -> str:
    return "" if reference is None else str(reference)


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


PAIR_COLUMNS = (
    "kind",
    "sellsy",
    "altior",
    "volet",
    "half_sellsy",
    "half_altior",
    "state",
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
_PAIR_SAME = tuple(c for c in PAIR_COLUMNS if c not in ("sellsy", "altior", "volet", "state"))


def pair_row(environment_id: int, p: Pair) -> models.PairRow:
    columns = {c: getattr(p, c) for c in _PAIR_SAME}
    return models.PairRow(
        environment_id=environment_id,
        pair_id=p.id,
        sellsy=str(p.sellsy),
        altior=str(p.altior),
        volet=p.volet.value,
        state=p.state.value,
        **{c: dict(v) if isinstance(v, Mapping) else v for c, v in columns.items()},
    )


def pair(row: models.PairRow) -> Pair:
    return Pair(
        id=row.pair_id,
        sellsy=Reference.parse(row.sellsy),
        altior=Reference.parse(row.altior),
        volet=Volet(row.volet),
        state=State(row.state),
        **{c: getattr(row, c) for c in _PAIR_SAME},
    )


_ANNOUNCEMENT_SAME = (
    "kind",
    "deadline",
    "pair_id",
    "version",
    "created",
    "after_id",
    "match_key",
    "checks",
    "checked_at",
)
ANNOUNCEMENT_COLUMNS = (*_ANNOUNCEMENT_SAME, "side", "fields", "source", "volet")


def announcement_row(environment_id: int, a: Announcement) -> models.AnnouncementRow:
    return models.AnnouncementRow(
        environment_id=environment_id,
        announcement_id=a.id,
        side=a.side.value,
        volet=a.volet.value,
        source=text(a.source),
        fields={name: [s.sent, s.replaced, s.source, s.replaced_known] for name, s in a.fields.items()},
        **{c: getattr(a, c) for c in _ANNOUNCEMENT_SAME},
    )


def announcement(row: models.AnnouncementRow) -> Announcement:
    return Announcement(
        id=row.announcement_id,
        side=Side(row.side),
        volet=Volet(row.volet),
        source=_reference(row.source),
        fields={name: Sent(*sent) for name, sent in row.fields.items()},
        **{c: getattr(row, c) for c in _ANNOUNCEMENT_SAME},
    )


def tombstone_row(environment_id: int, t: Tombstone) -> models.TombstoneRow:
    return models.TombstoneRow(
        environment_id=environment_id, reference=str(t.reference), volet=t.volet.value, reason=t.reason, at=t.at
    )


def tombstone(row: models.TombstoneRow) -> Tombstone:
    return Tombstone(Reference.parse(row.reference), Volet(row.volet), row.reason, row.at)


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
)
SIGHTING_COLUMNS = (*_SIGHTING_SAME, "side", "keys", "tokens", "state", "volet")


def token(environment_id: int, kind: str, side: Side, key: str, value: str) -> str:
    return f"{environment_id}|{kind}|{side.value}|{key}|{value}"


def sighting_row(environment_id: int, s: Sighting) -> models.SightingRow:
    side = s.reference.side
    return models.SightingRow(
        environment_id=environment_id,
        reference=str(s.reference),
        side=side.value,
        keys=dict(s.keys),
        tokens=[token(environment_id, s.kind, side, key, value) for key, value in rules.searchable(s)],
        state=s.state.value,
        volet=s.volet.value,
        **{c: getattr(s, c) for c in _SIGHTING_SAME},
    )


def sighting(row: models.SightingRow) -> Sighting:
    return Sighting(
        reference=Reference.parse(row.reference),
        keys=row.keys,
        state=State(row.state),
        volet=Volet(row.volet),
        **{c: getattr(row, c) for c in _SIGHTING_SAME},
    )


def card(row: models.CardRow) -> Card:
    return Card(
        reference=_reference(row.reference),
        code=row.code,
        sentence=row.sentence,
        remedy=row.remedy,
        field_name=row.field_name,
        data=row.data,
        at=row.at,
        count=row.count,
        closed_at=row.closed_at,
        id=str(row.pk),
    )


_JOURNAL_SAME = ("at", "kind", "action", "cause", "who", "field_name", "before", "after", "other")


def journal_row(environment_id: int, j: JournalEntry) -> models.JournalRow:
    return models.JournalRow(
        environment_id=environment_id,
        side="" if j.side is None else j.side.value,
        reference=text(j.reference),
        counterpart=text(j.counterpart),
        **{c: getattr(j, c) for c in _JOURNAL_SAME},
    )


def journal(row: models.JournalRow) -> JournalEntry:
    return JournalEntry(
        side=Side(row.side) if row.side else None,
        reference=_reference(row.reference),
        counterpart=_reference(row.counterpart),
        **{c: getattr(row, c) for c in _JOURNAL_SAME},
    )


DECISION_COLUMNS = ("other", "who", "at", "data")


def decision_row(environment_id: int, d: Decision) -> models.DecisionRow:
    return models.DecisionRow(
        environment_id=environment_id,
        reference=str(d.reference),
        verb=d.verb,
        other=text(d.other),
        who=d.who,
        at=d.at,
        data=dict(d.data),
    )


def decision(row: models.DecisionRow) -> Decision:
    return Decision(Reference.parse(row.reference), row.verb, _reference(row.other), row.who, row.at, row.data)


def request_version(row: models.RequestVersionRow) -> RequestVersion:
    return RequestVersion(row.number, row.at, row.who, row.answers, row.state)
