"""Creates whose answer was lost, edits that meet a stale write, notifications that lie, rights that go. Over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.settings import default_settings
from altior_sellsy.service import environments
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company, tiers
from tests.acceptance.town import QUICK, Town

TIMING = Timing()


def until_quiet(runtime: Runtime) -> None:
    give_up = runtime.clock.now() + timedelta(hours=1)
    while True:
        sync(runtime)
        looks = runtime.ledger.looks()
        if not looks:
            return
        now = runtime.clock.now()
        assert now < give_up, looks
        runtime.clock.sleep(max(1.0, (min(look.due for look in looks) - now).total_seconds()))


Person = Callable[[dict[str, Any]], dict[str, Any] | None]
LOOK_ALIKES: dict[str, Person] = {
    "nobody": lambda ours: None,
    "same name, nothing else": lambda ours: {"type": "client", "name": ours["name"]},
    "same name and e-mail": lambda ours: {"type": "client", "name": ours["name"], "email": ours["email"]},
}


@pytest.mark.parametrize("honoured", [True, False], ids=["created honoured", "created ignored"])
@pytest.mark.parametrize("first", [True, False], ids=["first create of all", "not the first"])
@pytest.mark.parametrize("alike", LOOK_ALIKES)
@pytest.mark.parametrize("siret", [True, False], ids=["SIRET", "no SIRET"])
def test_blind_search_late_commit_and_a_look_alike(honoured: bool, first: bool, alike: str, siret: bool) -> None:
    """Searches are blind for 60 s; the POST is committed 20 s after the client gave up; a person creates a look-alike
    in that minute. One record of ours, and nobody else's is taken for it."""
    [firm, before] = sample_companies(2, 4)
    ours = tiers(firm, 0) if siret else {k: v for k, v in tiers(firm, 0).items() if k not in ("siret", "siren")}
    switches = {"search_lag": 60, "created_honoured": honoured}
    already = [] if first else [tiers(before, 1)]
    with (
        Town({"switches": switches}, {"tiers": already}, timing=TIMING, served=False) as town,
        town.runtime(MemoryLedgers(town.clock)) as runtime,
    ):
        initialise(runtime)
        runtime.clock.sleep(TIMING.stale_after_write)
        fault = {"path": "^/v2/companies$", "methods": ["POST"], "effect": "late_commit", "seconds": 50}
        town.sellsy("PUT", "switches", {"faults": [fault]})
        body = {key: value for key, value in ours.items() if key != "id"}
        mine = town.altior("POST", "tiers", {"corps": body})
        name = mine["raison_sociale"]
        document = LOOK_ALIKES[alike]({"name": name, "email": firm.email})
        if document:
            town.sellsy_later(25, "POST", "records/companies", document)
        until_quiet(runtime)
        records = [c for c in town.companies() if c["name"] == name]
        theirs = [c for c in records if c["phone_number"] is None]
        assert len(records) - len(theirs) == 1, "exactly one record of ours"
        assert len(theirs) == (1 if document else 0)
        [shown] = [t for t in town.tiers() if t["raison_sociale"] == name]
        [own] = [c for c in records if c not in theirs]
        stamps = shown["references_externes"]
        adopted = [f"sellsy:97417:company:{own['id']}"]
        if honoured or not document:
            assert stamps == adopted
            assert own["sa"] is True
        else:
            # An account that ignores `created` cannot say which is ours: a person does.
            assert stamps in (adopted, [])
            if not stamps:
                assert [c.code for c in runtime.ledger.cards()] == ["create_unsure"]
        assert all(c["sa"] is None for c in theirs), "a person's record was ticked"
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)


@pytest.mark.parametrize("same_siret", [False, True], ids=["another firm", "the same SIRET"])
def test_a_record_that_a_person_makes_in_the_very_second_of_a_create_that_never_arrived(same_siret: bool) -> None:
    """That both are clients in one hand tells nobody apart: another firm stays what it is. One of the same SIRET is
    taken, and what it lacks is not emptied in Altior."""
    [firm, before] = sample_companies(2, 4)
    with Town({}, {"tiers": [tiers(before, 1)]}, timing=TIMING, served=False) as town:
        with town.runtime(MemoryLedgers()) as runtime:
            initialise(runtime)
            until_quiet(runtime)
        with town.runtime(runtime.ledgers) as runtime:
            runtime.clock.sleep(TIMING.stale_after_write)
            fault = {"path": "^/v2/companies$", "methods": ["POST"], "effect": "drop_before", "times": 1}
            town.sellsy("PUT", "switches", {"faults": [fault]})
            body = {key: value for key, value in tiers(firm, 0).items() if key != "id"}
            mine = town.altior("POST", "tiers", {"corps": body})
            document = {"type": "client", "name": "Saisie par une personne"}
            if same_siret:
                document["legal_france"] = {"siret": mine["siret"]}
            seconds: list[str] = []

            def at(point: str) -> None:
                open_ones = runtime.ledger.announcements(creates_of="third_party") if point == "announced" else ()
                for second in (a.created for a in open_ones if a.created is not None and not seconds):
                    seconds.append(second.isoformat())
                    town.sellsy("POST", "records/companies", document | {"created": seconds[0]})

            runtime.at = at
            until_quiet(runtime)
        assert seconds
        [theirs, *made] = town.companies()[1:]
        [shown] = [one for one in town.tiers() if one["id"] == mine["id"]]
        untouched = ("raison_sociale", "siret", "siren", "telephones", "roles")
        assert {name: shown[name] for name in untouched} == {name: mine[name] for name in untouched}
        if same_siret:
            assert not made
            assert theirs["name"] == mine["raison_sociale"]
            assert "Saisie par une personne" in {e.other for e in runtime.ledger.journal() if e.action == "conflict"}
        else:
            assert (theirs["name"], theirs["sa"]) == ("Saisie par une personne", None)
            assert [one["name"] for one in made] == [mine["raison_sociale"]]
        bound = made[0] if made else theirs
        assert shown["references_externes"] == [f"sellsy:97417:company:{bound['id']}"]


