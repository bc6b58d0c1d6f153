"""What the approved plan of the first synchronisation lets happen to records without a pair.

The same decision on changed data is carried out with the new values; another decision goes back to people. While only
a trial is approved, everything else waits.
"""

from collections.abc import Mapping
from datetime import timedelta

from altior_sellsy.kinds.admission import Admission, Ask, Link, Make, Situation, Wait
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import EnvironmentStatus, Planned
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sync.stages import ALL, TRIAL, cursor, stage
from altior_sellsy.sync.work import Work
from altior_sellsy.values.reference import Reference, Side, Volet

CHANGED = "plan_changed"
AGAIN = timedelta(seconds=60)
"""A record that waits for the approval of the rest is looked at this often; the approval itself wakes it."""
Key = tuple[Reference, Volet]


class Approved:
    """`rows`: of the records looked at. `paged`: only released ones are carried out (a trial, or a release that died on
    the way); a plan computed after the whole was approved holds nothing back."""

    def __init__(self, ledger: Ledger, rows: Mapping[Key, Planned], stage_now: str, *, paged: bool) -> None:
        self._ledger = ledger
        self._rows = rows
        self._stage = stage_now
        self._paged = paged

    @classmethod
    def of(cls, work: Work) -> "Approved":
        environment, ledger = work.environment, work.engine.ledger
        initialising = environment.status is EnvironmentStatus.INITIALISING
        asked = [
            reference
            for reference in work.looks
            if initialising or ((seen := work.sightings.get(reference)) is not None and seen.code == CHANGED)
        ]
        rows = ledger.plan_rows_of(asked) if asked else []
        now = stage(environment) if initialising else ""
        # Approved before this was kept: nothing was held back then.
        paged = now == TRIAL or (now == ALL and not cursor(environment).get("released", True))
        return cls(ledger, {_key(row): row for row in rows}, now, paged=paged)

    def waits(self, work: Work, snapshot: Snapshot, volet: Volet) -> bool:
        """Is nobody to decide of it before the rest is approved? Then its look comes again. A record that bears our
        reference is what an approved row has made."""
        row = self._rows.get((snapshot.reference, volet))
        unplanned = row is None and (self._stage != TRIAL or bool(snapshot.stamps))
        if unplanned or (row is not None and (row.released or not self._paged)):
            return False
        work.put_off([snapshot.reference], work.now() + AGAIN, detail="to_approve")
        return True

    def judge(self, snapshot: Snapshot, volet: Volet, situation: Situation, admission: Admission) -> Admission:
        if not isinstance(admission, Make | Link) or situation.decision("create", "let_in"):
            return admission
        said = situation.decision("link")
        if said is not None and not said.data.get("plan"):
            return admission
        row = self._rows.get((snapshot.reference, volet))
        if row is None or row.decision not in ("create", "link"):
            return self._unless_planned_otherwise(snapshot, volet, admission)
        if isinstance(admission, Make):
            found = "elle serait créée de l'autre côté" if row.decision == "link" else ""
        else:
            found = _other_link(row, snapshot, admission)
        if not found:
            return admission
        return Ask(CHANGED, f"{_planned(row)}, et maintenant {found}", {"planned": row.decision})

    def _unless_planned_otherwise(self, snapshot: Snapshot, volet: Volet, admission: Admission) -> Admission:
        """A record that the plan did not take may not take one that it did, nor one that people have to decide of."""
        if not isinstance(admission, Link) or admission.made_by == "stamp":
            return admission
        other = admission.other.reference
        seen = self._ledger.sightings([other]).get(other)
        kept = seen is not None and seen.code == CHANGED
        if not kept and self._stage:
            rows = (row for row in self._ledger.plan_rows_of([other]) if row.volet is volet)
            kept = any(row.decision in ("create", "link") and row.other != snapshot.reference for row in rows)
        return (
            Wait(other, CHANGED, f"elle serait liée à « {admission.other.label} », à revoir elle aussi")
            if kept
            else admission
        )


def _key(row: Planned) -> Key:
    return row.reference, row.volet


def _other_link(row: Planned, snapshot: Snapshot, link: Link) -> str:
    """What is not as approved in this link; empty when it is. A create whose answer was lost is found by its stamp."""
    if link.made_by == "stamp":
        return ""
    if row.other != link.other.reference:
        return f"elle serait liée à « {link.other.label} »"
    if row.frozen and row.code == "siret":
        planned = row.data.get("keys", {}).get("siret")
        if snapshot.keys.get("siret") != planned or link.other.keys.get("siret") != planned:
            return "les deux SIRET ne sont plus les mêmes"
    return ""


def _planned(row: Planned) -> str:
    if row.decision == "link":
        return f"l'aperçu approuvé la liait à « {row.data.get('other_label', row.other)} »"
    return f"l'aperçu approuvé la créait dans {'Altior' if row.reference.side is Side.SELLSY else 'Sellsy'}"
