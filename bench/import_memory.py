"""What `initialise --yes` as people run it needs at its peak, plan and execution in one process, for a hundred thousand
companies that become tiers, and `sync` after it, which compares all of them. The stand-ins run in a process of their
own."""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.acceptance.commands import NAME, Commands
from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

from altior_sellsy.sandbox.companies import sample_companies

MOST_MB = 200
FREE = {"quota": {"second": 10_000, "minute": None}}


@dataclass(frozen=True)
class Ran:
    """`peak_mb`: resident memory at its highest. `cpu`: seconds."""

    peak_mb: float
    cpu: float


def _serve(size: int, folder: Path, line: Connection) -> None:
    companies = [company(firm, number, True) for number, firm in enumerate(sample_companies(size, 7))]
    with Town({"companies": companies, "switches": FREE}) as town:
        Commands(folder, _settings(folder)).add(town)
        before = len(town.tiers())
        line.send("ready")
        line.recv()
        line.send(len(town.tiers()) - before)


def _settings(folder: Path) -> dict[str, str]:
    return {"ALTIOR_SELLSY_DATA": str(folder / "data")}


@contextmanager
def stand_ins(size: int, folder: Path) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(size, folder, theirs))
    child.start()
    try:
        ours.recv()
        yield ours
    finally:
        child.terminate()
        child.join()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="altior-sellsy-bench-"))
    folder.chmod(0o711)  # as root PostgreSQL runs under an account of its own, which must pass
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(folder: Path, *arguments: str) -> Ran:
    """One command, its PostgreSQL apart. Raises RuntimeError with what it said when it fails."""
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "altior_sellsy", *arguments],
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=Commands(folder, _settings(folder)).environ(),
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError((folder / "said").read_text("utf-8"))
    return Ran(used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)


def measure(size: int) -> dict[str, float | int]:
    with _folder() as folder, stand_ins(size, folder) as line:
        rest = run(folder, "status", NAME)
        ran = run(folder, "initialise", NAME, "--yes", "--by", "Claire Martin")
        scanned = run(folder, "sync", NAME)
        line.send("how many")
        made = int(line.recv())
    return {
        "records": size,
        "tiers_made": made,
        "at_rest_mb": round(rest.peak_mb),
        "peak_mb": round(ran.peak_mb),
        "sync_peak_mb": round(scanned.peak_mb),
        "connector_ms_per_record": round(1000 * (ran.cpu - rest.cpu) / size, 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.import_memory", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    size = parser.parse_args().size
    figures = measure(size)
    print(json.dumps(figures, indent=2))
    most = max(figures["peak_mb"], figures["sync_peak_mb"])
    return 0 if most <= MOST_MB and figures["tiers_made"] == size else 1


if __name__ == "__main__":
    sys.exit(main())
