"""What acceptance tests do with a runtime: scan and drain as `sync` does."""

from altior_sellsy.service import first_sync, pipelines, scanning
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync.engine import DrainReport
from altior_sellsy.values.reference import Side

BY = "Claire Martin"


def sync(runtime: Runtime) -> DrainReport:
    """As `altior-sellsy sync`: identity, both sides whole, then drained until nothing is due soon."""
    first_sync.ready(runtime)
    pipelines.forget(runtime.ledger)
    for binding in runtime.engine.bindings:
        for side in Side:
            scanning.scan(runtime.engine, binding, side)
    return first_sync.drain_until_quiet(runtime)


def initialise(runtime: Runtime) -> first_sync.FirstSyncReport:
    return first_sync.run(runtime, BY, public_url=runtime.public_url)


def crash_at(runtime: Runtime, point: str) -> None:
    """The engine raises `Crash` when it comes to this point, once; a new runtime takes over afterwards."""
    armed = [point]

    def at(name: str) -> None:
        if armed and name == armed[0]:
            armed.clear()
            raise Crash(name)

    runtime.at = at
    runtime.close()


class Crash(BaseException):
    """The process dies here: no handler of the product may see it."""
