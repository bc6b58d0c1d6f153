"""What is made, and what is not, beside a company of the same SIRET that no list shows: through both servers' HTTP."""

from typing import Any

import pytest

from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Side
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_archiving import CLIENT, SUPPLIER, archive, cards
from tests.acceptance.test_contacts import TIERS, scene, until_the_next_second
from tests.acceptance.town import Town

SIRET = CLIENT["legal_france"]["siret"]
NEW_TIERS: dict[str, Any] = {name: value for name, value in TIERS.items() if name != "id"} | {"siret": SIRET}
listed = pytest.mark.parametrize("listed", [True, False])


def initialised_then_archived(town: Town, runtime: Runtime, company: int, *, listed: bool) -> str:
    """The id of its tiers. `listed`: does this account show what is archived?"""
    town.sellsy("PUT", "switches", {"archived_listed": listed})
    initialise(runtime)
    sync(runtime)
    [tiers] = town.tiers()
    archive(town, Side.SELLSY, "companies", company)
    sync(runtime)
    until_the_next_second(runtime)
    return str(tiers["id"])


@listed
@pytest.mark.parametrize("followed", [True, False])
def test_no_second_company_is_made_though_the_same_pass_looks_at_the_first_one(
    ledgers: Ledgers, listed: bool, followed: bool
) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers, archiving=followed) as (town, runtime):
        tiers = initialised_then_archived(town, runtime, 3001, listed=listed)
        town.altior("POST", "tiers", {"corps": NEW_TIERS})
        town.altior("PATCH", f"tiers/{tiers}", {"corps": {"note": "Vue le 3"}})
        sync(runtime)
        assert len(town.companies()) == 1
        assert [code for code, _ in cards(runtime)] == ["siret_taken"]


@listed
def test_a_client_is_made_of_a_new_tiers_beside_an_archived_supplier(ledgers: Ledgers, listed: bool) -> None:
    """Rules R1: the two are records of their own."""
    with scene(Town({"companies": [SUPPLIER]}), ledgers) as (town, runtime):
        initialised_then_archived(town, runtime, 3002, listed=listed)
        town.altior("POST", "tiers", {"corps": NEW_TIERS})
        sync(runtime)
        assert cards(runtime) == []
        assert sorted(one["type"] for one in town.companies()) == ["client", "supplier"]


@listed
def test_a_client_is_made_of_the_tiers_of_an_archived_supplier(ledgers: Ledgers, listed: bool) -> None:
    with scene(Town({"companies": [SUPPLIER]}), ledgers) as (town, runtime):
        tiers = initialised_then_archived(town, runtime, 3002, listed=listed)
        town.altior("PATCH", f"tiers/{tiers}", {"corps": {"roles": ["client", "fournisseur"]}})
        sync(runtime)
        assert cards(runtime) == []
        assert sorted(one["type"] for one in town.companies()) == ["client", "supplier"]
