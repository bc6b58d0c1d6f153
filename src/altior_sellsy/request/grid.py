"""A workbook as plain cells: text and what is wrong with it, merged ranges, defined names. Nothing else is kept."""

import datetime
import io
import re
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, get_column_letter

from altior_sellsy.request.archive import Archive, UnreadableDocument, refused
from altior_sellsy.values.text import squash

ROWS, COLUMNS, SHEETS, MERGES = 600, 60, 15, 1_000
TEXT = 1_000
"""Longer texts are cut: no answer may be that long, a rule says so."""

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_NAMED = re.compile(rf"(?:'((?:[^']|'')+)'|\$?([^'!]+))!({_RANGE.pattern})")


@dataclass(frozen=True, slots=True)
class Value:
    """`fault`: the code of the rule that this cell breaks by itself (formula, date, cell_error), or «»."""

    raw: str = ""
    fault: str = ""


BLANK = Value()
_BOOLEANS = {"=TRUE()": "VRAI", "=FALSE()": "FAUX"}
"""LibreOffice saves the ticked value of a text cell as this formula."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: the cells that hold something. `index`: squashed text → where it stands, from the top."""

    title: str
    cells: Mapping[tuple[int, int], Value]
    index: Mapping[str, Sequence[tuple[int, int]]]
    merges: tuple[Box, ...] = ()

    def merge(self, row: int, column: int) -> Box:
        """The merged range that a cell belongs to, else the cell alone."""
        return next((box for box in self.merges if box.holds(row, column)), Box(row, column, row, column))

    def at(self, row: int, column: int) -> Value:
        """The value shown at a cell: that of its merged range."""
        box = self.merge(row, column)
        return self.cells.get((box.top, box.left), BLANK)

    def address(self, row: int, column: int) -> str:
        return f"{self.title}!{get_column_letter(column)}{row}"

    def find(self, text: str) -> Sequence[tuple[int, int]]:
        """Cells that hold this text, case, accents and punctuation aside, from the top."""
        return self.index.get(squash(text), ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a defined name points to."""

    grid: Grid
    box: Box


@dataclass(frozen=True, slots=True)
class Book:
    grids: tuple[Grid, ...]
    names: Mapping[str, Place] = field(default_factory=dict)

    def sheet(self, title: str) -> Grid | None:
        return next((grid for grid in self.grids if squash(grid.title) == squash(title)), None)


def load(archive: Archive) -> Book:
    """The cells of an inspected archive. Raises UnreadableDocument when the workbook is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _load(archive)
    except UnreadableDocument:
        raise
    except Exception as error:
        # openpyxl names no family of its own for damaged parts: KeyError, TypeError, ValueError, ParseError…
        raise refused("damaged") from error


def _load(archive: Archive) -> Book:
    book = load_workbook(io.BytesIO(archive.content), read_only=True, data_only=False, keep_links=False)
    try:
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "_worksheet_path")][:SHEETS]
        grids = tuple(_grid(sheet, archive.merges.get(sheet._worksheet_path.lstrip("/"), ())) for sheet in sheets)
        written = [*book.defined_names.items()]
        for sheet in sheets:
            written += sheet.defined_names.items()
    finally:
        book.close()
    names: dict[str, Place] = {}
    for label, defined in written:
        place = _place(grids, defined.value)
        if place is not None:
            names.setdefault(label.lower(), place)
    return Book(grids, names)


def _grid(sheet: Any, merged: tuple[str, ...]) -> Grid:
    cells: dict[tuple[int, int], Value] = {}
    rows = sheet.iter_rows(min_row=1, max_row=ROWS, min_col=1, max_col=COLUMNS)
    for row, line in enumerate(rows, start=1):
        for column, cell in enumerate(line, start=1):
            value = _value(cell)
            if value.raw or value.fault:
                cells[row, column] = value
    index: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, value in cells.items():
        index[squash(value.raw)].append(place)
    boxes = [box for box in map(_box, merged) if box is not None and box.top <= ROWS and box.left <= COLUMNS]
    if len(boxes) > MERGES:
        raise refused("too_big")
    return Grid(sheet.title, cells, dict(index), tuple(boxes))


def _value(cell: Any) -> Value:
    """A cell as text. Numbers lose the «.0» that spreadsheets add; what is no text says why."""
    value = cell.value
    if value is None:
        return BLANK
    if cell.data_type == "f":
        known = _BOOLEANS.get(str(value).upper())
        return Value("", "formula") if known is None else Value(known)
    if cell.data_type == "e":
        return Value(str(value), "cell_error")
    if isinstance(value, bool):
        return Value(_BOOLEANS[f"={value}()".upper()])
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return Value(str(value), "date")
    if isinstance(value, float):
        return Value(str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}".replace(".", ","))
    return Value(str(value)[:TEXT])


def _box(text: str) -> Box | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    left, top = column_index_from_string(match[1]), int(match[2])
    right = column_index_from_string(match[3]) if match[3] else left
    bottom = int(match[4]) if match[4] else top
    return Box(top, left, bottom, right) if top <= bottom and left <= right else None


def _place(grids: tuple[Grid, ...], target: str | None) -> Place | None:
    """«'Général'!$B$5» as a place within bounds; None for what points nowhere (#REF!) or to no sheet of ours."""
    match = _NAMED.fullmatch((target or "").strip())
    if match is None:
        return None
    title = (match[1] or match[2]).replace("''", "'")
    grid = next((one for one in grids if one.title == title), None)
    box = _box(match[3])
    if grid is None or box is None or box.bottom > ROWS or box.right > COLUMNS:
        return None
    return Place(grid, box)
