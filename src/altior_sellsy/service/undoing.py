"""«Annuler cette initialisation», while the environment stands still: then it is as before its approval."""

from collections.abc import Sequence
from typing import Any

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import EnvironmentStatus, JournalEntry
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.service import environments, first_sync, subscription
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync import stages, undoing
from altior_sellsy.sync.patience import leased, patiently
from altior_sellsy.sync.progress import Progress
from altior_sellsy.sync.undoing import Undone
from altior_sellsy.values.reference import Reference, Side

PAGE = 500


def undo(runtime: Runtime, by: str, progress: Progress = first_sync.SILENT, *, dry_run: bool = False) -> Undone:
    """Raises Final, one French sentence: nothing to undo, no name."""
    environment, ledger = runtime.ledger.environment(), runtime.ledger
    if not stages.windows(environment):
        raise Final(f"L'environnement « {environment.name} » n'a pas d'initialisation à annuler.")
    if not dry_run and not by.strip():
        raise Final('L\'annulation doit être décidée par une personne : ajoutez « --by "Prénom Nom" ».')
    first_sync.ready(runtime)
    if not dry_run:
        first_sync.settle_creates(runtime, progress)
        if runtime.ledger.environment().status is not EnvironmentStatus.PAUSED:
            environments.pause(ledger, runtime.clock, by, "annulation de l'initialisation")
    engine = runtime.engine
    lease = leased(engine)
    if lease is None:
        so_far = "rien n'a été écrit" if dry_run else "il est en pause, rien d'autre n'a été fait"
        raise Final(
            f"L'environnement « {environment.name} » est encore en cours de synchronisation ailleurs ; {so_far} : "
            "relancez la même commande dans une minute."
        )
    try:
        with runtime.hurried():
            report = undoing.undo(
                engine,
                stages.windows(environment),
                lease,
                who=by.strip(),
                in_use=lambda references, told: patiently(
                    runtime.clock, runtime.timing, lambda: _in_use(runtime, references, told)
                ),
                dry_run=dry_run,
                progress=progress,
            )
        if not dry_run and not report.failed:
            subscription.remove(runtime)
            _forget(runtime, lease, by.strip())
    finally:
        ledger.release(lease)
    return report


def _in_use(runtime: Runtime, references: Sequence[Reference], told: Undone) -> frozenset[Reference]:
    """Tiers with affaires or contacts that are not archived, affaires with a devis or an order. Contacts that are still
    linked will be archived or taken off the tiers, unless they are left."""
    tiers = {r.id: r for r in references if r.thing == "tiers"}
    affaires = {r.id: r for r in references if r.thing == "affaire"}
    archived, left = {r for r, _ in told.archived}, {one.reference for one in told.left}
    found: set[Reference] = set()
    if tiers:
        owner = references[0].owner
        for one in runtime.altior.find("affaires", "tiers", sorted(tiers)):
            deal = Reference(Side.ALTIOR, owner, "affaire", str(one["id"]))
            if one.get("archive") is not True and deal not in archived:
                found |= {tiers[id] for id in (str(one["tiers"]),) if id in tiers}
        people = {
            Reference(Side.ALTIOR, owner, "contact", str(one["id"])): one
            for one in runtime.altior.find("contacts", "tiers", sorted(tiers))
            if one.get("archive") is not True
        }
        linked = {pair.altior for pair in runtime.ledger.pairs(people)}
        for contact in people.keys() - archived - (linked - left):
            found |= {tiers[id] for id in map(str, people[contact].get("tiers", ())) if id in tiers}
    if affaires:
        for kind in ("devis", "commandes"):
            documents = runtime.altior.documents(kind, sorted(affaires))
            found |= {affaires[id] for one in documents if (id := str(one.get("affaire"))) in affaires}
    return frozenset(found)


def _forget(runtime: Runtime, lease: Lease, by: str) -> None:
    """What was known of records and what was still to be done; people's own decisions and the journal stay."""
    ledger, now = runtime.ledger, runtime.clock.now()
    known = [s.reference for s in ledger.all_sightings()]
    for start in range(0, len(known), PAGE):
        page = known[start : start + PAGE]
        own = [d for d in ledger.decisions(page) if d.verb == "duplicate" or d.data.get("plan")]
        ledger.commit(Changes(forget=page, drop_decisions=[(d.reference, d.verb) for d in own]), lease)
    cards = [(card.reference, card.code, card.field_name) for card in ledger.cards()]
    cursors: dict[str, Any] = {stages.CURSOR: {}, stages.OUTDATED: now.isoformat(), "webhook": ""}
    ledger.commit(
        Changes(
            close_cards=list(cards),
            done=ledger.looks(),
            cursors=cursors,
            environment={
                "status": EnvironmentStatus.NOT_ACTIVATED,
                "activated_at": None,
                "approved_by": "",
                "paused_reason": "",
                "paused_at": None,
                "paused_by": "",
            },
            journal=[JournalEntry(now, "", "deactivated", None, None, "Initialisation annulée", who=by)],
        ),
        lease,
    )
