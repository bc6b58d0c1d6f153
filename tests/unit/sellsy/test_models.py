from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from altior_sellsy.errors import Invalid
from altior_sellsy.ledger.port import Window
from altior_sellsy.sellsy import quota, writes
from altior_sellsy.sellsy.bodies import Shape
from altior_sellsy.sellsy.models import Company, Contact, CustomFieldDefinition, CustomFieldValue, Opportunity, QuotaUse


def test_a_missing_key_is_not_a_null():
    company = Company.model_validate(
        {"id": 1, "email": None, "legal_france": {"siret": None}, "_embed": {"estimates": None}}
    )
    assert company.has("email")
    assert not company.has("phone_number")
    assert company.legal_france is not None
    assert company.legal_france.has("siret")
    assert not company.legal_france.has("vat")
    assert company.embed is not None
    assert company.embed.has("estimates")
    assert not company.embed.has("owner")


def test_numbers_as_text_empty_maps_as_lists_new_fields_and_new_words():
    company = Company.model_validate(
        {
            "id": "12",
            "type": "partner",
            "name": "Le\u0301o",
            "capital": 4000,
            "social": [],
            "legal_france": [],
            "owner": [],
            "_embed": [],
            "is_archived": "1",
            "main_contact_id": 0,
            "delivery_address_id": 77,
            "updated_at": "2024-06-25T12:27:23+02:00",
            "rgpd_consent": {"email": True},
        }
    )
    assert (company.id, company.type, company.name, company.capital) == ("12", "partner", "L\u00e9o", "4000")
    assert (company.is_archived, company.main_contact_id, company.delivery_address_id) == (True, None, "77")
    assert company.updated_at == datetime(2024, 6, 25, 10, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "0000-00-00 00:00:00", "demain", 0])
def test_a_date_that_is_none_is_none(value: object):
    assert Contact.model_validate({"id": 1, "created": value}).created is None


def test_an_opportunity_in_its_reading_shapes():
    deal = Opportunity.model_validate(
        {
            "id": 3,
            "amount": {"value": "72000.99", "currency": "EUR"},
            "pipeline": {"id": 4, "name": "Ventes"},
            "due_date": "2026-02-01",
            "assigned_staff_ids": None,
            "contact_ids": [8, "9"],
            "related": [{"type": "company", "id": 5}],
            "probability": "75",
        }
    )
    assert deal.amount is not None
    assert (deal.amount.value, deal.due_date, deal.probability) == (Decimal("72000.99"), date(2026, 2, 1), 75)
    assert (deal.assigned_staff_ids, deal.contact_ids) == (None, ["8", "9"])


@pytest.mark.parametrize("value", [True, "oui", "NaN", "Infinity", [], {}])
def test_an_amount_that_is_none_is_none(value: object):
    deal = Opportunity.model_validate({"id": 3, "amount": {"value": value}})
    assert deal.amount is not None
    assert deal.amount.value is None


@pytest.mark.parametrize("key", ["related_object", "related_objects"])
def test_both_spellings_of_related_objects(key: str):
    field = CustomFieldDefinition.model_validate({"id": 1, key: ["client", "prospect"], "parameters": []})
    assert field.related_objects == ["client", "prospect"]


@pytest.mark.parametrize(
    ("value", "yes"),
    [(True, True), (False, False), (None, None), ("true", True), ("0", False), ("oui", None), ([], None)],
)
def test_only_true_is_oui(value: object, yes: bool | None):
    assert CustomFieldValue.model_validate({"id": 1, "value": value}).yes is yes


def test_the_limits_of_the_account_are_windows():
    lines = {
        "api_rate_seconds": QuotaUse(limit=24, used=1),
        "api_rate_minutes": QuotaUse(limit=149, used=1),
        "api_rate_days": QuotaUse(limit=None, used=1),
        "pipelines": QuotaUse(limit=5, used=1),
    }
    assert quota.windows(lines) == [Window(1, 24), Window(60, 149)]


def test_only_what_is_given_is_sent_and_null_stays_null():
    body = Shape(writes.CompanyUpdate).json(
        {"email": None, "owner_id": "12", "legal_france": {"siret": "73282932000074"}}
    )
    assert body == {"email": None, "owner_id": 12, "legal_france": {"siret": "73282932000074"}}


def test_instants_and_amounts_as_sellsy_wants_them():
    paris = timezone(timedelta(hours=1))
    created = Shape(writes.CompanyCreate).json(
        {"type": "client", "name": "a", "created": datetime(2026, 3, 12, 9, 0, 0, 987, tzinfo=paris)}
    )
    assert created["created"] == "2026-03-12T08:00:00+00:00"
    put = {"owner_id": "1", "status": "open", "amount": Decimal("1E+3")}
    assert Shape(writes.OpportunityUpdate).json(put)["amount"] == "1000"
    assert Shape(writes.OpportunityPatch).json({"amount": Decimal("72000.99")}) == {"amount": 72000.99}


@pytest.mark.parametrize(
    ("shape", "body", "fields"),
    [
        (writes.CompanyCreate, {"type": "client"}, {"name": "Ce champ est manquant"}),
        (writes.CompanyUpdate, {"type": "client"}, {"type": "Ce champ est inconnu"}),
        (writes.CompanyUpdate, {"name": "x" * 251}, {"name": "250 caractères au plus"}),
        (writes.CompanyUpdate, {"name": None}, {"name": "Valeur refusée"}),
        (writes.CompanyUpdate, {"legal_france": {"siret": "123"}}, {"legal_france.siret": "14 caractères au moins"}),
        (writes.ContactUpdate, {"civility": "dr"}, {"civility": "Valeur non admise"}),
        (writes.OpportunityUpdate, {"name": "x", "status": "open"}, {"owner_id": "Ce champ est manquant"}),
        (writes.CompanyFilters, {"website": "x"}, {"website": "Ce champ est inconnu"}),
        (writes.OpportunityFilters, {"id": [1]}, {"id": "Ce champ est inconnu"}),
    ],
)
def test_what_the_document_does_not_allow_never_leaves(shape: object, body: dict[str, object], fields: dict[str, str]):
    with pytest.raises(Invalid) as caught:
        Shape(shape).json(body)
    assert caught.value.fields == fields
    assert "123" not in str(caught.value)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.datetimes().map(str)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@pytest.mark.parametrize("model", [Company, Contact, Opportunity, CustomFieldDefinition])
@given(data=st.data())
def test_whatever_comes_is_read_or_refused(model: type[Company], data: st.DataObject):
    keys = [field.alias or name for name, field in model.model_fields.items()]
    row = data.draw(st.dictionaries(st.sampled_from(keys), JSON))
    try:
        assert model.model_validate(row).id == str(row["id"]).strip()
    except ValidationError:
        return
