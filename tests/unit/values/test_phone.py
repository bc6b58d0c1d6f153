import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.values import phone

FRENCH = [
    ("01 44 41 91 91", "+33144419191"),
    ("0144419191", "+33144419191"),
    ("01.44.41.91.91", "+33144419191"),
    ("+33 (0)1 44 41 91 91", "+33144419191"),
    ("0033 1 44 41 91 91", "+33144419191"),
    ("06 12 34 56 78", "+33612345678"),
    ("01 44 41 91 91 poste 12", "+33144419191;ext=12"),
    ("01 44 41 91 91 (Poste n° 12)", "+33144419191;ext=12"),
    ("+33144419191;ext=12", "+33144419191;ext=12"),
    ("06 12 34 56 78 ext. 4", "+33612345678;ext=4"),
]
OVERSEAS = [
    ("0262 20 12 34", "+262262201234"),
    ("0692 12 34 56", "+262692123456"),
    ("0590 20 12 34", "+590590201234"),
    ("0696 12 34 56", "+596696123456"),
    ("0594 30 12 34", "+594594301234"),
    ("0269 61 12 34", "+262269611234"),
    ("+508 41 12 34", "+508411234"),
]


@pytest.mark.parametrize(("text", "value"), FRENCH + OVERSEAS)
def test_what_people_type_reads_as_one_number(text: str, value: str) -> None:
    assert phone.normal(text) == value
    assert phone.same(text, value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+33144419191", "01 44 41 91 91"),
        ("+33144419191;ext=12", "01 44 41 91 91 poste 12"),
        ("+262262201234", "0262 20 12 34"),
        ("+442079460958", "+44 20 7946 0958"),
        ("3631", "3631"),
        (None, None),
    ],
)
def test_shown_as_in_france(value: str | None, shown: str | None) -> None:
    assert phone.show(value) == shown


@pytest.mark.parametrize(
    "text", ["0144419191 / 0612345678", "3631", "voir accueil", "01 44 41 91 91 (Mme Durand)", "06"]
)
def test_a_text_that_is_no_number_is_kept(text: str) -> None:
    assert phone.normal(f"  {text} ") == text
    assert phone.show(phone.normal(text)) == text


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from([0, 1, 2]))
def test_showing_and_reading_again_changes_nothing_in_any_country(region: str, kind: int) -> None:
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    value = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert phone.normal(phone.show(phone.normal(value))) == phone.normal(value)


@given(st.text(max_size=40))
def test_reading_is_stable_and_never_fails(text: str) -> None:
    value = phone.normal(text)
    assert phone.normal(value) == value
    assert phone.normal(phone.show(value)) == value


def test_different_numbers_differ() -> None:
    assert not phone.same("01 44 41 91 91", "01 44 41 91 92")
    assert not phone.same("01 44 41 91 91", "01 44 41 91 91 poste 2")
    assert not phone.same("01 44 41 91 91", None)
    assert not phone.same("—", "/")


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]))
def test_a_plain_french_number_reads_and_shows_as_the_library_does(text: str, between: str) -> None:
    number = phonenumbers.parse(text, "FR")
    overseas = any(phonenumbers.is_valid_number(phonenumbers.parse(text, region)) for region in phone.REGIONS[1:])
    if overseas or not phonenumbers.is_valid_number(number):
        return
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    typed = between.join(text[place : place + 2] for place in range(0, 10, 2))
    assert phone.normal(typed) == phone.normal(value) == value
    assert phone.show(value) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
