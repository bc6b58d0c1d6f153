"""`initialise --yes` as people run it (a process, the embedded PostgreSQL, two servers), ended by `kill -9` at five
random moments and run again each time: both systems end as after a run that nothing disturbs, with as many creates.

Judged through the servers' HTTP. A moment is a number of calls that the servers have received: planning included.
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.acceptance.commands import NAME, Commands
from tests.acceptance.every_case import every_case
from tests.acceptance.test_first_sync_killed import created, state
from tests.acceptance.town import Town

from bench.counting import Counting

DEATHS = 5
LONGEST = 1800.0
FREE = {"quota": {"second": 10_000, "minute": None}}
TIMING = {"call_deadline": 4, "create_recovery": 1.5, "create_recovery_gap": 0.3, "lease": 3}
RUN = ("initialise", NAME, "--yes", "--by", "Claire Martin", "--json")


@dataclass
class Ran:
    """`calls`: received by both servers. `tiers`: those that Altior has more than before."""

    there: Counter[tuple[Any, ...]]
    sellsy_creates: int
    tiers: int
    calls: int
    killed: int
    seconds: float
    writes_of_another_pass: int


def run(size: int, moments: list[int]) -> Ran:
    cases, counted = every_case(size), list[Counting]()

    def around(app: Any) -> Counting:
        counted.append(Counting(app))
        return counted[-1]

    with (
        Town({**cases.sellsy(), "switches": FREE}, cases.altior(), around=around) as town,
        _commands() as commands,
    ):
        commands.add(town)
        for one in counted:
            one.forget()
        began, killed, spent = time.monotonic(), 0, 0
        for moment in [after - before for before, after in pairwise([0, *moments])]:
            killed += _killed_at(commands, counted, spent + moment)
            spent = _calls(counted)
        _to_the_end(commands, *RUN)
        took, calls = time.monotonic() - began, _calls(counted)
        creates, there = created(town), state(town)
        tiers = len(town.tiers()) - len(cases.tiers)
        _to_the_end(commands, "sync", NAME)
        town.forget_writes()
        _to_the_end(commands, "sync", NAME)
        return Ran(there, creates, tiers, calls, killed, round(took, 1), sum(town.writes()))


@contextmanager
def _commands() -> Iterator[Commands]:
    folder = Path(tempfile.mkdtemp(prefix="altior-sellsy-bench-"))
    folder.chmod(0o711)  # as root PostgreSQL runs under an account of its own, which must pass
    settings = {"ALTIOR_SELLSY_DATA": str(folder / "data"), "ALTIOR_SELLSY_TIMING": json.dumps(TIMING)}
    try:
        yield Commands(folder, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _calls(counted: list[Counting]) -> int:
    return sum(one.calls.total() for one in counted)


def _killed_at(commands: Commands, counted: list[Counting], calls: int) -> int:
    """1, or 0 when it came to its end before."""
    process, give_up = commands.start(*RUN), time.monotonic() + LONGEST
    while process.poll() is None and _calls(counted) < calls and time.monotonic() < give_up:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    return int(process.returncode == -signal.SIGKILL)


def _to_the_end(commands: Commands, *arguments: str) -> None:
    process = commands.start(*arguments)
    _, err = process.communicate(timeout=LONGEST)
    if process.returncode:
        raise RuntimeError(err)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.first_sync_killed", description=__doc__)
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    calm = run(asked.size, [])
    moments = sorted(random.Random(asked.seed).sample(range(1, calm.calls), DEATHS))  # noqa: S311
    struck = run(asked.size, moments)
    for what, ran in (("undisturbed", calm), ("killed", struck)):
        figures = {name: value for name, value in asdict(ran).items() if name != "there"}
        print(json.dumps({"run": what, "firms": asked.size} | figures, indent=2))
    print(f"killed after so many calls: {moments}")
    alike = calm.there == struck.there and (calm.sellsy_creates, calm.tiers) == (struck.sellsy_creates, struck.tiers)
    for one, number in ((calm.there - struck.there) | (struck.there - calm.there)).most_common(5):
        print(f"differs: {number} × {one}")
    good = alike and struck.killed == DEATHS and not struck.writes_of_another_pass
    print("the same final state and the same creates" if good else "NOT as undisturbed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
