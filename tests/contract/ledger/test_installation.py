"""Environments, what is unique among them (histories 24), secrets, plans, locks."""

import threading
from typing import Any

import pytest

from altior_sellsy.ledger.model import EnvironmentStatus, Planned, RequestVersion
from altior_sellsy.ledger.port import Changes, Ledger, Ledgers, Taken
from altior_sellsy.values.reference import Volet
from tests.contract.ledger.records import KIND, NOON, altior, at, environment, look, sellsy


def test_an_environment_comes_back_as_it_went(ledgers: Ledgers) -> None:
    whole = environment(
        status=EnvironmentStatus.TO_APPROVE,
        settings={"tiers": {"export": True, "kinds": ["client"]}},
        urls={"sellsy": "http://127.0.0.1:1", "altior": "http://127.0.0.1:2"},
        account_id="97417",
        account_uuid="u-1",
        activated_at=at(-5),
        approved_by="Claire",
        cursors={"feed": "1"},
        webhook_token="t0k",
    )
    ledger = ledgers.add(whole)
    assert ledger.name == "menuiserie"
    assert ledger.environment() == whole
    assert ledgers.open("menuiserie").environment() == whole
    assert ledgers.environments() == [whole]


def test_an_unknown_name_is_a_lookup_error(ledgers: Ledgers) -> None:
    with pytest.raises(LookupError):
        ledgers.open("inconnu")


def test_a_name_is_used_once(ledgers: Ledgers, ledger: Ledger) -> None:
    with pytest.raises(Taken, match="nom"):
        ledgers.add(environment(altior_name="Autre"))


def test_one_environment_per_account_unless_stopped(ledgers: Ledgers) -> None:
    first = ledgers.add(environment("a", account_id="97417"))
    with pytest.raises(Taken, match="compte Sellsy"):
        ledgers.add(environment("b", account_id="97417"))
    ledgers.add(environment("c"))
    ledgers.add(environment("d"))  # accounts that are not known yet are not equal
    first.commit(Changes(environment={"status": "stopped"}), None)
    ledgers.add(environment("b", account_id="97417"))
    assert [e.name for e in ledgers.environments()] == ["a", "b", "c", "d"]


def test_an_account_learnt_later_is_checked_too(ledgers: Ledgers) -> None:
    ledgers.add(environment("a", account_id="97417"))
    later = ledgers.add(environment("b"))
    with pytest.raises(Taken):
        later.commit(Changes(environment={"account_id": "97417"}), None)
    assert later.environment().account_id == ""


def test_one_environment_per_altior_unless_stopped(ledgers: Ledgers) -> None:
    ledgers.add(environment("a", altior_name="Menuiserie Léo"))
    with pytest.raises(Taken, match="environnement Altior"):
        ledgers.add(environment("b", altior_name="MENUISERIE LÉO "))
    ledgers.add(environment("b", altior_name="MENUISERIE LÉO ", status=EnvironmentStatus.STOPPED))


def test_an_environment_is_found_by_its_webhook(ledgers: Ledgers) -> None:
    ledgers.add(environment("a", webhook_token="aaa"))
    ledgers.add(environment("b", webhook_token="bbb"))
    ledgers.add(environment("c"))
    found = ledgers.by_webhook("bbb")
    assert found is not None
    assert found.name == "b"
    assert ledgers.by_webhook("zzz") is None
    assert ledgers.by_webhook("") is None


def test_environments_with_due_looks_that_may_run(ledgers: Ledgers) -> None:
    for name, status, due in (
        ("bulk", "active", 0),
        ("later", "active", 10),
        ("paused", "paused", 0),
        ("stopped", "stopped", 0),
        ("initialising", "initialising", -1),
    ):
        ledger = ledgers.add(environment(name, status=EnvironmentStatus(status)))
        ledger.mark([look(sellsy(1), due=due, live=name == "initialising")])
    ledgers.add(environment("idle"))
    assert ledgers.due(NOON) == ["bulk", "initialising"]
    assert ledgers.due(at(10)) == ["bulk", "initialising", "later"]


def test_a_removed_environment_is_gone_with_all_it_held(ledgers: Ledgers, ledger: Ledger) -> None:
    ledger.mark([look(sellsy(1))])
    ledger.set_secret("altior_token", "s")
    ledger.save_plan({"a": 1})
    ledgers.remove(ledger.name)
    with pytest.raises(LookupError):
        ledgers.open(ledger.name)
    again = ledgers.add(environment())
    assert (again.looks(), again.secret("altior_token"), again.plan()) == ([], None, None)


