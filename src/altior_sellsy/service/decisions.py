"""A person's decisions on a record, as rows that the engine obeys: they are entered here, and the record looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Final
from altior_sellsy.kinds.admission import AWAITED
from altior_sellsy.ledger.model import Decision, JournalEntry, Look
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.service.person import named
from altior_sellsy.service.wording import fields_of
from altior_sellsy.sync.plan import HOLD, TAKE_BACK, TAKE_SIDE
from altior_sellsy.values.reference import Reference, Side, Volet


@dataclass(frozen=True, slots=True)
class Verb:
    """`replaces`: earlier decisions that this one takes back."""

    name: str
    label: str
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One that the ledger knows, or the stored plan."""

    reference: Reference
    kind: str
    label: str


VERBS = {
    "link": Verb("link", "Lier", ("create", "leave_out", "undecided", "duplicate")),
    "create": Verb("create", "Créer quand même", ("link", "leave_out", "undecided")),
    "let_in": Verb("let_in", "Faire entrer", ("leave_out",)),
    "leave_out": Verb("leave_out", "Laisser de côté", ("create", "link", "let_in")),
    "unlink": Verb("unlink", "Délier", ("create", "link", "let_in")),
}


UNDOABLE = ("updated", "conflict", "undone")


def decide(ledger: Ledger, record: str, verb: str, *, to: str = "", by: str, clock: Clock) -> tuple[Record, Verb]:
    """Raises Final, one French sentence: an unknown record or verb, a pair already made, a link that leads nowhere."""
    chosen = VERBS.get(verb)
    if chosen is None:
        known = ", ".join((*VERBS, "hold", "release"))
        raise Final(f"« {verb} » n'est pas une décision possible. Décisions : {known}.")
    named(by)
    if to and verb != "link":
        raise Final(f"« --to » ne sert qu'à « link », pas à « {verb} » : rien n'a été décidé.")
    sighting = _known(ledger, record)
    reference = sighting.reference
    paired = bool(ledger.pairs([reference]))
    if verb == "unlink" and not paired:
        raise Final(f"« {sighting.label} » n'est liée à aucune fiche : il n'y a rien à délier.")
    if paired and verb not in ("let_in", "unlink"):
        raise Final(f"« {sighting.label} » est déjà liée : il n'y a rien à décider.")
    if verb == "let_in" and not paired and ledger.tombstones([reference]):
        raise Final(
            f"« {sighting.label} » a été déliée : la faire entrer n'y changerait rien. Décidez « create » pour la "
            "créer quand même, ou « link » avec « --to RÉFÉRENCE » pour la lier."
        )
    other = _other(ledger, sighting, to) if verb == "link" else None
    now = clock.now()
    cause = f"{chosen.label}{f' à {to}' if other else ''}"
    made = [Decision(reference, verb, other, who=by, at=now, data={"how": "person"})]
    if other:
        made.append(Decision(other, AWAITED, reference, who=by, at=now))
    replaced = {(reference, gone) for gone in chosen.replaces}
    if verb != "let_in":
        replaced |= {wish for one in (reference, other) if one for wish in _wished_links(ledger, one, reference, other)}
    replaced -= {(one.reference, one.verb) for one in made}
    changes = Changes(decisions=made, drop_decisions=sorted(replaced), wake=[str(reference)])
    # Who was to be linked to it is free again.
    freed = {one for one, _ in replaced} - {reference}
    changes.mark.extend(Look(one, sighting.kind, "decision", now, live=True) for one in sorted(freed))
    _commit(ledger, sighting, changes, cause, by, now)
    return sighting, chosen


def _wished_links(
    ledger: Ledger, end: Reference, reference: Reference, other: Reference | None
) -> Iterator[tuple[Reference, str]]:
    """Both ends of the links that people have wanted of this record, and that are not made yet: the last word counts,
    whichever of its two records it was said of. A tiers serves its client and its supplier (R1): to link it to the one
    says nothing of the other."""
    for said in ledger.decisions([end]):
        if said.verb in ("link", AWAITED) and said.other is not None:
            if other is not None and _stand_beside(ledger, {end, said.other}, {reference, other}):
                continue
            yield end, said.verb
            yield said.other, AWAITED if said.verb == "link" else "link"


def _stand_beside(ledger: Ledger, wish: set[Reference], made: set[Reference]) -> bool:
    """Two links of one tiers, to two Sellsy records of which each serves another volet."""
    ends = {one for one in wish ^ made if one.side is Side.SELLSY}
    if len(ends) != 2 or not any(one.side is Side.ALTIOR for one in wish & made):
        return False
    volets = [s.volet for s in ledger.sightings(ends).values()] or [row.volet for row in ledger.plan_rows_of(ends)]
    return len(set(volets)) == 2 and Volet.NONE not in volets


def take_side(ledger: Ledger, record: str, field: str, side: Side, *, by: str, clock: Clock) -> tuple[Record, str]:
    """What `side` shows stands on both, for this field (name or French label). Gives its label. Raises Final."""
    named(by)
    sighting = _known(ledger, record)
    if not ledger.pairs([sighting.reference]):
        raise Final(f"« {sighting.label} » n'est liée à aucune fiche : il n'y a rien à choisir.")
    name, label = _field(sighting, field)
    _enter(ledger, sighting, f"{TAKE_SIDE}{name}", {"side": side.value}, f"{side.label} a raison", name, by, clock)
    return sighting, label


