"""Archiving that the request asks to follow, and notes on people that stay where they were written unless it asks for
them: through both servers' HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.service import decisions, environments, first_sync, undoing
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.steps import BY, Crash, initialise, sync
from tests.acceptance.test_contacts import (
    COMPANY,
    CONTACT,
    TIERS,
    contacts,
    linked,
    people,
    person,
    scene,
    until_the_next_second,
)
from tests.acceptance.test_contacts import writes_nothing as nothing_left
from tests.acceptance.town import Town

FOLLOWED = {"archiving": True}
CLIENT: dict[str, Any] = COMPANY | {"contacts": []}
SUPPLIER = CLIENT | {"id": 3002, "type": "supplier"}


def company(town: Town, id: int = 3001) -> dict[str, Any]:
    return next(one for one in town.companies() if one["id"] == id)


def archive(town: Town, side: Side, thing: str, id: Any, value: bool = True) -> None:
    if side is Side.SELLSY:
        town.sellsy("PATCH", f"records/{thing}/{id}", {"is_archived": value})
    else:
        town.altior("PATCH", f"{thing}/{id}", {"corps": {"archive": value}})


def cards(runtime: Runtime) -> list[tuple[str, str]]:
    return [(card.code, card.field_name or "") for card in runtime.ledger.cards()]


@pytest.mark.parametrize("side", list(Side))
def test_archived_on_one_side_is_archived_on_the_other_and_what_waited_is_caught_up(
    ledgers: Ledgers, side: Side
) -> None:
    sellsy = {"companies": [COMPANY], "contacts": [CONTACT]}
    with scene(Town(sellsy), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        [tiers], [contact] = town.tiers(), contacts(town)
        ids: dict[str, Any] = (
            {"companies": 3001, "contacts": 5001}
            if side is Side.SELLSY
            else {"tiers": tiers["id"], "contacts": contact["id"]}
        )

        def both(value: bool) -> list[bool]:
            for thing, id in ids.items():
                archive(town, side, thing, id, value)
            sync(runtime)
            shown = [town.tiers()[0]["archive"], contacts(town)[0]["archive"]]
            return [company(town)["is_archived"], person(town)["is_archived"], *shown]

        assert both(True) == [True] * 4
        nothing_left(town, runtime)
        assert {(e.field_name, e.before, e.after) for e in runtime.ledger.journal() if e.field_name} >= {
            ("archived", False, True)
        }

        # While it rests nothing else travels; taken out again, all of it does.
        town.sellsy("PATCH", "records/companies/3001", {"website": "https://www.leo.example"})
        town.altior("PATCH", f"contacts/{contact['id']}", {"corps": {"fonction": "Directrice"}})
        nothing_left(town, runtime)
        assert both(False) == [False] * 4
        assert town.tiers()[0]["urls"][0]["url"] == "https://www.leo.example"
        assert person(town)["position"] == "Directrice"
        assert runtime.ledger.cards() == []
        nothing_left(town, runtime)


def test_unless_the_request_asks_archiving_stays_on_its_side(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY]}), ledgers) as (town, runtime):
        initialise(runtime)
        archive(town, Side.SELLSY, "companies", 3001)
        nothing_left(town, runtime)
        assert town.tiers()[0]["archive"] is False


def test_a_tiers_with_affaires_is_not_archived_and_a_card_says_so(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        [tiers] = town.tiers()
        affaire = town.altior("POST", "affaires", {"corps": {"nom": "Bardage", "tiers": tiers["id"]}})
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        assert town.tiers()[0]["archive"] is False
        assert cards(runtime) == [("archived_in_use", "archived")]
        [card] = runtime.ledger.cards()
        assert "affaires" in card.sentence
        assert "Le reste est synchronisé" not in card.sentence
        nothing_left(town, runtime)

        # A person settles it: she archives the affaire, then the tiers.
        archive(town, Side.ALTIOR, "affaires", affaire["id"])
        archive(town, Side.ALTIOR, "tiers", tiers["id"])
        sync(runtime)
        assert runtime.ledger.cards() == []
        archive(town, Side.SELLSY, "companies", 3001, False)
        sync(runtime)
        assert town.tiers()[0]["archive"] is False
        nothing_left(town, runtime)


OTHER = COMPANY | {"id": 3009, "name": "Autre maison", "legal_france": {}, "contacts": []}


@contextmanager
def searched(hook: Callable[[httpx2.Request], None]) -> Iterator[tuple[Town, Runtime]]:
    """On a clock of its own. `hook` is called before each search of affaires."""
    town = Town({"companies": [CLIENT, OTHER]}, timing=Timing(), served=False)
    with scene(town, MemoryLedgers(town.clock), **FOLLOWED) as (_, runtime):
        initialise(runtime)
        town.clock.sleep(3600)
        assert town.ground.transport is not None
        town.ground.transport.before = lambda call: hook(call) if "/affaires/recherche" in call.url.path else None
        yield town, runtime


def archived(town: Town) -> dict[str, bool]:
    return {tiers["raison_sociale"]: tiers["archive"] for tiers in town.tiers()}


def test_an_altior_that_searches_affaires_slowly_archives_all_the_same() -> None:
    """What is announced has two seconds to leave: the question is asked before."""
    asked: list[str] = []

    def slowly(call: httpx2.Request) -> None:
        asked.append(call.url.path)
        town.clock.sleep(8)

    with searched(slowly) as (town, runtime):
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        assert len(asked) == 1
        assert archived(town) == {"Menuiserie Léo": True, "Autre maison": False}
        nothing_left(town, runtime)


def test_while_affaires_cannot_be_searched_that_archiving_waits_and_nothing_else() -> None:
    broken = [True]

    def fail(call: httpx2.Request) -> None:
        if broken:
            raise httpx2.ReadTimeout("no answer in time", request=call)

    with searched(fail) as (town, runtime):
        archive(town, Side.SELLSY, "companies", 3001)
        town.sellsy("PATCH", "records/companies/3009", {"website": "https://www.autre.example"})
        sync(runtime)
        [other] = [one for one in town.tiers() if one["raison_sociale"] == "Autre maison"]
        assert other["urls"][0]["url"] == "https://www.autre.example"
        assert archived(town) == {"Menuiserie Léo": False, "Autre maison": False}
        assert runtime.ledger.announcements(pair_ids=[pair.id for pair in runtime.ledger.all_pairs()]) == []
        assert {look.reference.id for look in runtime.ledger.looks()} == {"3001"}

        broken.clear()
        town.clock.sleep(1800)
        first_sync.drain_until_quiet(runtime)
        assert archived(town) == {"Menuiserie Léo": True, "Autre maison": False}
        nothing_left(town, runtime)


def test_the_card_closes_when_the_record_leaves_the_archive(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        [tiers] = town.tiers()
        town.altior("POST", "affaires", {"corps": {"nom": "Bardage", "tiers": tiers["id"]}})
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        archive(town, Side.SELLSY, "companies", 3001, False)
        town.sellsy("PATCH", "records/companies/3001", {"website": "https://www.leo.example"})
        sync(runtime)
        assert runtime.ledger.cards() == []
        assert town.tiers()[0]["urls"][0]["url"] == "https://www.leo.example"
        nothing_left(town, runtime)


def test_a_tiers_that_serves_both_is_archived_by_a_person_only(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT, SUPPLIER]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        sync(runtime)
        [tiers] = town.tiers()
        assert tiers["roles"] == ["client", "fournisseur"]
        archive(town, Side.SELLSY, "companies", 3002)
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (False, False)
        assert cards(runtime) == [("archived_role", "archived")]
        nothing_left(town, runtime)

        # Archived in Altior it serves nobody any more: both of its records are archived.
        archive(town, Side.ALTIOR, "tiers", tiers["id"])
        sync(runtime)
        assert [one["is_archived"] for one in town.companies()] == [True, True]
        assert runtime.ledger.cards() == []
        nothing_left(town, runtime)

        # The client is taken out, and its tiers: the supplier record stays as a person has put it.
        archive(town, Side.SELLSY, "companies", 3001, False)
        sync(runtime)
        assert (town.tiers()[0]["archive"], [one["is_archived"] for one in town.companies()]) == (False, [False, True])
        assert runtime.ledger.cards() == []
        nothing_left(town, runtime)
        archive(town, Side.SELLSY, "companies", 3002, False)
        sync(runtime)
        nothing_left(town, runtime)
        assert [one["is_archived"] for one in town.companies()] == [False, False]


def test_asked_for_later_what_is_archived_already_is_followed(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY]}), ledgers) as (town, runtime):
        initialise(runtime)
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        settings = dict(runtime.ledger.environment().settings)
        settings["tiers"] = {**settings["tiers"], **FOLLOWED}
        runtime.ledger.commit(Changes(environment={"settings": settings}, cursors={"people": None}), None)
        runtime.close()  # the next job reads them
        sync(runtime)
        assert town.tiers()[0]["archive"] is True
        nothing_left(town, runtime)
        archive(town, Side.SELLSY, "companies", 3001, False)
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (False, False)
        nothing_left(town, runtime)


def test_a_person_takes_it_back_or_says_which_side_is_right(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        reference = str(Reference(Side.SELLSY, "97417", "company", "3001"))
        decisions.undo(runtime.ledger, reference, "archived", by=BY, clock=runtime.clock)
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (False, False)
        nothing_left(town, runtime)


# -- a tiers that serves both, and what was linked to it
def role_withdrawn(town: Town, runtime: Runtime) -> str:
    """Initialised; its tiers serves the supplier no more, which stays linked to it."""
    initialise(runtime)
    sync(runtime)
    [tiers] = town.tiers()
    town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"roles": ["client"]}})
    sync(runtime)
    return str(tiers["id"])


def test_a_supplier_record_archived_after_its_role_was_withdrawn_archives_no_client(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT, SUPPLIER]}), ledgers, **FOLLOWED) as (town, runtime):
        role_withdrawn(town, runtime)
        assert cards(runtime) == [("type_unchangeable", "purchase_type")]
        archive(town, Side.SELLSY, "companies", 3002)
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (False, False)
        nothing_left(town, runtime)


@pytest.mark.parametrize("side", list(Side))
def test_taken_out_of_the_archive_a_tiers_that_served_both_leaves_the_supplier_record_archived(
    ledgers: Ledgers, side: Side
) -> None:
    """By the tiers itself, or by its client."""
    with scene(Town({"companies": [CLIENT, SUPPLIER]}), ledgers, **FOLLOWED) as (town, runtime):
        tiers = role_withdrawn(town, runtime)
        archive(town, Side.SELLSY, "companies", 3002)
        sync(runtime)
        archive(town, Side.ALTIOR, "tiers", tiers)
        sync(runtime)
        if side is Side.ALTIOR:
            archive(town, side, "tiers", tiers, False)
        else:
            archive(town, side, "companies", 3001, False)
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (False, False)
        assert company(town, 3002)["is_archived"] is True
        nothing_left(town, runtime)


# -- a tiers that was blocked from the start
@pytest.mark.parametrize("side", list(Side))
def test_what_is_archived_while_its_tiers_is_blocked_is_archived_once_it_is_not(ledgers: Ledgers, side: Side) -> None:
    blocked = TIERS | {"siret": CLIENT["legal_france"]["siret"]}
    with scene(Town({"companies": [CLIENT]}, {"tiers": [blocked]}), ledgers, **FOLLOWED) as (town, runtime):
        town.altior("PATCH", "tiers/501", {"corps": {"bloque": True}})
        initialise(runtime)
        sync(runtime)
        [pair] = runtime.ledger.all_pairs()
        assert pair.code == "blocked"
        if side is Side.ALTIOR:
            archive(town, side, "tiers", "501")
        else:
            archive(town, side, "companies", 3001)
        sync(runtime)
        town.altior("PATCH", "tiers/501", {"corps": {"bloque": False}})
        sync(runtime)
        assert (town.tiers()[0]["archive"], company(town)["is_archived"]) == (True, True)
        nothing_left(town, runtime)


# -- the way back of an initialisation
def test_undone_and_initialised_again_nothing_is_archived_in_sellsy(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        undoing.undo(runtime, BY)
        assert town.tiers()[0]["archive"] is True
        first_sync.preview(runtime)
        initialise(runtime)
        sync(runtime)
        assert company(town)["is_archived"] is False
        nothing_left(town, runtime)


@pytest.mark.parametrize("companies", [[CLIENT], [CLIENT, SUPPLIER]], ids=["one", "both"])
def test_an_undo_that_is_killed_and_a_resume_archive_no_source(
    ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch, companies: list[dict[str, Any]]
) -> None:
    """Of a tiers that serves both, neither."""
    with scene(Town({"companies": companies}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)

        def killed(*_: object) -> None:
            raise Crash("close")

        with monkeypatch.context() as patched:
            patched.setattr("altior_sellsy.sync.undoing._close", killed)
            with pytest.raises(Crash):
                undoing.undo(runtime, BY)
        assert town.tiers()[0]["archive"] is True
        environments.resume(runtime.ledger, runtime.clock, BY)
        sync(runtime)
        assert [one["is_archived"] for one in town.companies()] == [False for _ in companies]


def test_undone_a_tiers_that_serves_a_record_that_was_linked_later_is_not_archived(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers, **FOLLOWED) as (town, runtime):
        initialise(runtime)
        sync(runtime)
        until_the_next_second(runtime)
        town.sellsy("POST", "records/companies", SUPPLIER)
        sync(runtime)
        assert len(runtime.ledger.all_pairs()) == 2
        undoing.undo(runtime, BY)
        assert not runtime.ledger.all_pairs() or town.tiers()[0]["archive"] is False
        first_sync.preview(runtime)
        initialise(runtime)
        sync(runtime)
        assert [one["is_archived"] for one in town.companies()] == [False, False]


# -- an account that hides what is archived
@pytest.mark.parametrize("listed", [True, False])
def test_nothing_is_created_beside_an_archived_record_of_the_same_siret(ledgers: Ledgers, listed: bool) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers, **FOLLOWED) as (town, runtime):
        town.sellsy("PUT", "switches", {"archived_listed": listed})
        initialise(runtime)
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        assert town.tiers()[0]["archive"] is True
        until_the_next_second(runtime)
        body = {name: value for name, value in TIERS.items() if name != "id"}
        town.altior("POST", "tiers", {"corps": body | {"siret": CLIENT["legal_france"]["siret"]}})
        sync(runtime)
        assert len(town.companies()) == 1
        assert [code for code, _ in cards(runtime)] == ["siret_taken"]


def test_what_is_archived_is_read_where_lists_and_searches_hide_it(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers, **FOLLOWED) as (town, runtime):
        town.sellsy("PUT", "switches", {"archived_listed": False})
        initialise(runtime)
        archive(town, Side.SELLSY, "companies", 3001)
        sync(runtime)
        assert town.tiers()[0]["archive"] is True
        nothing_left(town, runtime)
        assert not runtime.ledger.looks()
        archive(town, Side.ALTIOR, "tiers", town.tiers()[0]["id"], False)
        sync(runtime)
        assert company(town)["is_archived"] is False
        nothing_left(town, runtime)


# -- notes on people
def noted(town: Town) -> tuple[str, str]:
    return person(town)["note"], contacts(town)[0]["note"]


def test_notes_on_contacts_stay_where_they_were_written(ledgers: Ledgers) -> None:
    sellsy = {"companies": [COMPANY], "contacts": [CONTACT | {"note": "Absente le mercredi"}]}
    with scene(Town(sellsy), ledgers) as (town, runtime):
        initialise(runtime)
        assert noted(town) == ("Absente le mercredi", "")
        town.altior("PATCH", f"contacts/{contacts(town)[0]['id']}", {"corps": {"note": "Préfère le téléphone"}})
        town.sellsy("PATCH", "records/contacts/5001", {"note": "En congé"})
        nothing_left(town, runtime)
        assert noted(town) == ("En congé", "Préfère le téléphone")


def test_notes_on_contacts_travel_where_the_request_asks_for_them(ledgers: Ledgers) -> None:
    altior = {"tiers": [linked(TIERS, "c1")], "contacts": [{"id": "c1", "nom": "Petit", "note": "Chef d'atelier"}]}
    with scene(Town({}, altior), ledgers, contact_notes=True) as (town, runtime):
        initialise(runtime)
        [contact] = people(town)
        assert contact["note"] == "Chef d'atelier"
        town.sellsy("PATCH", f"records/contacts/{contact['id']}", {"note": "Chef d'atelier, le matin"})
        sync(runtime)
        assert contacts(town)[0]["note"] == "Chef d'atelier, le matin"
        nothing_left(town, runtime)
