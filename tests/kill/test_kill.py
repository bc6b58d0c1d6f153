"""Real processes on PostgreSQL and two real servers with faults on: `kill -9` and SIGSTOP at random instants during the
first synchronisation and live traffic. Judged through the servers' HTTP: nothing lost, nothing doubled.

`make kill N=200` gives so many rounds; ten of them, with one environment each, make a story.
"""

import json
import math
import os
import random
import time

import pytest

from altior_sellsy.sandbox.altior.options import PROFILES as ALTIOR
from altior_sellsy.sandbox.sellsy.switches import PROFILES as SELLSY
from altior_sellsy.sandbox.sellsy.switches import Switches
from tests.acceptance.commands import NAME, Commands
from tests.acceptance.street import Street
from tests.acceptance.town import Town
from tests.kill.crew import Crew, Patience
from tests.kill.people import People

ROUNDS = int(os.environ.get("KILL_ROUNDS", "10"))
FIRST_SEED = int(os.environ.get("KILL_SEED", "1"))
PER_STORY = 10
TIMING = {
    "echo_delay": 0, "stale_after_write": 1, "call_deadline": 4, "create_recovery": 1.5, "create_recovery_gap": 0.3,
    "lease": 3, "backoff_first": 0.3, "backoff_most": 2, "scan_every": 4, "sweep_every": 4, "sweep_overlap": 30,
    "tick": 0.5, "feed_poll": 3,
}  # fmt: skip
STANDS_STILL = 90.0
"""Seconds without anything coming nearer to its end: then it never will."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + math.ceil(ROUNDS / PER_STORY)))
def test_nothing_is_lost_and_nothing_doubled(commands: Commands, unused_port: int, seed: int) -> None:
    rng = random.Random(seed)
    commands.settings["ALTIOR_SELLSY_TIMING"] = json.dumps(TIMING)
    commands.settings["ALTIOR_SELLSY_PUBLIC_URL"] = f"http://127.0.0.1:{unused_port}"
    street = Street(seed=seed)
    rounds = min(PER_STORY, ROUNDS - PER_STORY * (seed - FIRST_SEED))
    crew = Crew(commands)
    with Town(street.sellsy(), street.altior()) as town:
        commands.add(town)
        people = People(town, street, rng)
        began = time.monotonic()
        try:
            _story(commands, crew, town, people, rng, unused_port, rounds)
        finally:
            crew.dismiss()
        print(
            f"story {seed}: {rounds} rounds ({crew.killed} killed, {crew.suspended} suspended), {people.edits} "
            f"gestures of people, in step, {time.monotonic() - began:.0f} s"
        )


def _story(
    commands: Commands, crew: Crew, town: Town, people: People, rng: random.Random, port: int, rounds: int
) -> None:
    town.sellsy("PUT", "switches", SELLSY["flaky"].model_dump())
    town.altior("POST", "faults", {"faults": [f.model_dump() for f in ALTIOR["flaky"][1]]})
    crew.start("serve", "--port", str(port))
    crew.start("worker")
    first = crew.start("initialise", NAME, "--yes", "--by", "Claire Martin", restarted=False)
    for number in range(rounds):
        _live(crew, people, rng, rng.uniform(0.1, 1.9))
        if number < 4 and first.process.poll() not in (None, 0):
            crew._again(first)
        crew.strike(rng)
    _live(crew, people, rng, 1)
    crew.all_awake()
    crew.run_to_the_end(first, Patience(people.not_linked, STANDS_STILL))
    town.altior("DELETE", "faults")
    town.sellsy("PUT", "switches", Switches().model_dump())
    _in_step(commands, crew, people)
    _a_further_pass_writes_nothing(commands, crew, town)


def _live(crew: Crew, people: People, rng: random.Random, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        crew.tend()
        if rng.random() < 0.3:
            people.act()
        time.sleep(min(left, 0.1))


def _in_step(commands: Commands, crew: Crew, people: People) -> None:
    """The running service does it by itself: nobody gives a command."""
    patience = Patience(lambda: len(people.verdict()), STANDS_STILL)
    while wrong := people.verdict():
        if not patience.lasts():
            told = "\n".join([*wrong, *_told(commands), *(crew.said(m) for m in crew.members)])
            pytest.fail(f"not in step, and no nearer to it for {STANDS_STILL:.0f} s:\n{told}")
        crew.tend()
        time.sleep(0.2)


def _told(commands: Commands) -> list[str]:
    """For whoever reads the failure; the verdict does not rest on it."""
    return [commands(*command).out for command in (("status", NAME), ("cards", NAME), ("journal", NAME))]


def _a_further_pass_writes_nothing(commands: Commands, crew: Crew, town: Town) -> None:
    commands.right("sync", NAME)
    town.forget_writes()
    commands.right("sync", NAME)
    assert town.writes() == (0, 0)
