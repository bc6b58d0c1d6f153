"""Random histories of deals, judged from outside."""

import random
from collections.abc import Callable

from altior_sellsy.errors import NotSent
from altior_sellsy.values.reference import Side
from tests.simulation.deals.judge import Judge
from tests.simulation.deals.people import People
from tests.simulation.deals.weather import Chances, Weather
from tests.simulation.deals.world import DealWorld
from tests.simulation.history import Verdict, told
from tests.simulation.people import Edit
from tests.simulation.tape import Tape
from tests.simulation.world import START, Crash

Alter = Callable[[DealWorld], None]


class History:
    """`alter`: a planted defect. `calm`: people alone, no fault. `tape`: the chance of a history made short."""

    def __init__(self, seed: int, *, alter: Alter = lambda world: None, calm: bool, tape: Tape | None) -> None:
        self.seed, self.rng = seed, tape or Tape(seed)
        random.seed(seed)  # the engine's jitter
        self.world = DealWorld(configure={"grace_minutes": self.rng.choice((0, 0, 0, 1))})
        self.log: list[str] = []
        self.people = People(self.world, self.rng, self._say)
        self.people.rare = self.rng.choice((0.0, 0.0, 0.06))
        self.overwritten: list[Edit] = []
        chances = Chances() if calm else Chances.drawn(self.rng)
        chances.person = self.rng.choice((0.0, 0.05, 0.2))
        self.weather = Weather(self.world, self.rng, chances, self.people.act, self._say)
        self._habits()
        assert self.world.deals is not None
        self.world.deals.overwritten = self._note_overwritten
        self.world.engine = self.world.new_engine()
        alter(self.world)

    def _habits(self) -> None:
        """Late readings, and what Altior makes of names that are too long for it."""
        rng = self.rng
        assert self.world.deals is not None
        self.world.deals.stale_for = rng.choice((0.0, 0.0, 0.0, 20.0))
        if rng.random() < 0.3:
            cut = rng.choice((11, 12))  # half of the longest name: a shorter beginning is another value (design 3)
            self.world.affaires.rewrite = rng.choice((lambda name: name[:cut].strip(), str.upper))
        if rng.random() < 0.3:
            self.world.affaires.lengths = {"champs_personnalises.ETAP": 6}

    def _say(self, text: str) -> None:
        asleep = "  " if getattr(self, "weather", None) and self.weather.asleep else ""
        self.log.append(f"{self.world.clock.now().strftime('%H:%M:%S')} {asleep}{text}")

    def _note_overwritten(self, id: str, name: str, value: object) -> None:
        self.overwritten.append(Edit(self.world.clock.now(), Side.SELLSY, id, name, value))

    def run(self) -> Verdict:
        for _ in range(self.rng.randrange(1, 4)):
            self.people.add_company()
        for _ in range(self.rng.randrange(1, 4)):
            self.people.add_deal()
        for _ in range(self.rng.randrange(3, 12)):
            self.world.clock.advance(self.rng.choice((0.1, 1, 3, 15, 40)))
            for _ in range(self.rng.randrange(4)):
                self.people.act()
            self._work()
        self._settle()
        fault = Judge(self.world, self.people.deeds, self.overwritten).verdict()
        return Verdict(
            self.seed,
            fault,
            self.log,
            edits=len(self.people.deeds.edits),
            overwritten=len(self.overwritten),
            conflicts=sum(e.action == "conflict" for e in self.world.ledger.journal(limit=10**6)),
            wishes=len(self.people.deeds.wishes),
        )

    def _work(self) -> None:
        try:
            if self.rng.random() < 0.3:
                self.world.sync(most=3)
            else:
                self.world.drain()
        except Crash as end:
            self._say(f"CRASH {end}")
            self.weather.died(START)
            self.world.clock.advance(self.rng.choice((0, 9, 40)))
            self.world.engine = self.world.new_engine()
        except AssertionError:
            self._say("not done yet")
        except NotSent:
            self._say("scan failed")

    def _settle(self) -> None:
        """Signals have stopped and both systems answer."""
        self.weather.quiet = True
        assert self.world.deals is not None
        self.world.deals.stale_for = 0.0
        self.world.clock.advance(60)
        self.world.engine = self.world.new_engine()
        for _ in range(3):
            self.world.clock.advance(700)
            self.world.sync()


def run(seed: int, *, alter: Alter = lambda world: None, calm: bool = False, tape: Tape | None = None) -> Verdict:
    return told(History(seed, alter=alter, calm=calm, tape=tape))
