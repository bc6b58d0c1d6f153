"""What only shows on PostgreSQL: several connections, what lies in the tables, how many statements."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from django.core.management import call_command
from django.db import DataError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import Refused
from altior_sellsy.ledger.django_app.models import LookRow, SecretRow
from altior_sellsy.ledger.django_app.store import DjangoLedgers
from altior_sellsy.ledger.model import RequestVersion
from altior_sellsy.ledger.port import Changes, LeaseLost, Ledger, Taken, Window
from altior_sellsy.values.reference import Side
from tests.contract.ledger.records import (
    KIND,
    NOON,
    altior,
    at,
    card,
    create,
    entry,
    environment,
    look,
    pair,
    sellsy,
    sighting,
)

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
DEADLINE = 20


@pytest.fixture
def ledgers(clock: ManualClock) -> DjangoLedgers:
    return DjangoLedgers(clock)


@pytest.fixture
def aside() -> Iterator[Callable[[Callable[[], T]], "Future[T]"]]:
    """Runs a function on a connection of its own."""
    with ThreadPoolExecutor(4) as threads:

        def submit(work: Callable[[], T]) -> "Future[T]":
            def run() -> T:
                try:
                    return work()
                finally:
                    connections.close_all()

            return threads.submit(run)

        yield submit


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def until_blocked(number: int = 1) -> None:
    done = threading.Event()
    for _ in range(DEADLINE * 100):
        if waiting_for_a_lock() >= number:
            return
        done.wait(0.01)
    raise AssertionError("nobody waits for a lock")


# -- epoch


def test_who_takes_over_waits_for_a_commit_under_way_and_fences_the_next(
    ledger: Ledger, aside: Callable[..., "Future[Any]"]
) -> None:
    first = ledger.lease("worker-1", NOON, 8)
    with transaction.atomic():
        ledger.commit(Changes(pairs=[pair(1)]), first)
        taking = aside(lambda: ledger.lease("worker-2", at(9), 8))
        until_blocked()
    second = taking.result(DEADLINE)
    assert second is not None
    with pytest.raises(LeaseLost):
        ledger.commit(Changes(pairs=[pair(2)]), first)
    assert ledger.all_pairs() == [pair(1)]


def test_a_commit_that_waits_behind_a_take_over_is_fenced(ledger: Ledger, aside: Callable[..., "Future[Any]"]) -> None:
    first = ledger.lease("worker-1", NOON, 8)
    with transaction.atomic():
        ledger.lease("worker-2", at(9), 8)
        late = aside(lambda: ledger.commit(Changes(pairs=[pair(1)], announce=[create(1)]), first))
        until_blocked()
    with pytest.raises(LeaseLost):
        late.result(DEADLINE)
    assert ledger.all_pairs() == []
    assert ledger.announcements(creates_of=KIND) == []


def test_two_workers_that_take_at_once_do_not_both_get_the_lease(
    ledger: Ledger, aside: Callable[..., "Future[Any]"]
) -> None:
    start = threading.Barrier(2)

    def take(name: str) -> list[bool]:
        got = []
        for round_ in range(10):
            start.wait(DEADLINE)
            got.append(ledger.lease(f"{name}-{round_}", at(round_ * 10), 8) is not None)
        return got

    first, second = aside(lambda: take("a")), aside(lambda: take("b"))
    assert [sum(pair_) for pair_ in zip(first.result(DEADLINE), second.result(DEADLINE), strict=True)] == [1] * 10


# -- looks


def test_marks_in_opposite_orders_do_not_deadlock(ledger: Ledger, aside: Callable[..., "Future[Any]"]) -> None:
    references = [sellsy(n) for n in range(60)]

    def mark(order: list[int]) -> None:
        for _ in range(15):
            ledger.mark([look(references[i]) for i in order])

    forth, back = list(range(60)), list(range(59, -1, -1))
    for future in [aside(lambda o=o: mark(o)) for o in (forth, back, forth, back)]:
        future.result(DEADLINE)
    assert len(ledger.looks()) == 60


def test_clearing_and_marking_beside_signals_does_not_deadlock(
    ledger: Ledger, aside: Callable[..., "Future[Any]"]
) -> None:
    lease = ledger.lease("worker-1", NOON, 800)
    references = [sellsy(n) for n in range(20)]

    def signals() -> None:
        for _ in range(40):
            ledger.mark(look(r) for r in references)

    def drain() -> None:
        for n in range(40):
            claimed = ledger.claim(NOON, 20)
            done, later = claimed[10:], [replace(row, attempts=1) for row in claimed[5:10]]
            ledger.commit(Changes(done=done, postpone=later, mark=[look(references[n % 20])]), lease)

    for future in [aside(signals), aside(drain), aside(signals)]:
        future.result(DEADLINE)
    ledger.mark(look(r) for r in references)
    assert len(ledger.claim(NOON, 100)) == 20


def test_a_commit_touches_no_look_while_somebody_is_marking(
    ledger: Ledger, aside: Callable[..., "Future[Any]"]
) -> None:
    lease = ledger.lease("worker-1", NOON, 8)
    ledger.mark([look(sellsy(2))])
    [claimed] = ledger.claim(NOON, 10)
    with transaction.atomic():
        ledger.mark([look(sellsy(1))])
        # It clears 2, then marks 1: had it cleared 2 already, the next mark and it would wait for each other.
        draining = aside(lambda: ledger.commit(Changes(done=[claimed], mark=[look(sellsy(1))]), lease))
        until_blocked()
        ledger.mark([look(sellsy(2))])
    draining.result(DEADLINE)
    assert {row.reference for row in ledger.looks()} == {sellsy(1), sellsy(2)}


def test_a_decision_committed_while_its_look_is_worked_on_is_not_lost(
    ledger: Ledger, aside: Callable[..., "Future[Any]"]
) -> None:
    lease = ledger.lease("worker-1", NOON, 8)
    ledger.mark([look(sellsy(1))])
    [claimed] = ledger.claim(NOON, 10)
    with transaction.atomic():
        ledger.mark([look(sellsy(1), reason="decision")])
        clearing = aside(lambda: ledger.commit(Changes(done=[claimed]), lease))
        until_blocked()
    clearing.result(DEADLINE)
    assert [row.reason for row in ledger.claim(NOON, 10)] == ["decision"]


def test_signals_do_not_wait_for_a_commit_under_way(ledger: Ledger, aside: Callable[..., "Future[Any]"]) -> None:
    lease = ledger.lease("worker-1", NOON, 8)
    with transaction.atomic():
        ledger.commit(Changes(pairs=[pair(1)], cursors={"feed": "1"}), lease)
        aside(lambda: ledger.mark([look(sellsy(2))])).result(DEADLINE)
    assert [row.reference for row in ledger.looks()] == [sellsy(2)]


def test_who_marks_is_announced_after_the_commit_and_only_then(clock: ManualClock) -> None:
    told: list[str] = []
    ledger = DjangoLedgers(clock, told.append).add(environment())
    lease = ledger.lease("worker-1", NOON, 8)
    with transaction.atomic():
        ledger.mark([look(sellsy(1))])
        assert told == []
    assert told == ["menuiserie"]
    ledger.commit(Changes(mark=[look(sellsy(2))]), None)
    assert told == ["menuiserie"] * 2
    ledger.commit(Changes(pairs=[pair(1)]), lease)
    ledger.mark([])
    with pytest.raises(Taken):
        ledger.commit(Changes(pairs=[pair(2, sellsy=sellsy(1))], mark=[look(sellsy(3))]), lease)
    assert told == ["menuiserie"] * 2


def test_a_mark_is_kept_when_nobody_could_be_told(clock: ManualClock) -> None:
    def broken(name: str) -> None:
        raise OSError(name)

    ledger = DjangoLedgers(clock, broken).add(environment())
    ledger.mark([look(sellsy(1))])
    assert len(ledger.looks()) == 1


def test_nothing_is_kept_of_an_environment_that_is_not_added_to_the_end(ledgers: DjangoLedgers) -> None:
    """`environment add` was six commits: a death between two left an environment that nothing could complete."""
    refused = RequestVersion("DEM-2026-0001", NOON, "Claire", {"client": "Menuiserie\0"}, "validated")
    with pytest.raises(DataError):
        ledgers.add(environment(), secrets={"altior_token": "jeton"}, version=refused)
    assert (ledgers.environments(), list(ledgers.request_numbers())) == ([], [])
    assert not SecretRow.objects.exists()
    ledgers.add(environment(), secrets={"altior_token": "jeton"})


def test_a_signal_for_a_removed_environment_marks_nothing(ledgers: DjangoLedgers, ledger: Ledger) -> None:
    ledgers.remove(ledger.name)
    ledger.mark([look(sellsy(1))])
    assert not LookRow.objects.exists()


# -- creates


def test_seconds_reserved_at_once_differ(ledger: Ledger, aside: Callable[..., "Future[Any]"]) -> None:
    lease = ledger.lease("worker-1", NOON, 8)
    assert lease is not None
    futures = [aside(lambda: [ledger.reserve_second(KIND, NOON, lease) for _ in range(10)]) for _ in range(4)]
    given = [second for future in futures for second in future.result(DEADLINE)]
    assert sorted(given) == [at(-n) for n in range(39, -1, -1)]


# -- secrets


def _raw(name: str) -> bytes:
    return bytes(SecretRow.objects.get(name=name).sealed)


def test_secrets_are_encrypted_at_rest(ledger: Ledger) -> None:
    ledger.set_secret("altior_token", "jeton-très-secret")
    assert b"secret" not in _raw("altior_token")
    first = _raw("altior_token")
    ledger.set_secret("altior_token", "jeton-très-secret")
    assert _raw("altior_token") != first


def test_a_wrong_key_is_one_french_sentence(ledger: Ledger, settings: Settings) -> None:
    ledger.set_secret("altior_token", "jeton")
    settings.LEDGER_MASTER_KEY = b"x" * 32
    with pytest.raises(
        Refused, match="« altior_token » de l’environnement « menuiserie » ne se déchiffre pas"
    ) as caught:
        ledger.secret("altior_token")
    assert "jeton" not in str(caught.value)


def test_an_altered_or_cut_secret_is_refused(ledger: Ledger) -> None:
    ledger.set_secret("altior_token", "jeton")
    whole = _raw("altior_token")
    for broken in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:8], b"", b"\x02" + whole[1:]):
        SecretRow.objects.update(sealed=broken)
        with pytest.raises(Refused):
            ledger.secret("altior_token")


def test_a_secret_moved_to_another_row_is_refused(ledgers: DjangoLedgers, ledger: Ledger) -> None:
    other = ledgers.add(environment("autre"))
    ledger.set_secret("altior_token", "jeton")
    other.set_secret("altior_token", "autre")
    SecretRow.objects.update(sealed=_raw_of(ledger))
    assert ledger.secret("altior_token") == "jeton"
    with pytest.raises(Refused):
        other.secret("altior_token")


def _raw_of(ledger: Ledger) -> bytes:
    return bytes(SecretRow.objects.get(environment__name=ledger.name).sealed)


def test_keys_rotate_the_first_encrypts_and_all_decrypt(ledger: Ledger, settings: Settings) -> None:
    old, new = b"o" * 32, b"n" * 32
    settings.LEDGER_MASTER_KEY = old
    ledger.set_secret("altior_token", "jeton")
    settings.LEDGER_MASTER_KEY = lambda: [new, old]
    assert ledger.secret("altior_token") == "jeton"
    ledger.set_secret("webhook_key", "clé")
    settings.LEDGER_MASTER_KEY = [new]
    assert ledger.secret("webhook_key") == "clé"
    with pytest.raises(Refused):
        ledger.secret("altior_token")


# -- quota


def test_workers_together_stay_within_the_quota(aside: Callable[..., "Future[Any]"], clock: ManualClock) -> None:
    DjangoLedgers(clock).quota("97417").limits([Window(60, 50)], NOON)

    def worker() -> int:
        mine = DjangoLedgers(clock).quota("97417")
        return sum(mine.take(NOON, live=True, reserve=0.25) is None for _ in range(30))

    futures = [aside(worker) for _ in range(4)]
    assert sum(future.result(DEADLINE) for future in futures) == 50


def test_booking_alone_is_one_statement_and_an_expected_answer_none(ledgers: DjangoLedgers) -> None:
    quota = ledgers.quota("97417")
    quota.limits([Window(1, 24), Window(60, 149)], NOON)
    with CaptureQueriesContext(connection) as queries:
        assert quota.take(NOON, live=True, reserve=0.25) is None
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        quota.correct({1: 23, 60: 148}, NOON)
    assert len(queries) == 0


# -- cost and shape


def test_a_commit_of_hundreds_of_records_is_a_handful_of_statements(ledger: Ledger) -> None:
    lease = ledger.lease("worker-1", NOON, 800)
    ledger.mark(look(sellsy(n)) for n in range(100))
    claimed = ledger.claim(NOON, 100)
    changes = Changes(
        pairs=[pair(n) for n in range(100)],
        journal=[entry(n) for n in range(100)],
        cards=[card(altior(n)) for n in range(100)],
        close_cards=[(sellsy(n), None, None) for n in range(100)],
        done=claimed[:50],
        postpone=claimed[50:],
        mark=[look(altior(n)) for n in range(100)],
        cursors={"feed": "1"},
    )
    with CaptureQueriesContext(connection) as queries:
        ledger.commit(changes, lease)
    assert len(queries) <= 12, [q["sql"][:80] for q in queries]
    assert (len(ledger.all_pairs()), len(ledger.looks()), len(ledger.cards())) == (100, 150, 100)


def _read_rows(plan: dict[str, Any]) -> Iterator[float]:
    """Of each node of a plan, the rows it went through."""
    yield plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    for below in plan.get("Plans", ()):
        yield from _read_rows(below)


def test_a_page_is_read_without_going_through_the_environment(ledger: Ledger) -> None:
    """Just after thousands of rows came, of which PostgreSQL has no statistics yet."""
    lease = ledger.lease("worker-1", NOON, 800)
    many = range(2_000)
    ledger.commit(
        Changes(sightings=[sighting(sellsy(n)) for n in many], pairs=[pair(n) for n in many]),
        lease,
    )
    page = [sellsy(n) for n in range(0, 2_000, 20)]
    with CaptureQueriesContext(connection) as queries:
        assert len(ledger.sightings(page)) == len(ledger.pairs(page)) == len(page)
        ledger.commit(Changes(wake=[str(one) for one in page], forget=page), lease)
    statements = [q["sql"] for q in queries if "environment_id + 0" in q["sql"]]
    assert len(statements) == 4
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            (found,) = cursor.fetchone()
        [whole] = json.loads(found) if isinstance(found, str) else found
        assert max(_read_rows(whole["Plan"])) <= 2 * len(page), statement[:200]


def test_match_keys_are_found_without_going_through_the_table(ledger: Ledger) -> None:
    """By their index, though that of the primary key would give them in order; and what came since the last vacuum is
    in it, no list that is gone through for each key."""
    lease = ledger.lease("worker-1", NOON, 800)
    for first in range(0, 20_000, 5_000):
        many = [replace(sighting(sellsy(n)), keys={"siret": str(n)}) for n in range(first, first + 5_000)]
        ledger.commit(Changes(sightings=many), lease)
    wanted = [str(n) for n in range(0, 20_000, 100)]
    with CaptureQueriesContext(connection) as queries:
        assert len(ledger.find_by_key(KIND, Side.SELLSY, "siret", wanted)) == len(wanted)
    [statement] = [q["sql"] for q in queries if "tokens" in q["sql"]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_sighting")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (found,) = cursor.fetchone()
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'sighting_tokens'")
        assert cursor.fetchone() == (["fastupdate=off"],)
    [whole] = json.loads(found) if isinstance(found, str) else found
    assert max(_read_rows(whole["Plan"])) <= len(wanted)


def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "ledger", check=True, dry_run=True, verbosity=0)
