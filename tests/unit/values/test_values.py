from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.values import amount, civility, country, email, naf, vat, website
from altior_sellsy.values.text import clean_lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("France", "FR"),
        ("fr", "FR"),
        ("FRA", "FR"),
        ("Côte d’Ivoire", "CI"),
        ("COTE D'IVOIRE", "CI"),
        ("Royaume-Uni", "GB"),
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("La Réunion", "RE"),
        ("États-Unis", "US"),
        ("Allemagne", "DE"),
        ("Germany", "DE"),
        ("ZZ", None),
        ("Poldévie", None),
        (" ", None),
    ],
)
def test_countries(text: str, code: str | None) -> None:
    assert country.code(text) == code


@pytest.mark.parametrize("code", ["RE", "GP", "MQ", "GF", "YT"])
def test_overseas_france_is_france_when_comparing(code: str) -> None:
    assert country.as_compared(code) == "FR"
    assert country.is_french(code)


def test_abroad() -> None:
    assert not country.is_french("BE")
    assert country.is_french(None)
    assert country.name("BE") == "Belgique"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56 €", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("12 000 euros", "12000"),
        ("1,5", "1.5"),
        ("-3", "-3"),
    ],
)
def test_amounts(text: str, value: str) -> None:
    assert amount.parse(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", None, "abc", "1e5", "10 $", "1,2,3", True])
def test_no_amounts(text: str | None) -> None:
    assert amount.parse(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_amounts_survive_writing(value: Decimal) -> None:
    assert amount.parse(amount.text(value)) == value
    assert amount.parse(amount.text(value, 2)) == value
    assert amount.parse(f"{value:,.2f} €".replace(",", " ").replace(".", ",")) == value


def test_zero_is_blank_at_the_first_pairing() -> None:
    assert amount.blank_at_pairing("0.00")
    assert amount.blank_at_pairing(None)
    assert not amount.blank_at_pairing("0.01")
    assert amount.text(Decimal("4000.00")) == "4000"
    assert amount.text(Decimal("100")) == "100"
    assert amount.text(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://www.sellsy.fr/", "www.sellsy.fr"),
        ("HTTP://Www.Sellsy.FR", "www.sellsy.fr"),
        ("sellsy.fr/Fr/A", "sellsy.fr/Fr/A"),
        ("//x.fr", "x.fr"),
        ("x.fr /", "x.fr"),
        ("https://", None),
        (" ", None),
    ],
)
def test_websites(text: str, value: str | None) -> None:
    assert website.normal(text) == value
    assert website.normal(website.with_scheme(value)) == value


@given(st.text(max_size=40))
def test_websites_survive_writing(text: str) -> None:
    value = website.normal(text)
    assert website.normal(website.with_scheme(value)) == value


def test_websites_compared() -> None:
    assert website.same("https://www.Exemple.fr/", "exemple.fr")
    assert not website.same("exemple.fr/a", "exemple.fr")
    assert not website.same("exemple.fr", None)


@pytest.mark.parametrize("text", ["a@b.fr", "jean.d'arc@exemple.co.uk", "é@société.fr", "x+y@a-b.fr"])
def test_addresses_of_mail(text: str) -> None:
    assert email.is_email(email.normal(f" mailto:{text.upper()} "))


@pytest.mark.parametrize("text", ["", None, "a@b", "a..b@c.fr", ".a@c.fr", "a@b.fr, c@d.fr", "a b@c.fr", "a@-b.fr"])
def test_no_addresses_of_mail(text: str | None) -> None:
    assert not email.is_email(email.normal(text))


@pytest.mark.parametrize(
    ("text", "value"), [("6201z", "62.01Z"), ("62.01 Z", "62.01Z"), ("721Z", "721Z"), ("", None), (None, None)]
)
def test_naf(text: str | None, value: str | None) -> None:
    assert naf.normal(text) == value
    assert naf.normal(value) == value


def test_vat_by_form_only() -> None:
    assert vat.normalise("fr 44.732 829 320") == "FR44732829320"
    assert vat.is_vat("FR44732829320")
    assert vat.is_vat("FRK7399859412")
    assert vat.is_vat("BE0428759497")
    assert vat.is_vat("CHE123456789TVA")
    assert not vat.is_vat("FR447328293")
    assert not vat.is_vat("FRO1732829320")
    assert not vat.is_vat("44732829320")
    assert not vat.is_vat(None)


def test_a_french_key_is_computed_only_to_warn() -> None:
    assert vat.french_number("732829320") == "FR44732829320"
    assert not vat.disagrees("FR44732829320", "732829320")
    assert vat.disagrees("FR45732829320", "732829320")
    assert vat.disagrees("FR44732829320", "552081317")
    assert not vat.disagrees("FRK7732829320", "732829320")
    assert not vat.disagrees("BE0428759497", "732829320")
    assert not vat.disagrees("FR44732829320", None)


def test_civilities() -> None:
    assert [civility.code(t) for t in ("Monsieur", "M.", "Mme", "Mademoiselle", "ms", "Docteur", "", None)] == [
        "mr",
        "mr",
        "mrs",
        "ms",
        "ms",
        None,
        None,
        None,
    ]
    assert civility.same("ms", "mrs")
    assert not civility.same("ms", None)
    assert not civility.same("mr", "mrs")


def test_a_note_keeps_its_lines() -> None:
    assert clean_lines("  a  b \r\n\r\n c\t\n\n") == "a b\n\nc"
    assert clean_lines(" \n ") is None
    assert clean_lines(None) is None


@given(st.text(max_size=60))
def test_cleaning_lines_is_stable(text: str) -> None:
    once = clean_lines(text)
    assert clean_lines(once) == once
