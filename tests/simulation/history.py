"""Random histories: people act at any instant, also between our read and our write; calls fail, answers are lost,
writes land late, the process dies or is suspended while another takes over; signals are lost, doubled, late.

`judge` says what became of it."""

import random
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Value
from altior_sellsy.service import environments
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.engine import Engine
from altior_sellsy.values.reference import Side
from tests.simulation.judge import Judge
from tests.simulation.people import BY, Edit, People
from tests.simulation.simulated import Record, Simulated
from tests.simulation.tape import Tape
from tests.simulation.world import Crash, World

LONGEST = 5.0
"""Seconds of CPU that a history may take; the dearest of 4,500 took 0.15."""


@dataclass
class Verdict:
    seed: int
    fault: str = ""
    """Empty: the history was survived."""
    log: list[str] = field(default_factory=list)
    edits: int = 0
    overwritten: int = 0
    """The one class of design 3: an edit saved in Sellsy between our read and our write of the same field."""
    conflicts: int = 0
    wishes: int = 0
    restless: bool = False
    """It took so long that it was stopped."""


class Told(Protocol):
    """A history of any kind."""

    seed: int
    log: list[str]

    def run(self) -> Verdict: ...


class History:
    """`alter`: a planted defect. `calm`: people alone, no fault. `tape`: the chance of a history made short."""

    def __init__(
        self,
        seed: int,
        *,
        alter: Callable[[World], None] = lambda world: None,
        calm: bool = False,
        tape: Tape | None = None,
    ) -> None:
        self.seed, self.rng = seed, tape or Tape(seed)
        random.seed(seed)  # the engine's jitter
        self.world = self._make_world()
        self.log: list[str] = []
        self.people = People(self.world, self.rng, self._say)
        self.overwritten: list[Edit] = []
        self.quiet = False
        self.depth = 0
        rng = self.rng
        self.p_person = rng.choice((0.0, 0.05, 0.2, 0.4))
        self.p_fault = 0.0 if calm else rng.choice((0.0, 0.02, 0.1))
        self.p_crash = 0.0 if calm else rng.choice((0.0, 0.02, 0.08))
        self.p_zombie = 0.0 if calm else rng.choice((0.0, 0.0, 0.05))
        self.p_late = 0.0 if calm else rng.choice((0.0, 0.0, 0.05))
        self.people.rare = rng.choice((0.0, 0.0, 0.06))
        self.people.deciding = rng.choice((0.0, 0.0, 0.1))
        self._habits()
        self._choices()
        for system in self._systems():
            system.late = self._make_late
            system.on_call = self._between
            system.fault = self._make_fault(system)
            system.overwritten = self._note_overwritten
        self.world.at_commit = self._at_commit
        self.world.engine = self._engine()
        alter(self.world)

    def _make_world(self) -> World:
        return World()

    def _systems(self) -> Sequence[Simulated]:
        return (self.world.sellsy, self.world.altior)

    def _act(self) -> None:
        self.people.act()

    def _judged(self) -> str:
        return Judge(self.world, self.people.deeds, self.overwritten).verdict()

    def _habits(self) -> None:
        """Late readings, a late search, and how each side rewrites what it is given."""
        rng, sellsy, altior = self.rng, self.world.sellsy, self.world.altior
        sellsy.stale_for = rng.choice((0.0, 0.0, 0.0, 20.0))
        sellsy.ever_stale = sellsy.stale_for > 0
        sellsy.search_late = rng.choice((0.0, 0.0, 0.0, 30.0))
        sellsy.default_gate = rng.choice((None, False))
        if rng.chance(0.5):
            cut = rng.choice((11, 12))  # half of the longest name: a shorter beginning is another value (design 3)
            altior.rewrite["name"] = rng.choice((lambda v: str(v)[:cut], lambda v: str(v).upper()))
        if rng.chance(0.3):
            sellsy.rewrite["phone"] = lambda v: f"+33{str(v)[1:]}" if str(v).startswith("0") else v
            sellsy.rewrite["name"] = lambda v: str(v)[:20]

    def _choices(self) -> None:
        """What the request asks: here and there that archiving is followed, and then people do archive."""
        if self.rng.chance(0.3):
            self.world.follow_archiving()
            self.people.rare = max(self.people.rare, 0.15)
            self.people.rares = (*self.people.rares, *["archive"] * 9)

    def _engine(self) -> Engine:
        return self.world.new_engine()

    def _say(self, text: str) -> None:
        self.log.append(f"{self.world.clock.now():%H:%M:%S} {'  ' * self.depth}{text}")

    # -- what happens between any two calls
    def _between(self, name: str) -> None:
        rng = self.rng
        if self.quiet:
            self.world.clock.advance(0.01)  # a drain that goes round in circles comes to its end, and is seen
            return
        self.world.clock.advance(rng.choice((0.01, 0.1, 0.3)))
        if rng.chance(self.p_person):
            self._act()
        if name in ("observe", "find") and rng.chance(self.p_fault):
            self._forgotten()
            raise NotSent("injoignable")
        if rng.chance(self.p_crash):
            raise Crash(name)
        if self.depth == 0 and rng.chance(self.p_zombie):
            self._suspended()

    def _forgotten(self) -> None:
        for system in self._systems():
            system.forgotten()

    def _suspended(self) -> float:
        """This process sleeps here while another takes over, works, and is done; then it wakes. How long it slept."""
        self._say("suspended")
        self._forgotten()
        self.depth += 1
        slept = self.rng.choice((9, 12, 40))
        ours = self.world.sellsy.not_after
        self.world.clock.advance(slept)
        try:
            drain(self._engine())
        except Crash:
            self._say("crash of the other")
        finally:
            self.depth -= 1
            self.world.set_not_after(ours)
        self._forgotten()
        self._say("wakes")
        return slept

    def _at_commit(self, point: str) -> None:
        if self.quiet:
            return
        if self.rng.chance(self.p_crash / 4):
            self._say(f"crash {point} commit")
            raise Crash(f"{point} commit")
        if self.depth == 0 and self.rng.chance(self.p_zombie / 4):
            self._suspended()

    def _make_late(self, act: Callable[[], None]) -> bool:
        """A server that commits after it has let us down, within the call's deadline."""
        if self.quiet or not self.rng.chance(self.p_late):
            return False
        self._say("a write lands later")
        self.world.clock.at(self.world.clock.now() + timedelta(seconds=self.rng.uniform(1, 20)), act)
        return True

    def _make_fault(self, system: Simulated) -> Callable[[str], None]:
        def fault(point: str) -> None:
            if self.quiet:
                return
            if self.rng.chance(self.p_fault):
                self._say(f"{system.side.value} answer lost {point}")
                if point == "before" and self.rng.chance(0.3):
                    raise NotSent("refusé")
                raise Unclear("réponse perdue")
            if self.rng.chance(self.p_crash):
                self._say(f"crash {point} write to {system.side.value}")
                raise Crash(point)
            if point == "before" and self.rng.chance(self.p_person):
                self._act()
            if self.depth == 0 and self.rng.chance(self.p_zombie):
                self._say(f"{point} write to {system.side.value}:")
                if self._suspended() > self.world.timing.call_deadline and point == "after":
                    raise Unclear("réponse trop tardive")

        return fault

    def _note_overwritten(self, record: Record, fields: dict[str, Value], read: Snapshot) -> None:
        """Also what stands as it was read, if it has stood otherwise meanwhile; and of yes or no what says the same as
        our write: her gesture cannot be told from it, either."""
        for name, value in fields.items():
            shown, known = record.fields.get(name), read.fields.get(name)
            moved = shown != known or any(f.get(name) != known for at, f, _ in record.history if at >= read.at)
            if moved and (shown != value or name == "archived"):
                self.overwritten.append(Edit(self.world.clock.now(), Side.SELLSY, record.id, name, shown))

    # -- the whole
    def run(self) -> Verdict:
        for _ in range(self.rng.randrange(2, 5)):
            self.people.add(self.rng.choice((Side.SELLSY, Side.ALTIOR)))
        for _ in range(self.rng.randrange(3, 14)):
            self.world.clock.advance(self.rng.choice((0.1, 1, 3, 15, 40)))
            for _ in range(self.rng.randrange(3)):
                self._act()
            self._work()
        self._settle()
        fault = self._judged()
        return Verdict(
            self.seed,
            fault,
            self.log,
            edits=len(self.people.deeds.edits) + len(self.people.deeds.moves),
            overwritten=len(self.overwritten),
            conflicts=sum(e.action == "conflict" for e in self.world.ledger.journal(limit=10**6)),
            wishes=len(self.people.deeds.wishes),
        )

    def _work(self) -> None:
        try:
            if self.rng.chance(0.2):
                self.world.sync(most=3)
            else:
                self.world.drain()
        except Crash as end:
            self._say(f"CRASH {end}")
            self._forgotten()
            self.world.clock.advance(self.rng.choice((0, 9, 40)))
            self.world.engine = self._engine()
        except AssertionError:
            self._say("not done yet")
        except NotSent:
            self._say("scan failed")

    def _settle(self) -> None:
        """Signals have stopped and both systems answer."""
        self.quiet = True
        self.world.sellsy.stale_for = self.world.sellsy.search_late = 0.0
        self.world.sellsy.hidden = set()
        self.world.clock.advance(60)
        self.world.engine = self._engine()
        for _ in range(3):
            self.world.clock.advance(700)
            report = self.world.sync()
            if not report.done and report.next_due is None and not report.paused:
                return  # nothing was left to do, and nothing waits
            self._resume()

    def _resume(self) -> None:
        """A backup of Altior came back, the connector has stopped, the administrator has looked and goes on."""
        stops = [c.code for c in self.world.ledger.cards() if c.reference is None]
        if stops == ["other_records"] and self.people.deeds.restored:
            self._say("stopped, resumed")
            environments.resume(self.world.ledger, self.world.clock, BY)
            self.world.sync()


def run(
    seed: int,
    *,
    alter: Callable[[World], None] = lambda world: None,
    calm: bool = False,
    tape: Tape | None = None,
) -> Verdict:
    return told(History(seed, alter=alter, calm=calm, tape=tape))


def told(history: Told) -> Verdict:
    try:
        with _limited():
            return history.run()
    except Restless:
        first = [*history.log[:100], *(["…"] if len(history.log) > 100 else [])]
        return Verdict(
            history.seed, f"comes to no rest: still at work after {LONGEST:g} s of CPU", first, restless=True
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this seed's verdict
        trace = traceback.format_exc().splitlines()[-8:]
        return Verdict(history.seed, f"raised {type(error).__name__}: {error}"[:200], [*history.log, *trace])


class Restless(BaseException):
    """No handler of the product may see it."""


@contextmanager
def _limited() -> Iterator[None]:
    def stop(signum: int, frame: object) -> None:
        raise Restless

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(
        signal.ITIMER_VIRTUAL, LONGEST, LONGEST
    )  # again and again: a first one can be lost in a destructor
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
