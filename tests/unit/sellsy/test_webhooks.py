import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.sellsy import webhooks

KEY = "clé de signature"
CONTACT = {
    "eventType": "peopleLog",
    "event": "updated",
    "relatedtype": "people",
    "relatedid": "812",
    "ownerid": "17",
    "ownertype": "staff",
    "corpid": "97417",
    "timestamp": "1719311243",
}
THIRD = CONTACT | {"eventType": "thirdlog", "relatedtype": "third", "thirdtype": "client", "relatedid": 99}


def form(payload: dict[str, object]) -> bytes:
    return urlencode({"notif": json.dumps(payload)}).encode()


def as_json(payload: dict[str, object]) -> bytes:
    return json.dumps(payload).encode()


def signed(body: bytes) -> str:
    return hashlib.sha1(KEY.encode() + body, usedforsecurity=False).hexdigest()


def test_the_signature_is_sha1_of_key_and_raw_body():
    body = form(CONTACT)
    assert webhooks.verify(KEY, body, signed(body))
    assert webhooks.verify(KEY, body, f" {signed(body).upper()} ")


@pytest.mark.parametrize("signature", ["", "é", "\udcff", "0" * 40, signed(b"other")])
def test_another_signature_is_refused(signature: str):
    assert not webhooks.verify(KEY, form(CONTACT), signature)


def test_an_hmac_is_not_a_signature():
    import hmac

    body = form(CONTACT)
    assert not webhooks.verify(KEY, body, hmac.new(KEY.encode(), body, "sha1").hexdigest())


def test_without_a_key_nothing_is_genuine():
    body = form(CONTACT)
    assert not webhooks.verify("", body, hashlib.sha1(body, usedforsecurity=False).hexdigest())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", form(CONTACT)),
        ("Application/X-WWW-Form-Urlencoded; charset=utf-8", form(CONTACT)),
        ("application/json", as_json(CONTACT)),
        ("application/json", as_json(CONTACT | {"relatedid": 812, "corpid": 97417, "timestamp": 1719311243})),
    ],
)
def test_form_and_json_deliveries_say_the_same(content_type: str, body: bytes):
    event = webhooks.parse(content_type, body)
    assert event == webhooks.Event("contact", "812", "97417", "updated", datetime(2024, 6, 25, 10, 27, 23, tzinfo=UTC))


@pytest.mark.parametrize("individual", [True, "true", "1", 1])
def test_a_third_with_the_flag_is_an_individual(individual: object):
    assert webhooks.parse("application/json", as_json(THIRD | {"individual": individual})).thing == "individual"


@pytest.mark.parametrize("individual", [False, "false", "0", "", None])
def test_a_third_without_it_is_a_company(individual: object):
    event = webhooks.parse("application/json", as_json(THIRD | {"individual": individual}))
    assert (event.thing, event.id) == ("company", "99")


@pytest.mark.parametrize("related", ["client", "prospect", "supplier", "third"])
def test_a_company_is_never_called_company(related: str):
    assert webhooks.parse("application/json", as_json(THIRD | {"relatedtype": related})).thing == "company"


def test_without_the_flag_the_object_tells():
    body = as_json(THIRD | {"relatedobject": {"id": 99, "last_name": "Martin"}})
    event = webhooks.parse("application/json", body)
    assert event.thing == "individual"
    assert event.object == {"id": 99, "last_name": "Martin"}


def test_an_opportunity():
    payload = CONTACT | {"eventType": "opportunity", "relatedtype": "opportunity", "event": "status"}
    assert webhooks.parse("application/json", as_json(payload)).thing == "opportunity"


@pytest.mark.parametrize("related", ["estimate", "invoice", "item", "staff", "something new"])
def test_what_we_do_not_follow_is_none(related: str):
    assert (
        webhooks.parse("application/json", as_json(CONTACT | {"eventType": "docslog", "relatedtype": related})).thing
        is None
    )


@pytest.mark.parametrize("timestamp", ["", "demain", None, "99999999999999999999"])
def test_an_odd_time_is_unknown_not_an_error(timestamp: object):
    assert webhooks.parse("application/json", as_json(CONTACT | {"timestamp": timestamp})).at is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json", b"[]"),
        ("application/json", b"[" * 100_000),
        ("application/json", as_json({"relatedtype": "people"})),
        ("application/x-www-form-urlencoded", b"other=1"),
        ("application/x-www-form-urlencoded", b"notif=nothing"),
        ("", b""),
    ],
)
def test_what_is_not_a_notification_is_one_french_sentence(content_type: str, body: bytes):
    with pytest.raises(ValueError, match=r"^Notification Sellsy illisible\u00a0: .+\.$"):
        webhooks.parse(content_type, body)


def test_the_subscription_takes_every_event_of_our_things_that_the_account_offers():
    offered = [
        "client.created",
        "supplier.created",
        "people.updated",
        "item.created",
        "opportunity.step",
        "task.created",
    ]
    body = webhooks.subscription_body("https://ici.example/w/abc", KEY, offered)
    assert [event["id"] for event in body["configuration"]] == [
        "client.created",
        "opportunity.step",
        "people.updated",
        "supplier.created",
    ]


def test_where_the_account_tells_nothing_the_known_events_are_asked():
    ids = {event["id"] for event in webhooks.subscription_body("https://ici.example", KEY)["configuration"]}
    assert {
        "client.updated",
        "prospect.transform",
        "people.updated",
        "third_party_contact.main",
        "opportunity.status",
    } <= ids


KEYS = ["eventType", "event", "relatedtype", "relatedid", "corpid", "timestamp", "individual", "relatedobject"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(KEYS), LEAVES | st.lists(LEAVES, max_size=2)))
def test_whatever_comes_is_an_event_or_one_sentence(payload: dict[str, object]):
    try:
        told = webhooks.parse("application/json", as_json(payload)).id
    except ValueError as fault:
        told = str(fault) if str(fault).startswith("Notification Sellsy illisible") else ""
    assert told
