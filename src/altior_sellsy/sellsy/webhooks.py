"""Sellsy's webhooks: our subscription, the signature, and what a delivery says (FACTS 7). Pure.

A delivery only tells which reference to look at again; its content is never data.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs

from altior_sellsy.sellsy.leaves import flag

SIGNATURE_HEADER = "X-Webhook-Signature"
NAME = "Synchronisation Altior"

Thing = Literal["company", "individual", "contact", "opportunity"]

_THIRDS = ("client", "prospect", "supplier", "third")
_WANTED = frozenset({"client", "prospect", "supplier", "people", "third_party_contact", "opportunity"})
_ADDRESSES = ("addressadded", "addressupdated", "addressremoved", "mainaddress")
_THIRD_EVENTS = ("created", "updated", "deleted", *_ADDRESSES, "transform", "archived", "unarchived")
_PEOPLE_ADDRESSES = ("created_address", "updated_address", "deleted_address", "updatedmain_address")
_PEOPLE_EVENTS = ("created", "updated", "deleted", *_PEOPLE_ADDRESSES, "archived", "unarchived")

KNOWN_EVENTS: tuple[str, ...] = (
    *(f"{third}.{event}" for third in ("client", "prospect") for event in _THIRD_EVENTS),
    *(f"people.{event}" for event in _PEOPLE_EVENTS),
    *(f"third_party_contact.{event}" for event in ("created", "main", "deleted")),
    "opportunity.status",
)
"""The events seen by others; the whole list is only known to the account itself (`webhook_events`)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery. `thing` is None when it concerns nothing that we follow. `account` is `corpid`."""

    thing: Thing | None
    id: str
    account: str
    event: str
    at: datetime | None
    object: Mapping[str, Any] | None = None


def wanted_events(available: Iterable[str] = ()) -> list[str]:
    """The events to subscribe to: all those of our things that the account offers, else those known by others."""
    offered = [event for event in available if event.partition(".")[0] in _WANTED]
    return sorted(set(offered)) or list(KNOWN_EVENTS)


def subscription_body(endpoint: str, sign_key: str, available: Iterable[str] = ()) -> dict[str, Any]:
    """Body of POST /webhooks. JSON deliveries (there the signed bytes are beyond doubt), without the record itself."""
    return {
        "type": "http",
        "name": NAME,
        "endpoint": endpoint,
        "is_enabled": True,
        "object_in_payload": False,
        "json_content_type": True,
        "sign_key": sign_key,
        "configuration": [{"id": event, "is_enabled": True} for event in wanted_events(available)],
    }


def verify(sign_key: str, body: bytes, signature: str) -> bool:
    """Hex SHA-1 of key + raw body, a plain concatenation and no HMAC; compared in constant time."""
    if not sign_key:
        return False
    expected = hashlib.sha1(sign_key.encode() + body, usedforsecurity=False).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode(errors="replace"))


def parse(content_type: str, body: bytes) -> Event:
    """A delivery, form (`notif=<JSON>`) or JSON. Raises ValueError with a French sentence."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ValueError("Notification Sellsy illisible : le texte n'est pas en UTF-8.") from None
    if content_type.partition(";")[0].strip().casefold() == "application/x-www-form-urlencoded":
        fields = parse_qs(text, keep_blank_values=True)
        if "notif" not in fields:
            raise ValueError("Notification Sellsy illisible : le champ « notif » manque.")
        text = fields["notif"][0]
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("Notification Sellsy illisible : ce n'est pas du JSON.") from None
    if not isinstance(payload, dict):
        raise ValueError("Notification Sellsy illisible : un objet JSON est attendu.")
    related = _word(payload, "relatedid")
    if not related:
        raise ValueError("Notification Sellsy illisible : « relatedid » manque.")
    shown = payload.get("relatedobject")
    return Event(
        thing=_thing(payload),
        id=related,
        account=_word(payload, "corpid"),
        event=_word(payload, "event"),
        at=_moment(payload.get("timestamp")),
        object=shown if isinstance(shown, dict) else None,
    )


def _word(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _thing(payload: Mapping[str, Any]) -> Thing | None:
    """`eventType` «thirdlog» with `thirdtype` is a company, or an individual by its flag; «people» is a contact."""
    kind, related = _word(payload, "eventType").casefold(), _word(payload, "relatedtype").casefold()
    if related in ("people", "contact") or (kind in ("people", "peoplelog") and not related):
        return "contact"
    if related == "opportunity":
        return "opportunity"
    if related in _THIRDS or (kind == "thirdlog" and not related):
        return "individual" if _is_individual(payload) else "company"
    return None


def _is_individual(payload: Mapping[str, Any]) -> bool:
    """The flag; where it is missing, what the object looks like (a company has a name, an individual a last name)."""
    said = flag(payload.get("individual"))
    if said is not None:
        return said
    shown = payload.get("relatedobject")
    return isinstance(shown, dict) and "last_name" in shown and "name" not in shown
