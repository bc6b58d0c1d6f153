import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from altior_sellsy.values import siret


@st.composite
def sirets(draw: st.DrawFn) -> str:
    body = draw(st.from_regex(r"[0-9]{8}", fullmatch=True).filter(lambda t: t.strip("0") and t != "35600000"))
    siren = body + luhn.calc_check_digit(body)
    nic = siren + draw(st.from_regex(r"[0-9]{4}", fullmatch=True))
    return nic + str(luhn.calc_check_digit(nic))


@given(sirets())
def test_a_right_siret_is_valid_and_gives_a_valid_siren(number: str) -> None:
    assert siret.is_siret(number)
    assert siret.is_siren(siret.siren_of(number))
    assert siret.siren_of(number) == number[:9]


@given(st.from_regex(r"(356000000)?[0-9]{5}|[0-9]{9}|[0-9]{14}", fullmatch=True).filter(lambda t: t.strip("0")))
def test_the_digits_are_judged_as_the_library_judges_them(number: str) -> None:
    assert siret.is_siret(number) == stdnum_siret.is_valid(number)
    assert siret.is_siren(number) == stdnum_siren.is_valid(number)


def test_every_establishment_of_la_poste_is_judged_as_the_library_judges_it() -> None:
    numbers = [f"356000000{nic:05d}" for nic in range(0, 100_000, 9)]
    assert [siret.is_siret(one) for one in numbers] == [stdnum_siret.is_valid(one) for one in numbers]


@given(sirets(), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number: str, at: int, shift: int) -> None:
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not siret.is_siret(wrong)


@given(sirets())
def test_however_it_was_typed_or_stored_it_reads_the_same(number: str) -> None:
    grouped = f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"
    assert siret.normalise(grouped) == siret.normalise(grouped.replace(" ", " ")) == number
    if len(str(int(number))) > 9:
        assert siret.normalise(int(number)) == siret.normalise(float(number)) == number
        assert siret.normalise(f"{number}.0") == number


@pytest.mark.parametrize("number", ["35600000000048", "35600000009075", "73282932000074", "55208131766522"])
def test_known_numbers(number: str) -> None:
    assert siret.is_siret(number)


@pytest.mark.parametrize(
    "text",
    ["", None, "00000000000000", "7328293200007", "732829320000745", "7.3282932E+13", "ABC82932000074", "732829320"],
)
def test_what_is_no_siret(text: str | None) -> None:
    assert not siret.is_siret(text)
    assert siret.siren_of(text) is None


def test_leading_zeros_lost_by_a_spreadsheet_come_back() -> None:
    assert siret.normalise(5520135000013) == "05520135000013"
    assert siret.normalise(5520135) == "005520135"
    assert siret.normalise(True) is None
    assert siret.normalise("  ") is None


def test_all_zeros_is_no_siren() -> None:
    assert not siret.is_siren("000000000")
    assert siret.is_siren("732829320")
    assert not siret.is_siren("٧٣٢٨٢٩٣٢٠")
