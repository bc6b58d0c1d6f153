"""A small world: one environment, both simulated systems, the real engine on the ledger in memory."""

import heapq
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import Unclear
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.field import Family, Field, Tells
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, Look, State, Value
from altior_sellsy.ledger.port import Changes, Lease, Ledger
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.scan import scan
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.simulated import Simulated
from tests.simulation.systems import SimAltior, SimSellsy


def same_number(a: Value, b: Value) -> bool:
    """A number and its international form are alike."""
    return a == b or (isinstance(a, str) and isinstance(b, str) and a[-9:] == b[-9:])


KIND = Kind(
    "third_party",
    "tiers",
    "tiers",
    (
        Field("name", "Raison sociale", Family.IDENTITY),
        Field("siret", "SIRET", Family.IDENTITY, tells=Tells.FIRM),
        Field("phone", "Téléphone", Family.COORDINATES, same=same_number, arrived=same_number),
        Field("email", "E-mail", Family.COORDINATES),
        Field("tags", "Marques", Family.COORDINATES, is_set=True),
        ARCHIVED,
    ),
)
START = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


class Crash(BaseException):
    """The process dies here: no handler of the product may see it."""


def watch(ledger: Ledger, at: Callable[[str], None], last: Callable[[Changes], None]) -> None:
    """A word before and after each commit under the lease. `last`: told what it holds."""
    commit = ledger.commit

    def told(changes: Changes, lease: Lease | None) -> None:
        if lease is None:
            commit(changes, lease)
            return
        at("before")
        commit(changes, lease)
        last(changes)
        at("after")

    ledger.commit = told  # type: ignore[method-assign]


class AlarmClock(ManualClock):
    """What is to happen at an instant happens then, however far the clock is moved at once."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._alarms: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = 0

    def at(self, instant: datetime, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._alarms, (instant, self._number, act))

    def advance(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        while self._alarms and self._alarms[0][0] <= until:
            instant, _, act = heapq.heappop(self._alarms)
            self._now = max(self._now, instant)
            act()
        self._now = max(self._now, until)

    sleep = advance


class World:
    def __init__(self, *, tiers_import: bool = True, tiers_export: bool = True, siret: bool | None = True) -> None:
        self.clock = AlarmClock(START)
        self.sellsy = SimSellsy(self.clock)
        self.altior = SimAltior(self.clock)
        self.ledgers = MemoryLedgers(self.clock)
        self.ledger: Ledger = self.ledgers.add(
            Environment(
                name="leo",
                client="Menuiserie Léo",
                altior_name="Menuiserie Léo",
                status=EnvironmentStatus.ACTIVE,
                account_id="97417",
                activated_at=START,
                settings={
                    "tiers": {"export": tiers_export, "import": tiers_import, "siret": siret},
                    "export_roles": ["client", "prospect"],
                },
            )
        )
        self.timing = Timing()
        self.crash_at = ""
        self.drains = 0
        self.at_commit: Callable[[str], None] = lambda point: None
        """Called «before» and «after» each commit of a drain."""
        watch(self.ledger, lambda point: self.at_commit(point), self._committed)
        self.engine = self.new_engine()

    def follow_archiving(self) -> None:
        """As the request may ask, before anything is there."""
        self.sellsy.archiving = self.altior.archiving = True

    def new_engine(self) -> Engine:
        self.drains += 1
        binding = Binding(KIND, admit, volets, self.sellsy, self.altior)
        return Engine(
            self.ledger,
            [binding],
            self.clock,
            self.timing,
            f"drainer-{self.drains}",
            not_after=self.set_not_after,
            at=self._at,
        )

    def _committed(self, changes: Changes) -> None:
        for system in self._systems():
            mine = {pair.reference(system.side): pair for pair in changes.pairs}
            ids = {one.id: pair for one, pair in mine.items() if one.thing == system.thing}
            # Of a pair that rests, or awaits an answer, nothing of what it reads of fields is kept.
            system.remembered(ids, {id for id, pair in ids.items() if pair.state is not State.IN_STEP})

        for create in changes.announce:
            if create.created is not None and create.match_key:
                self.sellsy.gates.announced(create.created, create.match_key)
        on = (s.reference for s in changes.sightings if s.gate is True)
        self.sellsy.gates.ever_on.update(one.id for one in on if one.thing == self.sellsy.thing)

    def _systems(self) -> Sequence[Simulated]:
        return (self.sellsy, self.altior)

    def set_not_after(self, instant: datetime | None) -> None:
        self.sellsy.not_after = self.altior.not_after = instant

    def _at(self, point: str) -> None:
        if point == self.crash_at:
            self.crash_at = ""
            raise Crash(point)

    @property
    def binding(self) -> Binding:
        return self.engine.bindings[0]

    def ref(self, side: Side, id: str) -> Reference:
        return (self.sellsy if side is Side.SELLSY else self.altior).reference(id)

    def mark(self, *references: Reference, live: bool = True, reason: str = "test") -> None:
        self.ledger.mark(
            [Look(reference=r, kind="third_party", reason=reason, due=self.clock.now(), live=live) for r in references]
        )

    def drain(self) -> DrainReport:
        return drain(self.engine)

    def crash_and_restart(self) -> None:
        """What the process remembered is gone; its lease runs out."""
        self.clock.advance(self.timing.lease + 1)
        self.engine = self.new_engine()

    def sync(self, *, most: int = 200) -> DrainReport:
        """Scan both sides, then drain until nothing is due within the hour; the clock jumps over the waits."""
        for side in Side:
            scan(self.engine, self.binding, side)
        return self.settle(most=most)

    def settle(self, *, most: int = 200, within: float = 3600) -> DrainReport:
        total = DrainReport()
        for _ in range(most):
            report = self.drain()
            total.add(report)
            if report.paused:
                return total
            if report.more_due:
                self.clock.advance(0.05)
                continue
            if report.next_due is None or report.next_due > self.clock.now() + timedelta(seconds=within):
                return total
            self.clock.advance(max(0.05, (report.next_due - self.clock.now()).total_seconds()))
        raise AssertionError(f"not settled after {most} drains: {self.ledger.looks()[:3]}")


def answer_lost_once(at: str = "after") -> Callable[[str], None]:
    """For `Simulated.fault`: the first write takes effect, and is not answered. `at`: «before», it never arrives."""
    faults = iter([Unclear("réponse perdue")])

    def lose(point: str) -> None:
        if point == at and (fault := next(faults, None)):
            raise fault

    return lose


def made_unanswered(world: World, reference: Reference, at: str = "after") -> None:
    """This record alone is looked at: the other side makes it, and the answer is lost."""
    (world.altior if reference.side is Side.SELLSY else world.sellsy).fault = answer_lost_once(at)
    world.mark(reference)
    world.drain()


def never_made(world: World, reference: Reference) -> None:
    """This record alone is looked at: the call that makes the other side's is lost, and nobody is told."""
    made_unanswered(world, reference, at="before")
    assert world.ledger.announcements(creates_of="third_party")
