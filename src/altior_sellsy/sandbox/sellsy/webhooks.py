"""Webhooks: the catalogue of events, subscriptions, payloads, signatures and delivery (FACTS 7)."""

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from altior_sellsy.certificates import certificates
from altior_sellsy.sandbox.sellsy import serialise
from altior_sellsy.sandbox.sellsy.state import Event, State
from altior_sellsy.sandbox.sellsy.times import Second, iso

_TIMEOUT = 10.0
_THIRD = {
    "created": "Création",
    "updated": "Mise à jour",
    "deleted": "Suppression",
    "addressadded": "Ajout d'une adresse",
    "addressupdated": "Mise à jour d'une adresse",
    "addressremoved": "Suppression d'une adresse",
    "mainaddress": "Changement d'adresse principale",
    "transform": "Transformation",
    "archived": "Archivage",
    "unarchived": "Désarchivage",
}
_PEOPLE = {
    "created": "Création",
    "updated": "Mise à jour",
    "deleted": "Suppression",
    "created_address": "Ajout d'une adresse",
    "updated_address": "Mise à jour d'une adresse",
    "deleted_address": "Suppression d'une adresse",
    "archived": "Archivage",
    "unarchived": "Désarchivage",
}
_LINK = {"created": "Liaison", "main": "Changement de rôle", "deleted": "Suppression de la liaison"}
_OPPORTUNITY = {
    "created": "Création",
    "updated": "Mise à jour",
    "status": "Changement de statut",
    "step": "Changement d'étape",
    "deleted": "Suppression",
}
_ENTITY_OF_PAYLOAD = {"client": "third", "prospect": "third", "supplier": "third", "people": "people"}
_LOG_OF_PAYLOAD = {
    "client": "thirdlog",
    "prospect": "thirdlog",
    "supplier": "thirdlog",
    "people": "peopleLog",
    "third_party_contact": "thirdcontactlog",
    "opportunity": "opportunitylog",
}


def catalogue(state: State) -> list[dict[str, Any]]:
    """`GET /webhooks/events`. An event's id is `<entity>.<event>`."""
    switches = state.switches.webhooks
    entities: list[tuple[str, str, Mapping[str, str]]] = [
        ("client", "Clients", _THIRD),
        ("prospect", "Prospects", _THIRD),
        ("people", "Contacts", _PEOPLE),
        ("third_party_contact", "Contacts des tiers", _LINK),
        (
            "opportunity",
            "Opportunités",
            {name: label for name, label in _OPPORTUNITY.items() if name in switches.opportunity_events},
        ),
    ]
    if switches.supplier_events:
        entities.append(("supplier", "Fournisseurs", _THIRD))
    return [{"id": id, "description": label, "events": dict(events)} for id, label, events in entities]


def event_ids(state: State) -> set[str]:
    return {f"{entity['id']}.{name}" for entity in catalogue(state) for name in entity["events"]}


