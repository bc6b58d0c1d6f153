"""Finds the answers in the cells: by defined names first, by labels second, never by addresses."""

from collections.abc import Iterator
from itertools import chain

from altior_sellsy.request.answers import Answer, Answers, Problem, Row
from altior_sellsy.request.archive import refused
from altior_sellsy.request.fields import (
    EVENTS,
    FORM_VERSION,
    INPUTS,
    MAPPING_COLUMNS,
    MAPPING_NAME,
    OVERRIDE_COLUMN,
    PIPELINE,
    VERSION_NAME,
    Event,
    Input,
    Sheet,
    override_name,
)
from altior_sellsy.request.finding import Finding, shown
from altior_sellsy.request.form_sheets import mapping_texts
from altior_sellsy.request.grid import ROWS, Book, Box, Grid, Place
from altior_sellsy.request.mapping import LINES, Line
from altior_sellsy.request.rules import problem
from altior_sellsy.values.text import clean, squash

_LOCKED_MAPPING = tuple(
    index for index, title in enumerate(MAPPING_COLUMNS) if index != OVERRIDE_COLUMN and title not in ("N°", "Remarque")
)


class Reader:
    """Reads one book. `problems`: what was found wrong with cells while reading."""

    def __init__(self, book: Book) -> None:
        self.problems: list[Problem] = []
        self._book = book
        self._version = self._form_version()

    def answers(self) -> Answers:
        """Every answer of the document. Raises UnreadableDocument when a whole sheet is missing."""
        places = {one.name: self._field(one) for one in INPUTS}
        tables = {event.number: self._table(event) for event in EVENTS}
        mapping = self._mapping_table()
        self._require_sheets(places, tables, mapping)
        return Answers(
            {one.name: self._input(one, places[one.name]) for one in INPUTS},
            self._overrides(mapping),
            {event.number: self._rows(event, tables[event.number]) for event in EVENTS},
            self._version,
        )

    # Where things are.

    def _field(self, one: Input) -> Place | None:
        named = self._book.names.get(one.name)
        if named is not None:
            return named
        for grid in self._grids(one.sheet):
            for row, column in grid.find(one.label):
                answer = grid.merge(row, column).right + 1
                return Place(grid, Box(row, answer, row, answer))
        return None

    def _table(self, event: Event) -> Place | None:
        named = self._book.names.get(event.name)
        if named is not None:
            return named
        for grid in self._grids(Sheet.AFFAIRES):
            headings = (places for text, places in grid.index.items() if text.startswith(squash(event.name)))
            for row, column in sorted(chain.from_iterable(headings)):
                header = next((at for at, left in grid.find(PIPELINE) if left == column and row < at <= row + 4), None)
                if header is not None:
                    return Place(grid, Box(header + 1, column, header + 1, column + len(event.columns) - 1))
        return None

    def _mapping_table(self) -> Place | None:
        named = self._book.names.get(MAPPING_NAME)
        if named is not None:
            return named
        for grid in self._grids(Sheet.TIERS):
            for row, column in grid.find(MAPPING_COLUMNS[1]):
                last = max((at for at, _ in grid.cells), default=row)
                return Place(grid, Box(row + 1, column - 1, max(last, row + 1), column + len(MAPPING_COLUMNS) - 2))
        return None

    def _grids(self, sheet: Sheet) -> tuple[Grid, ...]:
        """The sheet of that title; all of them when it was renamed."""
        found = self._book.sheet(sheet)
        return (found,) if found is not None else self._book.grids

    def _require_sheets(
        self, places: dict[str, Place | None], tables: dict[int, Place | None], mapping: Place | None
    ) -> None:
        found = {one.sheet for one in INPUTS if places[one.name] is not None}
        if any(tables.values()):
            found.add(Sheet.AFFAIRES)
        if mapping is not None:
            found.add(Sheet.TIERS)
        missing = [sheet for sheet in (Sheet.GENERAL, Sheet.TIERS, Sheet.AFFAIRES) if sheet not in found]
        if missing:
            raise refused("missing_sheets", sheets=", ".join(f"feuille « {sheet} »" for sheet in missing))

    # What they say.

    def _form_version(self) -> int:
        place = self._book.names.get(VERSION_NAME)
        text = clean(place.grid.at(place.box.top, place.box.left).raw) if place else None
        if place is None or text is None:
            return FORM_VERSION
        if text.isascii() and text.isdigit() and 0 < int(text[:9]) <= FORM_VERSION:
            return int(text[:9])
        self._tell("form_version", place.grid, place.box.top, place.box.left, text=shown(text))
        return 0

    def _tell(self, code: str, grid: Grid, row: int, column: int, **words: str) -> None:
        self.problems.append(problem(code, Finding(grid.address(row, column), words)))

    def _answer(self, grid: Grid, row: int, column: int) -> Answer:
        """The text of an input cell; a cell that holds none says why."""
        box = grid.merge(row, column)
        value = grid.at(row, column)
        cell = grid.address(box.top, box.left)
        if value.fault:
            self._tell(value.fault, grid, box.top, box.left, text=shown(value.raw))
            return Answer(cell, spoilt=True)
        return Answer(cell, value.raw)

    def _input(self, one: Input, place: Place | None) -> Answer:
        if place is None:
            sheet = self._book.sheet(one.sheet)
            cell = sheet.title if sheet is not None else one.sheet.value
            if one.added:
                return Answer(cell)
            self.problems.append(problem("field_not_found", Finding(cell, {"label": one.label})))
            return Answer(cell, spoilt=True)
        row, column = place.box.top, place.box.left
        self._compare(place.grid, row, column - 1, one.label)
        return self._answer(place.grid, row, column)

    def _compare(self, grid: Grid, row: int, column: int, expected: str) -> None:
        """A locked cell that was changed is told; an older form had other texts, and is not compared."""
        if self._version != FORM_VERSION or column < 1 or row < 1:
            return
        value = grid.at(row, column)
        if value.fault or squash(value.raw) != squash(expected):
            box = grid.merge(row, column)
            text = shown(clean(value.raw) or "")
            self._tell("locked_changed", grid, box.top, box.left, text=text, standard=expected)

    def _rows(self, event: Event, place: Place | None) -> tuple[Row, ...]:
        if place is None:
            self.problems.append(problem("table_not_found", Finding(Sheet.AFFAIRES.value, {"label": event.heading})))
            return ()
        grid, box = place.grid, place.box
        for offset, title in enumerate(event.columns):
            self._compare(grid, box.top - 1, box.left + offset, title)
        columns = range(box.left, box.left + len(event.columns))
        rows = []
        for row in _table_rows(grid, box, columns):
            cells = [self._answer(grid, row, column) for column in columns]
            if not all(cell.blank for cell in cells):
                rows.append(Row(cells[0], cells[1], cells[2] if len(cells) > 2 else None))
        return tuple(rows)

    def _overrides(self, place: Place | None) -> dict[str, Answer]:
        if place is None:
            label = "Mapping des informations"
            self.problems.append(problem("table_not_found", Finding(Sheet.TIERS.value, {"label": label})))
            return {}
        grid, box = place.grid, place.box
        numbers = {squash(grid.at(row, box.left).raw): row for row in range(box.bottom, box.top - 1, -1)}
        given: dict[str, Answer] = {}
        for line in LINES:
            row = numbers.get(squash(line.number))
            answer = self._other_value(line, grid, row, box)
            if answer is None or answer.blank:
                continue
            if line.editable:
                given[line.number] = answer
            elif row is not None:
                words = {"line": line.number, "text": shown(answer.text or "")}
                self._tell("line_not_editable", grid, row, box.left + OVERRIDE_COLUMN, **words)
        return given

    def _other_value(self, line: Line, grid: Grid, row: int | None, box: Box) -> Answer | None:
        """By the number that stands in the row; a line whose number was lost is found by the name of its cell."""
        if row is not None:
            for index in _LOCKED_MAPPING:
                self._compare(grid, row, box.left + index, mapping_texts(line)[index])
            return self._answer(grid, row, box.left + OVERRIDE_COLUMN)
        self._tell("line_missing", grid, box.top, box.left, line=line.number)
        named = self._book.names.get(override_name(line.number).lower())
        return self._answer(named.grid, named.box.top, named.box.left) if named else None


def _table_rows(grid: Grid, box: Box, columns: range) -> Iterator[int]:
    """The rows of a table, and those typed right below its end without a gap. A lost name leaves one row: then the
    table goes on to the end of the sheet or to the next table in its columns."""
    last = max((at for at, column in grid.cells if column in columns), default=box.bottom)
    open_ended = box.top == box.bottom
    for row in range(box.top, min(max(last, box.bottom), ROWS) + 1):
        values = [grid.at(row, column) for column in columns]
        if row > box.bottom:
            next_table = squash(values[0].raw).startswith("evenement")
            gap = not any(value.raw or value.fault for value in values)
            if next_table or (gap and not open_ended):
                return
        yield row
