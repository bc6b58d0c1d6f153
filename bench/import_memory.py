"""What a process needs that imports a hundred thousand records: its peak memory, apart from that of the one that made
the plan (`plan_memory`), since the plan is stored. The stand-ins run in a process of their own."""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from multiprocessing.connection import Connection

from altior_sellsy.ledger.model import Environment
from bench.database import database
from bench.import_cost import MOST_MB, secrets, stand_ins


def _work(environment: Environment, first: bool, line: Connection) -> None:
    """A process of its own: the database's address comes by the environment's variables."""
    from altior_sellsy.web import database as product

    product.prepare(migrate=False)
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.ledger.django_app.store import DjangoLedgers
    from altior_sellsy.service import first_sync
    from altior_sellsy.service.runtime import Runtime
    from altior_sellsy.timing import Timing

    ledgers = DjangoLedgers()
    if first:
        secrets(ledgers.add(environment))
    at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with Runtime(ledgers, ledgers.open(environment.name), SystemClock(), Timing()) as runtime:
        if first:
            first_sync.preview(runtime)
        else:
            first_sync.run(runtime, "Claire Martin")
    used = time.process_time() - began
    line.send((at_rest / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, used))
    product.release()


def apart(environment: Environment, first: bool) -> tuple[float, float, float]:
    """Megabytes before the work and at its peak, CPU seconds."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_work, args=(environment, first, theirs))
    child.start()
    theirs.close()
    found: tuple[float, float, float] = ours.recv()
    child.join()
    return found


def measure(size: int) -> dict[str, float | int]:
    with stand_ins(size) as (environment, line), database():
        _, plan, plan_cpu = apart(environment, first=True)
        at_rest, peak, cpu = apart(environment, first=False)
        line.send("how many")
        made = int(line.recv())
    return {
        "records": size,
        "tiers_made": made,
        "plan_peak_mb": round(plan),
        "plan_ms_per_record": round(1000 * plan_cpu / size, 2),
        "import_at_rest_mb": round(at_rest),
        "import_peak_mb": round(peak),
        "import_ms_per_record": round(1000 * cpu / size, 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.import_memory", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    size = parser.parse_args().size
    figures = measure(size)
    print(json.dumps(figures, indent=2))
    return 0 if figures["import_peak_mb"] <= MOST_MB and figures["tiers_made"] == size else 1


if __name__ == "__main__":
    sys.exit(main())
