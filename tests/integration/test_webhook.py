"""Sellsy's notifications, through the web."""

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from altior_sellsy.ledger.django_app.store import DjangoLedgers
from altior_sellsy.ledger.model import Environment, EnvironmentStatus
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.web.webhook import BODY_MAX

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "clé-de-signature"
PATH = "/webhooks/sellsy/opaque-token/"


@pytest.fixture
def ledger() -> Ledger:
    return add(EnvironmentStatus.ACTIVE)


def add(status: EnvironmentStatus) -> Ledger:
    environment = Environment(
        name="menuiserie-leo",
        client="Menuiserie Léo",
        altior_name="Menuiserie Léo",
        status=status,
        account_id="97417",
        webhook_token="opaque-token",
    )
    ledger = DjangoLedgers().add(environment)
    ledger.set_secret("webhook_key", KEY)
    return ledger


def delivery(**changes: Any) -> dict[str, Any]:
    """As Sellsy sends it: every scalar is a string."""
    sent = {
        "eventType": "thirdlog",
        "event": "updated",
        "relatedtype": "third",
        "relatedid": "12345",
        "thirdtype": "client",
        "ownerid": "7",
        "ownertype": "staff",
        "corpid": "97417",
        "timestamp": "1764000000",
        "individual": "false",
    }
    return {**sent, **changes}


def post(body: bytes, content_type: str = "application/json", *, key: str = KEY, path: str = PATH) -> Any:
    signature = hashlib.sha1(key.encode() + body, usedforsecurity=False).hexdigest()
    client = Client(enforce_csrf_checks=True)
    return client.post(path, body, content_type=content_type, headers={"X-Webhook-Signature": signature})


def looks(ledger: Ledger) -> list[tuple[str, str, bool]]:
    return [(str(look.reference), look.kind, look.live) for look in ledger.looks()]


def test_a_signed_notification_marks_a_live_look_and_a_drain(ledger: Ledger) -> None:
    answer = post(json.dumps(delivery()).encode())
    assert (answer.status_code, answer.content) == (200, b"")
    assert looks(ledger) == [("sellsy:97417:company:12345", "third_party", True)]
    assert ProcrastinateJob.objects.get().args == {"environment": "menuiserie-leo"}


def test_the_form_is_read_too(ledger: Ledger) -> None:
    body = urlencode({"notif": json.dumps(delivery(relatedid="9", individual="true"))}).encode()
    assert post(body, "application/x-www-form-urlencoded").status_code == 200
    assert looks(ledger) == [("sellsy:97417:individual:9", "third_party", True)]


@pytest.mark.parametrize(
    ("related", "reference", "kind"),
    [
        ({"eventType": "peopleLog", "relatedtype": "people"}, "sellsy:97417:contact:12345", "contact"),
        ({"eventType": "opportunity", "relatedtype": "opportunity"}, "sellsy:97417:opportunity:12345", "deal"),
    ],
)
def test_each_thing_has_its_kind(ledger: Ledger, related: dict[str, str], reference: str, kind: str) -> None:
    assert post(json.dumps(delivery(**related)).encode()).status_code == 200
    assert looks(ledger) == [(reference, kind, True)]


def test_doubled_notifications_are_one_look_and_one_drain(ledger: Ledger) -> None:
    for _ in range(3):
        assert post(json.dumps(delivery()).encode()).status_code == 200
    assert len(ledger.looks()) == 1
    assert ProcrastinateJob.objects.count() == 1


def test_what_is_not_followed_marks_nothing(ledger: Ledger) -> None:
    body = json.dumps(delivery(eventType="docslog", relatedtype="invoice")).encode()
    assert post(body).status_code == 200
    assert looks(ledger) == []


def test_a_paused_environment_notes_the_change_and_drains_later() -> None:
    ledger = add(EnvironmentStatus.PAUSED)
    assert post(json.dumps(delivery()).encode()).status_code == 200
    assert len(looks(ledger)) == 1
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("key", ["autre-clé", ""])
def test_a_wrong_signature_is_refused(ledger: Ledger, key: str) -> None:
    answer = post(json.dumps(delivery()).encode(), key=key)
    assert (answer.status_code, answer.content.decode().startswith("Signature refusée : ")) == (401, True)
    assert looks(ledger) == []


def test_no_signature_is_refused(ledger: Ledger) -> None:
    answer = Client().post(PATH, json.dumps(delivery()), content_type="application/json")
    assert answer.status_code == 401


def test_without_a_key_of_ours_nothing_is_accepted(ledger: Ledger) -> None:
    ledger.set_secret("webhook_key", "")
    assert post(json.dumps(delivery()).encode(), key="").status_code == 401


def test_an_unknown_address_is_told(ledger: Ledger) -> None:
    answer = post(json.dumps(delivery()).encode(), path="/webhooks/sellsy/other/")
    assert answer.status_code == 404
    assert "supprimez ce webhook dans Sellsy" in answer.content.decode()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"{}"])
def test_what_cannot_be_read_is_one_french_sentence(ledger: Ledger, body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.content.decode().startswith("Notification Sellsy illisible : ")
    assert looks(ledger) == []


def test_a_body_beyond_a_megabyte_is_refused(ledger: Ledger) -> None:
    assert post(b" " * BODY_MAX).status_code == 400
    answer = post(b" " * (BODY_MAX + 1))
    assert answer.status_code == 413
    assert "trop longue" in answer.content.decode()


def test_a_get_is_answered(ledger: Ledger) -> None:
    answer = Client().get(PATH)
    assert (answer.status_code, answer.content) == (200, b"")
