"""Third parties through the real clients and both stand-ins: what one side shows arrives on the other."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.certificates import certificates
from altior_sellsy.clock import SystemClock
from altior_sellsy.kinds.correspondence import Correspondence, StaffMember
from altior_sellsy.kinds.port import Create, Snapshot, Write
from altior_sellsy.kinds.third_party.in_altior import AltiorThirdParties
from altior_sellsy.kinds.third_party.in_sellsy import SellsyThirdParties
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.request.mapping import LINES, Section
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.altior.options import Options as AltiorOptions
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.altior.server import create_app
from altior_sellsy.sandbox.sellsy.app import Options as SellsyOptions
from altior_sellsy.sandbox.sellsy.app import serve
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.sandbox.serving import Served
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side

SIRET = "73282932000074"
CLIENT = frozenset({"client"})


@dataclass
class Both:
    sellsy: SellsyThirdParties
    altior: AltiorThirdParties

    def in_sellsy(self, snapshot: Snapshot) -> Snapshot:
        return self.sellsy.observe([snapshot.reference])[snapshot.reference]

    def in_altior(self, snapshot: Snapshot) -> Snapshot:
        return self.altior.observe([snapshot.reference])[snapshot.reference]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with serve(SellsyOptions(size=0)) as sellsy_server, Served(create_app(AltiorOptions())) as altior_server:
        lock = threading.Lock()
        timing = Timing(call_deadline=10)
        with (
            httpx2.Client(base_url=f"{altior_server.url}/_sandbox/", trust_env=False, verify=certificates()) as door,
            HttpAltior(altior_server.url, TOKEN, ADMINISTRATOR, timing=timing) as altior,
            HttpSellsy(
                Credentials(CLIENT_ID, CLIENT_SECRET),
                quota=MemoryLedgers().quota("1"),
                tokens=MemoryTokens(),
                exclusive=lambda: lock,
                api_url=f"{sellsy_server.url}/v2",
                login_url=sellsy_server.url,
                timing=timing,
            ) as sellsy,
        ):
            assert door.post("reset", json={"options": {"size": 0}}).status_code < 300
            gate = next(field.id for field in sellsy.custom_fields() if field.code == "SA")
            own = Correspondence.of(
                {},
                staff={one.id: StaffMember(one.email or "", one.status == "ok") for one in sellsy.staffs()},
                users=[user.email for user in altior.users() if user.active],
            )
            yield Both(
                SellsyThirdParties(sellsy, SystemClock(), "97417", own, gate),
                AltiorThirdParties(altior, SystemClock(), "leo", own, altior.establishments()[0].id),
            )


def address(line: str, **more: str) -> dict[str, str | None]:
    parts = dict.fromkeys(("line_1", "line_2", "line_3", "line_4"))
    return {**parts, "line_1": line, "postal_code": "75012", "city": "Paris", "country": "FR", **more}


COMPANY: dict[str, Any] = {
    "name": "Menuiserie Léo & fils",
    "siret": SIRET,
    "vat": "FR44732829320",
    "naf": "62.01Z",
    "capital": "10000",
    "rcs": "Paris B 732 829 320",
    "reference": "CLI-1",
    "note": "Deux\n\nlignes",
    "email": "contact@leo.fr",
    "phone": "+33144419191;ext=12",
    "mobile": "+262692123456",
    "fax": "+442079460958",
    "website": "www.leo.fr/Accueil",
    "invoicing_address": address("12 rue de l'Église", line_2="Bât. B"),
    "delivery_address": address("1 quai Z"),
}
PERSON: dict[str, Any] = {
    "last_name": "Durand",
    "first_name": "Anne-Éloïse",
    "civility": "mrs",
    "email": "anne@durand.fr",
    "phone": "+33144419191",
    "invoicing_address": address("3 rue Y"),
}
FORMS = [line.standard for line in LINES if line.section is Section.LEGAL_FORMS and line.abbreviation]


@pytest.mark.parametrize(("fields", "ago"), [(COMPANY, 1), (PERSON, 2)], ids=["company", "individual"])
def test_up_down_and_in_step(both: Both, fields: dict[str, Any], ago: int) -> None:
    source = Reference(Side.ALTIOR, "leo", "tiers", "1")
    second = datetime.now().astimezone().replace(microsecond=0) - timedelta(hours=ago)
    mark = both.sellsy.newest_id()
    up = both.sellsy.create([Create("k", fields, CLIENT, source, created=second)])[0]
    assert (up.error, up.refused) == (None, {})
    assert dict(up.shown) == fields
    assert up.snapshot is not None
    seen = both.in_sellsy(up.snapshot)
    assert seen.hash == up.snapshot.hash
    assert [one.reference for one in both.sellsy.created_at(second, mark)] == [seen.reference]

    down = both.altior.create([Create("k", seen.fields, CLIENT, seen.reference)])[0]
    assert (down.error, down.refused) == (None, {})
    assert down.snapshot is not None
    assert {name: down.snapshot.fields[name] for name in seen.fields} == dict(seen.fields)
    assert both.in_altior(down.snapshot).hash == down.snapshot.hash

    everything = dict(down.snapshot.fields)
    again = both.sellsy.update([Write(seen, everything)])[0]
    assert (again.error, again.refused) == (None, {})
    assert both.in_sellsy(seen).fields == seen.fields
    emptied = {name: None for name in fields if name not in ("name", "last_name")}
    assert set(both.sellsy.update([Write(both.in_sellsy(seen), emptied)])[0].shown) == set(emptied)
    assert set(both.altior.update([Write(both.in_altior(down.snapshot), emptied)])[0].shown) == set(emptied)
    for shown in (both.in_sellsy(seen), both.in_altior(down.snapshot)):
        assert {name: shown.fields[name] for name in emptied if name != "siren"} == emptied


def test_ticking_and_finding(both: Both) -> None:
    made = both.sellsy.create([Create("k", {"name": "Bois", "siret": SIRET}, CLIENT, _stamp("2"))])[0].snapshot
    assert made is not None
    assert both.sellsy.set_gate(both.in_sellsy(made), True).gate is True
    assert both.in_sellsy(made).gate is True
    assert made.reference in [one.reference for one in both.sellsy.find("siret", [SIRET])]
    down = both.altior.create([Create("k", {"name": "Bois", "siret": SIRET}, CLIENT, made.reference)])[0].snapshot
    assert down is not None
    assert [one.reference for one in both.altior.find("stamp", [str(made.reference)])] == [down.reference]
    assert down.reference in [one.reference for one in both.altior.find("siret", [SIRET])]
    again = both.altior.create([Create("k", {"name": "Autre"}, CLIENT, made.reference)])[0]
    assert again.created is False
    assert again.snapshot is not None
    assert again.snapshot.reference == down.reference


@pytest.mark.parametrize("title", FORMS)
def test_every_legal_form_ascends_and_is_read_again(both: Both, title: str) -> None:
    made = both.sellsy.create([Create("k", {"name": "Léo", "legal_form": title}, CLIENT, _stamp("3"))])[0]
    assert made.shown["legal_form"] == title


def test_what_each_side_refuses_by_name_is_held_and_the_rest_goes(both: Both) -> None:
    made = both.sellsy.create([Create("k", {"name": "Léo"}, CLIENT, _stamp("4"))])[0].snapshot
    assert made is not None
    up = both.sellsy.update([Write(made, {"rcs": "x", "capital": "5000"})])[0]
    assert (set(up.refused), dict(up.shown)) == ({"rcs"}, {"capital": "5000"})
    down = both.altior.create([Create("k", {"name": "Léo"}, CLIENT, made.reference)])[0].snapshot
    assert down is not None
    done = both.altior.update([Write(down, {"phone": "x" * 31, "capital": "5000", "reference": "r" * 51})])[0]
    assert (set(done.refused), dict(done.shown)) == ({"phone", "reference"}, {"capital": "5000"})


def test_a_scan_finds_everything_once(both: Both) -> None:
    for number in range(3):
        made = both.sellsy.create([Create("k", {"name": "Léo"}, CLIENT, _stamp(f"scan{number}"))])[0].snapshot
        assert made is not None
        both.altior.create([Create("k", {"name": "Léo"}, CLIENT, made.reference)])
    for system in (both.sellsy, both.altior):
        seen: list[Reference] = []
        after: str | None = None
        while True:
            page = system.scan(after)
            seen += [one.reference for one in page.snapshots]
            after = page.after
            if after is None:
                break
        assert len(seen) == len(set(seen)) > 2


def _stamp(id: str) -> Reference:
    return Reference(Side.ALTIOR, "leo", "tiers", id)
