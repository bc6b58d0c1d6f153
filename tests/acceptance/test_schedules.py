"""What the tick starts: the rolling scan, the sweep by modification time, the nightly repair of our webhook."""

import threading
from datetime import datetime, timedelta

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import subscription, sweep
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

URL = "https://connecteur.example.test"


def account(size: int, **switches: object) -> dict[str, object]:
    records = [company(f, n, True) for n, f in enumerate(sample_companies(size, 3))]
    return {"companies": records, "switches": switches}


def later(runtime: Runtime, seconds: float) -> None:
    runtime.schedules(runtime.clock.now() + timedelta(seconds=seconds))


def asked(town: Town) -> list[str]:
    return [call for call, number in town.sellsy("GET", "calls")["by"].items() for _ in range(number)]


# -- the sweep


def test_the_sweep_finds_what_changed_and_only_marks() -> None:
    with Town(account(130)) as town, town.runtime(MemoryLedgers()) as runtime:
        initialise(runtime)
        sync(runtime)
        sweep.run(runtime)
        runtime.drain()
        town.sellsy("PATCH", "records/companies/3005", {"name": "Balayée"})
        town.sellsy("PATCH", "records/companies/3125", {"name": "Balayée aussi"})
        town.forget_writes()
        assert sweep.run(runtime) == 2
        assert town.writes() == (0, 0)
        assert sorted(look.reference.id for look in runtime.ledger.looks()) == ["3005", "3125"]
        runtime.drain()
        assert {"Balayée", "Balayée aussi"} <= {t["raison_sociale"] for t in town.tiers()}
        assert sweep.run(runtime) == 0


def test_the_window_is_closed_on_the_clock_of_sellsy() -> None:
    """Four minutes of skew either way lose nothing: both ends are Sellsy's own time, and windows overlap."""
    for skew in (-240, 240):
        with Town(account(3, clock_skew=skew)) as town, town.runtime(MemoryLedgers()) as runtime:
            initialise(runtime)
            sync(runtime)
            sweep.run(runtime)
            runtime.drain()
            kept = runtime.ledger.environment().cursors["sweep_from"]
            off = (runtime.sellsy.server_time - runtime.clock.now()).total_seconds()
            assert abs(off - skew) < 3
            assert abs((datetime.fromisoformat(kept) - runtime.clock.now()).total_seconds() - skew) < 3
            town.sellsy("PATCH", "records/companies/3001", {"name": "Décalée"})
            runtime.clock.sleep(1.1)  # Sellsy's Date has whole seconds: the edit lies before the next start
            assert sweep.run(runtime) == 1


def test_a_failed_sweep_leaves_its_window_open() -> None:
    with Town(account(3)) as town, town.runtime(MemoryLedgers()) as runtime:
        initialise(runtime)
        sync(runtime)
        sweep.run(runtime)
        runtime.drain()
        start = runtime.ledger.environment().cursors["sweep_from"]
        town.sellsy("PATCH", "records/companies/3001", {"name": "Pendant la panne"})
        fault = {"path": "companies/search", "effect": "status", "status": 503}
        town.sellsy("PUT", "switches", {"faults": [fault]})
        runtime.clock.sleep(1.1)
        later(runtime, 3600)
        assert runtime.ledger.environment().cursors["sweep_from"] == start
        assert sweep.run(runtime) >= 0
        runtime.drain()
        assert "Pendant la panne" in {t["raison_sociale"] for t in town.tiers()}


# -- the rolling scan


def test_two_workers_do_not_scan_twice(ledgers: Ledgers) -> None:
    """On PostgreSQL: both ticks come at once, one turn is made."""
    with Town(account(250)) as town:
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
            sync(runtime)
            now = runtime.clock.now()
            later(runtime, 0)  # the first turn of everything
            due = runtime.ledger.environment().cursors["scan_due"]
            assert due > now.isoformat()
        town.sellsy("DELETE", "calls")
        ledgers.open("menuiserie-leo").commit(Changes(cursors={"scan_due": now.isoformat()}), None)
        together = threading.Barrier(2)

        def tick() -> None:
            from django.db import connection

            with town.runtime(ledgers) as own:
                _ = own.engine
                together.wait()
                own.schedules(own.clock.now())
            connection.close()

        workers = [threading.Thread(target=tick) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        pages = [call for call in asked(town) if call == "GET /v2/companies"]
        assert len(pages) == 3


def test_a_turn_whose_worker_died_goes_on_from_its_page() -> None:
    with Town(account(450)) as town, town.runtime(MemoryLedgers()) as runtime:
        initialise(runtime)
        sync(runtime)
        later(runtime, 0)
        town.sellsy("DELETE", "calls")
        town.sellsy(
            "PUT",
            "switches",
            {"faults": [{"path": "^/v2/companies$", "methods": ["GET"], "effect": "status", "skip": 2}]},
        )
        later(runtime, runtime.timing.scan_every + 5)
        assert runtime.ledger.environment().cursors["scan_position"] is not None
        later(runtime, runtime.timing.scan_every + 120)
        assert runtime.ledger.environment().cursors["scan_position"] is None
        pages = [call for call in asked(town) if call == "GET /v2/companies"]
        assert len(pages) == 5  # none twice; the one that failed never came to be counted


# -- our webhook


def test_our_webhook_is_repaired_at_night() -> None:
    with Town(account(1)) as town, town.runtime(MemoryLedgers()) as runtime:
        runtime.public_url = URL
        initialise(runtime)
        later(runtime, 0)
        [ours] = runtime.sellsy.webhooks()
        assert ours.endpoint == f"{URL}/webhooks/sellsy/jeton/"
        runtime.sellsy.delete_webhook(ours.id)
        later(runtime, 3600)
        assert runtime.sellsy.webhooks() == []
        later(runtime, 25 * 3600)
        [again] = runtime.sellsy.webhooks()
        assert again.endpoint == ours.endpoint
        assert again.is_enabled
        runtime.sellsy.update_webhook(
            again.id, {"endpoint": ours.endpoint, "is_enabled": False, "configuration": [], "sign_key": "x"}
        )
        assert subscription.ensure(runtime, URL) == again.id
        [repaired] = runtime.sellsy.webhooks()
        assert repaired.is_enabled
        actions = {e.action for e in runtime.ledger.journal()}
        assert {"webhook_created", "webhook_repaired"} <= actions


def test_our_webhook_is_repaired_when_deliveries_failed_or_we_moved_and_not_every_night_again() -> None:
    with Town(account(1)) as town, town.runtime(MemoryLedgers()) as runtime:
        initialise(runtime)
        runtime.public_url = "http://127.0.0.1:9"  # nobody listens there
        first = subscription.ensure(runtime, runtime.public_url)
        town.sellsy("PATCH", "records/companies/3001", {"name": "Nouveau nom"})
        town.sellsy("GET", "deliveries")
        [ours] = runtime.sellsy.webhooks()
        assert ours.nb_failures
        for _ in range(3):
            assert subscription.ensure(runtime, runtime.public_url) == first
        assert [e.action for e in runtime.ledger.journal()].count("webhook_repaired") == 1
        assert subscription.ensure(runtime, "http://127.0.0.1:10") == first
        [moved] = runtime.sellsy.webhooks()
        assert moved.endpoint == "http://127.0.0.1:10/webhooks/sellsy/jeton/"
        assert [e.action for e in runtime.ledger.journal()].count("webhook_repaired") == 2
