"""Commands on a Sellsy that fails often, allows few calls, or shows late: they wait, say so, and go on where they were.
On a clock of their own, with the waits of real life."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from altior_sellsy.errors import Retryable
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.service import first_sync, verifying
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.days import call_fault
from tests.acceptance.quarter import DEALS, RESOLVED, Quarter, contacts_in_altior
from tests.acceptance.steps import initialise
from tests.acceptance.town import Town

TIMING = Timing()


def quarter_town(**switches: Any) -> Town:
    quarter = Quarter(1)
    deals = {"deals": DEALS, "resolved": RESOLVED}
    account = quarter.sellsy() | {"switches": switches}
    return Town(account, quarter.altior(), timing=TIMING, served=False, deals=deals)


def patient(runtime: Runtime) -> list[str]:
    said: list[str] = []
    runtime.be_patient(said.append)
    return said


def statuses(town: Town) -> list[int]:
    """Of what the connector is answered from now on."""
    transport, seen = town.ground.transport, list[int]()
    assert transport is not None
    answer = transport.handle_request

    def handle(request: httpx2.Request) -> httpx2.Response:
        response = answer(request)
        seen.append(response.status_code)
        return response

    transport.handle_request = handle  # type: ignore[method-assign]
    return seen


def test_a_preview_of_many_calls_comes_to_its_end_though_a_third_of_them_fails() -> None:
    with quarter_town(**call_fault("status", 0.33)) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        said = patient(runtime)
        plan = first_sync.preview(runtime)
        assert len(plan.items) == 40
    assert set(said) <= {f"Sellsy ne répond pas, nouvel essai dans {n}." for n in ("5 s", "10 s", "20 s", "40 s")}
    assert "Sellsy ne répond pas, nouvel essai dans 5 s." in said


def test_an_outage_is_given_up_and_told() -> None:
    outage = {"faults": [{"path": "^/v2/contacts", "status": 503, "times": 1_000_000}]}
    with quarter_town(**outage) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        patient(runtime)
        began = town.clock.now()
        with pytest.raises(Retryable, match=r"^Sellsy a répondu 503"):
            first_sync.preview(runtime)
        assert town.clock.now() - began < timedelta(seconds=TIMING.person_outage + 30)


def test_checks_and_preview_wait_for_a_narrow_quota_and_are_not_refused_once() -> None:
    with quarter_town(quota={"second": 5, "minute": 40}) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        said, answers = patient(runtime), statuses(town)
        assert verifying.verify(runtime).complete
        first_sync.ready(runtime)
        verifying.verify(runtime)
        first_sync.preview(runtime)
    assert answers
    assert 429 not in answers
    assert any(one.startswith("La limite d'appels de Sellsy est atteinte, reprise dans ") for one in said)


def test_what_sellsy_shows_late_waits_a_minute_and_not_the_ten_of_a_deletion() -> None:
    """The contacts that it made last are not shown yet when they are looked at again."""
    with quarter_town(read_lag=20) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        initialise(runtime)
        now = runtime.clock.now()
        most = timedelta(seconds=TIMING.stale_after_write)
        assert [look for look in runtime.ledger.looks() if look.due > now + most] == []
        runtime.clock.sleep(TIMING.stale_after_write)
        first_sync.drain_until_quiet(runtime)
        assert runtime.ledger.looks() == []
        assert all(len(contact["references_externes"]) == 1 for contact in contacts_in_altior(town))


def test_a_first_synchronisation_on_a_narrow_account_is_done_when_it_ends() -> None:
    """It waits, and says so, where the minute is used up, instead of leaving the rest to a service."""
    with quarter_town(quota={"second": 5, "minute": 60}) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        said = patient(runtime)
        done = initialise(runtime)
        assert done.waiting == 0
        assert runtime.ledger.looks() == []
    assert any(one.startswith("La limite d'appels de Sellsy est atteinte, reprise dans ") for one in said)
