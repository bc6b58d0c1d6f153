"""Why a record is, or is not, on the other side, and what would change it."""

from dataclasses import dataclass
from typing import Any

from altior_sellsy.ledger.model import Pair, Sighting, State
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service.reading import STATE_LABELS
from altior_sellsy.sync import words
from altior_sellsy.sync.plan import held_fields
from altior_sellsy.values.reference import Reference, Side
from altior_sellsy.values.siret import normalise
from altior_sellsy.values.text import fold

MOST = 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """One record found. `sentence` says where it stands and why; `remedy` what would change it."""

    reference: Reference
    label: str
    state: str
    code: str
    sentence: str
    remedy: str
    counterpart: Reference | None = None
    held: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    """Of the pair, to name its held fields."""

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": str(self.reference),
            "label": self.label,
            "state": self.state,
            "code": self.code,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "counterpart": str(self.counterpart) if self.counterpart else None,
            "held": [{"field": name, "sentence": sentence} for name, sentence in self.held],
        }


def explain(ledger: Ledger, query: str) -> list[Explanation]:
    """`query`: a name or part of it, a SIRET, an e-mail or a reference. Empty when nothing known corresponds."""
    found = _found(ledger, query.strip())
    if not found:
        return _deleted(ledger, query.strip())
    pairs: dict[Reference, Pair] = {}
    for pair in ledger.pairs([s.reference for s in found]):
        pairs.setdefault(pair.sellsy, pair)
        pairs.setdefault(pair.altior, pair)
    said: set[str] = set()
    explanations = []
    for sighting in sorted(found, key=lambda s: (s.folded, s.reference)):
        one_pair = pairs.get(sighting.reference)
        if one_pair is not None:
            if one_pair.id in said:
                continue
            said.add(one_pair.id)
        explanations.append(_explain(ledger, sighting, one_pair))
    return explanations[:MOST]


def _found(ledger: Ledger, query: str) -> list[Sighting]:
    try:
        reference = Reference.parse(query)
    except ValueError:
        pass
    else:
        return list(ledger.sightings([reference]).values())
    digits, folded = normalise(query) or "", fold(query)
    if not folded:
        return []
    return [
        s
        for s in ledger.all_sightings()
        if folded in s.folded or query.lower() in s.keys.values() or (digits and digits in s.keys.values())
    ]


def _deleted(ledger: Ledger, query: str) -> list[Explanation]:
    """A record that was linked, and was seen to be gone: only the journal still knows it, by its reference."""
    try:
        reference = Reference.parse(query)
    except ValueError:
        return []
    last = next(
        (e for e in ledger.journal(reference=reference) if (e.reference, e.action) == (reference, "closed")), None
    )
    if last is None:
        return []
    others = ledger.sightings([last.counterpart]) if last.counterpart else {}
    label = next((one.label for one in others.values()), str(reference))
    return [
        Explanation(
            reference,
            label,
            STATE_LABELS[State.EXCLUDED],
            "gone",
            words.sentence("gone", label, reference.side.label),
            words.remedy("gone"),
            kind=last.kind,
        )
    ]


def _explain(ledger: Ledger, sighting: Sighting, pair: Pair | None) -> Explanation:
    side = sighting.reference.side
    if pair is None:
        state, code, detail = sighting.state, sighting.code, sighting.detail
        sentence = words.sentence(code, sighting.label, detail) if code else _undecided(sighting)
        card = next((c for c in ledger.cards(reference=sighting.reference) if c.code == code), None)
        return Explanation(
            sighting.reference,
            sighting.label,
            STATE_LABELS[state],
            code,
            card.sentence if card else sentence,
            words.remedy(code),
        )
    held = tuple((name, str(entry.get("sentence", ""))) for name, entry in pair.held.items())
    held += tuple(
        (card.field_name, str(card.data.get("cause") or card.sentence))
        for card in ledger.cards(reference=pair.sellsy)
        if card.field_name and card.field_name not in pair.held
    )
    both = ledger.decisions([pair.sellsy, pair.altior])
    held += tuple((name, problem.sentence) for name, problem in held_fields(both).items())
    if pair.state is State.IN_STEP:
        sentence = (
            f"« {sighting.label} » est liée des deux côtés et à jour."
            if not held
            else f"« {sighting.label} » est liée des deux côtés ; au moins un champ est retenu, le reste est à jour."
        )
    else:
        card = next((c for c in ledger.cards(reference=pair.sellsy) if c.code == pair.code), None)
        sentence = card.sentence if card else words.sentence(pair.code, sighting.label)
    return Explanation(
        pair.reference(side),
        sighting.label,
        STATE_LABELS[pair.state],
        pair.code,
        sentence,
        words.remedy(pair.code),
        pair.reference(side.other),
        held,
        pair.kind,
    )


def _undecided(sighting: Sighting) -> str:
    where = "dans Sellsy" if sighting.reference.side is Side.SELLSY else "dans Altior"
    return f"« {sighting.label} » a été vue {where} et va être examinée."
