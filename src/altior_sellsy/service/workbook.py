"""Long tables as .xlsx, written row by row: a hundred thousand of them need no memory. Every cell is text."""

import errno
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from altior_sellsy.errors import Final
from altior_sellsy.refusals import why_unwritten

MOST_ROWS = 1_048_000
"""Excel's own limit, with room for a last line."""
MOST_TEXT = 32_000
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""One of these makes the whole file unreadable."""
_BOLD, _GREY = Font(bold=True), PatternFill("solid", fgColor="D9D9D9")


def check(path: Path) -> None:
    """Before long work, or a write that is not to be repeated. Raises Final, one French sentence."""
    if path.suffix.lower() != ".xlsx":
        raise Final(f"Le fichier « {path} » n'est pas un .xlsx : donnez un nom qui finit par « .xlsx ».")
    try:
        if path.is_dir():
            raise _unwritable(path, OSError(errno.EISDIR, ""))
        if not path.parent.is_dir():
            raise _unwritable(path, OSError(errno.ENOENT, ""))
    except OSError as error:
        raise _unwritable(path, error) from error
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, OSError(errno.EACCES, ""))


def _unwritable(path: Path, error: OSError) -> Final:
    return Final(
        f"Le fichier « {path} » ne peut pas être écrit, {why_unwritten(error)} : choisissez un autre nom ou un autre "
        "dossier."
    )


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
            raise _unwritable(path, error) from error

    def _cell(self, title: str, content: Any) -> Any:
        """Text and only text: what begins with «=» stays text. Control characters are dropped."""
        text = _NO_XML.sub("", "" if content is None else str(content))[:MOST_TEXT]
        cell = WriteOnlyCell(self._sheets[title], text or None)
        if text:
            cell.data_type = "s"
        return cell
