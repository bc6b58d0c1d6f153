"""Every test of this folder that asks for `ledgers` or `ledger` runs on both ledgers."""

import pytest

from altior_sellsy.clock import ManualClock
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Lease, Ledger, Ledgers
from tests.contract.ledger.records import NOON, environment


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(params=["memory", pytest.param("postgresql", marks=pytest.mark.django_db(transaction=True))])
def ledgers(request: pytest.FixtureRequest, clock: ManualClock) -> Ledgers:
    if request.param == "memory":
        return MemoryLedgers(clock)
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers(clock)


@pytest.fixture
def ledger(ledgers: Ledgers) -> Ledger:
    return ledgers.add(environment())


@pytest.fixture
def lease(ledger: Ledger) -> Lease:
    taken = ledger.lease("worker-1", NOON, 8)
    assert taken is not None
    return taken
