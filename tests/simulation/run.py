"""`make simulate N=100000 FROM=0`: histories from that seed on, on every core, a quarter as many of contacts and of
deals; a failure prints its shortest form; exit 1 when there is one. `--help` tells more."""

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from tests.simulation import history
from tests.simulation.contacts import history as contacts
from tests.simulation.deals import history as deals
from tests.simulation.history import Verdict
from tests.simulation.tape import Draw, Tape, shrink

CHUNK = 250
SHOWN = 4
"""Faults of so many different sorts are made short and printed."""


class Run(Protocol):
    def __call__(self, seed: int, *, tape: Tape | None = None) -> Verdict: ...


STORIES: dict[str, tuple[Run, int]] = {
    "third parties": (history.run, 1),
    "contacts": (contacts.run, 4),
    "deals": (deals.run, 4),
}
"""Of what → how a history of it runs, and one in how many of those asked for."""


@dataclass
class Total:
    histories: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[int]] = field(default_factory=dict)
    """Sort of fault → seeds."""

    def add(self, other: "Total") -> None:
        self.histories += other.histories
        self.counted += other.counted
        for sort, seeds in other.faults.items():
            self.faults.setdefault(sort, []).extend(seeds)

    def __str__(self) -> str:
        failed = sorted(seed for seeds in self.faults.values() for seed in seeds)
        which = f" (seeds {', '.join(map(str, failed[:10]))}{' …' if failed[10:] else ''})" if failed else ""
        return (
            f"{self.histories} histories, {len(failed)} failed{which}; {self.counted['edits']} edits by people, "
            f"{self.counted['wishes']} decisions, "
            f"{self.counted['conflicts']} conflicts in the journal, {self.counted['overwritten']} edits "
            "saved in "
            "Sellsy between our read and our write (the one class that may be lost)"
        )


def chunk(run: Run, first: int, number: int) -> Total:
    total = Total()
    for seed in range(first, first + number):
        verdict = run(seed)
        total.histories += 1
        total.counted.update(
            edits=verdict.edits, conflicts=verdict.conflicts, overwritten=verdict.overwritten, wishes=verdict.wishes
        )
        if verdict.fault:
            total.faults.setdefault(sort_of(verdict), []).append(seed)
    return total


def sort_of(verdict: Verdict) -> str:
    """Without the numbers that differ from seed to seed."""
    return re.sub(r"\d+", "n", verdict.fault.split(":")[0])


def many(run: Run, count: int, first: int = 0, workers: int = 1) -> Iterator[Total]:
    """Totals so far, chunk by chunk."""
    starts = range(first, first + count, CHUNK)
    numbers = [min(CHUNK, first + count - start) for start in starts]
    total = Total()
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(partial(chunk, run), starts, numbers):
            total.add(part)
            yield total


def shortest(run: Run, seed: int) -> Verdict:
    """The same sort of fault with as little happening as possible (less so where each try that has it takes long)."""
    tape = Tape(seed, keep=True)
    whole = run(seed, tape=tape)
    sort = sort_of(whole)

    def fails(quiet: frozenset[Draw]) -> list[Draw] | None:
        again = Tape(seed, quiet)
        return again.draws if sort_of(run(seed, tape=again)) == sort else None

    most = 60 if whole.restless else 1500
    return run(seed, tape=Tape(seed, shrink(tape.draws, fails, most)))


def tell(name: str, run: Run, count: int, first: int) -> bool:
    """Did all of them survive?"""
    began, said, total = time.perf_counter(), 0.0, Total()
    for total in many(run, count, first, workers=os.cpu_count() or 1):
        if (now := time.perf_counter()) - said > 30:
            said = now
            print(f"{name}, from seed {first}: {total}", flush=True)
    print(f"{name}: {total}; {time.perf_counter() - began:.0f} s")
    for sort, seeds in list(total.faults.items())[:SHOWN]:
        verdict = shortest(run, seeds[0])
        print(f"\n{len(seeds)} × «{sort}», seeds {seeds[:10]}; seed {verdict.seed} made short: {verdict.fault}")
        print("\n".join(f"    {line}" for line in verdict.log))
    return not total.faults


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation.run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Random histories of the real engine on the ledger in memory between two simulated systems.\n"
        "People act at any instant, calls fail, processes die and sleep. A judge that knows only what people did, and\n"
        "what both systems hold at the end, says of each whether everything is in step or explained.",
        epilog="A seed repeats exactly, in slices of any size: after «2000 0» comes «2000 2000».\n\n"
        "  python -m tests.simulation.run 2000                  half a minute of two quiet cores\n"
        "  python -m tests.simulation.run 2000 500000           other ones\n"
        "  python -m tests.simulation.run 1 4711 --only deals   one history; when it fails, its shortest form\n\n"
        "«0 failed» is what is wanted. A fault is printed with its seeds and with the shortest history that still has\n"
        "it: the instants, what people did, what went wrong; what a second process does meanwhile is indented. Edits\n"
        "saved in Sellsy between our reading and our writing of the same field are counted apart: Sellsy has no\n"
        "conditional write. A history that is still at work after five seconds of CPU comes to no rest: a fault, too.\n"
        "Exit status: 0 when none failed, 1 otherwise.",
    )
    parser.add_argument("count", metavar="N", type=int, help="histories of third parties; of each other kind a quarter")
    parser.add_argument("first", metavar="FROM", type=int, nargs="?", default=0, help="the first seed (default: 0)")
    parser.add_argument(
        "--only", metavar="KIND", choices=STORIES, help=f"N histories of one kind: {', '.join(STORIES)}"
    )
    return parser


def main(arguments: list[str]) -> int:
    asked = parser().parse_args(arguments)
    stories = {asked.only: (STORIES[asked.only][0], 1)} if asked.only else STORIES
    survived = [tell(name, run, max(1, asked.count // share), asked.first) for name, (run, share) in stories.items()]
    return 0 if all(survived) else 1


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of text are gone through in another order, else
        again = [sys.executable, "-m", "tests.simulation.run", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606
    sys.exit(main(sys.argv[1:]))
