"""A person's decisions on a record, as rows that the engine obeys: they are entered here, and the record looked at."""

from dataclasses import dataclass

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Decision, JournalEntry, Look, Sighting
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.values.reference import Reference


@dataclass(frozen=True, slots=True)
class Verb:
    """`replaces`: earlier decisions that this one takes back."""

    name: str
    label: str
    replaces: tuple[str, ...]


VERBS = {
    "link": Verb("link", "Lier", ("create", "leave_out", "undecided", "duplicate")),
    "create": Verb("create", "Créer quand même", ("link", "leave_out", "undecided")),
    "let_in": Verb("let_in", "Faire entrer", ("leave_out",)),
    "leave_out": Verb("leave_out", "Laisser de côté", ("create", "link", "let_in")),
}


def decide(ledger: Ledger, record: str, verb: str, *, to: str = "", by: str, clock: Clock) -> tuple[Sighting, Verb]:
    """Raises Final, one French sentence: an unknown record or verb, a pair already made, a link that leads nowhere."""
    chosen = VERBS.get(verb)
    if chosen is None:
        known = ", ".join(VERBS)
        raise Final(f"« {verb} » n'est pas une décision possible. Décisions : {known}.")
    sighting = _known(ledger, record)
    reference = sighting.reference
    if ledger.pairs([reference]) and verb != "let_in":
        raise Final(f"« {sighting.label} » est déjà liée : il n'y a rien à décider.")
    other = _other(ledger, reference, to) if verb == "link" else None
    now = clock.now()
    cause = f"{chosen.label}{f' à {to}' if other else ''}"
    ledger.commit(
        Changes(
            decisions=[Decision(reference, verb, other, who=by, at=now, data={"how": "person"})],
            drop_decisions=[(reference, gone) for gone in chosen.replaces],
            journal=[JournalEntry(now, sighting.kind, "decided", reference.side, reference, cause, who=by)],
            mark=[Look(reference, sighting.kind, "decision", now, live=True)],
        ),
        None,
    )
    return sighting, chosen


def _known(ledger: Ledger, text: str) -> Sighting:
    try:
        reference = Reference.parse(text.strip())
    except ValueError:
        raise Final(
            f"« {text} » n'est pas une référence : copiez celle que montrent « cards » ou « explain », par exemple "
            "sellsy:97417:company:3001."
        ) from None
    sighting = ledger.sightings([reference]).get(reference)
    if sighting is None:
        raise Final(f"La fiche « {text} » n'est pas connue : lancez « altior-sellsy sync », puis recommencez.")
    return sighting


def _other(ledger: Ledger, reference: Reference, to: str) -> Reference:
    if not to:
        raise Final("À quelle fiche lier ? Ajoutez « --to RÉFÉRENCE ».")
    other = _known(ledger, to).reference
    if other.side is reference.side:
        raise Final(
            f"« {to} » est du même côté que la fiche à lier : donnez une fiche de {reference.side.other.label}."
        )
    return other
