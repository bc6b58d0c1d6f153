"""What an imported record costs here: CPU of the connector and of its PostgreSQL per tiers made, memory at the end.
The stand-ins run in a process of their own and are not counted."""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

from altior_sellsy.clock import SystemClock
from altior_sellsy.ledger.model import Environment
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.timing import Timing
from bench.database import database

MOST_MS = 2.0
MOST_MB = 200


def _serve(size: int, line: Connection) -> None:
    companies = [company(firm, number, True) for number, firm in enumerate(sample_companies(size, 7))]
    with Town({"companies": companies}) as town:
        line.send(town.environment())
        line.recv()
        line.send(len(town.tiers()))


@contextmanager
def stand_ins(size: int) -> Iterator[tuple[Environment, Connection]]:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(size, theirs))
    child.start()
    try:
        yield ours.recv(), ours
    finally:
        child.terminate()
        child.join()


def _ticks(pid: int) -> int:
    """CPU of a process and of its children, the ended ones included, in clock ticks."""
    text = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(") ", 1)[1].split()
    total = sum(int(value) for value in text[11:15])
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        try:
            total += _ticks(int(child))
        except FileNotFoundError:
            continue
    return total


def secrets(ledger: Ledger) -> None:
    for name, secret in {
        "sellsy_client_id": CLIENT_ID,
        "sellsy_client_secret": CLIENT_SECRET,
        "altior_token": TOKEN,
        "webhook_key": "bench",
    }.items():
        ledger.set_secret(name, secret)


def measure(size: int) -> dict[str, float | int]:
    with stand_ins(size) as (environment, line), database() as postmaster:
        from altior_sellsy.ledger.django_app.store import DjangoLedgers
        from altior_sellsy.service import first_sync
        from altior_sellsy.service.runtime import Runtime

        ledgers = DjangoLedgers()
        ledger = ledgers.add(environment)
        secrets(ledger)
        began, own, theirs = time.monotonic(), time.process_time(), _ticks(postmaster)
        with Runtime(ledgers, ledger, SystemClock(), Timing()) as runtime:
            first_sync.run(runtime, "Claire Martin")
        own, theirs = time.process_time() - own, _ticks(postmaster) - theirs
        took = time.monotonic() - began
        line.send("how many")
        made = int(line.recv())
    database_seconds = theirs / os.sysconf("SC_CLK_TCK")
    return {
        "records": size,
        "tiers_made": made,
        "connector_ms_per_record": round(1000 * own / size, 2),
        "database_ms_per_record": round(1000 * database_seconds / size, 2),
        "cpu_ms_per_record": round(1000 * (own + database_seconds) / size, 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "seconds": round(took, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.import_cost", description=__doc__)
    parser.add_argument("--size", type=int, default=5_000)
    size = parser.parse_args().size
    figures = measure(size)
    print(json.dumps(figures, indent=2))
    cheap = figures["cpu_ms_per_record"] <= MOST_MS and figures["memory_mb"] <= MOST_MB
    return 0 if cheap and figures["tiers_made"] == size else 1


if __name__ == "__main__":
    sys.exit(main())
