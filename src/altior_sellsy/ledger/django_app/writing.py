"""The parts of one commit, each a statement or two whatever the number of records. Called inside its transaction."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from altior_sellsy.ledger import rules
from altior_sellsy.ledger.django_app import bulk, looks, models, probing, rows
from altior_sellsy.ledger.django_app.probing import array
from altior_sellsy.ledger.model import Card, Look
from altior_sellsy.ledger.port import Changes, Taken
from altior_sellsy.values.reference import Reference


def apply(environment_id: int, changes: Changes, now: datetime) -> bool:
    """Everything but the environment itself, in the order the port fixes. Whether looks were marked."""
    _records(environment_id, changes)
    _cards(environment_id, changes, now)
    bulk.put(models.JournalRow, environment_id, [rows.journal_columns(j) for j in changes.journal])
    looks.clear(environment_id, changes.done, changes.postpone)
    marked = looks.mark(environment_id, [*changes.mark, *_woken(environment_id, changes.wake, now)])
    decisions = {(d.reference, d.verb): rows.decision_columns(d) for d in changes.decisions}
    bulk.put(models.DecisionRow, environment_id, decisions.values(), ("reference", "verb"))
    _drop_decisions(environment_id, changes.drop_decisions)
    if changes.release:
        _execute(
            "UPDATE ledger_planned SET released = true WHERE environment_id = %s AND number = ANY(%s)",
            [environment_id, changes.release],
        )
    return marked


def taken(error: IntegrityError) -> Taken | None:
    """The unique rule that refused, None when it is none of the ledger's own."""
    diagnosis = getattr(error.__cause__, "diag", None)
    sentence = rules.TAKEN.get(getattr(diagnosis, "constraint_name", None) or "")
    return None if sentence is None else Taken(sentence)


def _records(environment_id: int, changes: Changes) -> None:
    # Pairs that close go first: their references may be taken up again in the same commit.
    pairs = sorted({p.id: p for p in changes.pairs}.values(), key=lambda p: not p.closed)
    bulk.put(models.PairRow, environment_id, [rows.pair_columns(p) for p in pairs], ("pair_id",))
    stones = {(t.reference, t.volet): rows.tombstone_columns(t) for t in changes.tombstones}
    bulk.put(models.TombstoneRow, environment_id, stones.values(), ("reference", "volet"))
    settled = set(changes.settle)
    probing.delete(models.AnnouncementRow, environment_id, "announcement_id", settled)
    announced = {a.id: rows.announcement_columns(a) for a in changes.announce if a.id not in settled}
    bulk.put(models.AnnouncementRow, environment_id, announced.values(), ("announcement_id",))
    seen = {s.reference: rows.sighting_columns(environment_id, s) for s in changes.sightings}
    bulk.put(models.SightingRow, environment_id, seen.values(), ("reference",))
    probing.delete(models.SightingRow, environment_id, "reference", rows.texts(changes.forget))


_CLOSE_CARDS = """
UPDATE ledger_card AS row SET closed_at = %s
FROM unnest(%s::text[], %s::text[], %s::text[]) AS gone (reference, code, field_name)
WHERE row.environment_id = %s AND row.closed_at IS NULL AND row.reference = gone.reference
  AND (gone.code IS NULL OR gone.code = row.code) AND (gone.field_name IS NULL OR gone.field_name = row.field_name)
  AND (row.reference, row.code, row.field_name) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]))
"""
_OPEN_CARDS = """
INSERT INTO ledger_card AS row (environment_id, reference, code, field_name, sentence, remedy, data, at, count)
SELECT %s, m.reference, m.code, m.field_name, m.sentence, m.remedy, m.data::jsonb, m.at, m.count
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::integer[])
  AS m (reference, code, field_name, sentence, remedy, data, at, count)
ON CONFLICT (environment_id, reference, code, field_name) WHERE closed_at IS NULL DO UPDATE SET
    sentence = excluded.sentence, remedy = excluded.remedy, data = excluded.data, count = row.count + excluded.count
"""


def _cards(environment_id: int, changes: Changes, now: datetime) -> None:
    met: dict[tuple[str, str, str], Card] = {}
    for card in changes.cards:
        key = (rows.text(card.reference), card.code, card.field_name)
        known = met.get(key)
        first = card.at or now
        met[key] = (
            replace(card, at=first, count=1) if known is None else replace(card, at=known.at, count=known.count + 1)
        )
    keys = [[key[i] for key in met] for i in range(3)]
    if changes.close_cards:
        gone = [
            [rows.text(reference) for reference, _, _ in changes.close_cards],
            [code for _, code, _ in changes.close_cards],
            [field_name for _, _, field_name in changes.close_cards],
        ]
        _execute(_CLOSE_CARDS, [now, *gone, environment_id, *keys])
    if met:
        cards = list(met.values())
        columns: list[list[Any]] = [
            [c.sentence for c in cards],
            [c.remedy for c in cards],
            [json.dumps(dict(c.data), ensure_ascii=False) for c in cards],
            [c.at for c in cards],
            [c.count for c in cards],
        ]
        _execute(_OPEN_CARDS, [environment_id, *keys, *columns])


def _woken(environment_id: int, keys: Sequence[str], now: datetime) -> Iterator[Look]:
    for row in probing.by_keys(models.SightingRow, environment_id, "waits_for", {*keys} - {""}, " AND waits_for <> ''"):
        yield Look(Reference.parse(row["reference"]), row["kind"], f"wait:{row['waits_for']}", now)


def _drop_decisions(environment_id: int, dropped: Sequence[tuple[Reference, str]]) -> None:
    if dropped:
        _execute(
            "DELETE FROM ledger_decision WHERE environment_id = %s"
            " AND (reference, verb) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
            [environment_id, array([str(r) for r, _ in dropped]), array([verb for _, verb in dropped])],
        )


def _execute(statement: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
