"""The prefilled variant: drop-downs of the real pipelines, steps, establishments and list values, on a hidden sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from altior_sellsy.request import sheet as s
from altior_sellsy.request.fields import EVENTS, override_name
from altior_sellsy.request.mapping import LINES, NOT_SYNCHRONISED, Section

SHEET = "Listes"
PIPELINES = "liste_pipelines"
ESTABLISHMENTS = "liste_etablissements"


@dataclass(frozen=True, slots=True)
class Choices:
    """The names that exist. `pipelines`: name → its steps in order. `values`: an Altior list → its titles."""

    pipelines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    establishments: Sequence[str] = ()
    values: Mapping[Section, Sequence[str]] = field(default_factory=dict)


def add_lists(book: Workbook, choices: Choices) -> None:
    """Adds the hidden sheet and the drop-downs that read it. A list that is empty offers nothing."""
    hidden = book.create_sheet(SHEET)
    hidden.sheet_state = "hidden"
    hidden.protection.sheet = True
    columns = {
        PIPELINES: list(choices.pipelines),
        ESTABLISHMENTS: list(choices.establishments),
        **{_steps(index): list(steps) for index, steps in enumerate(choices.pipelines.values(), start=1)},
        **{_values(section): [NOT_SYNCHRONISED, *titles] for section, titles in choices.values.items()},
    }
    filled = {label: texts for label, texts in columns.items() if texts}
    for column, (label, texts) in enumerate(filled.items(), start=1):
        for row, text in enumerate([label, *texts], start=1):
            s.put(hidden, row, column, text, s.LOCKED)
        s.name(hidden, label, (2, column), (1 + len(texts), column))
    _offer_events(book, choices)
    _offer_establishment(book, choices)
    _offer_values(book, choices)


def _steps(index: int) -> str:
    return f"etapes_{index}"


def _values(section: Section) -> str:
    return f"valeurs_{section.value.replace('-', '_')}"


def _place(book: Workbook, label: str) -> tuple[Worksheet, tuple[int, int, int, int]]:
    """The sheet and (first column, first row, last column, last row) of a defined name that the form has given."""
    title, where = next(iter(book.defined_names[label].destinations))
    first_column, first_row, last_column, last_row = range_boundaries(where.replace("$", ""))
    if first_column is None or first_row is None or last_column is None or last_row is None:
        raise ValueError(f"{label} names no bounded range: {where}")
    ws = book[title]
    assert isinstance(ws, Worksheet)
    return ws, (first_column, first_row, last_column, last_row)


def _offer_events(book: Workbook, choices: Choices) -> None:
    if not choices.pipelines:
        return
    for event in EVENTS:
        ws, (first, top, _, bottom) = _place(book, event.name)
        pipeline = f"${get_column_letter(first)}{top}"
        s.offer(ws, s.area(ws, (top, first), (bottom, first)), PIPELINES, strict=False)
        steps = f'INDIRECT("etapes_"&MATCH({pipeline},{PIPELINES},0))'
        s.offer(ws, s.area(ws, (top, first + 1), (bottom, first + 1)), steps, strict=False)
        if len(event.columns) == 3 and choices.establishments:
            s.offer(ws, s.area(ws, (top, first + 2), (bottom, first + 2)), ESTABLISHMENTS, strict=False)


def _offer_establishment(book: Workbook, choices: Choices) -> None:
    if choices.establishments:
        ws, (column, row, _, _) = _place(book, "etablissement")
        s.offer(ws, s.area(ws, (row, column)), ESTABLISHMENTS, strict=False)


def _offer_values(book: Workbook, choices: Choices) -> None:
    for section, titles in choices.values.items():
        cells = [_place(book, override_name(one.number)) for one in LINES if one.section is section and one.editable]
        if cells and titles:
            ws, (column, _, _, _) = cells[0]
            rows = [place[1] for _, place in cells]
            s.offer(ws, s.area(ws, (min(rows), column), (max(rows), column)), _values(section), strict=False)
