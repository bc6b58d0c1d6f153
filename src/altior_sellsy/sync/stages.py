"""How far the first synchronisation of an environment is, as its cursors say it."""

from datetime import datetime
from typing import Any

from altior_sellsy.ledger.model import Environment

CURSOR = "first_sync"
"""stage, by, began, ended; earlier: [began, ended] of those before it, since the environment was activated; sighted:
the start of the reading whose records the ledger knows; released: all of the plan that was approved as a whole."""
TRIAL, ALL, DONE = "trial", "all", "done"
OUTDATED = "plan_outdated"
"""Cursor: the instant at which something happened that a plan computed before does not know."""


def cursor(environment: Environment) -> dict[str, Any]:
    """The cursor; empty when nothing was approved."""
    return environment.cursors.get(CURSOR) or {}


def stage(environment: Environment) -> str:
    """trial: only released rows are carried out; all: everything; done, or empty when nothing was approved."""
    return str(cursor(environment).get("stage", ""))


def windows(environment: Environment) -> list[tuple[datetime, datetime | None]]:
    """From the approval to the end of each initialisation since the environment was not activated; the last one's end
    is None while it goes on."""
    noted = cursor(environment)
    if not noted.get("began"):
        return []
    all_of_them = [*noted.get("earlier", []), [noted["began"], noted["ended"]]]
    return [(datetime.fromisoformat(began), datetime.fromisoformat(end) if end else None) for began, end in all_of_them]