@dataclass(slots=True)
class Subscription:
    """A webhook of the account. `values`: as created (bodies.WebhookCreate)."""

    id: int
    values: dict[str, Any]
    created: Second
    updated: Second | None = None
    last_succeeded: Second | None = None
    last_failed: Second | None = None
    nb_failures: int = 0

    def wants(self, event_id: str) -> bool:
        chosen = self.values["configuration"]
        enabled = any(choice["id"] == event_id and choice["is_enabled"] for choice in chosen)
        return bool(self.values["is_enabled"]) and self.values["type"] == "http" and enabled

    def answer(self) -> dict[str, Any]:
        dates = {name: getattr(self, name) for name in ("created", "updated", "last_succeeded", "last_failed")}
        return {
            "id": self.id,
            **self.values,
            **{name: iso(moment) if moment else None for name, moment in dates.items()},
            "nb_failures": self.nb_failures,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent, for tests. `status`: the endpoint's answer, 0 when there was none."""

    subscription: int
    event: str
    payload: Mapping[str, Any]
    status: int


@dataclass(slots=True)
class Deliverer:
    """Delivers in the background, in order, once: what fails is counted and never sent again."""

    state: State
    transport: httpx2.AsyncBaseTransport | None = None
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    delivered: deque[Delivery] = field(default_factory=lambda: deque(maxlen=2_000))
    _next_id: int = 801
    _fired: int = 0
    _waiting: deque[tuple[Subscription, Event]] = field(default_factory=deque)
    _task: asyncio.Task[None] | None = None

    def subscribe(self, values: dict[str, Any]) -> Subscription:
        known = Subscription(self._next_id, values, self.state.now())
        self._next_id += 1
        self.subscriptions[known.id] = known
        return known

    def tell(self, event: Event) -> None:
        """Queues the event for every subscription that wants it, as the switches let it through."""
        event_id = f"{event.entity}.{event.name}"
        if event_id not in event_ids(self.state):
            return
        switches = self.state.switches.webhooks
        for known in self.subscriptions.values():
            if not known.wants(event_id):
                continue
            self._fired += 1
            if switches.lose_every and self._fired % switches.lose_every == 0:
                continue
            copies = 2 if switches.double_every and self._fired % switches.double_every == 0 else 1
            self._waiting.extend([(known, event)] * copies)
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._deliver())

    async def flush(self) -> None:
        """Returns when nothing waits to be delivered."""
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _deliver(self) -> None:
        while self._waiting:  # again: closing the client takes a moment, in which more may be told
            async with self._client() as client:
                while self._waiting:
                    switches = self.state.switches.webhooks
                    if switches.delay:
                        await asyncio.sleep(switches.delay)
                    known, event = self._waiting.pop() if switches.last_first else self._waiting.popleft()
                    await self._send(client, known, event)

    def _client(self) -> httpx2.AsyncClient:
        if self.transport is not None:
            return httpx2.AsyncClient(timeout=_TIMEOUT, transport=self.transport)
        return httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=certificates())

    async def _send(self, client: httpx2.AsyncClient, known: Subscription, event: Event) -> None:
        payload = payload_of(self.state, event, with_object=known.values["object_in_payload"])
        body, content_type = encoded(payload, json_content=known.values["json_content_type"])
        headers = {"Content-Type": content_type, "User-Agent": "Sellsy Webhook"}
        if known.values["sign_key"]:
            headers["X-Webhook-Signature"] = signature(known.values["sign_key"], body)
        try:
            response = await client.post(known.values["endpoint"], content=body, headers=headers)
            status = response.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL):
            status = 0
        if 200 <= status < 300:
            known.last_succeeded = self.state.now()
        else:
            known.last_failed = self.state.now()
            known.nb_failures += 1
        self.delivered.append(Delivery(known.id, f"{event.entity}.{event.name}", payload, status))


def payload_of(state: State, event: Event, *, with_object: bool) -> dict[str, Any]:
    """All scalars are texts. A company's real kind is in `thirdtype`."""
    third = event.resource in ("companies", "individuals")
    payload: dict[str, Any] = {
        "eventType": _LOG_OF_PAYLOAD[event.entity],
        "event": event.name,
        "relatedtype": _ENTITY_OF_PAYLOAD.get(event.entity, "third" if third else event.entity),
        "relatedid": str(event.row.id),
        "ownerid": str(state.settings.client.staff_id),
        "ownertype": "staff",
        "corpid": str(state.settings.account.id),
        "timestamp": str(event.at),
    }
    if third:
        payload["thirdtype"] = str(event.row.fields["type"])
        payload["individual"] = "true" if event.resource == "individuals" else "false"
    if with_object:
        payload["relatedobject"] = serialise.record(state, event.resource, event.row)
    return payload


def encoded(payload: Mapping[str, Any], *, json_content: bool) -> tuple[bytes, str]:
    """The raw body and its type: one form field `notif` by default."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if json_content:
        return text.encode(), "application/json"
    return urlencode({"notif": text}).encode(), "application/x-www-form-urlencoded"


def signature(key: str, body: bytes) -> str:
    """Plain SHA-1 of key and raw body, not an HMAC."""
    return hashlib.sha1(key.encode() + body, usedforsecurity=False).hexdigest()
