"""R28: a deal that fires its first event brings its third party down, out of scope or not, and ticks its SA.

Null and Non are alike (Non is the field's default), unless the ledger once saw this record at Oui: then a person took
it back, the kind's admission asks, and nothing is ticked here.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, JournalEntry
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import remember
from altior_sellsy.sync.engine import Binding
from altior_sellsy.sync.work import Work
from altior_sellsy.values.reference import Reference, Side


def parents(work: Work, wanted: dict[Reference, str]) -> None:
    """`wanted`: Sellsy's third party → what asked for it. Ticks SA where it is not Oui, lets the record in and looks at
    it; a fault puts the asking record off."""
    for parent, cause in sorted(wanted.items()):
        binding = next((b for b in work.engine.bindings if b.owns(parent)), None)
        if binding is None or parent.side is not Side.SELLSY:
            continue
        try:
            _bring(work, binding, parent, cause)
        except Refused:
            raise
        except ConnectorError as error:
            askers = [u.snapshot.reference for u in work.new_units if parent in u.snapshot.parents]
            work.put_off_error(askers, error)


def _bring(work: Work, binding: Binding, parent: Reference, cause: str) -> None:
    snapshot, until = _read(work, binding, parent)
    before = work.engine.ledger.sightings([parent]).get(parent)
    if snapshot is None and before is not None:
        # Not shown for the moment, or gone: its own look says so; shown as it was, it wakes us all the same.
        look = remember.look(parent, binding.kind.name, "brought", work.now())
        work.commit(Changes(sightings=[replace(before, hash="")], mark=[look]))
    if snapshot is None or snapshot.archived:
        return  # Once it stands otherwise, we are woken.
    if before is not None and before.gate_seen and snapshot.gate is not True:
        return
    now = work.now()
    changes = Changes()
    if snapshot.gate is not True:
        work.engine.not_after(until)
        try:
            snapshot = binding.sellsy.set_gate(snapshot, True)
        finally:
            work.engine.not_after(None)
        work.report.writes[Side.SELLSY] += 1
        changes.journal.append(_ticked(work, binding, snapshot, cause))
    if before is not None and before.gate is not True:
        # Told here, not by its own look: that says nothing while its other side is not shown, and they would wake each
        # other without end. Its hash is left, so that a scan looks at the rest.
        changes.sightings.append(replace(before, gate=True, gate_seen=True))
        changes.wake.append(str(parent))
    decided = work.engine.ledger.decisions([parent])
    if not any(d.verb == "let_in" for d in decided):
        changes.decisions.append(Decision(parent, "let_in", who="Connecteur", at=now, data={"by": cause}))
    changes.mark.append(remember.look(parent, binding.kind.name, "brought", now, live=True))
    work.commit(changes)


def _read(work: Work, binding: Binding, parent: Reference) -> tuple[Snapshot | None, datetime]:
    """As it stands, and until when that may be written from; where reading takes longer than a reading may be old, once
    more, as for any write to a slow Sellsy (sync.to_sellsy)."""
    fresh, took = timedelta(seconds=work.engine.timing.read_to_write), list[timedelta]()
    while True:
        began = work.now()
        snapshot = binding.sellsy.observe([parent]).get(parent)
        took.append(work.now() - began)
        if took[-1] <= fresh or len(took) > 1:
            return snapshot, began + max(fresh, 2 * min(took))


def _ticked(work: Work, binding: Binding, snapshot: Snapshot, cause: str) -> JournalEntry:
    return JournalEntry(
        at=work.now(),
        kind=binding.kind.name,
        action="ticked",
        side=Side.SELLSY,
        reference=snapshot.reference,
        cause=f"« Synchronisation Altior » passée à Oui : {cause} a atteint l'événement qui crée l'affaire",
    )
