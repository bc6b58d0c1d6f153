"""How far the first synchronisation of an environment is, as its cursors say it."""

from altior_sellsy.ledger.model import Environment

CURSOR = "first_sync"
"""stage, by, began, ended, sighted: the start of the reading whose records the ledger knows."""
TRIAL, ALL, DONE = "trial", "all", "done"
OUTDATED = "plan_outdated"
"""Cursor: the instant at which something happened that a plan computed before does not know."""


def stage(environment: Environment) -> str:
    """trial: only released rows are carried out; all: everything; done, or empty when nothing was approved."""
    return str((environment.cursors.get(CURSOR) or {}).get("stage", ""))