def test_secrets_come_back_and_belong_to_their_environment(ledgers: Ledgers, ledger: Ledger) -> None:
    other = ledgers.add(environment("autre"))
    assert ledger.secret("altior_token") is None
    ledger.set_secret("altior_token", "jeton-é")
    other.set_secret("altior_token", "autre")
    ledger.set_secret("sellsy_client_secret", "s3")
    assert ledgers.open("menuiserie").secret("altior_token") == "jeton-é"
    ledger.set_secret("altior_token", "nouveau")
    assert (ledger.secret("altior_token"), other.secret("altior_token")) == ("nouveau", "autre")


def test_the_rows_of_a_plan_by_number_decision_and_record(ledger: Ledger) -> None:
    def row(number: int, decision: str, **more: Any) -> Planned:
        return Planned(number, sellsy(number), KIND, Volet.VENTE, f"Fiche {number}", decision, **more)

    first = row(0, "create", data={"held": {"siret": "Le SIRET n'est pas valide."}})
    linked = row(1, "link", code="siret", other=altior(501), frozen=True)
    ledger.save_plan({"started": "hier"}, [row(7, "create")])
    ledger.save_plan({"started": "ce matin"}, iter([first, linked, row(2, "exclude")]))
    assert ledger.plan_rows() == [first, linked, row(2, "exclude")]
    assert ledger.plan_rows(after=0, limit=1) == [linked]
    assert ledger.plan_rows(decisions=("create", "link")) == [first, linked]
    assert ledger.plan_rows_of([sellsy(1), sellsy(99)]) == [linked]
    ledger.commit(Changes(release=[1]), None)
    assert [r.number for r in ledger.plan_rows(released=True)] == [1]
    assert [r.number for r in ledger.plan_rows(released=False)] == [0, 2]
    ledger.save_plan({})
    assert ledger.plan_rows() == []


def test_the_plan_is_the_last_one_saved(ledger: Ledger) -> None:
    assert ledger.plan() is None
    ledger.save_plan({"create": [1, 2], "started": "2026-03-12T12:00:00+00:00"})
    ledger.save_plan({"create": []})
    assert ledger.plan() == {"create": []}


def test_request_versions_in_the_order_they_were_filed(ledger: Ledger) -> None:
    versions = [
        RequestVersion("DEM-2026-0042", at(n), "Claire", {"general": {"export": n}}, "Envoyée") for n in range(3)
    ]
    for version in versions:
        ledger.add_request_version(version)
    assert list(ledger.request_versions()) == versions


def test_an_environment_is_added_with_its_secrets_and_its_request(ledgers: Ledgers) -> None:
    filed = [RequestVersion(f"DEM-2026-000{n}", at(n), "Claire", {"a": n}, "validated") for n in (1, 2)]
    first = ledgers.add(environment("a"), secrets={"altior_token": "jeton-é", "webhook_key": "k"}, version=filed[0])
    ledgers.add(environment("b"), version=filed[1])
    first.add_request_version(RequestVersion("DEM-2026-0001-2", at(3), "Claire", {}, "sent"))
    opened = ledgers.open("a")
    assert (opened.secret("altior_token"), opened.secret("webhook_key")) == ("jeton-é", "k")
    assert opened.request_versions()[0] == filed[0]
    assert sorted(ledgers.request_numbers()) == ["DEM-2026-0001", "DEM-2026-0001-2", "DEM-2026-0002"]
    ledgers.remove("a")
    assert list(ledgers.request_numbers()) == ["DEM-2026-0002"]


def test_exclusive_lets_one_in_at_a_time(ledgers: Ledgers) -> None:
    inside, leave, second_in = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with ledgers.exclusive("token:97417")():
            inside.set()
            leave.wait(10)

    def second() -> None:
        with ledgers.exclusive("token:97417")():
            second_in.set()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    with ledgers.exclusive("token:other")():
        assert not second_in.wait(0.2)
    leave.set()
    assert second_in.wait(10)
    for thread in threads:
        thread.join(10)


def test_exclusive_opens_again_after_an_error(ledgers: Ledgers) -> None:
    with pytest.raises(RuntimeError), ledgers.exclusive("k")():
        raise RuntimeError
    with ledgers.exclusive("k")():
        pass
