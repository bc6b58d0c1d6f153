"""The table of looks (histories 4 and 5): marked by one sorted upsert, cleared by sequence number.

Who marks holds the environment's gate shared, who clears holds it alone, both to the end of their transaction. A
commit first clears rows and then marks others: without the gate it could hold a row that a marker waits for while
it waits for a row that the marker holds. Among themselves markers meet in the order of their sorted keys.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from altior_sellsy.ledger.django_app import rows
from altior_sellsy.ledger.django_app.models import LookRow
from altior_sellsy.ledger.django_app.probing import array, by_keys
from altior_sellsy.ledger.model import Look
from altior_sellsy.values.reference import Reference

_GATE = 0x4C4F4F4B  # «LOOK»: the class of advisory locks that this module owns

_MARK = """
WITH gate AS (SELECT pg_advisory_xact_lock_shared(%(gate)s, %(environment)s)),
     environment AS (SELECT id FROM ledger_environment WHERE id = %(environment)s FOR KEY SHARE)
INSERT INTO ledger_look AS row (environment_id, reference, kind, reason, due, live, attempts)
SELECT environment.id, m.reference, m.kind, m.reason, m.due, m.live, 0
FROM gate, environment, unnest(%(references)s::text[], %(kinds)s::text[], %(reasons)s::text[], %(dues)s::timestamptz[],
                  %(lives)s::boolean[]) WITH ORDINALITY AS m (reference, kind, reason, due, live, position)
ORDER BY m.position
ON CONFLICT (environment_id, reference) DO UPDATE SET
    seq = nextval(pg_get_serial_sequence('ledger_look', 'seq')),
    kind = excluded.kind, reason = excluded.reason,
    live = row.live OR excluded.live, due = least(row.due, excluded.due), attempts = 0
"""
_CLAIM = """
SELECT reference, kind, reason, due, live, seq, attempts, failing_since FROM ledger_look
WHERE environment_id = %(environment)s AND {which} AND due <= %(now)s ORDER BY due, seq LIMIT %(limit)s
"""
_CLAIM_LIVE = _CLAIM.format(which="live")
_CLAIM_BULK = _CLAIM.format(
    which="""NOT live AND kind = (SELECT kind FROM ledger_look
    WHERE environment_id = %(environment)s AND NOT live AND due <= %(now)s ORDER BY due, seq LIMIT 1)"""
)


def mark(environment_id: int, looks: Iterable[Look]) -> bool:
    """Whether anything was marked: nothing is for an environment that was removed meanwhile."""
    merged: dict[str, Look] = {}
    for look in looks:
        key = str(look.reference)
        known = merged.get(key)
        merged[key] = look if known is None else _merged(known, look)
    if not merged:
        return False
    references = sorted(merged)
    ordered = [merged[key] for key in references]
    number = _execute(
        _MARK,
        {
            "gate": _GATE,
            "environment": environment_id,
            "references": array(references),
            "kinds": array([look.kind for look in ordered]),
            "reasons": array([look.reason for look in ordered]),
            "dues": [look.due for look in ordered],
            "lives": [look.live for look in ordered],
        },
    )
    return number > 0


def _merged(a: Look, b: Look) -> Look:
    return Look(b.reference, b.kind, b.reason, min(a.due, b.due), a.live or b.live)


def clear(environment_id: int, done: Iterable[Look], postpone: Iterable[Look]) -> None:
    """Inside a transaction. Rows whose seq has moved are left as they are."""
    gone = [look.seq for look in done]
    later = {look.seq: look for look in postpone}
    if not gone and not later:
        return
    _execute("SELECT pg_advisory_xact_lock(%s, %s)", (_GATE, environment_id))
    if gone:
        # By the primary key alone, which is never given twice: with the environment beside it, PostgreSQL may rather
        # go through all looks of the environment.
        _execute("DELETE FROM ledger_look WHERE seq = ANY(%s)", (gone,))
    if later:
        _execute(
            "UPDATE ledger_look AS row SET due = m.due, attempts = m.attempts, failing_since = m.failing_since"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::integer[], %s::timestamptz[])"
            " AS m (seq, due, attempts, failing_since) WHERE row.seq = m.seq",
            (
                list(later),
                [look.due for look in later.values()],
                [look.attempts for look in later.values()],
                [look.failing_since for look in later.values()],
            ),
        )


def claim(environment_id: int, now: datetime, limit: int, live_only: bool) -> list[Look]:
    found = _select(_CLAIM_LIVE, {"environment": environment_id, "now": now, "limit": limit})
    if not live_only and len(found) < limit:
        found += _select(_CLAIM_BULK, {"environment": environment_id, "now": now, "limit": limit - len(found)})
    return found


def seqs(environment_id: int, references: Iterable[Reference]) -> Mapping[Reference, int]:
    found = by_keys(LookRow, environment_id, "reference", rows.texts(references))
    return {Reference.parse(row["reference"]): row["seq"] for row in found}


def _select(statement: str, parameters: dict[str, Any]) -> list[Look]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [rows.look(values) for values in cursor.fetchall()]


def _execute(statement: str, parameters: tuple[Any, ...] | dict[str, Any]) -> int:
    """How many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
