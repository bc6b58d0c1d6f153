"""Suspected twins: records of both sides that may be one firm although no SIRET says so (rules R9, R10). Pure.

Suggestions only: nothing is ever linked by them. Only records that share a block (the beginning of the name, postcode
and initial, e-mail, VAT number, SIREN) are compared, and of a crowded block only the first: the cost is linear.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from altior_sellsy.sync.lights import Light
from altior_sellsy.values.reference import Reference, Side
from altior_sellsy.values.text import fold

CROWD = 30
"""Records of a block that one record is compared with, at most."""
MOST = 3
UNPACKED = 10_000
"""Records that are kept unpacked while they are compared: those of crowded blocks are compared most."""
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


def suggest(asking: Sequence[Light], among: Iterable[Light]) -> dict[Reference, tuple[Suggestion, ...]]:
    """For each record of `asking`, at most three records of the other side in `among`, best first."""
    found: dict[Reference, tuple[Suggestion, ...]] = {}
    others = list(among)
    for side in Side:
        mine = [light for light in asking if light.reference.side is side]
        theirs = [light for light in others if light.reference.side is not side]
        if mine and theirs:
            found |= _of_one_side(mine, theirs)
    return found


def _of_one_side(asking: Sequence[Light], among: Sequence[Light]) -> dict[Reference, tuple[Suggestion, ...]]:
    # By hash, and only what is asked for: most blocks hold one record, and would cost more than it.
    asked = {hash(block) for light in asking for block in _Compared(light).blocks()}
    blocks: dict[int, list[Light]] = defaultdict(list)
    for light in among:
        for block in _Compared(light).blocks():
            place = hash(block)
            if place in asked and len(blocks[place]) < CROWD:
                blocks[place].append(light)
    del asked
    found: dict[Reference, tuple[Suggestion, ...]] = {}
    unpacked = lru_cache(maxsize=UNPACKED)(_Compared)
    for light in asking:
        mine = _Compared(light)
        near: dict[Reference, Suggestion] = {}
        for block in mine.blocks():
            for other in blocks.get(hash(block), ()):
                if other.reference not in near and (one := _compare(mine, unpacked(other))):
                    near[other.reference] = one
        if near:
            best = sorted(near.values(), key=lambda one: (-one.score, one.reference))
            found[light.reference] = tuple(best[:MOST])
    return found


class _Compared:
    """A record, unpacked for as long as it is compared."""

    __slots__ = ("core", "hints", "label", "reference", "siren", "siret")

    def __init__(self, light: Light) -> None:
        self.reference = light.reference
        self.label, self.hints, keys = light.told()
        self.core = _core(self.label)
        self.siret = keys.get("siret", "")
        self.siren = self.siret[:9] or self.hints.siren

    def blocks(self) -> Iterator[str]:
        hints = self.hints
        if self.core:
            yield f"name {self.core[:5]}"
        if hints.postcode and self.core:
            yield f"place {hints.postcode} {self.core[0]}"
        if hints.email:
            yield f"mail {hints.email}"
        if hints.vat:
            yield f"vat {hints.vat}"
        if self.siren:
            yield f"siren {self.siren}"


def _compare(mine: _Compared, other: _Compared) -> Suggestion | None:
    if mine.siret and mine.siret == other.siret:
        return None  # That is a match, or an internal duplicate: said elsewhere.
    both = bool(mine.siret and other.siret)

    def suggested(why: str, score: int) -> Suggestion:
        return Suggestion(other.reference, other.label, why, score)

    if mine.siren and mine.siren == other.siren:
        why = "Autre établissement de la même entreprise (même SIREN)" if both else "Même SIREN"
        return suggested(why, 95)
    if mine.hints.vat and mine.hints.vat == other.hints.vat:
        return suggested("Même numéro de TVA", 95)
    if both:
        return None  # Two SIRETs of two firms.
    score = round(fuzz.token_sort_ratio(mine.core, other.core)) if mine.core and other.core else 0
    if mine.hints.email and mine.hints.email == other.hints.email:
        return suggested("Même e-mail", max(score, 90))
    if mine.hints.postcode and mine.hints.postcode == other.hints.postcode and score >= NEAR:
        return suggested("Nom proche et même code postal", score)
    if score >= ALIKE:
        return suggested("Même nom" if score == 100 else "Nom proche", score)
    return None


def _core(label: str) -> str:
    words = fold(label).split()
    return " ".join(word for word in words if word not in FORMS) or " ".join(words)
