"""A person takes a change back and gives one side the right, by command, on real servers."""

from altior_sellsy.sandbox.companies import sample_companies
from tests.acceptance.commands import NAME, Commands
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

BY = ("--by", "Claire Martin")
RECORD = "sellsy:97417:company:3001"
[FIRM] = sample_companies(1, 21)


def names(town: Town) -> tuple[str, str]:
    [here], [there] = town.companies(), town.tiers()
    return here["name"], there["raison_sociale"]


def test_a_change_taken_back_then_a_side_given_the_right(commands: Commands) -> None:
    with Town({"companies": [company(FIRM, 0, True)]}) as town:
        commands.add(town)
        commands.right("initialise", NAME, "--yes", *BY)
        assert "aucune modification de" in commands.refused("undo", NAME, RECORD, "name", *BY)
        assert "Champs possibles" in commands.refused("undo", NAME, RECORD, "humeur", *BY)
        before, _ = names(town)
        town.sellsy("PATCH", "records/companies/3001", {"name": "Menuiserie Erreur"})
        commands.right("sync", NAME)
        assert names(town) == ("Menuiserie Erreur", "Menuiserie Erreur")

        said = commands.right("undo", NAME, RECORD, "Raison sociale", *BY).out
        assert (
            f"« {before} » remplacera « Menuiserie Erreur »".replace("« ", "«\N{NO-BREAK SPACE}").replace(
                " »", "\N{NO-BREAK SPACE}»"
            )
            in said
        )
        commands.right("sync", NAME)
        assert names(town) == (before, before)

        commands.right("take-side", NAME, RECORD, "name", "sellsy", *BY)
        town.sellsy("PATCH", "records/companies/3001", {"name": "Menuiserie Vraie"})
        town.altior("PATCH", "tiers/1", {"corps": {"raison_sociale": "Menuiserie Fausse"}})
        commands.right("sync", NAME)
        assert names(town) == ("Menuiserie Vraie", "Menuiserie Vraie")
        journal = commands.right("journal", NAME, "--record", RECORD, "--json").json
        assert {e["who"] for e in journal if e["cause"].startswith(("Décision", "Annuler"))} == {"Claire Martin"}
