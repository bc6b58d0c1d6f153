import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.values import address
from altior_sellsy.values.address import PARTS, Address


def place(line: str = "12 rue de l'Église", postal_code: str = "75012", city: str = "Paris", **more: str) -> Address:
    value = address.address({"line_1": line, "postal_code": postal_code, "city": city, "country": "FR", **more})
    assert value is not None
    return value


def test_the_normal_form() -> None:
    assert place(line=" 12  rue X ", line_3="Bât. B", country="France") == {
        "line_1": "12 rue X",
        "line_2": "Bât. B",
        "line_3": None,
        "line_4": None,
        "postal_code": "75012",
        "city": "Paris",
        "country": "FR",
    }
    assert place(postal_code="1 000")["postal_code"] == "01000"
    assert place(postal_code="B-1000", country="Belgique")["country"] == "BE"
    assert place(country="Poldévie")["country"] == "Poldévie"


@pytest.mark.parametrize("parts", [{}, {"country": "FR"}, {"line_1": " ", "city": "", "country": None}])
def test_a_country_alone_is_no_address(parts: dict[str, str | None]) -> None:
    assert address.address(parts) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (place(), place(line="12, RUE DE L'EGLISE", city="PARIS")),
        (place(city="Lille CEDEX 9"), place(city="LILLE CEDEX 09")),
        (place(city="Lille Cedex"), place(city="Lille")),
        (place(line="12 rue X", line_2="Bât B"), place(line="12 rue X Bât B")),
        (place(city="St-Étienne"), place(city="Saint Etienne")),
        (place(city="Ste Foy"), place(city="Sainte-Foy")),
        (place(country="RE"), place(country="FR")),
    ],
)
def test_the_same_place_for_people(a: Address, b: Address) -> None:
    assert address.same(a, b)
    assert address.arrived(a, b)


@pytest.mark.parametrize(
    "other",
    [
        place(line="13 rue de l'Église"),
        place(postal_code="75013"),
        place(city="Lyon"),
        place(country="BE"),
        place(line_2="Étage 2"),
        None,
    ],
)
def test_another_place(other: Address | None) -> None:
    assert not address.same(place(), other)


def test_a_cut_line_is_an_arrival_but_not_the_same_place() -> None:
    cut = place(line="12 rue de l'")
    assert address.arrived(cut, place())
    assert not address.same(cut, place())
    assert not address.arrived(place(line="9 quai Z"), place())


def test_what_sellsy_requires() -> None:
    assert address.missing_for_sellsy(place()) == []
    bare = address.address({"city": "Y"})
    assert bare is not None
    assert address.missing_for_sellsy(bare) == ["la première ligne", "le code postal", "la ville"]
    assert address.too_long_for_sellsy(place(line="x" * 251)) == ["line_1"]


@given(st.fixed_dictionaries({part: st.none() | st.text(max_size=20) for part in PARTS}))
def test_reading_is_stable(parts: dict[str, str | None]) -> None:
    once = address.address(parts)
    if once is not None:
        assert address.address(once) == once
        assert set(once) == set(PARTS)
        assert address.same(once, once)
