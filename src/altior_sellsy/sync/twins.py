"""Suspected twins: records of both sides that may be one firm although no SIRET says so (rules R9, R10). Pure.

Suggestions only: nothing is ever linked by them. Only records that share a block (the beginning of the name, postcode
and initial, e-mail, VAT number, SIREN) are compared, and of a crowded block only the first: the cost is linear.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values.reference import Reference
from altior_sellsy.values.text import fold

CROWD = 30
"""Records of a block that one record is compared with, at most."""
MOST = 3
ALIKE = 88
"""Names this close (0 to 100) are suggested by themselves; with the same postcode `NEAR` is enough."""
NEAR = 75
FORMS = frozenset(
    {
        *("sarl", "sas", "sasu", "sa", "sci", "snc", "eurl", "scop", "selarl", "scp", "ei", "eirl"),
        *(
            "ets",
            "etablissements",
            "societe",
            "ste",
            "entreprise",
            "la",
            "le",
            "les",
            "et",
            "de",
            "du",
            "des",
            "d",
            "l",
        ),
    }
)
"""Words that say nothing of who it is."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`why`: French. `score`: 0 to 100."""

    reference: Reference
    label: str
    why: str
    score: int


@dataclass(frozen=True, slots=True)
class Hints:
    """What a record is compared by besides its name; empty where it has none. `email` and `vat`: their hash, since they
    are only compared, and there may be a hundred thousand. `siren`: of a record without a SIRET."""

    postcode: str = ""
    email: int = 0
    vat: int = 0
    siren: str = ""


NO_HINTS = Hints()


def hints(snapshot: Snapshot) -> Hints:
    """Before its fields are dropped."""
    fields = snapshot.fields
    addresses: list[Any] = [fields.get("invoicing_address"), fields.get("delivery_address")]
    postcodes = (str(a.get("postal_code") or "") for a in addresses if isinstance(a, Mapping))
    siret = snapshot.keys.get("siret", "")
    found = Hints(
        sys.intern(next((p for p in postcodes if p), "")),
        _hash(fields.get("email")),
        _hash(fields.get("vat")),
        "" if siret else _text(fields.get("siren")),
    )
    return NO_HINTS if found == NO_HINTS else found


def suggest(
    asking: Sequence[Snapshot], among: Iterable[Snapshot], known: Mapping[Reference, Hints]
) -> dict[Reference, tuple[Suggestion, ...]]:
    """For each record of `asking`, at most three records of the other side in `among`, best first."""
    # By hash, and only what the other side asks for: most blocks hold one record, and would cost more than it.
    asked = {
        hash((snapshot.reference.side.other, block))
        for snapshot in asking
        for block in _blocks(snapshot, _core(snapshot.label), known.get(snapshot.reference, NO_HINTS))
    }
    blocks: dict[int, list[Snapshot]] = defaultdict(list)
    for snapshot in among:
        for block in _blocks(snapshot, _core(snapshot.label), known.get(snapshot.reference, NO_HINTS)):
            place = hash((snapshot.reference.side, block))
            if place in asked and len(blocks[place]) < CROWD:
                blocks[place].append(snapshot)
    del asked
    found: dict[Reference, tuple[Suggestion, ...]] = {}
    for snapshot in asking:
        core, own = _core(snapshot.label), known.get(snapshot.reference, NO_HINTS)
        near: dict[Reference, Suggestion] = {}
        for block in _blocks(snapshot, core, own):
            for other in blocks.get(hash((snapshot.reference.side.other, block)), ()):
                if other.reference not in near and (
                    one := _compare(
                        snapshot, core, own, other, _core(other.label), known.get(other.reference, NO_HINTS)
                    )
                ):
                    near[other.reference] = one
        if near:
            best = sorted(near.values(), key=lambda one: (-one.score, one.reference))
            found[snapshot.reference] = tuple(best[:MOST])
    return found


def _compare(mine: Snapshot, core: str, own: Hints, other: Snapshot, name: str, theirs: Hints) -> Suggestion | None:
    sirets = mine.keys.get("siret"), other.keys.get("siret")
    if sirets[0] and sirets[0] == sirets[1]:
        return None  # That is a match, or an internal duplicate: said elsewhere.
    siren = _siren(mine, own)
    if siren and siren == _siren(other, theirs):
        both = all(sirets)
        why = "Autre établissement de la même entreprise (même SIREN)" if both else "Même SIREN"
        return Suggestion(other.reference, other.label, why, 95)
    if own.vat and own.vat == theirs.vat:
        return Suggestion(other.reference, other.label, "Même numéro de TVA", 95)
    if all(sirets):
        return None  # Two SIRETs of two firms.
    score = round(fuzz.token_sort_ratio(core, name)) if core and name else 0
    if own.email and own.email == theirs.email:
        return Suggestion(other.reference, other.label, "Même e-mail", max(score, 90))
    if own.postcode and own.postcode == theirs.postcode and score >= NEAR:
        return Suggestion(other.reference, other.label, "Nom proche et même code postal", score)
    if score >= ALIKE:
        return Suggestion(other.reference, other.label, "Même nom" if score == 100 else "Nom proche", score)
    return None


def _core(label: str) -> str:
    words = fold(label).split()
    return " ".join(word for word in words if word not in FORMS) or " ".join(words)


def _siren(snapshot: Snapshot, own: Hints) -> str:
    return snapshot.keys.get("siret", "")[:9] or own.siren


def _hash(value: Any) -> int:
    text = _text(value).casefold()
    return hash(text) if text else 0


def _blocks(snapshot: Snapshot, core: str, own: Hints) -> Iterator[str]:
    if core:
        yield f"name {core[:5]}"
    if own.postcode and core:
        yield f"place {own.postcode} {core[0]}"
    if own.email:
        yield f"mail {own.email}"
    if own.vat:
        yield f"vat {own.vat}"
    if siren := _siren(snapshot, own):
        yield f"siren {siren}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
