"""Other accounts, re-seeded and restored servers, hidden records: zero writes, zero closings, one card. Over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from altior_sellsy.clock import SystemClock
from altior_sellsy.errors import Refused
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Card, EnvironmentStatus, Look
from altior_sellsy.sandbox.companies import SampleCompany, sample_companies
from altior_sellsy.sandbox.sellsy.settings import CLIENT_SECRET
from altior_sellsy.sellsy.webhooks import Event
from altior_sellsy.service import environments, signals
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company, tiers
from tests.acceptance.town import QUICK, Town

SIZE = 24
TIMING = QUICK.model_copy(update={"gone_gap": 0.2, "backoff_first": 0.05, "backoff_most": 0.2})
OTHER_ACCOUNT = {"id": 20311, "uuid": "11111111-2222-4333-8444-555555555555", "name": "Toitures du Nord"}


@contextmanager
def running() -> Iterator[tuple[Town, Runtime]]:
    """Twenty-four companies descended, twelve tiers ascended, nothing left to do."""
    firms = sample_companies(SIZE * 3 // 2, 3)
    with Town(
        {"companies": [company(f, n, True) for n, f in enumerate(firms[:SIZE])]},
        {"tiers": [tiers(f, n) for n, f in enumerate(firms[SIZE:])]},
        timing=TIMING,
    ) as town:
        ledgers = MemoryLedgers()
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
            sync(runtime)
            assert len(runtime.ledger.all_pairs()) == SIZE * 3 // 2
            town.forget_writes()
            # From here on a list that does not show what we have made is no list that lags.
            runtime.clock.sleep(TIMING.stale_after_write)
        with town.runtime(ledgers) as runtime:
            yield town, runtime


def people_go_on(town: Town) -> None:
    """Edits on both sides, that must reach nobody else's records."""
    for one in town.companies()[:6]:
        town.sellsy("PATCH", f"records/companies/{one['id']}", {"name": f"{one['name']} ici"})
    for one in town.tiers()[-6:]:
        town.altior("PATCH", f"tiers/{one['id']}", {"corps": {"raison_sociale": f"{one['raison_sociale']} là"}})


def attempt(runtime: Runtime, *, times: int = 3) -> None:
    """Whatever may start work, several times: the command, notifications of every record, the schedules, drains."""
    for _ in range(times):
        with suppress(Refused):
            sync(runtime)
        now = runtime.clock.now()
        runtime.ledger.mark(
            Look(reference, "third_party", "webhook client.updated", now, live=True)
            for pair in runtime.ledger.all_pairs()
            for reference in (pair.sellsy, pair.altior)
        )
        runtime.schedules(now)
        runtime.drain()
        runtime.clock.sleep(TIMING.gone_gap)


def assert_stopped(town: Town, runtime: Runtime, code: str) -> Card:
    """Nothing written, nothing closed, one card for the whole environment, and it says so when asked."""
    assert town.writes() == (0, 0)
    assert len(runtime.ledger.all_pairs()) == SIZE * 3 // 2
    [card] = runtime.ledger.cards()
    assert (card.reference, card.code) == (None, code)
    environment = runtime.ledger.environment()
    assert environment.status is EnvironmentStatus.PAUSED
    assert environment.paused_reason == card.sentence
    return card


def another_secret(town: Town, runtime: Runtime) -> None:
    town.sellsy("PATCH", "settings", {"account": OTHER_ACCOUNT, "client": {"secret": "secret-du-nord"}})
    town.sellsy("POST", "tokens/revoke")
    runtime.ledger.set_secret("sellsy_client_secret", "secret-du-nord")


def another_account(town: Town, runtime: Runtime) -> None:
    town.sellsy("PATCH", "settings", {"account": OTHER_ACCOUNT})


def another_account_by_uuid(town: Town, runtime: Runtime) -> None:
    town.sellsy("PATCH", "settings", {"account": {"uuid": OTHER_ACCOUNT["uuid"]}})


@pytest.mark.parametrize("swap", [another_secret, another_account, another_account_by_uuid])
def test_another_account_stops_everything(swap: Callable[[Town, Runtime], None]) -> None:
    with running() as (town, runtime):
        swap(town, runtime)
        people_go_on(town)
        attempt(runtime)
        card = assert_stopped(town, runtime, "wrong_account")
        assert "rien n'est écrit" in card.sentence


