"""The whole story with real processes, under every fault profile and every switch of both stand-ins: two sandboxes,
`serve` and a `worker` beside it, the commands of a person, PostgreSQL. Judged through both servers' HTTP.

Waits and durations are a fifteenth of real life's; the same days are told with life's own in test_faults_story.py.
"""

import json
import time
from collections.abc import Callable

import pytest

from tests.acceptance.commands import NAME, Commands
from tests.acceptance.days import DAYS, Bad, end_of_faults, hurried, set_altior
from tests.acceptance.quarter import Quarter
from tests.acceptance.town import Town
from tests.kill.crew import Crew, Patience

SIZE = 3
"""81 firms, 27 contacts, 12 opportunities at the start, 16 more firms born on the way: 136 records."""
TIMING = {
    "call_deadline": 2, "create_recovery": 6, "create_recovery_gap": 1, "stale_after_write": 4, "echo_delay": 0.5,
    "lease": 4, "backoff_first": 0.3, "backoff_most": 3, "scan_every": 3, "sweep_every": 3, "sweep_overlap": 40,
    "tick": 0.5, "feed_poll": 2, "turn_again": 4,
}  # fmt: skip
IN_STEP_WITHIN = 240.0
"""Seconds; a quiet machine needs a tenth."""
LOOKS_EVERY = 5.0
"""Seconds: so often somebody looks whether the connector has stopped."""
STANDS_STILL = 120.0
"""Seconds without a new record in either system."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step(commands: Commands, unused_port: int, name: str) -> None:
    day, quarter, began = hurried(DAYS[name]), Quarter(SIZE), time.monotonic()
    commands.settings["ALTIOR_SELLSY_TIMING"] = json.dumps(TIMING)
    if day.notified:
        commands.settings["ALTIOR_SELLSY_PUBLIC_URL"] = f"http://127.0.0.1:{unused_port}"
    crew = Crew(commands)
    with Town(quarter.sellsy(), quarter.altior(), folder=commands.folder) as town:
        commands.add(town)
        try:
            told = Story(commands, crew, town, quarter, day).tell(unused_port)
        finally:
            crew.dismiss()
    print(f"{name}: {quarter.number} records, {time.monotonic() - began:.0f} s ({told})", flush=True)


class Story:
    def __init__(self, commands: Commands, crew: Crew, town: Town, quarter: Quarter, day: Bad) -> None:
        self.commands, self.crew, self.town, self.quarter, self.day = commands, crew, town, quarter, day
        self.steps: list[str] = []
        self.looked = time.monotonic()

    def tell(self, port: int) -> str:
        """How long each part took."""
        town, day = self.town, self.day
        town.sellsy("PUT", "switches", dict(day.sellsy))
        set_altior(town, day)
        day.on_the_way(town)
        self._timed("initialised", self._initialise)
        if "hide" in day.altior:
            # The live part needs to see every record; the plan was approved on half of them: once more.
            end_of_faults(town, day)
            self._timed("initialised again", self._initialise)
        self.crew.start("serve", "--port", str(port))
        self.crew.start("worker")
        self._timed("in step", self._in_step)
        self.quarter.live(town)
        day.on_the_way(town)
        self._timed("lived", self._in_step)
        self.quarter.later(town)
        end_of_faults(town, day)
        self._timed("ended", self._in_step)
        self._timed("quiet", self._a_further_pass_writes_nothing)
        return ", ".join(self.steps)

    def _timed(self, what: str, step: Callable[[], None]) -> None:
        began = time.monotonic()
        step()
        self.steps.append(f"{what} {time.monotonic() - began:.0f} s")

    def _initialise(self) -> None:
        """As a person would: started again until it goes through."""
        first = self.crew.start("initialise", NAME, "--yes", "--by", "Claire Martin", restarted=False)
        self.crew.run_to_the_end(first, Patience(lambda: -self._records(), STANDS_STILL))

    def _records(self) -> int:
        return len(self.town.tiers()) + len(self.town.companies())

    def _in_step(self) -> None:
        """The running service does it by itself, bad day or not: nobody gives a command, but to resume what has stopped
        as it should."""
        deadline = time.monotonic() + IN_STEP_WITHIN
        while True:
            try:
                self.quarter.judge(self.town, self.day.same)
            except AssertionError as error:
                if time.monotonic() > deadline:
                    pytest.fail("\n".join([f"not in step: {error}", *self._said()]))
                self.crew.tend()
                self._resume_what_rightly_stopped()
                time.sleep(0.7)
            else:
                return

    def _resume_what_rightly_stopped(self) -> None:
        """As the card says: she looks at what is to be rewritten in number, it is meant, she resumes. Once: the
        connector does not ask her again that day. Any other stop stays, and the story does not end in step."""
        if not self.day.stops or time.monotonic() - self.looked < LOOKS_EVERY:
            return
        self.looked = time.monotonic()
        if self.commands.right("status", NAME, "--json").json["status"] != "paused":
            return
        cards = [card for card in self.commands.right("cards", NAME, "--json").json if card["code"] == self.day.stops]
        if cards and "resumed" not in self.steps:
            assert "reprenez l'environnement" in cards[0]["remedy"]
            self.commands.right("environment", "resume", NAME, "--by", "Claire Martin")
            self.steps.append("resumed")

    def _said(self) -> list[str]:
        """For whoever reads the failure; the verdict does not rest on it."""
        told = [self.commands(*command).out for command in (("status", NAME), ("cards", NAME))]
        return [*told, *(self.crew.said(member) for member in self.crew.members)]

    def _a_further_pass_writes_nothing(self) -> None:
        """Once what lags has been seen: of two passes in a row the second one writes nothing."""
        deadline = time.monotonic() + IN_STEP_WITHIN
        while True:
            self._sync()
            self.town.forget_writes()
            self._sync()
            if self.town.writes() == (0, 0):
                break
            assert time.monotonic() < deadline, f"it goes on writing: {self.town.writes()}"
        self.quarter.judge(self.town, self.day.same)
        said = "".join(self.crew.said(member) for member in self.crew.members)
        assert "Traceback" not in said, said

    def _sync(self) -> None:
        """What Altior corrects may come to light only now, in number: then it stops here as it should."""
        told = self.commands("sync", NAME)
        if told.code != 0 and self.day.stops:
            self.looked = 0.0
            self._resume_what_rightly_stopped()
            told = self.commands("sync", NAME)
        assert told.code == 0, f"{told.code}\n{told.out}\n{told.err}"
