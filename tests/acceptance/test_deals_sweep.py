"""Sweeping open opportunities: a call per hundred and one more, no look and no write when nothing changed."""

import pytest
from bench.deals import sweep

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Ledgers


@pytest.mark.parametrize("size", [200, 201])
def test_a_sweep_costs_a_call_per_hundred_and_one_more(size: int) -> None:
    measured = sweep(size, MemoryLedgers())
    assert measured.good, measured


@pytest.mark.slow
def test_five_thousand_open_opportunities_cost_fifty_one_calls(ledgers: Ledgers) -> None:
    measured = sweep(5000, ledgers)
    assert measured.good, measured
    assert measured.calls == 51
