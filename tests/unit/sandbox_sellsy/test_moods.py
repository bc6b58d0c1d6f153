"""Switches and faults: lags, lossy habits, hidden rows, skew, broken calls."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic, time
from typing import Any

import httpx2
import pytest

from altior_sellsy.sandbox.sellsy.app import Options, serve
from altior_sellsy.sandbox.sellsy.switches import PROFILES
from tests.unit.sandbox_sellsy.conftest import Api


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def timed() -> Iterator[tuple[str, Hand]]:
    clock = Hand()
    with serve(Options(size=0, clock=clock)) as sandbox:
        yield sandbox.url, clock


@pytest.fixture
def clocked(timed: tuple[str, Hand]) -> tuple[Api, Hand]:
    api = Api(timed[0])
    api.reset()
    return api, timed[1]


def test_reads_lag_and_writes_do_not(clocked: tuple[Api, Hand]) -> None:
    api, clock = clocked
    id = api.create("companies", type="client", name="A")["id"]
    clock.now += 100
    api.switch(read_lag=30)
    assert api.call("PUT", f"/companies/{id}", {"name": "B"}).json()["name"] == "B"
    assert api.get(f"/companies/{id}")["name"] == "A"
    assert api.get("/companies")["data"][0]["name"] == "A"
    other = api.create("companies", type="client", name="C", legal_france={"siret": "12345678900011"})["id"]
    assert api.call("GET", f"/companies/{other}").status_code == 404
    clock.now += 31
    assert api.get(f"/companies/{id}")["name"] == "B"
    assert api.get("/companies")["pagination"]["total"] == 2
    api.call("DELETE", f"/companies/{id}")
    assert api.get(f"/companies/{id}")["name"] == "B"
    clock.now += 31
    assert api.call("GET", f"/companies/{id}").status_code == 404


def test_the_search_index_lags_behind_lists(clocked: tuple[Api, Hand]) -> None:
    api, clock = clocked
    api.switch(search_lag=60)
    legal = {"siret": "12345678900011"}
    id = api.create("companies", type="client", name="A", legal_france=legal)["id"]
    assert api.search("companies", legal) == api.search("companies", {"id": [id]}) == []
    assert [row["id"] for row in api.get("/companies")["data"]] == [id]
    clock.now += 61
    assert api.search("companies", legal) == [id]
    api.call("PUT", f"/companies/{id}", {"legal_france": {"siret": None}})
    assert api.search("companies", legal) == [id], "the index still has the old number"
    clock.now += 61
    assert api.search("companies", legal) == []


def test_a_skewed_clock_shows_in_times_and_headers(clocked: tuple[Api, Hand]) -> None:
    api, clock = clocked
    api.switch(clock_skew=-3600)
    answer = api.call("POST", "/companies", {"type": "client", "name": "A"})
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == clock.now - 3600
    assert datetime.fromisoformat(answer.json()["updated_at"]).timestamp() == clock.now - 3600
    assert answer.json()["updated_at"].endswith("+01:00")


def test_lossy_habits(api: Api) -> None:
    api.switch(lossy={"truncate_names": 7, "upper_case": True, "reformat_phones": True, "fill_in": {"capital": "0"}})
    made = api.create("companies", type="client", name="Société Générale", phone_number="+33 6 39.98 00-11")
    assert (made["name"], made["phone_number"], made["capital"]) == ("SOCIÉTÉ", "0639980011", "0")
    changed = api.call("PUT", f"/companies/{made['id']}", {"capital": None, "mobile_number": "06 39 98 00 12"}).json()
    assert (changed["capital"], changed["mobile_number"]) == ("0", "0639980012")
    edited = api.door("PATCH", f"/records/companies/{made['id']}", {"name": "Société Générale"})
    assert edited["name"] == "Société Générale", "what a person types stays"


def test_lists_come_reversed(api: Api) -> None:
    api.switch(lossy={"reorder": True})
    made = api.create("companies", type="client", name="A", marketing_campaigns_subscriptions=["sms", "email"])
    assert made["marketing_campaigns_subscriptions"] == ["email", "sms"]


def test_reduced_rights_hide_rows(api: Api) -> None:
    api.reset(scenario={"companies": [{"id": id, "type": "client", "name": "A"} for id in (1, 2, 3, 4)]})
    api.switch(hide_modulo=2)
    assert api.search("companies", {}) == [1, 3]
    assert api.get("/companies")["pagination"]["total"] == 2
    assert api.get("/companies/2")["id"] == 2
    for mood, status in (("forbidden", 403), ("missing", 404)):
        api.switch(hidden_get=mood)
        assert api.call("GET", "/companies/2").status_code == status


def test_failing_calls_by_path_and_number(api: Api) -> None:
    fault = {"path": "/companies/search$", "status": 502, "times": 2, "skip": 1}
    api.switch(faults=[fault])
    statuses = [api.call("POST", "/companies/search", {"filters": {}}).status_code for _ in range(4)]
    assert statuses == [200, 502, 502, 200]
    assert api.call("GET", "/companies").status_code == 200


@pytest.mark.parametrize(("effect", "stored"), [("drop_before", 0), ("drop_after", 1)])
def test_dropped_connections(api: Api, effect: str, stored: int) -> None:
    api.switch(faults=[{"path": "/companies$", "methods": ["POST"], "effect": effect}])
    with pytest.raises(httpx2.RemoteProtocolError):
        api.call("POST", "/companies", {"type": "client", "name": "A"})
    assert api.get("/companies")["pagination"]["total"] == stored


@pytest.mark.parametrize(("effect", "stored"), [("hang_before", 0), ("hang_after", 1)])
def test_calls_that_hang(api: Api, effect: str, stored: int) -> None:
    api.switch(faults=[{"path": "/companies$", "methods": ["POST"], "effect": effect, "seconds": 30}])
    with pytest.raises(httpx2.ReadTimeout):
        api.http.post("/v2/companies", json={"type": "client", "name": "A"}, timeout=0.2)
    assert api.get("/companies")["pagination"]["total"] == stored


def test_a_commit_after_the_gateway_gave_up(api: Api) -> None:
    api.switch(faults=[{"path": "/companies$", "methods": ["POST"], "effect": "late_commit", "seconds": 0.3}])
    answer = api.call("POST", "/companies", {"type": "client", "name": "A"})
    assert answer.status_code == 504
    assert api.get("/companies")["pagination"]["total"] == 0
    deadline = monotonic() + 5
    while not (total := api.get("/companies")["pagination"]["total"]) and monotonic() < deadline:
        pass
    assert total == 1


def test_latency(api: Api) -> None:
    api.switch(latency=0.15)
    before = monotonic()
    api.get("/companies")
    assert monotonic() - before >= 0.15


def test_every_profile_starts(api: Api) -> None:
    for name, switches in PROFILES.items():
        api.reset(scenario={"switches": switches.model_dump()})
        shown = api.door("GET", "/switches")
        assert shown["quota"] == switches.quota.model_dump(), name
        assert switches.faults == [] or shown["faults"]


def test_an_unknown_switch_is_refused(api: Api) -> None:
    answer = api.http.put("/_sandbox/switches", json={"serach_lag": 5})
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"serach_lag": "Ce champ est inconnu"}


def test_the_real_clock_is_the_default(api: Api) -> None:
    date: Any = parsedate_to_datetime(api.call("GET", "/companies").headers["Date"])
    assert abs(date.timestamp() - time()) < 5
