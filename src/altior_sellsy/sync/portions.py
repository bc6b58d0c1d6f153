"""How many records a pass takes up at once, when the quota does not allow a whole page's calls.

A pass reads before it writes. Where reading a page already needs more calls than are allowed (a call for each ticked
contact, for each opportunity), it would be refused, begin anew, and be refused for ever: so what got nothing done is
halved, down to one record, and doubled again while nothing is refused. Where bulk's share does not even hold one
record, that one may use the reserve of live changes.
"""

from dataclasses import dataclass
from typing import Self

from altior_sellsy.ledger.model import Environment
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.sync.engine import DrainReport, Engine
from altior_sellsy.sync.work import PAGE

CURSOR = "portion"
"""By kind: «portion:contact». Missing: a whole page."""


@dataclass(frozen=True, slots=True)
class Before:
    """The report before a pass."""

    done: int
    refused: int

    @classmethod
    def of(cls, report: DrainReport) -> Self:
        return cls(report.done, report.refused)


def size(environment: Environment, kind: str) -> int:
    """0: one record, with the reserve."""
    kept = environment.cursors.get(f"{CURSOR}:{kind}")
    return PAGE if kept is None else int(kept)


def adapt(engine: Engine, lease: Lease, kind: str, now: int, taken: int, before: Before, report: DrainReport) -> None:
    """`now`: the size until now. `taken`: records of the pass that has just ended."""
    refused, got_on = report.refused > before.refused, report.done > before.done
    following = now
    if refused and not got_on:
        following = min(now, taken) // 2
    elif not refused and taken >= now:
        following = min(PAGE, max(now, 1) * 2)
    if following != now:
        kept = following if following < PAGE else None
        engine.ledger.commit(Changes(cursors={f"{CURSOR}:{kind}": kept}), lease)