def test_with_the_right_account_again_everything_is_caught_up() -> None:
    with running() as (town, runtime):
        mine = town.sellsy("GET", "settings")["account"]
        another_secret(town, runtime)
        people_go_on(town)
        attempt(runtime)
        environments.resume(runtime.ledger, runtime.clock, "Claire Martin")
        runtime.close()
        attempt(runtime, times=1)  # resumed, and nothing was put right
        assert_stopped(town, runtime, "wrong_account")
        town.sellsy("PATCH", "settings", {"account": mine, "client": {"secret": CLIENT_SECRET}})
        runtime.ledger.set_secret("sellsy_client_secret", CLIENT_SECRET)
        runtime.ledger.set_secret("sellsy_token", "")
        environments.resume(runtime.ledger, runtime.clock, "Claire Martin")
        runtime.close()
        sync(runtime)
        names = {c["legal_france"]["siret"]: c["name"] for c in town.companies()}
        assert names == {t["siret"]: t["raison_sociale"] for t in town.tiers()}
        assert sum(name.endswith((" ici", " là")) for name in names.values()) == 12
        assert runtime.ledger.cards() == []


def test_a_secret_of_another_account_is_met_by_a_drain_alone() -> None:
    with running() as (town, runtime):
        another_secret(town, runtime)
        people_go_on(town)
        now = runtime.clock.now()
        runtime.ledger.mark(Look(p.altior, "third_party", "feed", now, live=True) for p in runtime.ledger.all_pairs())
        assert runtime.drain().paused
        assert_stopped(town, runtime, "wrong_account")


