"""Documents as administrators send them: the blank form, filled by a program through its defined names."""

import io
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries

from altior_sellsy.request.form import document
from altior_sellsy.request.mapping import LINES

SECRET = "-s3cr3t=+@Zz"
VALUES = {
    "client": "Menuiserie Léo",
    "environnement": "Menuiserie Léo",
    "referent_integration": "Bernard Sophie",
    "utilisateur_reference": "c.martin@menuiserie-leo.fr",
    "etablissement": "Menuiserie Léo",
    "sellsy_id_compte": "97417",
    "sellsy_client_id": "3f2c8a1e-5b7d-4c09",
    "sellsy_client_secret": SECRET,
    "tiers_export": "Oui",
    "tiers_import": "Non",
    "tiers_siret": "Oui",
    "affaires_import": "Oui",
}
EVENTS: dict[int, list[tuple[str, ...]]] = {
    1: [("Commercial", "Étude du besoin", "Menuiserie Léo"), ("Grands comptes", "Appel d'offres", "")],
    2: [("Commercial", "Proposition envoyée")],
    3: [("Commercial", "Commande signée"), ("Grands comptes", "Contractualisation")],
    4: [],
}

Damage = Callable[["Document"], None]


class Document:
    """A workbook on its way; addresses are looked up, so that a test never depends on the form's layout."""

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def box(self, name: str) -> tuple[str, int, int]:
        """Sheet, first row, first column of a defined name."""
        title, where = next(iter(self.book.defined_names[name].destinations))
        column, row, _, _ = range_boundaries(where.replace("$", ""))
        assert isinstance(row, int)
        assert isinstance(column, int)
        return title, row, column

    def cell(self, name: str, row: int = 0, column: int = 0) -> Any:
        title, first_row, first_column = self.box(name)
        return self.book[title].cell(first_row + row, first_column + column)

    def address(self, name: str, row: int = 0, column: int = 0) -> str:
        return f"{self.box(name)[0]}!{self.cell(name, row, column).coordinate}"

    def put(self, name: str, value: object, row: int = 0, column: int = 0) -> None:
        """Types a value; text that begins with «=» stays text."""
        cell = self.cell(name, row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"

    def formula(self, name: str, text: str, row: int = 0, column: int = 0) -> None:
        self.cell(name, row, column).value = text

    def row(self, event: int, index: int, *texts: str) -> None:
        for column, text in enumerate(texts):
            self.put(f"evenement_{event}", text or None, index, column)

    def line(self, number: str) -> int:
        """The place of a line in the mapping table."""
        return [line.number for line in LINES].index(number)

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def blank() -> Document:
    return Document(pickle.loads(_blank()))  # noqa: S301 - our own, of this process


@cache
def _blank() -> bytes:
    """The form as it is read. Reading it anew each time takes eight times as long."""
    return pickle.dumps(load_workbook(io.BytesIO(document())))


def filled(**changes: object) -> Document:
    """A right document; `changes`: input name → another value."""
    made = blank()
    for name, value in {**VALUES, **changes}.items():
        made.put(name, value)
    for event, rows in EVENTS.items():
        for index, texts in enumerate(rows):
            made.row(event, index, *texts)
    return made


def nameless(made: Document) -> Document:
    """The same cells in a workbook that has lost its defined names."""
    for name in list(made.book.defined_names):
        del made.book.defined_names[name]
    return made
