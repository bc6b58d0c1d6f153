"""Accesses replaced in place: tried first, of the same account, never shown."""

from typing import Any

import pytest

from altior_sellsy.errors import Final, Refused
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.service import credentials, environments
from altior_sellsy.service.credentials import NewAccess
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.commands import NAME, Commands
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

NEW_ID, NEW_SECRET = "11112222-3333-4444-5555-666677778888", "nouveau-secret-+=@"
NAMES = ("sellsy_client_id", "sellsy_client_secret", "altior_token")


def replace(town: Town, runtime: Runtime, new: NewAccess) -> str:
    done = credentials.replace(
        runtime.ledgers, runtime.ledger, new, "Claire Martin", town.clock, runtime.timing, town.ground.transport
    )
    return done.account_id


def kept(runtime: Runtime) -> list[str | None]:
    return [runtime.ledger.secret(name) for name in NAMES]


def recreated(town: Town, account: int = 97417) -> None:
    """A person has deleted the access in Sellsy and made another."""
    there = town.sellsy("GET", "settings")
    there["client"] |= {"id": NEW_ID, "secret": NEW_SECRET}
    there["account"]["id"] = account
    town.sellsy("PATCH", "settings", {"client": there["client"], "account": there["account"]})
    town.sellsy("POST", "tokens/revoke")


def one_firm() -> dict[str, Any]:
    return {"companies": [company(sample_companies(1, 4)[0], 0, True)]}


def test_an_access_made_anew_takes_over_where_the_old_one_was_refused() -> None:
    with Town(one_firm(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        initialise(runtime)
        recreated(town)
        town.sellsy("PATCH", "records/companies/3001", {"name": "Pendant ce temps"})
        runtime.schedules(runtime.clock.now())
        assert runtime.ledger.environment().status is EnvironmentStatus.PAUSED
        assert replace(town, runtime, NewAccess(NEW_ID, NEW_SECRET)) == "97417"
        assert kept(runtime) == [NEW_ID, NEW_SECRET, TOKEN]
        environments.resume(runtime.ledger, runtime.clock, "Claire Martin")
        with town.runtime(runtime.ledgers) as again:
            sync(again)
            assert [t["raison_sociale"] for t in town.tiers()] == ["Pendant ce temps"]
            [entry] = [e for e in again.ledger.journal() if e.action == "access_replaced"]
            assert (entry.who, entry.cause) == ("Claire Martin", "Accès remplacés : Sellsy")
            assert NEW_SECRET not in repr(again.ledger.journal()) + repr(NewAccess(NEW_ID, NEW_SECRET, TOKEN))


@pytest.mark.parametrize(
    ("new", "account", "error", "said"),
    [
        (NewAccess(NEW_ID, "un-autre-secret"), 97417, Refused, "refuse ces identifiants"),
        (NewAccess(NEW_ID, NEW_SECRET), 55555, Refused, "n'est pas celui"),
        (NewAccess(altior_token="faux-jeton"), 97417, Refused, "Altior"),
        (NewAccess(client_id=NEW_ID), 97417, Final, "ensemble"),
        (NewAccess(), 97417, Final, "Rien à remplacer"),
    ],
    ids=["wrong secret", "another account", "wrong token", "half of it", "nothing"],
)
def test_what_does_not_open_the_same_account_replaces_nothing(
    new: NewAccess, account: int, error: type[Exception], said: str
) -> None:
    with Town(one_firm(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        initialise(runtime)
        if new.client_id:
            recreated(town, account)
        with pytest.raises(error, match=said):
            replace(town, runtime, new)
        assert kept(runtime) == [CLIENT_ID, CLIENT_SECRET, TOKEN]
        assert runtime.ledger.environment().status is EnvironmentStatus.ACTIVE


def test_the_command_asks_for_secrets_in_files_and_never_says_them(commands: Commands) -> None:
    with Town() as town:
        commands.add(town)
        recreated(town)
        asked = ("environment", "access", NAME, "--by", "Claire Martin", "--sellsy-client-id", NEW_ID)
        assert "dans un fichier" in commands.refused(*asked)
        secret = commands.folder / "secret.txt"
        secret.write_text(f"{NEW_SECRET}\n", encoding="utf-8")
        told = commands.right(*asked, "--sellsy-secret-file", str(secret)).out
        assert "compte Sellsy 97417" in told
        assert NEW_SECRET not in told
        secret.write_text("un-autre", encoding="utf-8")
        assert "refuse ces identifiants" in commands.refused(*asked, "--sellsy-secret-file", str(secret))