@pytest.mark.parametrize("honoured", [True, False])
def test_a_post_that_never_arrived_is_sent_again_once(honoured: bool) -> None:
    [firm] = sample_companies(1, 4)
    fault = {"path": "^/v2/companies$", "methods": ["POST"], "effect": "drop_before"}
    with Town(
        {"switches": {"faults": [fault], "created_honoured": honoured}},
        {"tiers": [tiers(firm, 0)]},
        timing=TIMING,
        served=False,
    ) as town:
        with town.runtime(MemoryLedgers(town.clock)) as runtime:
            initialise(runtime)
            until_quiet(runtime)
        [one] = town.companies()
        assert one["sa"] is True


# -- stale writes


def test_a_stale_write_never_overwrites_an_edit_in_altior() -> None:
    """A person saves in Altior between our reading and our write: If-Match refuses ours, both edits are settled by
    policy, and the person's value of another field stays."""
    [firm] = sample_companies(1, 4)
    with Town({"companies": [company(firm, 0, True)]}, timing=QUICK, served=False) as town:
        with town.runtime(MemoryLedgers(town.clock)) as runtime:
            initialise(runtime)
            sync(runtime)
        with town.runtime(runtime.ledgers) as runtime:
            [there] = town.tiers()
            armed = [True]

            def at(point: str) -> None:
                if point == "announced" and armed:
                    armed.clear()
                    body = {"raison_sociale": "Saisie dans Altior", "naf": "4332A"}
                    town.altior("PATCH", f"tiers/{there['id']}", {"corps": body})

            runtime.at = at
            town.sellsy("PATCH", "records/companies/3001", {"name": "Saisie dans Sellsy"})
            until_quiet(runtime)
            assert not armed
            [here], [there] = town.companies(), town.tiers()
            assert here["name"] == there["raison_sociale"] == "Saisie dans Altior"
            assert there["naf"].replace(".", "") == "4332A"
            lost = {str(v) for e in runtime.ledger.journal() for v in (e.before, e.after, e.other)}
            assert "Saisie dans Sellsy" in lost


def test_sellsy_is_read_again_at_most_two_seconds_before_it_is_written() -> None:
    """A person saves in Sellsy after our reading; our write is prepared late: the record is read again first."""
    [firm] = sample_companies(1, 4)
    timing = QUICK.model_copy(update={"read_to_write": 0.4})
    with Town({"companies": [company(firm, 0, True)]}, timing=timing, served=False) as town:
        with town.runtime(MemoryLedgers(town.clock)) as runtime:
            initialise(runtime)
            sync(runtime)
        with town.runtime(runtime.ledgers) as runtime:
            [there] = town.tiers()
            armed = [True]

            def at(point: str) -> None:
                if point == "announced" and armed:
                    armed.clear()
                    town.sellsy("PATCH", "records/companies/3001", {"email": "personne@example.test"})
                    runtime.clock.sleep(timing.read_to_write * 1.5)  # a suspended process wakes up

            runtime.at = at
            body = {"emails": [{"type": "Principal", "adresse": "altior@example.test"}]}
            element = there["emails"][0]["id"]
            body["emails"][0]["id"] = element
            town.altior("PATCH", f"tiers/{there['id']}", {"corps": body})
            until_quiet(runtime)
            assert not armed
            [here], [there] = town.companies(), town.tiers()
            assert here["email"] == there["emails"][0]["adresse"] == "personne@example.test"
            told = {str(v) for e in runtime.ledger.journal() for v in (e.before, e.after, e.other)}
            assert "altior@example.test" in told


# -- notifications and rights


def test_rights_taken_away_pause_the_environment_and_given_back_it_goes_on() -> None:
    [firm] = sample_companies(1, 4)
    with (
        Town({"companies": [company(firm, 0, True)]}, served=False) as town,
        town.runtime(MemoryLedgers(town.clock)) as runtime,
    ):
        initialise(runtime)
        sync(runtime)
        scopes = [s for s in default_settings().client.scopes if s.startswith("companies")]
        town.sellsy("PUT", "switches", {"scopes_removed": scopes})
        town.sellsy("PATCH", "records/companies/3001", {"name": "Pendant la pause"})
        runtime.schedules(runtime.clock.now())
        environment = runtime.ledger.environment()
        assert environment.status is EnvironmentStatus.PAUSED
        assert "companies.read" in environment.paused_reason
        assert "stopped" in [c.code for c in runtime.ledger.cards()]
        town.sellsy("PUT", "switches", {"scopes_removed": []})
        environments.resume(runtime.ledger, runtime.clock, "Claire Martin")
        sync(runtime)
        assert [t["raison_sociale"] for t in town.tiers()] == ["Pendant la pause"]
        assert "stopped" not in [c.code for c in runtime.ledger.cards()]