def test_a_re_seeded_sellsy_stops_everything() -> None:
    """The same account and ids, other records."""
    with running() as (town, runtime):
        others = sample_companies(SIZE * 3 // 2, 99)
        ids = [c["id"] for c in town.companies()]
        records = [
            company(firm, 0, True) | {"id": id, "created": f"2025-03-{n % 27 + 1:02}T09:00:00+01:00"}
            for n, (id, firm) in enumerate(zip(ids, others, strict=True))
        ]
        town.sellsy("POST", "reset", {"scenario": {"companies": records}})
        attempt(runtime)
        assert_stopped(town, runtime, "other_records")


def test_notifications_of_a_re_seeded_sellsy_stop_everything_too() -> None:
    with running() as (town, runtime):
        ids = [c["id"] for c in town.companies()]
        firms = sample_companies(len(ids), 99)
        records = [
            company(f, 0, True) | {"id": i, "created": "2025-03-02T09:00:00+01:00"}
            for i, f in zip(ids, firms, strict=True)
        ]
        town.sellsy("POST", "reset", {"scenario": {"companies": records}})
        for one in runtime.ledger.all_pairs():
            signals.note(
                runtime.ledger, Event("company", one.sellsy.id, "", "client.updated", None), runtime.clock.now()
            )
        runtime.drain()
        assert_stopped(town, runtime, "other_records")


@pytest.mark.parametrize("hidden_get", ["shown", "forbidden", "missing"])
def test_half_of_sellsy_hidden(hidden_get: str) -> None:
    """Reduced rights: no record is taken for deleted, whatever a direct read of it answers."""
    with running() as (town, runtime):
        town.sellsy("PUT", "switches", {"hide_modulo": 2, "hidden_get": hidden_get})
        people_go_on(town)
        with pytest.raises(Refused):
            sync(runtime)
        assert_stopped(town, runtime, "missing_many")
        attempt(runtime)
        assert_stopped(town, runtime, "missing_many")


@pytest.mark.parametrize("hidden_get", ["shown", "forbidden", "missing"])
def test_half_of_sellsy_hidden_met_by_signals_alone(hidden_get: str) -> None:
    with running() as (town, runtime):
        town.sellsy("PUT", "switches", {"hide_modulo": 2, "hidden_get": hidden_get})
        hidden = [p for p in runtime.ledger.all_pairs() if int(p.sellsy.id) % 2 == 0]
        for _ in range(4):
            now = runtime.clock.now()
            runtime.ledger.mark(Look(p.altior, "third_party", "feed", now, live=True) for p in hidden)
            runtime.drain()
            runtime.clock.sleep(TIMING.gone_gap * 1.1)
        assert town.writes() == (0, 0)
        assert len(runtime.ledger.all_pairs()) == SIZE * 3 // 2
        cards = runtime.ledger.cards()
        assert len(cards) == (0 if hidden_get == "shown" else 1)


def test_half_of_altior_hidden() -> None:
    with running() as (town, runtime):
        town.altior("PUT", "switches", {"hide": 0.5})
        with pytest.raises(Refused):
            sync(runtime)
        attempt(runtime)
        assert_stopped(town, runtime, "missing_many")


def test_deletions_that_a_person_confirms_by_resuming_are_carried_out() -> None:
    with running() as (town, runtime):
        for one in town.companies()[:16]:
            town.sellsy("DELETE", f"records/companies/{one['id']}")
        attempt(runtime)
        assert_stopped(town, runtime, "missing_many")
        environments.resume(runtime.ledger, runtime.clock, "Claire Martin")
        for _ in range(3):
            sync(runtime)
            runtime.clock.sleep(TIMING.gone_gap)
        assert len(runtime.ledger.all_pairs()) == SIZE * 3 // 2 - 16
        assert town.writes() == (0, 0)
        assert len(town.tiers()) == SIZE * 3 // 2


def test_an_altior_restored_with_reused_ids_leads_to_cards_and_no_write() -> None:
    firms: list[SampleCompany] = sample_companies(30, 8)
    with Town(
        {"companies": [company(f, n, n < 8) for n, f in enumerate(firms[:16])]},
        {"tiers": [tiers(f, n) for n, f in enumerate(firms[16:20])]},
        timing=TIMING,
    ) as town:
        backup = town.altior("POST", "snapshot")["snapshot"]
        with town.runtime(MemoryLedgers()) as runtime:
            initialise(runtime)
            sync(runtime)
            given = {p.altior.id for p in runtime.ledger.all_pairs()}
            before = town.companies()
            runtime.clock.sleep(TIMING.stale_after_write)  # what lags behind our writes is no other record
            town.altior("POST", "restore", {"snapshot": backup})
            for firm in firms[20:28]:  # people go on, and the ids are given again
                body = {k: v for k, v in tiers(firm, 0).items() if k != "id"}
                town.altior("POST", "tiers", {"corps": body})
            assert {t["id"] for t in town.tiers()} == given
            restored = town.tiers()
            town.forget_writes()
            attempt(runtime)
            assert town.writes() == (0, 0)
            assert town.companies() == before
            assert town.tiers() == restored
            assert len(runtime.ledger.all_pairs()) == 12
            assert [(c.reference, c.code) for c in runtime.ledger.cards()] == [(None, "other_records")]


def test_one_restored_tiers_is_one_card_and_the_others_go_on() -> None:
    """Somebody took our reference from one record: only that one rests."""
    with running() as (town, runtime):
        [first, second, *_] = town.tiers()
        [stamp] = first["references_externes"]
        town.altior(
            "PATCH", f"tiers/{first['id']}", {"corps": {"references_externes": [{"id": stamp, "supprimer": True}]}}
        )
        town.altior("PATCH", f"tiers/{second['id']}", {"corps": {"raison_sociale": "Les autres continuent"}})
        town.forget_writes()
        sync(runtime)
        assert [(str(c.reference), c.code) for c in runtime.ledger.cards()] == [(stamp, "stamp_missing")]
        assert [c for c in town.companies() if c["name"] == "Les autres continuent"]


def test_another_altior_environment_stops_everything() -> None:
    with running() as (town, runtime), Town(altior_options={"environment": "Toitures du Nord"}) as other:
        urls = {**runtime.ledger.environment().urls, "altior": other.altior_url}
        from altior_sellsy.ledger.port import Changes

        runtime.ledger.commit(Changes(environment={"urls": urls}), None)
        people_go_on(town)
        attempt(runtime)
        assert_stopped(town, runtime, "wrong_account")
        assert other.writes() == (0, 0)


def test_a_notification_of_another_account_is_a_card_and_no_look() -> None:
    ledgers = MemoryLedgers()
    with Town() as town:
        ledger = town.runtime(ledgers).ledger
    now = SystemClock().now()
    assert signals.note(ledger, Event("company", "12", "97417", "client.updated", None), now)
    for _ in range(3):
        assert not signals.note(ledger, Event("company", "13", "20311", "client.updated", None), now)
    assert [look.reference for look in ledger.looks()] == [Reference(Side.SELLSY, "97417", "company", "12")]
    [card] = ledger.cards()
    assert (card.code, card.count) == ("other_webhook", 3)
