"""«Choisir les fiches à synchroniser»: ticked in number after an approval, and taken back."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import choosing, first_sync
from altior_sellsy.service.choosing import Wish
from tests.acceptance.every_case import Cases
from tests.acceptance.steps import BY, initialise
from tests.acceptance.town import Town


def ticked(town: Town) -> set[int]:
    return {one["id"] for one in town.companies() if one["sa"] is True}


def beside_sa(town: Town) -> list[dict[str, Any]]:
    return [{k: v for k, v in one.items() if k not in ("sa", "custom", "updated_at")} for one in town.companies()]


def chosen(choice: choosing.Choice) -> set[int]:
    return {int(reference.id) for reference, _ in choice.chosen}


def street() -> dict[str, Any]:
    cases = Cases()
    for number, firm in enumerate(sample_companies(6, 17)):
        type, invoices = ("client", "client", "prospect", "client", "supplier", "client")[number], number % 2
        cases.company(firm, None, type=type, counts={"invoices": invoices})
    cases.companies[3]["sa"] = True
    cases.companies[5]["is_archived"] = True
    # The stand-in's saved filters are on a custom field: this one shows the unticked.
    favourite = {"id": 71, "resource": "companies", "name": "Pas encore cochées", "code": "SA", "value": None}
    return cases.sellsy() | {"settings": {"favourite_filters": [favourite]}}


def test_by_type_invoices_saved_filter_and_list_then_taken_back(tmp_path: Path) -> None:
    firms = sample_companies(6, 17)
    book = Workbook()
    book.active.append(["Nom", "SIRET"])
    book.active.append([firms[2].name, firms[2].siret])
    book.active.append(["Autre", 3005])
    book.save(tmp_path / "liste.xlsx")
    with Town(street()) as town, town.runtime(MemoryLedgers()) as runtime:

        def would(**wish: Any) -> set[int]:
            return chosen(choosing.choose(runtime, Wish(**wish), "", dry_run=True))

        town.forget_writes()
        assert would(types=["client"]) == {3001, 3002}
        assert would(types=["client"], invoiced=True) == {3002}
        assert would(filter="pas encore cochées", types=["client"]) == {3001, 3002}
        assert would(listed=choosing.listed(tmp_path / "liste.xlsx")) == {3003, 3005}
        for wrong, says in (({}, "Que faut-il cocher"), ({"filter": "Personne"}, "Pas encore cochées")):
            with pytest.raises(Final, match=says):
                would(**wrong)
        with pytest.raises(Final, match="approuvé par une personne"):
            choosing.choose(runtime, Wish(types=["client"]), " ")
        assert town.writes() == (0, 0)

        first_sync.preview(runtime)
        before = beside_sa(town)
        done = choosing.choose(runtime, Wish(types=["client", "prospect"]), BY)
        assert done.left == {"déjà à Oui": 1, "archivée": 1}
        assert ticked(town) == {3001, 3002, 3003, 3004}
        assert town.writes() == (3, 0)
        assert beside_sa(town) == before
        # The preview made before knows nothing of it: it is shown anew before anything is carried out.
        assert first_sync.stored(runtime) is None
        with pytest.raises(Final, match="n'est plus valable"):
            initialise(runtime)

        choosing.take_back(runtime, BY)
        assert ticked(town) == {3004}
        choosing.choose(runtime, Wish(types=["prospect"]), BY)
        first_sync.preview(runtime)
        initialise(runtime)
        assert {one["siret"] for one in town.tiers()} == {firms[2].siret, firms[3].siret}

        # What a person unticks is never ticked again by a choice in number.
        town.sellsy("PATCH", "records/companies/3003", {"sa": False})
        again = choosing.choose(runtime, Wish(types=["prospect"]), BY)
        assert (again.chosen, again.left) == ([], {"décochée par une personne": 1})