def undo(ledger: Ledger, record: str, field: str, *, by: str, clock: Clock) -> JournalEntry:
    """Takes back the last change of this field that the connector wrote: the value that it replaced returns there, as
    an edit of this person's, and travels like any other. Gives that change. Raises Final."""
    named(by)
    sighting = _known(ledger, record)
    name, label = _field(sighting, field)
    pair = next(iter(ledger.pairs([sighting.reference])), None)
    entries = ledger.journal(reference=sighting.reference, limit=10_000) if pair else []
    last = next((e for e in entries if e.field_name == name and e.action in UNDOABLE and e.side is not None), None)
    if pair is None or last is None or last.side is None:
        raise Final(f"Le journal de « {sighting.label} » ne porte aucune modification de « {label} » à annuler.")
    wish = {"side": last.side.value, "value": last.before, "after": last.after}
    _enter(ledger, sighting, f"{TAKE_BACK}{name}", wish, "Annuler la dernière modification", name, by, clock)
    return last


def hold(
    ledger: Ledger, record: str, field: str, *, by: str, clock: Clock, release: bool = False
) -> tuple[Record, str]:
    """This field of this record stays as it is on each side, until it is released. Gives the field's French name.
    Raises Final."""
    named(by)
    known = _known(ledger, record)
    name, label = _field(known, field)
    verb = f"{HOLD}{name}"
    held = [d.reference for d in ledger.decisions(_both(ledger, known.reference)) if d.verb == verb]
    if release and not held:
        raise Final(f"« {label} » de « {known.label} » n'est pas retenu : il n'y a rien à rendre.")
    cause = f"{'Rendre' if release else 'Retenir'} « {label} »"
    now = clock.now()
    if release:
        changes = Changes(drop_decisions=[(reference, verb) for reference in held])
    else:
        changes = Changes(decisions=[Decision(known.reference, verb, None, who=by, at=now)])
    _commit(ledger, known, changes, cause, by, now, field=name)
    return known, label


def _field(known: Record, field: str) -> tuple[str, str]:
    """Name and French label of the field that she means by either."""
    names = fields_of(known.kind)
    wanted = field.strip().casefold()
    found = next((one for one in names.items() if wanted in (one[0], one[1].casefold())), None)
    if found is None:
        choice = ", ".join(f"{name} ({label})" for name, label in names.items())
        raise Final(f"« {field} » n'est pas un champ de cette fiche. Champs possibles : {choice}.")
    return found


def _enter(
    ledger: Ledger, sighting: Record, verb: str, data: dict[str, Any], cause: str, field: str, by: str, clock: Clock
) -> None:
    """Of decisions about one field, the last one counts, whichever of both records it was said of."""
    now, reference = clock.now(), sighting.reference
    others = {(one, f"{other}{field}") for one in _both(ledger, reference) for other in (TAKE_SIDE, TAKE_BACK)}
    changes = Changes(
        decisions=[Decision(reference, verb, None, who=by, at=now, data=data)],
        drop_decisions=sorted(others - {(reference, verb)}),
    )
    _commit(ledger, sighting, changes, cause, by, now, field=field)


def _commit(
    ledger: Ledger, record: Record, changes: Changes, cause: str, by: str, now: datetime, *, field: str = ""
) -> None:
    """Into the journal with it, and the record is looked at."""
    reference, kind = record.reference, record.kind
    changes.journal.append(
        JournalEntry(now, kind, "decided", reference.side, reference, cause, who=by, field_name=field)
    )
    changes.mark.append(Look(reference, kind, "decision", now, live=True))
    ledger.commit(changes, None)


def _known(ledger: Ledger, text: str) -> Record:
    try:
        reference = Reference.parse(text.strip())
    except ValueError:
        raise Final(
            f"« {text} » n'est pas une référence : copiez celle que montrent « cards » ou « explain », par exemple "
            "sellsy:97417:company:3001."
        ) from None
    sighting = ledger.sightings([reference]).get(reference)
    if sighting is not None:
        return Record(reference, sighting.kind, sighting.label)
    planned = next(iter(ledger.plan_rows_of([reference])), None)
    if planned is not None:
        return Record(reference, planned.kind, planned.label)
    read = "sync" if ledger.environment().activated_at else "initialise"
    option = "" if read == "sync" else " --dry-run"
    raise Final(
        f"La fiche « {text} » n'est pas connue : vérifiez cette référence ; si la fiche est récente, lancez "
        f"« altior-sellsy {read} {ledger.name}{option} », puis recommencez."
    )


def _both(ledger: Ledger, reference: Reference) -> set[Reference]:
    """The record, and what it is linked to, or will be by the plan: a decision on a field stands on either."""
    pairs, rows = ledger.pairs([reference]), ledger.plan_rows_of([reference])
    return {reference, *(r for p in pairs for r in (p.sellsy, p.altior)), *(row.other for row in rows if row.other)}


def _other(ledger: Ledger, record: Record, to: str) -> Reference:
    if not to:
        raise Final("À quelle fiche lier ? Ajoutez « --to RÉFÉRENCE ».")
    found, side = _known(ledger, to), record.reference.side
    if found.reference.side is side:
        raise Final(
            f"« {to} » est du même côté que la fiche à lier : donnez la référence d'une fiche dans {side.other.label}."
        )
    if found.kind != record.kind:
        raise Final(
            f"« {found.label} » n'est pas du même type que « {record.label} » : un tiers se lie à un tiers, un contact "
            "à un contact, une opportunité à une affaire."
        )
    return found.reference
