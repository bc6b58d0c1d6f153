import pytest

from altior_sellsy.request.answers import Choice, account_id, choice, email, override, secret


@pytest.mark.parametrize("text", ["Oui", "oui", " OUI ", "o", "x", "X", "Oui.", "VRAI", "True", "1", "✓", "☑", "óui"])
def test_yes_however_it_was_typed(text: str) -> None:
    assert choice(text.strip()) is Choice.YES


@pytest.mark.parametrize("text", ["Non", "NON", "n", "Faux", "0", "☐"])
def test_no_however_it_was_typed(text: str) -> None:
    assert choice(text) is Choice.NO


@pytest.mark.parametrize("text", ["Sans objet", "sans  objet", "s.o.", "S/O", "N/A"])
def test_not_applicable(text: str) -> None:
    assert choice(text) is Choice.NOT_APPLICABLE


@pytest.mark.parametrize("text", [None, "", "peut-être", "Oui/Non", "oui et non", "ouais"])
def test_anything_else_is_no_answer(text: str | None) -> None:
    assert choice(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("97417", "97417"),
        ("97 417", "97417"),
        ("97\u202f417", "97417"),
        ("97417.0", "97417"),
        ("97417,00", "97417"),
        ("9,7417E+04", "97417"),
        ("9.7417e4", "97417"),
        ("n° 97417", "97417"),
        ("ID : 97417", "97417"),
        ("1,2E+05", None),
        ("97417,5", None),
        ("compte", None),
        ("-97417", None),
        ("٩٧٤١٧", None),
        ("", None),
    ],
)
def test_account_id(text: str, digits: str | None) -> None:
    assert account_id(text) == digits


@pytest.mark.parametrize("text", ["a@b.fr", " a@b.fr ", "mailto:a@b.fr", "Claire Martin <a@b.fr>", "a@b.fr;"])
def test_the_bare_address(text: str) -> None:
    assert email(text) == "a@b.fr"


@pytest.mark.parametrize("text", ["", "  ", "saisi dans la console", "(Saisi dans la console)", "—"])
def test_a_secret_left_for_the_console(text: str) -> None:
    assert secret(text) is None


@pytest.mark.parametrize("text", ["=abc", "+abc", "-abc", "@abc", "=+-@", "'abc"])
def test_a_secret_may_begin_with_any_sign(text: str) -> None:
    assert secret(f" {text}\n") == text


@pytest.mark.parametrize("text", ["—", "–", "-", "--"])
def test_any_dash_means_do_not_synchronise(text: str) -> None:
    assert override(text) is None
