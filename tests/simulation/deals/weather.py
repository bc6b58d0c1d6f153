"""What befalls a process between any two calls: people, lost answers, late landings, crashes, sleep beside another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.sync.drain import drain
from tests.simulation.deals.sellsy import forget
from tests.simulation.deals.world import DealWorld
from tests.simulation.tape import Tape
from tests.simulation.world import Crash

READS = ("observe", "find", "exists")


@dataclass
class Chances:
    """Per call. `person`: somebody acts; `zombie`: the process sleeps while another takes over."""

    person: float = 0.0
    fault: float = 0.0
    crash: float = 0.0
    zombie: float = 0.0
    late: float = 0.0

    @classmethod
    def drawn(cls, rng: Tape) -> "Chances":
        return cls(
            person=rng.choice((0.0, 0.05, 0.2)),
            fault=rng.choice((0.0, 0.02, 0.08)),
            crash=rng.choice((0.0, 0.02, 0.06)),
            zombie=rng.choice((0.0, 0.0, 0.03)),
            late=rng.choice((0.0, 0.0, 0.05)),
        )


class Weather:
    """`quiet`: nothing befalls anybody any more."""

    def __init__(
        self,
        world: DealWorld,
        rng: Tape,
        chances: Chances,
        act: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self.world, self.rng, self.chances, self.act, self.say = world, rng, chances, act, say
        self.quiet = False
        self.asleep = False
        assert world.deals is not None
        for system in (world.sellsy, world.altior, world.deals, world.affaires):
            system.on_call = self.between
            system.late = self.late
            system.fault = self.fault
        world.at_commit = self.commit

    def between(self, name: str) -> None:
        rng, chances = self.rng, self.chances
        if self.quiet:
            return
        self.world.clock.advance(rng.choice((0.01, 0.1, 0.3)))
        if rng.random() < chances.person:
            self.act()
        if rng.random() < chances.fault and name in READS:
            raise NotSent("injoignable")
        if rng.random() < chances.crash / 2:
            raise Crash(name)
        if not self.asleep and rng.random() < chances.zombie:
            self.sleep()

    def sleep(self) -> float:
        """How long it slept."""
        self.say("suspended")
        self.asleep, began = True, self.world.clock.now()
        slept, ours = self.rng.choice((9, 12, 40)), self.world.sellsy.not_after
        self.world.clock.advance(slept)
        try:
            drain(self.world.new_engine())
        except Crash:
            self.say("crash of the other")
            self.died(began)
        finally:
            self.asleep = False
            self.world.set_not_after(ours)
        self.say("wakes")
        return slept

    def died(self, since: datetime) -> None:
        assert self.world.deals is not None
        for system in (self.world.deals, self.world.affaires):
            forget(system.written, since)

    def commit(self, point: str) -> None:
        assert self.world.deals is not None
        if point == "after" and not self.asleep:
            self.world.deals.committed()
            self.world.affaires.committed()
        if self.quiet:
            return
        if self.rng.random() < self.chances.crash / 4:
            self.say(f"crash {point} commit")
            raise Crash(f"{point} commit")
        if not self.asleep and self.rng.random() < self.chances.zombie / 4:
            self.sleep()

    def late(self, act: Callable[[], None]) -> bool:
        if self.quiet or self.rng.random() >= self.chances.late:
            return False
        self.say("a write lands later")
        self.world.clock.at(self.world.clock.now() + timedelta(seconds=self.rng.uniform(1, 20)), act)
        return True

    def fault(self, point: str) -> None:
        if self.quiet:
            return
        roll = self.rng.random()
        if roll < self.chances.fault:
            self.say(f"answer lost {point} a write")
            if point == "before" and self.rng.random() < 0.3:
                raise NotSent("refusé")
            raise Unclear("réponse perdue")
        if roll < self.chances.fault + self.chances.crash:
            self.say(f"crash {point} a write")
            raise Crash(point)
        if point == "before" and self.rng.random() < self.chances.person:
            self.act()
        drowsy = not self.asleep and self.rng.random() < self.chances.zombie
        if drowsy and self.sleep() > self.world.timing.call_deadline and point == "after":
            raise Unclear("réponse trop tardive")
