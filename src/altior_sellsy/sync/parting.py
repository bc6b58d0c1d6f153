"""A pair that a person dissolves: our reference leaves the Altior record, the pair closes, and tombstones on both sides
see to it that only a person pairs or creates them again. No field is written, nothing is deleted."""

from dataclasses import replace
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.port import Write
from altior_sellsy.ledger.model import Decision, JournalEntry, Pair, State, Tombstone
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import remember
from altior_sellsy.sync.work import Work

VERB = "unlink"


def unlink(work: Work) -> None:
    """Before anything is planned. The reference goes first: dying between the two only repeats it."""
    for pair in list(work.pairs):
        decision = next(
            (d for r in (pair.sellsy, pair.altior) for d in work.decisions.get(r, ()) if d.verb == VERB), None
        )
        if decision is None:
            continue
        work.pairs.remove(pair)
        if (over := _reference_may_land(work, pair, decision) or _write_may_land(work, pair)) is not None:
            work.put_off((pair.sellsy, pair.altior), over)
            continue
        try:
            _take_reference_off(work, pair)
        except Refused:
            raise
        except ConnectorError as error:
            work.put_off_error((pair.sellsy, pair.altior), error)
            continue
        work.commit(_closing(work, pair, decision))
        work.put_off((pair.sellsy, pair.altior), work.now())


def _reference_may_land(work: Work, pair: Pair, decision: Decision) -> datetime | None:
    """The reference may still be on its way by a call whose answer was lost; since her decision none is sent."""
    altior = work.snapshots.get(pair.altior)
    if decision.at is None or altior is None or not pair.owed.get("stamp") or str(pair.sellsy) in altior.stamps:
        return None
    over = decision.at + timedelta(seconds=work.engine.timing.call_deadline)
    return over if work.now() <= over else None


def _write_may_land(work: Work, pair: Pair) -> datetime | None:
    """A field may still be written by a call whose answer was lost; afterwards it is seen, and told."""
    return max((a.deadline for a in work.announcements.get(pair.id, ()) if work.now() <= a.deadline), default=None)


def _take_reference_off(work: Work, pair: Pair) -> None:
    altior, stamp = work.snapshots.get(pair.altior), str(pair.sellsy)
    if altior is None or stamp not in altior.stamps:
        return
    [answer] = work.binding.altior.update([Write(altior, {}, unstamps=frozenset({stamp}))])
    if answer.error is not None:
        raise answer.error
    work.engine.at("written")


def _closing(work: Work, pair: Pair, decision: Decision) -> Changes:
    now = work.now()
    sides, unheard = (pair.sellsy, pair.altior), work.announcements.pop(pair.id, [])
    return Changes(
        pairs=[replace(pair, closed=True, state=State.EXCLUDED, code="unlinked")],
        settle=[a.id for a in unheard],
        tombstones=[Tombstone(r, pair.volet, "unlinked", now) for r in sides],
        drop_decisions=[(r, VERB) for r in sides],
        close_cards=[(r, None, None) for r in sides],
        mark=[remember.look(r, pair.kind, "unlinked", now) for r in sides],
        wake=[str(r) for r in sides],
        journal=[
            *remember.arrived_unheard(work, pair, unheard),
            JournalEntry(
                at=now,
                kind=pair.kind,
                action="unlinked",
                side=None,
                reference=pair.sellsy,
                counterpart=pair.altior,
                cause="Déliées par décision : aucune des deux fiches n'est modifiée",
                who=decision.who or "Connecteur",
            ),
        ],
    )
