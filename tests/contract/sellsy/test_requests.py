"""Every request that the client can emit is within Sellsy's own OpenAPI document: method, path, query and body."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.sellsy.webhooks import subscription_body
from tests.contract.sellsy.document import Document
from tests.unit.sellsy.script import Recorded, Script, page

AT = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
RANGE = {"start": AT, "end": AT}
THIRD_EMBEDS = [
    "invoicing_address",
    "delivery_address",
    "main_contact",
    "dunning_contact",
    "invoicing_contact",
    "opportunities",
    "estimates",
    "invoices",
    "orders",
    "owner",
    "cf.1542",
]
CONTACT_EMBEDS = [
    "invoicing_address",
    "delivery_address",
    "opportunities",
    "estimates",
    "invoices",
    "orders",
    "owner",
    "cf.7",
]
DEAL_EMBEDS = ["company", "individual", "contacts", "assigned_staffs", "estimates", "invoices", "orders", "cf.9"]

PARTY = {
    "email": "contact@leo.fr",
    "website": "https://leo.fr",
    "note": "Une note",
    "social": {"twitter": None, "facebook": "https://facebook.com/leo", "linkedin": None},
    "owner_id": "17",
    "is_archived": False,
    "marketing_campaigns_subscriptions": ["sms", "phone", "email", "postal_mail", "custom"],
    "phone_number": "04 76 00 00 00",
    "mobile_number": None,
    "fax_number": "",
}
LEGAL = {
    "siret": "73282932000074",
    "siren": "732829320",
    "vat": "FR40732829320",
    "ape_naf_code": "4711C",
    "company_type": "SAS",
    "rcs_immatriculation": "RCS Grenoble",
}
COMPANY = PARTY | {
    "name": "Menuiserie Léo",
    "legal_france": LEGAL,
    "capital": "4000",
    "reference": "CLI-1",
    "auxiliary_code": "0LEO",
}
INDIVIDUAL = PARTY | {
    "last_name": "Martin",
    "first_name": "Claire",
    "civility": "mrs",
    "reference": "IND-1",
    "auxiliary_code": None,
}
CONTACT = PARTY | {"last_name": "Martin", "first_name": None, "civility": "ms", "position": "Gérante"}
ADDRESS = {
    "name": "Facturation",
    "address_line_1": "1 rue de la Paix",
    "address_line_2": None,
    "address_line_3": "",
    "address_line_4": "BP 4",
    "postal_code": "38000",
    "city": "Grenoble",
    "country_code": "FR",
    "is_invoicing_address": True,
    "is_delivery_address": False,
}
PATCH = {
    "name": "Véranda",
    "owner_id": "17",
    "status": "won",
    "pipeline": "4",
    "step": "9",
    "amount": Decimal("72000.99"),
    "probability": 75,
    "due_date": date(2026, 5, 1),
    "note": "",
}
PUT = PATCH | {
    "source": "1",
    "main_doc_id": None,
    "assigned_staff_ids": ["17"],
    "contact_ids": ["8", "9"],
    "related": [{"type": "company", "id": "4"}, {"type": "contact", "id": "8"}],
}
NULLS = {
    "email": None,
    "website": None,
    "phone_number": None,
    "mobile_number": None,
    "fax_number": None,
    "owner_id": None,
}
NO_LEGAL = {"legal_france": dict.fromkeys(LEGAL)}
THIRD_FILTERS = {
    "id": ["1", "2"],
    "email": "a@b.fr",
    "created": RANGE,
    "favourite_filter": "3",
    "country_code": "FR",
    "postal_code": ["38000"],
    "updated_at": {"start": AT},
    "name": "Léo",
    "type": ["client", "prospect"],
    "is_archived": True,
    "reference": ["CLI-1"],
}
CONTACT_FILTERS = {
    "id": ["1"],
    "email": "a@b.fr",
    "created": RANGE,
    "updated": RANGE,
    "favourite_filter": "3",
    "country_code": "FR",
    "postal_code": ["38000"],
    "companies": ["1"],
    "individuals": ["1"],
    "last_name": "Martin",
    "phone_number": "04",
    "mobile_number": "06",
    "is_linked": True,
}
DEAL_FILTERS = {
    "created": RANGE,
    "updated_status": RANGE,
    "due_date": RANGE,
    "name": "Véranda",
    "pipeline": ["4"],
    "step": ["9"],
    "related_objects": [{"type": "company", "id": "4"}],
    "assigned_staffs": ["17"],
    "statuses": ["open", "late"],
    "favourite_filter": "3",
}
VALUES = {
    "1": True,
    "2": None,
    "3": "texte",
    "4": [1, 2],
    "5": {"amount": "15.26", "currency": "EUR"},
    "6": {"number": "2", "unit_id": 4},
    "7": 12,
    "8": "2026-03-12",
}
PAGED = {"after": "WyI1OTk2NTgiXQ==", "limit": 50, "direction": "desc"}
WEBHOOK = subscription_body("https://ici.example/sellsy/abc", "clé", ["client.updated", "people.created"])

CALLS: dict[str, list[Callable[[HttpSellsy], Any]]] = {
    "account": [lambda s: s.account()],
    "quotas": [lambda s: s.quotas()],
    "custom_fields": [lambda s: s.custom_fields()],
    "staffs": [lambda s: s.staffs()],
    "favourite_filters": [
        lambda s: s.favourite_filters("company"),
        lambda s: s.favourite_filters("individual"),
        lambda s: s.favourite_filters("contact"),
        lambda s: s.favourite_filters("opportunity"),
    ],
    "list_companies": [lambda s: s.list_companies(), lambda s: s.list_companies(embed=THIRD_EMBEDS, **PAGED)],
    "list_individuals": [lambda s: s.list_individuals(), lambda s: s.list_individuals(embed=THIRD_EMBEDS, **PAGED)],
    "list_contacts": [lambda s: s.list_contacts(), lambda s: s.list_contacts(embed=CONTACT_EMBEDS, **PAGED)],
    "list_opportunities": [
        lambda s: s.list_opportunities(),
        lambda s: s.list_opportunities(embed=DEAL_EMBEDS, **PAGED),
    ],
    "search_companies": [
        lambda s: s.search_companies({}),
        lambda s: s.search_companies({"type": "supplier"}, order="updated_at"),
        lambda s: s.search_companies(
            THIRD_FILTERS | {"siret": "73282932000074", "contacts": ["8"]},
            embed=THIRD_EMBEDS,
            order="created_at",
            **PAGED,
        ),
    ],
    "search_individuals": [
        lambda s: s.search_individuals({}),
        lambda s: s.search_individuals(THIRD_FILTERS, embed=THIRD_EMBEDS, order="name", **PAGED),
    ],
    "search_contacts": [
        lambda s: s.search_contacts({}),
        lambda s: s.search_contacts(CONTACT_FILTERS, embed=CONTACT_EMBEDS, order="created_at", **PAGED),
    ],
    "search_opportunities": [
        lambda s: s.search_opportunities({}),
        lambda s: s.search_opportunities(DEAL_FILTERS, embed=DEAL_EMBEDS, order="due_date", **PAGED),
    ],
    "company": [lambda s: s.company("4"), lambda s: s.company("4", embed=THIRD_EMBEDS)],
    "individual": [lambda s: s.individual("4"), lambda s: s.individual("4", embed=THIRD_EMBEDS)],
    "contact": [lambda s: s.contact("4"), lambda s: s.contact("4", embed=CONTACT_EMBEDS)],
    "opportunity": [lambda s: s.opportunity("4"), lambda s: s.opportunity("4", embed=DEAL_EMBEDS)],
    "create_company": [
        lambda s: s.create_company({"type": "supplier", "name": "Léo"}),
        lambda s: s.create_company(COMPANY | {"type": "client", "created": AT}, embed=THIRD_EMBEDS),
    ],
    "update_company": [
        lambda s: s.update_company("4", {"name": "Léo"}),
        lambda s: s.update_company("4", COMPANY, embed=THIRD_EMBEDS),
        lambda s: s.update_company(
            "4", NULLS | NO_LEGAL | {"capital": None, "reference": None, "auxiliary_code": None}
        ),
    ],
    "convert_company": [lambda s: s.convert_company("4")],
    "create_individual": [
        lambda s: s.create_individual({"type": "prospect", "last_name": "Martin"}),
        lambda s: s.create_individual(INDIVIDUAL | {"type": "client", "created": AT}, embed=THIRD_EMBEDS),
    ],
    "update_individual": [
        lambda s: s.update_individual("4", INDIVIDUAL, embed=THIRD_EMBEDS),
        lambda s: s.update_individual("4", NULLS | {"first_name": None, "civility": None, "reference": None}),
    ],
    "convert_individual": [lambda s: s.convert_individual("4")],
    "create_contact": [
        lambda s: s.create_contact({"last_name": "Martin"}),
        lambda s: s.create_contact(CONTACT | {"created": AT}, embed=CONTACT_EMBEDS),
    ],
    "update_contact": [
        lambda s: s.update_contact("4", CONTACT, embed=CONTACT_EMBEDS),
        lambda s: s.update_contact("4", NULLS | {"first_name": None, "civility": None, "position": None}),
    ],
    "update_opportunity": [
        lambda s: s.update_opportunity("4", {"owner_id": "17", "status": "open"}),
        lambda s: s.update_opportunity("4", PUT, embed=DEAL_EMBEDS),
        lambda s: s.update_opportunity(
            "4", PUT | {"due_date": None, "assigned_staff_ids": None, "contact_ids": None, "main_doc_id": "22"}
        ),
    ],
    "patch_opportunity": [
        lambda s: s.patch_opportunity("4", {"step": "9", "pipeline": "4"}),
        lambda s: s.patch_opportunity("4", PATCH, embed=DEAL_EMBEDS),
        lambda s: s.patch_opportunity("4", {"due_date": None}),
    ],
    "addresses": [
        lambda s: s.addresses("company", "4"),
        lambda s: s.addresses("individual", "4"),
        lambda s: s.addresses("contact", "4"),
    ],
    "create_address": [
        lambda s: s.create_address("company", "4", ADDRESS),
        lambda s: s.create_address("individual", "4", ADDRESS),
        lambda s: s.create_address("contact", "4", ADDRESS),
    ],
    "update_address": [
        lambda s: s.update_address("company", "4", "8", ADDRESS),
        lambda s: s.update_address("individual", "4", "8", {"city": "Lyon"}),
        lambda s: s.update_address("contact", "4", "8", ADDRESS),
    ],
    "delete_address": [
        lambda s: s.delete_address("company", "4", "8"),
        lambda s: s.delete_address("individual", "4", "8"),
        lambda s: s.delete_address("contact", "4", "8"),
    ],
    "custom_field_values": [
        lambda s: s.custom_field_values("company", "4"),
        lambda s: s.custom_field_values("individual", "4"),
        lambda s: s.custom_field_values("contact", "4"),
        lambda s: s.custom_field_values("opportunity", "4"),
    ],
    "set_custom_fields": [
        lambda s: s.set_custom_fields("company", "4", VALUES),
        lambda s: s.set_custom_fields("individual", "4", VALUES),
        lambda s: s.set_custom_fields("contact", "4", VALUES),
        lambda s: s.set_custom_fields("opportunity", "4", VALUES),
    ],
    "company_contacts": [lambda s: s.company_contacts("4")],
    "individual_contacts": [lambda s: s.individual_contacts("4")],
    "contact_companies": [lambda s: s.contact_companies("4")],
    "link_contact": [
        lambda s: s.link_contact("4", "8"),
        lambda s: s.link_contact("4", "8", ["main", "invoicing", "dunning"]),
    ],
    "set_contact_roles": [
        lambda s: s.set_contact_roles("4", "8", ["main"]),
        lambda s: s.set_contact_roles("4", "8", []),
    ],
    "unlink_contact": [lambda s: s.unlink_contact("4", "8")],
    "pipelines": [lambda s: s.pipelines()],
    "steps": [lambda s: s.steps("4")],
    "webhook_events": [lambda s: s.webhook_events()],
    "webhooks": [lambda s: s.webhooks()],
    "create_webhook": [lambda s: s.create_webhook(WEBHOOK)],
    "update_webhook": [
        lambda s: s.update_webhook("4", {"is_enabled": True}),
        lambda s: s.update_webhook("4", WEBHOOK),
    ],
    "delete_webhook": [lambda s: s.delete_webhook("4")],
}


def answer(asked: Recorded) -> object:
    """The least that lets every call end: two pages of a list, an object, our own access."""
    if asked.path == "/clients":
        return page([{"id": "acces", "user": {"id": 17, "type": "staff"}}])
    if asked.path in ("/quotas", "/webhooks/events"):
        return {} if asked.path == "/quotas" else []
    is_list = asked.path.endswith(("/search", "contacts", "companies", "addresses", "-fields", "-filters", "s"))
    if asked.method in ("POST", "GET") and is_list and (asked.method == "GET" or asked.path.endswith("/search")):
        last = "offset" in dict(asked.query) or asked.path.endswith("addresses") or "limit" not in dict(asked.query)
        return page([] if last else [{"id": n} for n in range(1, 101)], "WyIxMDAiXQ==", total=0 if last else 100)
    return httpx2.Response(200, json={"id": 4})


PORT = sorted(name for name, value in vars(Sellsy).items() if callable(value) and not name.startswith("_"))


def test_every_call_of_the_port_is_judged_here():
    assert sorted(CALLS) == PORT


@pytest.mark.parametrize("name", PORT)
def test_requests_are_within_sellsys_document(document: Document, name: str):
    script = Script(answer)
    with script.client() as sellsy:
        for call in CALLS[name]:
            before = len(script.asked)
            call(sellsy)
            assert len(script.asked) > before
    found = {
        f"{asked.method} {asked.path}": complaints
        for asked in script.asked
        if (complaints := document.check_request(asked.method, asked.path, asked.query, asked.body))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/companies/search", [], {"filters": {"website": "x"}}),
        ("POST", "/companies/search", [], {"filters": {}, "limit": 10}),
        ("POST", "/companies/search", [], {}),
        ("POST", "/companies/search", [("embed", "owner")], {"filters": {}}),
        ("POST", "/companies/search", [("embed[]", "company")], {"filters": {}}),
        ("POST", "/companies/search", [("limit", "101")], {"filters": {}}),
        ("POST", "/contacts/search", [("order", "updated_at")], {"filters": {}}),
        ("POST", "/contacts/search", [], {"filters": {"updated_at": {}}}),
        ("PUT", "/companies/4", [], {"type": "client"}),
        ("PUT", "/companies/4", [], {"name": None}),
        ("PUT", "/companies/4", [], {"legal_france": {"siret": "123"}}),
        ("PUT", "/contacts/4", [], {"updated": "2026-03-12T08:00:00+00:00"}),
        ("PUT", "/contacts/4", [], {"nickname": "x"}),
        ("POST", "/companies", [], {"name": "Léo"}),
        ("GET", "/companies/4/addresses", [("limit", "100")], None),
        ("PATCH", "/opportunities/4", [("only[]", "source")], {}),
        ("PATCH", "/opportunities/4", [], {"amount": "12.00"}),
        ("PUT", "/opportunities/4", [], {"amount": 12.0}),
        ("PUT", "/companies/4/custom-fields", [], {"1": True}),
        ("POST", "/webhooks", [], {"type": "http", "endpoint": "x", "url": "x"}),
    ],
)
def test_the_judge_refuses_what_sellsy_would(document: Document, method: str, path: str, query: Any, body: Any):
    """Else the tests above could not fail."""
    assert document.check_request(method, path, query, body)


def test_the_judge_knows_no_path_that_sellsy_has_not(document: Document):
    with pytest.raises(AssertionError):
        document.check_request("POST", "/individuals/4/contacts/8", [], None)


def test_the_document_is_the_one_that_the_client_was_written_for(document: Document):
    assert document.version == "2.264.0"
