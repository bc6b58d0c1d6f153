"""An environment stops by itself, with one card: nothing is lost, changes go on being noted (design 3, breakers)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from altior_sellsy.ledger.model import Card, EnvironmentStatus, JournalEntry
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sync import words

BY = "Connecteur"
STOPPING = frozenset({"stopped", "wrong_account", "other_records", "missing_many", "rewrites_many"})
"""Codes of the cards that stand for a stop: whoever resumes closes them."""


def stop(
    ledger: Ledger,
    now: datetime,
    code: str,
    reason: str,
    *,
    data: Mapping[str, Any] | None = None,
    cursors: Mapping[str, Any] | None = None,
) -> None:
    """Pauses the environment, if it is not paused already, and opens (or counts) the card `code`."""
    changes = Changes(cards=[card(code, reason, now, data)], cursors=dict(cursors or {}))
    if ledger.environment().status is not EnvironmentStatus.PAUSED:
        changes.environment = {
            "status": EnvironmentStatus.PAUSED,
            "paused_reason": reason,
            "paused_at": now,
            "paused_by": BY,
        }
        changes.journal = [JournalEntry(now, "", "paused", None, None, reason)]
    ledger.commit(changes, None)


def card(code: str, detail: str, now: datetime, data: Mapping[str, Any] | None = None) -> Card:
    """A card of the environment itself, not of a record."""
    return Card(None, code, words.sentence(code, "", detail), words.remedy(code), data=dict(data or {}), at=now)
