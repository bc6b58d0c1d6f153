"""How cells of the form look and are written: white to fill, grey locked, text format, A4 on one page."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from altior_sellsy.request.fields import FORM_VERSION

_LINE = Side(style="thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_A4 = 9
_LINE_HEIGHT = 13.5
_FONT = "Arial"


@dataclass(frozen=True, slots=True)
class Look:
    fill: str
    size: int = 10
    bold: bool = False
    box: bool = True
    locked: bool = True
    centred: bool = False


TITLE = Look("FFFFFF", size=16, bold=True, box=False)
BLOCK = Look("FFFFFF", size=12, bold=True, box=False)
NOTE = Look("FFFFFF", box=False)
HEADER = Look("BFBFBF", bold=True)
LOCKED = Look("E4E4E4")
LOCKED_CENTRED = Look("E4E4E4", centred=True)
WHITE = Look("FFFFFF", locked=False)


def put(ws: Worksheet, row: int, column: int, text: str, look: Look) -> Cell:
    """Writes text, and only text: what begins with «=» stays text. Control characters are dropped."""
    cell = ws.cell(row, column)
    assert isinstance(cell, Cell)
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
    dress(cell, look)
    return cell


def dress(cell: Cell, look: Look) -> None:
    font, fill, border, alignment, protection = _styles(look)
    cell.font = font
    cell.fill = fill
    cell.border = border
    cell.alignment = alignment
    cell.protection = protection
    cell.number_format = "@"


@cache
def _styles(look: Look) -> tuple[Font, PatternFill, Border, Alignment, Protection]:
    return (
        Font(name=_FONT, size=look.size, bold=look.bold),
        PatternFill("solid", fgColor=look.fill),
        _BOX if look.box else Border(),
        Alignment(horizontal="center" if look.centred else "left", vertical="center", wrap_text=look.box),
        Protection(locked=look.locked),
    )


def span(ws: Worksheet, row: int, first: int, last: int, text: str, look: Look) -> None:
    """One locked text over several columns."""
    for column in range(first, last + 1):
        put(ws, row, column, text if column == first else "", look)
    ws.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def widths(ws: Worksheet, sizes: Sequence[float]) -> None:
    for column, size in enumerate(sizes, start=1):
        ws.column_dimensions[get_column_letter(column)].width = size


def height(ws: Worksheet, row: int, texts: Iterable[tuple[str, float]], least: int = 1) -> None:
    """Sets the row's height for texts in columns of given widths (characters): no spreadsheet does it on opening."""
    lines = max([least, *(math.ceil(len(text) * 1.08 / width) for text, width in texts if text)])
    ws.row_dimensions[row].height = lines * _LINE_HEIGHT + 3


def area(ws: Worksheet, first: tuple[int, int], last: tuple[int, int] | None = None) -> str:
    """«$B$5» or «$A$10:$C$39»."""
    (row, column), (to_row, to_column) = first, last or first
    start = f"${get_column_letter(column)}${row}"
    return start if last is None else f"{start}:${get_column_letter(to_column)}${to_row}"


def name(ws: Worksheet, label: str, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
    """Gives a cell or a range its defined name, by which it is read again."""
    book = ws.parent
    assert book is not None
    book.defined_names[label] = DefinedName(label, attr_text=f"{quote_sheetname(ws.title)}!{area(ws, first, last)}")


def offer(ws: Worksheet, where: str, formula: str, *, strict: bool, message: str = "") -> None:
    """A drop-down over a range. Strict: other values are refused; else they are questioned."""
    validation = DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="stop" if strict else "warning",
        errorTitle="Réponse inattendue",
        error=message or "Choisissez une valeur de la liste.",
    )
    validation.add(where.replace("$", ""))
    ws.add_data_validation(validation)


def finish(ws: Worksheet, last: tuple[int, int], *, landscape: bool = False) -> None:
    """Protection without password; A4, one page, footer."""
    ws.sheet_view.showGridLines = False
    ws.protection.sheet = True
    ws.protection.formatColumns = False
    ws.protection.formatRows = False
    ws.page_setup.orientation = "landscape" if landscape else "portrait"
    ws.page_setup.paperSize = _A4
    ws.page_setup.fitToWidth = 1
    ws.page_setup.fitToHeight = 1
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    ws.print_options.horizontalCentered = True
    for margin in ("left", "right", "top"):
        setattr(ws.page_margins, margin, 0.5)
    assert ws.oddFooter is not None
    ws.oddFooter.center.text = f"Version du formulaire : {FORM_VERSION} — Page &P / &N"
    ws.print_area = f"A1:{get_column_letter(last[1])}{last[0]}"
