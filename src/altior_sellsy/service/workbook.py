"""Long tables as .xlsx, written row by row: a hundred thousand of them need no memory. Every cell is text."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from altior_sellsy.errors import Final

MOST_ROWS = 1_048_000
"""Excel's own limit, with room for a last line."""
MOST_TEXT = 32_000
_BOLD, _GREY = Font(bold=True), PatternFill("solid", fgColor="D9D9D9")


class Book:
    """Save it with `save`. A sheet's rows may be added in any order among those of the others."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._sheets: dict[str, Any] = {}
        self._rows: dict[str, int] = {}

    def sheet(self, title: str, columns: Sequence[tuple[str, int]]) -> None:
        """`columns`: title and width in characters."""
        sheet = self._book.create_sheet(title)
        for number, (_, width) in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = "A2"
        self._sheets[title], self._rows[title] = sheet, 0
        cells = []
        for text, _ in columns:
            cell = self._cell(title, text)
            cell.font, cell.fill = _BOLD, _GREY
            cells.append(cell)
        sheet.append(cells)

    def add(self, title: str, *cells: Any) -> None:
        self._rows[title] += 1
        if self._rows[title] < MOST_ROWS:
            self._sheets[title].append([self._cell(title, cell) for cell in cells])

    def save(self, path: Path) -> None:
        """Raises Final, one French sentence."""
        try:
            self._book.save(path)
        except OSError as error:
            raise Final(
                f"Le fichier « {path} » ne peut pas être écrit ({error.strerror}) : choisissez un autre dossier."
            ) from error

    def _cell(self, title: str, content: Any) -> Any:
        """Text and only text: what begins with «=» stays text. Control characters are dropped."""
        text = ILLEGAL_CHARACTERS_RE.sub("", "" if content is None else str(content))[:MOST_TEXT]
        cell = WriteOnlyCell(self._sheets[title], text or None)
        if text:
            cell.data_type = "s"
        return cell
