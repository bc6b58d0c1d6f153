"""Webhooks, received by a real endpoint."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from altior_sellsy.sandbox.serving import Served
from tests.unit.sandbox_sellsy.conftest import Api


@dataclass
class Endpoint:
    """`received`: raw bodies and headers, in order. `status`: what it answers."""

    url: str = ""
    status: int = 200
    received: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(parse_qs(body.decode())["notif"][0]) for body, _ in self.received]


@pytest.fixture(scope="module")
def listening() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    async def take(request: Request) -> Response:
        endpoint.received.append((await request.body(), dict(request.headers)))
        return Response(status_code=endpoint.status)

    with Served(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as served:
        endpoint.url = f"{served.url}/hook"
        yield endpoint


@pytest.fixture
def endpoint(listening: Endpoint) -> Endpoint:
    listening.received.clear()
    listening.status = 200
    return listening


EVENTS = [
    "client.created",
    "client.updated",
    "client.archived",
    "client.addressadded",
    "client.deleted",
    "prospect.transform",
    "people.created",
    "third_party_contact.created",
    "opportunity.status",
    "opportunity.step",
]


def subscribe(api: Api, endpoint: Endpoint, **options: Any) -> int:
    body = {
        "endpoint": endpoint.url,
        "type": "http",
        "sign_key": "clé",
        "configuration": [{"id": id} for id in EVENTS],
        **options,
    }
    answer = api.call("POST", "/webhooks", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def told(api: Api, endpoint: Endpoint) -> list[str]:
    """Events received, once nothing waits any more."""
    api.door("GET", "/deliveries")
    return [f"{payload['event']}" for payload in endpoint.payloads()]


def test_form_delivery_signature_and_texts(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint)
    id = api.create("companies", type="client", name="Léo")["id"]
    api.door("GET", "/deliveries")
    ((body, headers),) = endpoint.received
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["user-agent"].startswith("Sellsy")
    assert headers["x-webhook-signature"] == hashlib.sha1("clé".encode() + body, usedforsecurity=False).hexdigest()
    (payload,) = endpoint.payloads()
    assert int(payload.pop("timestamp")) > 1_700_000_000
    assert payload == {
        "eventType": "thirdlog",
        "event": "created",
        "relatedtype": "third",
        "relatedid": str(id),
        "thirdtype": "client",
        "individual": "false",
        "ownerid": "101",
        "ownertype": "staff",
        "corpid": "97417",
    }


def test_json_delivery_with_the_object(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint, json_content_type=True, object_in_payload=True)
    api.create("companies", type="client", name="Léo")
    api.door("GET", "/deliveries")
    ((body, headers),) = endpoint.received
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["relatedobject"]["name"] == "Léo"


def test_what_people_do_is_told_in_order(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint)
    prospect = api.door("POST", "/records/companies", {"type": "prospect", "name": "A"})["id"]
    api.door("PATCH", f"/records/companies/{prospect}", {"type": "client"})
    api.door("PATCH", f"/records/companies/{prospect}", {"name": "B"})
    api.door("PATCH", f"/records/companies/{prospect}", {"is_archived": True})
    related = [{"type": "company", "id": prospect}]
    deal = api.door("POST", "/records/opportunities", {"name": "D", "related": related})["id"]
    api.door("PATCH", f"/records/opportunities/{deal}", {"step": "Négociation", "status": "won"})
    api.door("DELETE", f"/records/companies/{prospect}")
    assert told(api, endpoint) == ["transform", "updated", "archived", "status", "step", "deleted"]


def test_sa_addresses_and_links_are_told_only_when_switched_on(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint)
    contact = api.door("POST", "/records/contacts", {"last_name": "C"})["id"]
    company = api.door("POST", "/records/companies", {"type": "client", "name": "A"})
    path = f"/records/companies/{company['id']}"
    address = {"name": "X", "address_line_1": "1", "postal_code": "44000", "city": "Nantes", "country_code": "FR"}
    assert told(api, endpoint) == ["created", "created"]

    def change() -> Any:
        api.door("PATCH", path, {"sa": True})
        api.door("POST", f"{path}/addresses", address)
        return api.door("PUT", f"{path}/contacts/{contact}", {})

    assert change()["updated_at"] == company["updated_at"]
    assert told(api, endpoint) == ["created", "created"]
    api.door("DELETE", f"{path}/contacts/{contact}")
    signal = {"updated": True, "webhook": True}
    api.switch(signals={"custom_fields": signal, "addresses": signal, "links": signal}, clock_skew=100)
    assert change()["updated_at"] > company["updated_at"]
    assert told(api, endpoint) == ["created", "created", "updated", "addressadded", "created"]


def test_suppliers_and_disabled_choices_are_silent(api: Api, endpoint: Endpoint) -> None:
    choices = [{"id": "client.created", "is_enabled": False}]
    subscribe(api, endpoint, configuration=choices)
    api.create("companies", type="supplier", name="A")
    api.create("companies", type="client", name="A")
    assert told(api, endpoint) == []
    known = {entity["id"] for entity in api.get("/webhooks/events")}
    assert {"client", "prospect", "people", "third_party_contact", "opportunity"} <= known
    assert "supplier" not in known


def test_lost_and_doubled(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint)
    api.switch(webhooks={"lose_every": 2})
    for name in "ABCD":
        api.create("companies", type="client", name=name)
    assert len(told(api, endpoint)) == 2
    api.switch(webhooks={"lose_every": 0, "double_every": 1})
    api.create("companies", type="client", name="E")
    assert len(told(api, endpoint)) == 4


def test_before_the_answer(api: Api, endpoint: Endpoint) -> None:
    subscribe(api, endpoint)
    api.switch(webhooks={"before_answer": True})
    api.create("companies", type="client", name="A")
    assert len(endpoint.received) == 1


def test_failures_are_counted_and_nothing_is_sent_again(api: Api, endpoint: Endpoint) -> None:
    id = subscribe(api, endpoint)
    endpoint.status = 500
    api.create("companies", type="client", name="A")
    told(api, endpoint)
    shown = api.get(f"/webhooks/{id}")
    assert (shown["nb_failures"], shown["last_succeeded"], len(endpoint.received)) == (1, None, 1)
    assert shown["last_failed"]
    endpoint.status = 204
    api.create("companies", type="client", name="B")
    told(api, endpoint)
    assert len(endpoint.received) == 2
    assert api.get(f"/webhooks/{id}")["last_succeeded"]


def test_subscriptions_are_managed(api: Api, endpoint: Endpoint) -> None:
    id = subscribe(api, endpoint, name="Altior")
    filters = {"filters": {"name": "Altior", "endpoint": endpoint.url}}
    assert [row["id"] for row in api.call("POST", "/webhooks/search", filters).json()["data"]] == [id]
    changed = api.call("PUT", f"/webhooks/{id}", {"is_enabled": False}).json()
    assert (changed["is_enabled"], changed["name"], changed["sign_key"]) == (False, "Altior", "clé")
    assert "configuration.0.id" in api.refused("PUT", f"/webhooks/{id}", {"configuration": [{"id": "company.x"}]})
    api.create("companies", type="client", name="A")
    assert told(api, endpoint) == []
    assert api.call("DELETE", f"/webhooks/{id}").status_code == 204
    assert api.get("/webhooks")["data"] == []
