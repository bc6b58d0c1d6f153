"""Jobs on a real PostgreSQL, with a runtime of the test's own."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from procrastinate import App
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from altior_sellsy.clock import ManualClock, SystemClock
from altior_sellsy.errors import Unclear
from altior_sellsy.jobs import runtime
from altior_sellsy.jobs.app import WORKER, app
from altior_sellsy.jobs.drain import enqueue_drain
from altior_sellsy.jobs.feed import follow_feeds
from altior_sellsy.jobs.rescue import rescue
from altior_sellsy.jobs.threads import in_thread
from altior_sellsy.jobs.tick import tick, tick_forever
from altior_sellsy.ledger.django_app.store import DjangoLedgers
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, Look
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side

pytestmark = [pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Report:
    more_due: bool = False


@dataclass
class FakeRuntime:
    """What the service would do, as functions; counts what was asked of it."""

    on_drain: Callable[[str], bool] = lambda name: False
    on_poll: Callable[[str], int] = lambda name: 0
    on_schedules: Callable[[str], None] = lambda name: None
    calls: list[str] = field(default_factory=list)
    open: int = 0

    def __call__(self, name: str) -> "Opened":
        self.open += 1
        return Opened(self, name)


@dataclass
class Opened:
    fake: FakeRuntime
    name: str

    def drain(self) -> Report:
        self.fake.calls.append(f"drain {self.name}")
        return Report(self.fake.on_drain(self.name))

    def schedules(self, now: datetime) -> None:
        self.fake.calls.append(f"schedules {self.name}")
        self.fake.on_schedules(self.name)

    def poll_feed(self, wait: float) -> int:
        self.fake.calls.append(f"poll {self.name}")
        return self.fake.on_poll(self.name)

    def close(self) -> None:
        self.fake.open -= 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRuntime:
    made = FakeRuntime()
    monkeypatch.setattr(runtime, "open_runtime", made)
    return made


def add(name: str, status: EnvironmentStatus = EnvironmentStatus.ACTIVE, *, looks: int = 0) -> None:
    ledger = DjangoLedgers().add(
        Environment(name=name, client=name, altior_name=name, status=status, account_id=f"1{len(name)}")
    )
    references = [Reference(Side.SELLSY, "1", "company", str(number)) for number in range(looks)]
    ledger.mark([Look(reference, "third_party", "test", due=NOW) for reference in references])


def waiting() -> list[str]:
    return [job.args["environment"] for job in ProcrastinateJob.objects.order_by("id")]


def worker_app() -> App:
    return app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]


def run_jobs() -> None:
    """A worker with all its slots, until no job is left."""

    async def main() -> None:
        worker = worker_app()
        worker.worker_defaults = app.worker_defaults
        async with worker.open_async():
            task = asyncio.create_task(worker.run_worker_async(**WORKER))
            deadline = asyncio.get_running_loop().time() + 20
            while await in_thread(waiting):
                assert asyncio.get_running_loop().time() < deadline, "jobs are left"
                await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "condition not met in time"
        await asyncio.sleep(0.01)


# -- enqueueing


def test_an_environment_has_one_waiting_drain_at_most() -> None:
    enqueue_drain("a")
    enqueue_drain("a")
    enqueue_drain("b")
    assert waiting() == ["a", "b"]


def test_enqueueing_follows_the_transaction() -> None:
    with transaction.atomic():
        enqueue_drain("a")
        transaction.set_rollback(True)
    assert waiting() == []
    with transaction.atomic():
        enqueue_drain("a")
        assert waiting() == []
    assert waiting() == ["a"]


def test_an_enqueued_drain_does_not_spoil_the_transaction_of_others() -> None:
    enqueue_drain("a")
    with transaction.atomic():
        enqueue_drain("a")
        add("a")
    assert waiting() == ["a"]
    assert [found.name for found in DjangoLedgers().environments()] == ["a"]


# -- draining


def test_a_drain_is_run_once_and_leaves_no_row(fake: FakeRuntime) -> None:
    enqueue_drain("a")
    run_jobs()
    assert fake.calls == ["drain a"]
    assert fake.open == 0
    assert waiting() == []


def test_a_drain_defers_itself_while_more_is_due(fake: FakeRuntime) -> None:
    left = iter([True, True, False])
    fake.on_drain = lambda name: next(left)
    enqueue_drain("a")
    run_jobs()
    assert fake.calls == ["drain a"] * 3
    assert waiting() == []


@pytest.mark.parametrize("error", [Unclear("Sellsy ne répond pas."), LookupError("a"), ValueError("a bug")])
def test_a_failing_drain_ends_and_the_next_one_runs(fake: FakeRuntime, error: Exception) -> None:
    def fail(name: str) -> bool:
        raise error

    fake.on_drain = fail
    enqueue_drain("a")
    run_jobs()
    assert fake.open == 0
    assert waiting() == []
    fake.on_drain = lambda name: False
    enqueue_drain("a")
    run_jobs()
    assert fake.calls == ["drain a", "drain a"]


def test_a_signal_while_a_drain_fails_is_not_lost_and_blocks_nothing(fake: FakeRuntime) -> None:
    def fail_once(name: str) -> bool:
        if len(fake.calls) == 1:
            enqueue_drain(name)
            assert waiting() == ["a", "a"]
            raise Unclear("Sellsy répond 503.")
        return False

    fake.on_drain = fail_once
    enqueue_drain("a")
    run_jobs()
    assert fake.calls == ["drain a", "drain a"]
    assert waiting() == []


def test_one_environment_is_drained_by_one_job_at_a_time(fake: FakeRuntime) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def count(name: str) -> bool:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        again = len(fake.calls) < 4
        if again:
            enqueue_drain(name)
            threading.Event().wait(0.2)  # free slots notice the waiting job at once
        with guard:
            inside -= 1
        return again

    fake.on_drain = count
    enqueue_drain("a")
    run_jobs()
    assert most == 1
    assert len(fake.calls) == 4


# -- rescue


def stall(name: str) -> None:
    """A job whose worker took it and died, as `kill -9` leaves it, twenty seconds ago."""
    enqueue_drain(name)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '20 s'")


def run_rescue() -> int:
    async def main() -> int:
        worker = worker_app()
        async with worker.open_async():
            rescued = await rescue(worker)
        await sync_to_async(connections.close_all)()
        return rescued

    return asyncio.run(main())


def test_the_job_of_a_dead_worker_is_enqueued_anew(fake: FakeRuntime) -> None:
    stall("a")
    assert run_rescue() == 1
    run_jobs()
    assert fake.calls == ["drain a"]
    assert waiting() == []


def test_a_waiting_successor_does_not_stop_the_rescue_of_others(fake: FakeRuntime) -> None:
    stall("a")
    stall("b")
    enqueue_drain("a")
    assert run_rescue() == 2
    assert sorted(waiting()) == ["a", "b"]
    run_jobs()
    assert sorted(fake.calls) == ["drain a", "drain b"]


def test_the_jobs_of_a_living_worker_are_left_alone() -> None:
    stall("a")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    assert run_rescue() == 0
    assert ProcrastinateWorker.objects.count() == 1


# -- tick


def test_the_tick_enqueues_what_is_due_and_neither_paused_nor_stopped() -> None:
    add("due", looks=2)
    add("nothing")
    add("paused-one", EnvironmentStatus.PAUSED, looks=1)
    add("stopped-one-more", EnvironmentStatus.STOPPED, looks=1)
    clock = ManualClock(NOW - timedelta(seconds=1))
    assert tick(DjangoLedgers(), clock) == ["due", "nothing"]
    assert waiting() == []
    clock.advance(2)
    tick(DjangoLedgers(), clock)
    tick(DjangoLedgers(), clock)
    assert waiting() == ["due"]


def test_schedules_of_one_environment_do_not_stop_those_of_another() -> None:
    fake = FakeRuntime()
    release = threading.Event()

    def schedules(name: str) -> None:
        if name == "slow-one":
            release.wait(20)
        if name == "bad":
            raise ValueError("a bug")

    fake.on_schedules = schedules
    for name in ("bad", "good", "slow-one"):
        add(name)

    async def main() -> None:
        task = asyncio.create_task(tick_forever(DjangoLedgers(), fake, SystemClock(), 0.02))
        await until(lambda: fake.calls.count("schedules good") >= 3 and fake.calls.count("schedules bad") >= 3)
        assert fake.calls.count("schedules slow-one") == 1
        task.cancel()
        release.set()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: fake.open == 0)

    asyncio.run(main())


# -- feeds

QUICK = Timing(tick=0.02, backoff_first=0.02, feed_poll=20)


def test_a_feed_that_marks_enqueues_a_drain_and_survives_errors() -> None:
    fake = FakeRuntime()
    answers: list[int | Exception] = [Unclear("Altior ne répond pas."), ValueError("a bug"), 2]

    def poll(name: str) -> int:
        answer = answers.pop(0) if answers else 0
        if isinstance(answer, Exception):
            raise answer
        return answer

    fake.on_poll = poll
    add("a")

    async def main() -> None:
        task = asyncio.create_task(follow_feeds(DjangoLedgers(), fake, QUICK))
        await until(lambda: not answers and len(fake.calls) > 3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: fake.open == 0)

    asyncio.run(main())
    assert waiting() == ["a"]


def test_feeds_follow_the_active_environments_and_end_without_waiting_for_a_poll() -> None:
    fake = FakeRuntime()
    release = threading.Event()
    fake.on_poll = lambda name: release.wait(20) and 0
    add("a")
    add("later-one", EnvironmentStatus.PAUSED)

    async def main() -> float:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(follow_feeds(DjangoLedgers(), fake, QUICK))
        await until(lambda: fake.calls == ["poll a"])
        await asyncio.to_thread(activate, "later-one")
        await until(lambda: sorted(fake.calls) == ["poll a", "poll later-one"])
        begun = loop.time()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        took = loop.time() - begun
        release.set()
        await until(lambda: fake.open == 0)
        return took

    assert asyncio.run(main()) < 2


def activate(name: str) -> None:
    from altior_sellsy.ledger.port import Changes

    DjangoLedgers().open(name).commit(Changes(environment={"status": EnvironmentStatus.ACTIVE}), None)
    connections.close_all()
