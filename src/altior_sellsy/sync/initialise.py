"""The first synchronisation: a stored plan, approved by a named person as a whole or for a trial, done by the drain.

Approval commits, in order: the activation instant and who approved; the sightings of everything the plan read (so that
scope, later scans and the search for twins know what existed); then, by pages, which rows are released, with the looks
of their records. From there on it is ordinary work: a crash loses nothing, and running it again goes on where it stood.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from altior_sellsy.errors import Final
from altior_sellsy.kinds.admission import REACHED
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import (
    Decision,
    EnvironmentStatus,
    JournalEntry,
    Look,
    Planned,
    Sighting,
    State,
)
from altior_sellsy.ledger.port import Changes, Lease, Ledger
from altior_sellsy.sync.engine import Engine
from altior_sellsy.sync.patience import command_lease, leased
from altior_sellsy.sync.sighted import make_sighting
from altior_sellsy.sync.stages import ALL, CURSOR, DONE, OUTDATED, TRIAL, cursor, stage
from altior_sellsy.sync.trial import choose
from altior_sellsy.values.reference import Reference

CHUNK = 500
"""Rows of one commit."""
DOES = ("create", "link", "ask", "wait")
"""Decisions whose records are looked at once they are released."""


class NotApproved(Final):
    """No record is written before a named person has approved (design 7.8)."""


def approve(engine: Engine, by: str, *, trial: int = 0) -> list[Planned]:
    """From here on records may be written: those of `trial` well-chosen rows, or of the whole plan (0). An empty plan
    is approved too. Gives the rows of the trial. Raises NotApproved without a name, a plan or the lease."""
    who = by.strip()
    if not who:
        raise NotApproved(
            'L\'initialisation doit être approuvée par une personne : ajoutez « --by "Prénom Nom" », ou relancez avec '
            "« --dry-run » pour voir seulement l'aperçu."
        )
    ledger = engine.ledger
    if trial and stage(ledger.environment()) in (ALL, DONE):
        raise NotApproved(
            "La première synchronisation est déjà approuvée en entier : un essai n'a plus de sens. Relancez sans "
            "« --trial »."
        )
    header = ledger.plan()
    if header is None:
        raise NotApproved("Il n'y a pas d'aperçu à approuver : relancez avec « --dry-run ».")
    lease = leased(engine)
    if lease is None:
        raise NotApproved("Cet environnement est en cours de synchronisation : recommencez dans un instant.")
    try:
        _begin(engine, header, who, TRIAL if trial else ALL, lease)
        if not trial:
            _release_all(engine, header, who, lease)
            return []
        _remember_sightings(engine, header, who, lease)
        rows = choose(lambda: chain.from_iterable(_pages(ledger, released=False)), trial)
        ledger.commit(_released(engine, rows, who), lease)
        return rows
    finally:
        ledger.release(lease)


def _begin(engine: Engine, header: Mapping[str, Any], who: str, stage: str, lease: Lease) -> None:
    environment = engine.ledger.environment()
    known = cursor(environment)
    now = engine.clock.now()
    began = known.get("began") if known.get("stage") in (TRIAL, ALL) else now.isoformat()
    earlier = known.get("earlier", [])
    if known.get("stage") == DONE:
        earlier = [*earlier, [known["began"], known["ended"]]]
    cursors: dict[str, Any] = {
        CURSOR: {
            **known,
            "stage": stage,
            "by": who,
            "began": began,
            "ended": None,
            "earlier": earlier,
            "released": False,
        }
    }
    if not environment.cursors.get("feed"):
        cursors["feed"] = header.get("feed")
    what = "Essai sur quelques fiches approuvé" if stage == TRIAL else "Première synchronisation approuvée"
    engine.ledger.commit(
        Changes(
            environment={
                "status": EnvironmentStatus.INITIALISING,
                "activated_at": environment.activated_at or datetime.fromisoformat(header["started"]),
                "approved_by": who,
            },
            cursors=cursors,
            journal=[JournalEntry(now, "", "approved", None, None, what, who=who)],
        ),
        lease,
    )


def _pages(ledger: Ledger, *, released: bool | None = None) -> Iterator[Sequence[Planned]]:
    """One is in memory at a time."""
    after = -1
    while page := ledger.plan_rows(after=after, limit=CHUNK, released=released):
        yield page
        after = page[-1].number


# -- what the plan has read


def _remember_sightings(engine: Engine, header: Mapping[str, Any], who: str, lease: Lease) -> None:
    known = cursor(engine.ledger.environment())
    if known.get("sighted") == header["started"]:
        return
    for chunk in _pages(engine.ledger):
        command_lease(engine)
        changes = Changes()
        _sightings(engine, chunk, who, changes)
        engine.ledger.commit(changes, lease)
    _all_sighted(engine, header, lease)


def _all_sighted(engine: Engine, header: Mapping[str, Any], lease: Lease) -> None:
    known = cursor(engine.ledger.environment())
    engine.ledger.commit(Changes(cursors={CURSOR: {**known, "sighted": header["started"]}}), lease)


def _sightings(engine: Engine, rows: Sequence[Planned], who: str, changes: Changes) -> None:
    now = engine.clock.now()
    activated_at = engine.ledger.environment().activated_at
    references = [r for row in rows for r in (row.reference, row.other) if r is not None]
    before = engine.ledger.sightings(references)
    made: dict[Reference, Sighting] = {}
    for row in rows:
        stays_out = row.decision == "exclude"
        if row.reference not in made or not stays_out:
            made[row.reference] = make_sighting(
                seen(row.reference, {**row.data, "label": row.label}),
                row.kind,
                before.get(row.reference),
                State.EXCLUDED if stays_out else State.WAITING,
                row.code if stays_out else "to_approve",
                activated_at=activated_at,
                detail=row.detail if stays_out else "",
            )
        if row.other is not None and "other_seen" in row.data:
            other = seen(row.other, row.data["other_seen"])
            known = before.get(row.other)
            made[row.other] = make_sighting(
                other, row.kind, known, State.WAITING, "to_approve", activated_at=activated_at
            )
        if row.decision == "exclude" and row.code == "duplicate":
            data = {"of": row.detail, "siret": row.data.get("keys", {}).get("siret", "")}
            changes.decisions.append(Decision(row.reference, "duplicate", None, who, now, data))
    changes.sightings = list(made.values())


def seen(reference: Reference, data: Mapping[str, Any]) -> Snapshot:
    """The record as the plan read it, without its fields."""
    return Snapshot(
        reference=reference,
        at=datetime.fromisoformat(data["at"]),
        fields={},
        label=data["label"],
        created=data["created"],
        gate=data["gate"],
        keys=data["keys"],
        hash=data["hash"],
    )


# -- what may be done


def _release_all(engine: Engine, header: Mapping[str, Any], who: str, lease: Lease) -> None:
    """What the plan has read of a row is remembered in the commit that releases it, unless a trial has done so."""
    ledger = engine.ledger
    sighted = cursor(ledger.environment()).get("sighted") == header["started"]
    # Records that moved while only a trial was approved wait for this.
    now = engine.clock.now()
    ledger.mark([replace(look, due=now) for look in ledger.looks()])
    for chunk in _pages(ledger):
        command_lease(engine)
        todo = _undone(ledger, chunk)
        changes = _released(engine, todo, who)
        if not sighted:
            _sightings(engine, [row for row in chunk if not row.released], who, changes)
        if todo:
            ledger.commit(changes, lease)
    if not sighted:
        _all_sighted(engine, header, lease)
    known = cursor(ledger.environment())
    ledger.commit(Changes(cursors={CURSOR: {**known, "released": True}}), lease)


def _undone(ledger: Ledger, rows: Sequence[Planned]) -> list[Planned]:
    """Rows not released yet, and those that were and came to nothing (a run that died, a fault)."""
    taken = {(r, p.volet) for p in ledger.pairs([row.reference for row in rows]) for r in (p.sellsy, p.altior)}
    return [
        row for row in rows if not row.released or (row.decision in DOES and (row.reference, row.volet) not in taken)
    ]


def _released(engine: Engine, rows: Sequence[Planned], who: str) -> Changes:
    now = engine.clock.now()
    changes = Changes(release=[row.number for row in rows])
    for row in rows:
        if row.decision not in DOES:
            continue
        if row.frozen and row.other is not None:
            # Not ticked: only the approved plan links it (design 7.2).
            data = {"how": row.code, "plan": True}
            changes.decisions.append(Decision(row.reference, "link", row.other, who, now, data))
        if row.decision == "create" and not engine.binding(row.kind).kind.gated:
            # A person has seen and approved it: no delay is waited for.
            changes.decisions.append(Decision(row.reference, REACHED, None, who, now, {"approved": True}))
        changes.mark.append(Look(row.reference, row.kind, "initialise", now))
    return changes


def finish(engine: Engine) -> bool:
    """Everything the plan marked is done, or waits with a reason: live synchronisation goes on from here. False while a
    trial waits for the rest, or when another process is at work."""
    environment = engine.ledger.environment()
    if environment.status is not EnvironmentStatus.INITIALISING or stage(environment) == TRIAL:
        return False
    now = engine.clock.now()
    lease = command_lease(engine)
    if lease is None:
        return False
    known = cursor(environment)
    engine.ledger.commit(
        Changes(
            environment={"status": EnvironmentStatus.ACTIVE},
            cursors={CURSOR: {**known, "stage": DONE, "ended": now.isoformat()}, OUTDATED: now.isoformat()},
            journal=[JournalEntry(now, "", "activated", None, None, "Synchronisation active")],
        ),
        lease,
    )
    engine.ledger.release(lease)
    return True
