"""Tables as .xlsx and on a terminal, whatever records are named."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from altior_sellsy.cli.french import french
from altior_sellsy.errors import Final
from altior_sellsy.service import workbook
from altior_sellsy.service.workbook import Book

NAMES = ("=cmd|'/c calc'!A0", "+33 1", "-1+1", "@SUM(A1)", "#N/A", "12", "Élan" * 60)
ODD = "Le\x00 Ga\x1b[31mrage\x07 \ufffe\uffff\ud800"


def test_every_cell_is_text_and_the_file_can_be_read(tmp_path: Path) -> None:
    book = Book()
    book.sheet("Fiches", (("Nom", 20),))
    for name in (*NAMES, ODD, "x" * 40_000):
        book.add("Fiches", name)
    book.save(tmp_path / "a.xlsx")
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx")["Fiches"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells[: len(NAMES)]] == list(NAMES)
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert cells[len(NAMES)].value == "Le Ga[31mrage "
    assert len(str(cells[-1].value)) < 32_767


def test_a_name_does_not_command_the_terminal() -> None:
    assert french(ODD) == "Le Ga[31mrage "
    assert french("Nom \u202eessec\u202c\nsuite\tici") == "Nom essec\nsuite\tici"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("apercu.csv", "qui finit par « .xlsx »"),
        ("dossier.xlsx", "ne peut pas être écrit, c'est un dossier :"),
        ("absent/apercu.xlsx", "ne peut pas être écrit, son dossier n'existe pas :"),
        (f"{'a' * 300}.xlsx", "ne peut pas être écrit, ce nom est trop long :"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_beforehand(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "dossier.xlsx").mkdir()
    with pytest.raises(Final, match=said):
        workbook.check(tmp_path / name)
    workbook.check(tmp_path / "apercu.xlsx")
    assert not (tmp_path / "apercu.xlsx").exists()
