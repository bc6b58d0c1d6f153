"""A request by commands: prefilled with real names, a new version, what differs, sent back, validated."""

from pathlib import Path

from openpyxl import load_workbook

from altior_sellsy.request import example, form
from tests.acceptance.commands import NAME, Commands
from tests.acceptance.town import Town


def test_the_life_of_a_request(commands: Commands, tmp_path: Path) -> None:
    with Town() as town:
        commands.add(town)
        town.forget_writes()
        blank = tmp_path / "prérempli.xlsx"
        commands.right("request", "blank", str(blank), "--from", NAME)
        hidden = load_workbook(blank)["Listes"]
        shown = {str(cell.value) for row in hidden.iter_rows() for cell in row if cell.value}
        assert {"Commercial", "Grands comptes", "Menuiserie Léo", "Société par actions simplifiée"} <= shown
        assert town.writes() == (0, 0)

        again = tmp_path / "demande.xlsx"
        form.write(
            again, example.REQUEST.model_copy(update={"referent": "Marc Dubois", "environment": "Menuiserie Léo"})
        )
        said = commands.right("request", "submit", NAME, str(again), "--by", "Claire Martin").out
        assert "Référent intégration" in said
        assert "Marc Dubois" in said
        listed = commands.right("request", "versions", NAME).out
        assert "Envoyée" in listed
        number = next(word for word in listed.split() if word.startswith("DEM-") and word.endswith("-2"))
        commands.right("request", "send-back", NAME, number, "--by", "Marc", "--reason", "Client=nom incomplet")
        assert "nom incomplet" in commands.right("request", "versions", NAME).out
        commands.right("request", "validate", NAME, number, "--by", "Marc Dubois")
        assert "Validée" in commands.right("request", "versions", NAME).out

        wrong = commands("request", "validate", NAME, "DEM-1", "--by", "Marc")
        assert wrong.code == 1
        assert "DEM-1" in wrong.err
        assert "Traceback" not in wrong.err
