"""The form as people receive it: sheets, titles, white and grey cells, names, drop-downs, printing."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from altior_sellsy.errors import ConnectorError
from altior_sellsy.request.example import REQUEST
from altior_sellsy.request.fields import EVENTS, INPUTS, MAPPING_COLUMNS, override_name
from altior_sellsy.request.form import document, write, write_blank, write_prefilled
from altior_sellsy.request.lists import Choices
from altior_sellsy.request.mapping import LINES, Section
from altior_sellsy.request.model import EventRow, from_answers
from altior_sellsy.request.reading import check, read, read_answers
from tests.unit.request.documents import SECRET, Document, filled

EXAMPLE = Path(__file__).parents[2] / "examples" / "demande-exemple.xlsx"
CHOICES = Choices(
    pipelines={"Commercial": ["Prise de contact", "Commande signée"], "Vide": [], "SAV": ["Ouvert", "=Fermé"]},
    establishments=["Menuiserie Léo", "Lyon"],
    values={Section.PHONE_TYPES: ["Fax", "Fixe"], Section.CIVILITIES: []},
)


def _book(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def _inputs(book: Workbook) -> set[tuple[str, str]]:
    """Every cell that a defined name offers to fill."""
    made = Document(book)
    cells = {(made.box(one.name)[0], made.cell(one.name).coordinate) for one in INPUTS}
    cells |= {("Tiers", made.cell(override_name(one.number)).coordinate) for one in LINES if one.editable}
    for event in EVENTS:
        for row in range(30):
            for column in range(len(event.columns)):
                cells.add(("Affaires", made.cell(event.name, row, column).coordinate))
    return cells


def test_the_sheets_and_their_order() -> None:
    assert _book(document()).sheetnames == ["Lisez-moi", "Général", "Tiers", "Affaires", "Vérification"]


def test_the_white_cells_are_those_to_fill_and_are_text() -> None:
    book = _book(document())
    unlocked = {}
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    unlocked[sheet.title, cell.coordinate] = (cell.fill.fgColor.rgb, cell.number_format, cell.value)
    assert set(unlocked) == _inputs(book)
    assert set(unlocked.values()) == {("00FFFFFF", "@", None)}


def test_titles_and_columns() -> None:
    texts = {
        sheet.title: [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        for sheet in _book(document()).worksheets
    }
    for title in ("Champ", "Votre réponse", "Obligatoire", "Aide", "Exemple", "API V2 - Client secret"):
        assert title in texts["Général"]
    for title in (
        "Question",
        "Votre réponse (Oui/Non)",
        *MAPPING_COLUMNS,
        "Chargé d'affaire",
        "Etablissement Hospitalier",
    ):
        assert title in texts["Tiers"]
    assert "Votre réponse (Oui/Non, ou nombre)" in texts["Affaires"]
    headings = [text for text in texts["Affaires"] if text.startswith("Événement")]
    assert headings == [
        "Événement 1 — Création de l'affaire (obligatoire pour chaque pipeline)",
        "Événement 2 — Envoi du devis (libellé provisoire)",
        "Événement 3 — Commande (libellé provisoire)",
        "Événement 4 — Clôture (libellé provisoire)",
    ]
    assert texts["Affaires"].count("Établissement(s) de rattachement") == 1
    assert "Un pipeline absent de l'événement 1 n'est pas synchronisé." in texts["Affaires"]


def test_each_sheet_prints_on_one_page_of_a4() -> None:
    for sheet in _book(document()).worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == ("landscape" if sheet.title == "Affaires" else "portrait")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
        assert sheet.oddFooter.center.text == "Version du formulaire\u00a0: 1 — Page &P / &N"


def test_answers_of_yes_or_no_are_offered() -> None:
    made = Document(_book(document()))
    offered = {
        (sheet.title, str(rule.sqref)): rule.formula1
        for sheet in made.book.worksheets
        for rule in sheet.data_validations.dataValidation
    }
    expected = {tuple(made.address(one.name).split("!")): f'"{",".join(one.choices)}"' for one in INPUTS if one.choices}
    assert offered == expected


def test_the_prefilled_form_offers_what_exists(tmp_path: Path) -> None:
    path = tmp_path / "prerempli.xlsx"
    write_prefilled(path, CHOICES, REQUEST)
    made = Document(load_workbook(path))
    hidden = made.book["Listes"]
    assert isinstance(hidden, Worksheet)
    assert hidden.sheet_state == "hidden"
    names = {name: value.value for name, value in made.book.defined_names.items()}
    offered = {
        (sheet.title, str(rule.sqref)): rule.formula1
        for sheet in made.book.worksheets
        for rule in sheet.data_validations.dataValidation
    }
    pipelines = made.book["Affaires"][made.cell("evenement_1").coordinate]
    top, bottom = pipelines.row, pipelines.row + 29
    assert offered["Affaires", f"A{top}:A{bottom}"] == "liste_pipelines"
    assert offered["Affaires", f"B{top}:B{bottom}"] == f'INDIRECT("etapes_"&MATCH($A{top},liste_pipelines,0))'
    assert offered["Affaires", f"C{top}:C{bottom}"] == "liste_etablissements"
    assert "valeurs_types_telephone" in offered.values()

    def listed(name: str) -> list[object]:
        title, where = next(iter(made.book.defined_names[name].destinations))
        return [row[0].value for row in made.book[title][where.replace("$", "")]]

    assert listed("liste_pipelines") == ["Commercial", "Vide", "SAV"]
    assert listed("etapes_1") == ["Prise de contact", "Commande signée"]
    assert listed("etapes_3") == ["Ouvert", "=Fermé"]
    assert "etapes_2" not in names
    assert listed("valeurs_types_telephone") == ["—", "Fax", "Fixe"]
    request, problems = read(path)
    assert problems == []
    assert request is not None
    assert request.masked() == REQUEST.masked()


def test_the_committed_example_is_the_sample_request() -> None:
    request, problems = read(EXAMPLE)
    assert problems == []
    assert request is not None
    assert request.masked() == REQUEST.masked()
    assert EXAMPLE.stat().st_size < 40_000


def test_what_is_written_reads_equal_but_for_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "demande.xlsx"
    made = filled(tiers_export="Non", tiers_siret=None)
    made.put("mapping", "—", made.line("U01"), 6)
    made.put("mapping", "=Standard", made.line("T01"), 6)
    request = from_answers(read_answers(made.bytes())[0])
    write(path, request)
    again, problems = read(path)
    assert problems == []
    assert again is not None
    assert again.settings() == request.settings()
    assert again.client_secret is None
    assert SECRET not in repr([cell.value for row in load_workbook(path)["Général"].iter_rows() for cell in row])


def test_more_rows_than_the_form_has_are_all_written(tmp_path: Path) -> None:
    path = tmp_path / "demande.xlsx"
    rows = tuple(EventRow(pipeline=f"Pipeline {n}", step="Devis", establishment="Lyon") for n in range(45))
    write(path, REQUEST.model_copy(update={"events": {1: rows}}))
    request, problems = read(path)
    assert problems == []
    assert request is not None
    assert len(request.events[1]) == 45


def test_the_blank_form_only_lacks_answers(tmp_path: Path) -> None:
    path = tmp_path / "vierge.xlsx"
    write_blank(path)
    assert {problem.code for problem in check(path)} == {"required", "referent_missing"}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="Impossible d'écrire"):
        write_blank(tmp_path / "absent" / "vierge.xlsx")
