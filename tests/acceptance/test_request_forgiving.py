"""Forgiving about form: what people, spreadsheets and mails do to a right document changes nothing of what it says."""

from collections.abc import Callable
from functools import cache

import pytest

from altior_sellsy.request.model import Request
from altior_sellsy.request.reading import read, show
from tests.unit.request.documents import SECRET, Damage, Document, blank, filled, nameless

_RIGHT = filled().bytes()


def _read(made: Document) -> Request:
    request, problems = read(made.bytes())
    assert problems == []
    assert request is not None
    return request


def _said(request: Request) -> object:
    secret = request.client_secret.get_secret_value() if request.client_secret else None
    return request.settings(), request.slug, request.client, request.client_id, secret


@cache
def _expected() -> object:
    request, problems = read(_RIGHT)
    assert problems == []
    assert request is not None
    return _said(request)


def _put(name: str, value: object, row: int = 0, column: int = 0) -> Damage:
    return lambda made: made.put(name, value, row, column)


def _spread_rows(made: Document) -> None:
    for event, at in ((1, 12), (3, 29)):
        for column in range(3 if event == 1 else 2):
            value = made.cell(f"evenement_{event}", 1, column).value
            made.put(f"evenement_{event}", None, 1, column)
            made.put(f"evenement_{event}", value, at, column)


def _below_the_table(made: Document) -> None:
    """Thirty rows are full and a person went on below: here the table is named one row too short."""
    defined = made.book.defined_names["evenement_3"]
    first, last = defined.value.rsplit("$", 1)
    defined.value = f"{first}${int(last) - 29}"


def _renamed_sheets(made: Document) -> None:
    for title in ("Général", "Tiers", "Affaires"):
        old = made.book[title]
        for defined in made.book.defined_names.values():
            defined.value = defined.value.replace(f"'{title}'!", f"'{title} (2)'!")
        old.title = f"{title} (2)"


def _merged(made: Document) -> None:
    for name in ("client", "etablissement"):
        cell = made.cell(name)
        made.book["Général"].merge_cells(start_row=cell.row, start_column=2, end_row=cell.row, end_column=3)


def _inserted_rows(made: Document) -> None:
    """A spreadsheet moves names with their cells."""
    moved = {}
    for name in list(made.book.defined_names):
        title, row, _ = made.box(name)
        if title == "Général" and row >= 10:
            moved[name] = row
    made.book["Général"].insert_rows(9, 3)
    for name, row in moved.items():
        made.book.defined_names[name].value = f"'Général'!$B${row + 3}"


def _extra_sheet(made: Document) -> None:
    notes = made.book.create_sheet("Mes notes", 0)
    notes["A1"] = "Client"
    notes["B1"] = "=1+1"


FORMS: dict[str, Damage] = {
    "case and spaces": _put("tiers_export", "  OUI "),
    "one letter": _put("tiers_import", "n"),
    "a tick": _put("affaires_import", "x"),
    "a boolean": _put("tiers_export", True),
    "a false boolean": _put("tiers_import", False),
    "a boolean as LibreOffice saves it": lambda made: made.formula("tiers_export", "=TRUE()"),
    "account as a number": _put("sellsy_id_compte", 97417),
    "account as a float": _put("sellsy_id_compte", 97417.0),
    "account with a space": _put("sellsy_id_compte", "97\u202f417"),
    "account in notation": _put("sellsy_id_compte", "9,7417E+04"),
    "e-mail as a link": _put("utilisateur_reference", "mailto:c.martin@menuiserie-leo.fr"),
    "e-mail as mail programs copy it": _put("utilisateur_reference", "C. Martin <c.martin@menuiserie-leo.fr>"),
    "decomposed accents": _put("client", "Menuiserie Le\u0301o"),
    "no-break spaces": _put("client", "Menuiserie\u00a0Léo "),
    "a line break at the end": _put("evenement_1", "Commercial\n"),
    "a copy of the standard value": lambda made: made.put("mapping", "Principale", made.line("T01"), 6),
    "apostrophe of a word processor": lambda made: made.put("client", "API V2 – Client ID", 12, -1),
    "blank rows anywhere": _spread_rows,
    "below the end of the table": _below_the_table,
    "sheets renamed": _renamed_sheets,
    "cells merged": _merged,
    "rows inserted": _inserted_rows,
    "another sheet in front": _extra_sheet,
    "names lost": nameless,
}


