"""The Sellsy client against the Sellsy stand-in, over real sockets: both were written apart, from the same facts."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from altior_sellsy.certificates import certificates
from altior_sellsy.clock import SystemClock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound, NotSent, Refused, Retryable, Unclear
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Quota
from altior_sellsy.sandbox.sellsy.app import Options, serve
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.sellsy import quota as limits
from altior_sellsy.sellsy import webhooks
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.sellsy.models import custom_field
from altior_sellsy.timing import Timing

SIRET = "73282932000074"
SA = "501"


@dataclass
class World:
    url: str
    people: httpx2.Client
    quota: Quota
    tokens: MemoryTokens
    lock: threading.Lock

    def door(self, method: str, path: str, json: Any = None) -> Any:
        answer = self.people.request(method, f"/_sandbox{path}", json=json)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    def switch(self, **switches: Any) -> None:
        self.door("PUT", "/switches", switches)

    def fault(self, **fault: Any) -> None:
        self.switch(faults=[fault])

    def effective_writes(self) -> int:
        return int(self.door("GET", "/writes")["effective"])

    def client(self, *, secret: str = CLIENT_SECRET, deadline: float = 10) -> HttpSellsy:
        return HttpSellsy(
            Credentials(CLIENT_ID, secret),
            quota=self.quota,
            tokens=self.tokens,
            exclusive=lambda: self.lock,
            api_url=f"{self.url}/v2",
            login_url=self.url,
            clock=SystemClock(),
            timing=Timing(call_deadline=deadline),
        )


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with serve(Options(size=0)) as sandbox:
        yield sandbox.url


@pytest.fixture
def world(served: str) -> Iterator[World]:
    with httpx2.Client(base_url=served, timeout=10, verify=certificates()) as people:
        world = World(served, people, MemoryLedgers().quota("97417"), MemoryTokens(), threading.Lock())
        world.door("POST", "/reset", {})
        yield world


@pytest.fixture
def sellsy(world: World) -> Iterator[HttpSellsy]:
    with world.client() as sellsy:
        yield sellsy


def test_the_account_and_its_settings(sellsy: HttpSellsy):
    who = sellsy.account()
    assert (who.account_id, who.account_name, who.access_type) == ("97417", "Menuiserie Léo", "personal")
    assert (who.staff_name, who.is_administrator, who.staff_status) == ("Claire Martin", True, "ok")
    assert {"companies.read", "custom-fields.write"} <= who.scopes
    (field,) = sellsy.custom_fields()
    assert (field.id, field.code, field.type) == (SA, "SA", "boolean")
    assert set(field.related_objects) == {"client", "prospect", "supplier", "contact"}
    assert "claire.martin@example.test" in {staff.email for staff in sellsy.staffs()}
    assert [pipeline.name for pipeline in sellsy.pipelines()] == ["Commercial", "Grands comptes"]
    assert [step.name for step in sellsy.steps("11")][:2] == ["Prise de contact", "Étude du besoin"]
    assert [found.id for found in sellsy.favourite_filters("company")] == ["1"]
    assert [window.seconds for window in limits.windows(sellsy.quotas())] == [1, 60, 86400]
    assert sellsy.server_time is not None
    assert abs(sellsy.server_time - datetime.now(UTC)) < timedelta(seconds=60)


def test_a_company_from_birth_to_conversion(sellsy: HttpSellsy):
    created = datetime(2026, 3, 12, 8, 0, 1, tzinfo=UTC)
    born = sellsy.create_company(
        {
            "type": "prospect",
            "name": "Menuiserie Léo",
            "website": "https://www.leo.fr",
            "legal_france": {"siret": SIRET, "company_type": "SAS"},
            "owner_id": "102",
            "marketing_campaigns_subscriptions": [],
            "created": created,
        },
        embed=[f"cf.{SA}"],
    )
    assert (born.type, born.created, born.note) == ("prospect", created, "")
    assert born.legal_france is not None
    assert born.legal_france.siret == SIRET
    assert born.owner is not None
    assert born.owner.id == "102"

    changed = sellsy.update_company(
        born.id, {"phone_number": "04 76 00 00 00", "legal_france": {"vat": "FR40732829320"}}
    )
    assert (changed.phone_number, changed.name) == ("04 76 00 00 00", "Menuiserie Léo")
    assert changed.legal_france is not None
    assert (changed.legal_france.siret, changed.legal_france.vat) == (SIRET, "FR40732829320")

    sellsy.set_custom_fields("company", born.id, {SA: True})
    (value,) = sellsy.custom_field_values("company", born.id)
    assert value.yes is True
    (found,) = sellsy.search_companies({"siret": SIRET}, embed=[f"cf.{SA}", "invoicing_address"]).data
    shown = custom_field(found, SA)
    assert shown is not None
    assert shown.yes is True
    assert sellsy.embeds_custom_fields is True
    assert [row.id for row in sellsy.search_companies({"favourite_filter": "1"}).data] == [born.id]

    assert sellsy.convert_company(born.id).type == "client"
    between = {"start": created, "end": created}
    assert [row.id for row in sellsy.search_companies({"created": between, "type": ["client"]}).data] == [born.id]
    assert sellsy.update_company(born.id, {"is_archived": True}).is_archived is True
    assert [row.id for row in sellsy.list_companies(direction="desc").data] == [born.id]


def test_addresses_contacts_and_roles(sellsy: HttpSellsy):
    company = sellsy.create_company({"type": "client", "name": "Léo"})
    first = {
        "name": "Facturation",
        "address_line_1": "1 rue",
        "postal_code": "38000",
        "city": "Grenoble",
        "country_code": "FR",
    }
    address = sellsy.create_address("company", company.id, first)
    assert (address.is_invoicing_address, address.is_delivery_address) == (True, True)
    other = sellsy.create_address("company", company.id, first | {"name": "Livraison", "is_delivery_address": True})
    assert sellsy.update_address("company", company.id, other.id, {"city": "Lyon"}).city == "Lyon"
    embedded = sellsy.company(company.id, embed=["invoicing_address", "delivery_address"])
    assert (embedded.invoicing_address_id, embedded.delivery_address_id) == (address.id, other.id)
    assert embedded.embed is not None
    assert embedded.embed.delivery_address is not None
    assert embedded.embed.delivery_address.city == "Lyon"
    sellsy.delete_address("company", company.id, other.id)
    assert [each.id for each in sellsy.addresses("company", company.id)] == [address.id]

    claire = sellsy.create_contact(
        {"last_name": "Martin", "first_name": "Claire", "civility": "mrs", "position": "Gérante"}
    )
    jean = sellsy.create_contact({"last_name": "Durand"})
    sellsy.link_contact(company.id, claire.id)
    sellsy.link_contact(company.id, jean.id)
    sellsy.set_contact_roles(company.id, jean.id, ["invoicing"])
    roles = sellsy.company(company.id)
    assert (roles.main_contact_id, roles.invoicing_contact_id, roles.dunning_contact_id) == (
        claire.id,
        jean.id,
        claire.id,
    )
    assert [each.id for each in sellsy.company_contacts(company.id)] == [claire.id, jean.id]
    assert [each.id for each in sellsy.contact_companies(jean.id)] == [company.id]
    assert [each.id for each in sellsy.search_contacts({"companies": [company.id]}).data] == [claire.id, jean.id]
    sellsy.unlink_contact(company.id, jean.id)
    assert [each.id for each in sellsy.company_contacts(company.id)] == [claire.id]


def test_individuals(sellsy: HttpSellsy):
    person = sellsy.create_individual({"type": "prospect", "last_name": "Martin", "civility": "mr"})
    assert sellsy.update_individual(person.id, {"first_name": "Paul"}).first_name == "Paul"
    assert sellsy.convert_individual(person.id).type == "client"
    assert [row.id for row in sellsy.search_individuals({"id": [person.id]}).data] == [person.id]
    assert sellsy.individual_contacts(person.id) == []
    assert sellsy.individual(person.id).last_name == "Martin"


def test_an_opportunity_is_moved_without_touching_anything_else(world: World, sellsy: HttpSellsy):
    company = sellsy.create_company({"type": "client", "name": "Léo"})
    made = {"name": "Véranda", "pipeline": 11, "step": 1101, "owner_id": 102, "amount": "1000.00", "note": "à garder"}
    deal_id = str(world.door("POST", "/records/opportunities", made | {"company_id": int(company.id)})["id"])
    before = sellsy.opportunity(deal_id)
    assert before.amount is not None
    assert (before.company_id, before.amount.value, before.status) == (company.id, Decimal("1000.00"), "open")

    after = sellsy.patch_opportunity(deal_id, {"pipeline": "11", "step": "1103", "amount": Decimal("72000.99")})
    assert after.step is not None
    assert after.amount is not None
    assert after.owner is not None
    assert (after.step.id, after.amount.value) == ("1103", Decimal("72000.99"))
    assert (after.owner.id, after.note, after.name) == ("102", "à garder", "Véranda")

    won = sellsy.update_opportunity(deal_id, {"owner_id": "102", "status": "won", "assigned_staff_ids": ["103"]})
    assert (won.status, won.assigned_staff_ids, won.note) == ("won", ["103"], "à garder")
    assert [row.id for row in sellsy.search_opportunities({"pipeline": ["11"], "statuses": ["won"]}).data] == [deal_id]
    assert [row.id for row in sellsy.list_opportunities().data] == [deal_id]


def test_pages_are_read_to_the_end_by_list_and_by_search(world: World, sellsy: HttpSellsy):
    world.door("POST", "/reset", {"size": 60})
    pages: list[Callable[..., Any]] = [sellsy.list_companies, lambda **paging: sellsy.search_companies({}, **paging)]
    for page in pages:
        ids: list[str] = []
        after = None
        while True:
            found = page(after=after, limit=20)
            ids += [row.id for row in found.data]
            after = found.after
            if after is None:
                break
        assert len(ids) == len(set(ids)) == found.total == 60
        assert ids == sorted(ids, key=int)


@pytest.fixture
def mailbox() -> Iterator[tuple[str, "queue.Queue[tuple[str, bytes, str]]"]]:
    """An endpoint that keeps what it is sent: content type, body, signature."""
    received: queue.Queue[tuple[str, bytes, str]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.headers["Content-Type"], body, self.headers[webhooks.SIGNATURE_HEADER] or ""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sellsy/abc", received
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.mark.parametrize("json_content_type", [True, False])
def test_webhooks_from_subscription_to_signed_delivery(
    sellsy: HttpSellsy, mailbox: tuple[str, "queue.Queue[tuple[str, bytes, str]]"], json_content_type: bool
):
    endpoint, received = mailbox
    offered = sellsy.webhook_events()
    assert {"client.updated", "people.created", "opportunity.status"} <= set(offered)
    body = webhooks.subscription_body(endpoint, "clé", offered) | {"json_content_type": json_content_type}
    hook = sellsy.create_webhook(body)
    assert (hook.is_enabled, hook.json_content_type, hook.nb_failures) == (True, json_content_type, 0)
    assert {event.id for event in hook.configuration} == {event["id"] for event in body["configuration"]}
    assert "clé" not in repr(sellsy.webhooks())

    company = sellsy.create_company({"type": "client", "name": "Léo"})
    person = sellsy.create_individual({"type": "client", "last_name": "Martin"})
    contact = sellsy.create_contact({"last_name": "Durand"})
    events = []
    for _ in range(3):
        content_type, raw, signature = received.get(timeout=10)
        assert webhooks.verify("clé", raw, signature)
        assert not webhooks.verify("autre", raw, signature)
        events.append(webhooks.parse(content_type, raw))
    assert {(event.thing, event.id) for event in events} == {
        ("company", company.id),
        ("individual", person.id),
        ("contact", contact.id),
    }
    assert {event.account for event in events} == {"97417"}
    assert all(event.at and abs(event.at - datetime.now(UTC)) < timedelta(seconds=60) for event in events)

    assert sellsy.update_webhook(hook.id, {"is_enabled": False}).is_enabled is False
    assert sellsy.update_webhook(hook.id, body).is_enabled is True
    sellsy.delete_webhook(hook.id)
    assert sellsy.webhooks() == []


def test_cf_embeds_that_are_ignored_are_noticed(world: World, sellsy: HttpSellsy):
    world.switch(cf_embeds=False)
    sellsy.create_company({"type": "client", "name": "Léo"})
    (found,) = sellsy.search_companies({}, embed=[f"cf.{SA}"]).data
    assert custom_field(found, SA) is None
    assert sellsy.embeds_custom_fields is False


def test_refusals_are_told_apart(world: World, sellsy: HttpSellsy):
    with pytest.raises(NotFound):
        sellsy.company("999999")
    sellsy.create_contact({"last_name": "Durand"})
    with pytest.raises(Invalid) as caught:
        sellsy.create_contact({"last_name": "Martin", "email": "claire.martin@example.test"})
    assert set(caught.value.fields) == {"email"}
    with pytest.raises(Invalid):
        sellsy.search_companies({}, embed=["nothing.of.the.kind"])
    world.switch(scopes_removed=["companies.read"])
    with pytest.raises(Refused, match=r"companies\.read"):
        sellsy.search_companies({})


def test_wrong_credentials(world: World):
    with world.client(secret="autre") as sellsy, pytest.raises(Refused, match="recréez-en un"):
        sellsy.staffs()


def test_a_revoked_token_is_replaced_unseen(world: World, sellsy: HttpSellsy):
    sellsy.staffs()
    world.door("POST", "/tokens/revoke")
    sellsy.create_company({"type": "client", "name": "Léo"})
    assert world.effective_writes() == 1


def test_workers_under_single_login_do_not_revoke_each_other(world: World):
    world.door("PATCH", "/settings", {"client": {"single_login": True}})
    barrier = threading.Barrier(4, timeout=10)
    failures: list[ConnectorError] = []

    def work() -> None:
        with world.client() as sellsy:
            barrier.wait()
            try:
                for _ in range(5):
                    sellsy.staffs()
            except ConnectorError as fault:
                failures.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    assert world.door("GET", "/calls")["by"]["POST /oauth2/access-tokens"] == 1


@pytest.mark.parametrize(
    ("effect", "read", "write", "done"),
    [
        ({"effect": "status", "status": 503}, Retryable, Unclear, 0),
        ({"effect": "status", "status": 429, "retry_after": 4}, NotSent, NotSent, 0),
        ({"effect": "drop_before"}, Retryable, Unclear, 0),
        ({"effect": "drop_after"}, Retryable, Unclear, 1),
        ({"effect": "hang_before", "seconds": 5}, Retryable, Unclear, 0),
        ({"effect": "hang_after", "seconds": 5}, Retryable, Unclear, 1),
    ],
)
def test_bad_days(world: World, effect: dict[str, Any], read: type, write: type, done: int):
    with world.client(deadline=0.5) as sellsy:
        sellsy.staffs()
        world.fault(path="/companies", times=2, **effect)
        with pytest.raises(ConnectorError) as caught:
            sellsy.create_company({"type": "client", "name": "Léo"})
        assert type(caught.value) is write
        assert world.effective_writes() == done
        if effect.get("status") == 429:
            assert caught.value.retry_after == 4  # type: ignore[attr-defined]
            with pytest.raises(NotSent):
                sellsy.company("1")
            return
        with pytest.raises(ConnectorError) as caught:
            sellsy.company("1")
        assert type(caught.value) is read


def test_the_quota_follows_the_server_and_provokes_no_429(world: World):
    world.switch(quota={"second": 8, "minute": 1000})
    with world.client() as sellsy:
        sellsy.live = True
        world.quota.limits(limits.windows(sellsy.quotas()), datetime.now(UTC))
        granted, waits = 0, []
        for _ in range(20):
            try:
                sellsy.staffs()
                granted += 1
            except NotSent as fault:
                waits.append(fault.retry_after)
    assert waits
    assert all(wait is not None and 0 < wait <= 1 for wait in waits)
    assert 5 <= granted <= 8 * 3
    assert world.door("GET", "/calls")["by"]["GET /v2/staffs"] == granted
