"""The form as a workbook: blank, filled from a request, or prefilled with the real names of both systems.

The secret is never written. Every cell to fill and every table has a defined name, by which it is read again.
"""

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.protection import WorkbookProtection

from altior_sellsy.errors import ConnectorError
from altior_sellsy.refusals import why_unwritten
from altior_sellsy.request import form_sheets as sheets
from altior_sellsy.request.fields import FORM_TITLE, Sheet
from altior_sellsy.request.filled import Filled
from altior_sellsy.request.lists import Choices, add_lists
from altior_sellsy.request.model import Request


def write_blank(path: str | Path) -> None:
    """The empty form. Raises ConnectorError when the file cannot be written."""
    _save(path, document())


def write(path: str | Path, request: Request) -> None:
    """The form filled from a request, without its secret. Raises ConnectorError when the file cannot be written."""
    _save(path, document(request))


def write_prefilled(path: str | Path, choices: Choices, request: Request | None = None) -> None:
    """The form with drop-downs of real names. Raises ConnectorError when the file cannot be written."""
    _save(path, document(request, choices))


def document(request: Request | None = None, choices: Choices | None = None) -> bytes:
    """The .xlsx itself, for a download."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = FORM_TITLE
    book.properties.creator = "Connecteur Altior × Sellsy"
    book.security = WorkbookProtection(lockStructure=True)
    filled = Filled() if request is None else Filled.of(request)
    sheets.readme(book.create_sheet(Sheet.README))
    sheets.general(book.create_sheet(Sheet.GENERAL), filled)
    sheets.tiers(book.create_sheet(Sheet.TIERS), filled)
    sheets.affaires(book.create_sheet(Sheet.AFFAIRES), filled)
    sheets.check(book.create_sheet(Sheet.CHECK))
    if choices is not None:
        add_lists(book, choices)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _save(path: str | Path, content: bytes) -> None:
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise ConnectorError(
            f"Impossible d'écrire « {path} » ({why_unwritten(error)}) : choisissez un autre emplacement."
        ) from error
