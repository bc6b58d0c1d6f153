"""Sample firms: valid numbers, unique, the same for one seed."""

import phonenumbers
from stdnum.fr import siren, siret, tva

from altior_sellsy.sandbox.companies import sample_companies

FIRMS = sample_companies(3000, seed=1)


def test_numbers_pass_the_official_checks() -> None:
    for firm in FIRMS:
        assert siret.is_valid(firm.siret), firm
        assert siren.is_valid(firm.siren), firm
        assert tva.is_valid(firm.vat), firm
        assert firm.siret.startswith(firm.siren)


def test_what_identifies_a_firm_is_unique() -> None:
    for values in (
        [f.siret for f in FIRMS],
        [f.siren for f in FIRMS],
        [f.name for f in FIRMS],
        [f.email for f in FIRMS],
    ):
        assert len(set(values)) == len(FIRMS)


def test_one_seed_gives_one_list_and_a_longer_list_begins_with_the_shorter() -> None:
    assert sample_companies(40, seed=7) == sample_companies(60, seed=7)[:40]
    assert sample_companies(40, seed=7) != sample_companies(40, seed=8)


def test_telephones_are_french_and_dialable() -> None:
    for firm in FIRMS[:300]:
        for text in (firm.phone, firm.contact.phone, firm.contact.mobile, *([firm.mobile] if firm.mobile else [])):
            assert phonenumbers.is_possible_number(phonenumbers.parse(text, "FR")), text


def test_names_are_french() -> None:
    names = [firm.name for firm in FIRMS]
    assert any("é" in name for name in names)
    assert any("'" in name for name in names)
    assert "Menuiserie Léo" in names
    assert len({firm.address.city for firm in FIRMS}) > 10
    assert {firm.role for firm in FIRMS} == {"client", "prospect", "supplier"}
