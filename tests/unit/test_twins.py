"""Suspected twins: suggestions by SIREN, VAT, e-mail, or a name that is close; never between two different SIRETs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.sync.lights import Lights
from altior_sellsy.sync.twins import suggest
from altior_sellsy.values.reference import Reference, Side


def record(side: Side, id: int, name: str, siret: str = "", **fields: Any) -> Snapshot:
    owner, thing = ("97417", "company") if side is Side.SELLSY else ("leo", "tiers")
    place = {"invoicing_address": {"postal_code": fields.pop("postcode")}} if "postcode" in fields else {}
    keys = {"siret": siret} if siret else {}
    reference = Reference(side, owner, thing, str(id))
    return Snapshot(reference, datetime.now(UTC), {**fields, **place}, name, keys=keys)


def why(mine: Snapshot, *others: Snapshot) -> list[str]:
    kept = Lights(compared=True)
    asking = kept.of(mine)
    found = suggest([asking], [asking, *map(kept.of, others)])
    return [f"{one.reference.id} {one.why}" for one in found.get(mine.reference, ())]


ALTIOR, SELLSY = Side.ALTIOR, Side.SELLSY


@pytest.mark.parametrize(
    ("mine", "other", "said"),
    [
        (record(SELLSY, 1, "SARL Menuiserie Léo"), record(ALTIOR, 2, "MENUISERIE LEO"), ["2 Même nom"]),
        (record(SELLSY, 1, "Menuiserie Léo"), record(ALTIOR, 2, "Menuiserie Léon"), ["2 Nom proche"]),
        (
            record(SELLSY, 1, "Menuiserie du Port", postcode="44000"),
            record(ALTIOR, 2, "Menuiserie Portail", postcode="44000"),
            ["2 Nom proche et même code postal"],
        ),
        (
            record(SELLSY, 1, "Léo", email="a@b.example"),
            record(ALTIOR, 2, "Autre", email="A@b.example"),
            ["2 Même e-mail"],
        ),
        (record(SELLSY, 1, "Léo", vat="FR1"), record(ALTIOR, 2, "Autre", vat="FR1"), ["2 Même numéro de TVA"]),
        (record(SELLSY, 1, "Léo", siren="732829320"), record(ALTIOR, 2, "Autre", "73282932000074"), ["2 Même SIREN"]),
        (
            record(SELLSY, 1, "Léo", "73282932000074"),
            record(ALTIOR, 2, "Autre", "73282932000082"),
            ["2 Autre établissement de la même entreprise (même SIREN)"],
        ),
        (record(SELLSY, 1, "Léo", "73282932000074"), record(ALTIOR, 2, "Léo", "55208131766522"), []),
        (record(SELLSY, 1, "Léo", "73282932000074"), record(ALTIOR, 2, "Léo", "73282932000074"), []),
        (record(SELLSY, 1, "Menuiserie Léo"), record(ALTIOR, 2, "Charpente Marc"), []),
        (record(SELLSY, 1, "Menuiserie Léo"), record(SELLSY, 2, "Menuiserie Léo"), []),
    ],
)
def test_what_is_suggested(mine: Snapshot, other: Snapshot, said: list[str]) -> None:
    assert why(mine, other) == said


def test_at_most_three_best_first() -> None:
    others = [record(ALTIOR, n, f"Menuiserie Léo et fils{n}") for n in range(2, 8)]
    found = why(record(SELLSY, 1, "Menuiserie Léo et fils"), record(ALTIOR, 9, "Menuiserie Leo et fils"), *others)
    assert len(found) == 3
    assert found[0] == "9 Même nom"