@pytest.mark.parametrize("case", FORMS)
def test_it_says_the_same(case: str) -> None:
    made = filled()
    FORMS[case](made)
    assert _said(_read(made)) == _expected()


def test_a_name_that_a_spreadsheet_took_for_a_number() -> None:
    made = filled()
    for event in (1, 2, 3):
        made.put(f"evenement_{event}", 2026.0)
    assert [row.pipeline for row in _read(made).events[1]] == ["2026", "Grands comptes"]


def test_a_lost_table_goes_on_over_gaps_to_its_last_row() -> None:
    made = filled()
    _spread_rows(made)
    nameless(made)
    assert [row.pipeline for row in _read(made).events[3]] == ["Commercial", "Grands comptes"]


def test_titles_of_events_may_change() -> None:
    made = filled()
    made.put("evenement_2", "Événement 2 — Autre libellé", -2)
    assert _said(_read(made)) == _expected()


@pytest.mark.parametrize("number", ["T01", "C04"])
def test_a_line_is_read_where_its_number_stands(number: str) -> None:
    """Rows sorted by hand: the number says which line it is, not the place."""
    made = filled()
    title, first, _ = made.box("mapping")
    sheet = made.book[title]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(first, first + 43, 1, 9)]
    rows[made.line("T01")][6] = "Standard"
    for row, values in enumerate(reversed(rows), start=first):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
    assert _read(made).overrides == {"T01": "Standard"}


def test_no_pipeline_at_all_is_a_right_request() -> None:
    made = filled(affaires_import="Non")
    for event in range(1, 5):
        for index in range(2):
            made.row(event, index, *[""] * (3 if event == 1 else 2))
    request = _read(made)
    assert not request.uses_deals
    deals = request.settings()["deals"]
    assert deals == {"import": False, "grace_minutes": 0, "events": {"1": [], "2": [], "3": [], "4": []}}


@pytest.mark.parametrize("typed", ["5", "5,0", "5 min", "5 minutes", 5])
def test_a_delay_however_it_was_typed(typed: str | int) -> None:
    assert _read(filled(affaires_delai=typed)).settings()["deals"]["grace_minutes"] == 5


@pytest.mark.parametrize("siret", ["Sans objet", "s.o.", None, "Non"])
def test_siret_is_not_applicable_without_transfer(siret: str | None) -> None:
    made = filled(tiers_export="non", tiers_siret=siret)
    assert _read(made).settings()["tiers"] == {
        "export": False,
        "import": False,
        "siret": None,
        "archiving": False,
        "contact_notes": False,
    }


@pytest.mark.parametrize("name", ["Dupont et Fils", "Lyon / Paris", "Bois, portes & fenêtres"])
def test_a_name_may_hold_a_conjunction(name: str) -> None:
    made = filled()
    made.put("evenement_1", name, 1, 2)
    assert _read(made).events[1][1].establishment == name


@pytest.mark.parametrize("secret", ["=SUM(A1)", "+abc", "-abc", "@abc", SECRET])
def test_a_secret_may_look_like_a_formula(secret: str) -> None:
    request = _read(filled(sellsy_client_secret=secret))
    assert request.client_secret is not None
    assert request.client_secret.get_secret_value() == secret


@pytest.mark.parametrize("cell", [None, "saisi dans la console"])
def test_the_secret_may_be_left_for_the_console(cell: str | None) -> None:
    assert _read(filled(sellsy_client_secret=cell)).client_secret is None


@pytest.mark.parametrize("made", [filled, lambda: filled(client=None), blank])
def test_show_never_shows_the_secret(made: Callable[[], Document]) -> None:
    document = made()
    shown = show(document.bytes())
    assert SECRET not in repr(shown)
    assert shown["valid"] is (made is filled)
