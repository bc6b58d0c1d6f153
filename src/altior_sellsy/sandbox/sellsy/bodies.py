"""Request bodies, exactly as the OpenAPI document describes them (v2.264.0). Strict: a number is not a text.

`Model.model_dump(exclude_unset=True)` is the partial write: what was not sent is not there.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_URL = re.compile(r"^https?://[^\s/]+\S*$")


def _email(value: str) -> str:
    if not _EMAIL.match(value):
        raise ValueError("Cette valeur n'est pas une adresse email valide.")
    return value


def _url(value: str) -> str:
    if not _URL.match(value):
        raise ValueError("Cette valeur n'est pas une URL valide.")
    return value


def instant(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("Cette valeur n'est pas une date valide.") from None
    if moment.tzinfo is None:
        raise ValueError("Cette valeur n'est pas une date valide.")
    return value


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("Cette valeur n'est pas une date valide.") from None


Email = Annotated[str, AfterValidator(_email)]
Url = Annotated[str, AfterValidator(_url)]
Instant = Annotated[str, AfterValidator(instant)]
Date = Annotated[str, AfterValidator(_date)]
Decimal2 = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
ThirdType = Literal["prospect", "client", "supplier"]
Civility = Literal["mr", "mrs", "ms"]
Status = Literal["open", "won", "lost", "cancelled", "closed", "late"]
Role = Literal["main", "invoicing", "dunning"]
Campaign = Literal["sms", "phone", "email", "postal_mail", "custom"]
Staff = Annotated[int, Field(ge=1)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class LegalFrance(Body):
    siret: Annotated[str, Field(min_length=14, max_length=14)] | None = None
    siren: Annotated[str, Field(min_length=9, max_length=9)] | None = None
    vat: Annotated[str, Field(min_length=2, max_length=15)] | None = None
    ape_naf_code: Annotated[str, Field(min_length=5, max_length=6)] | None = None
    company_type: Annotated[str, Field(min_length=2, max_length=100)] | None = None
    rcs_immatriculation: Annotated[str, Field(min_length=3, max_length=200)] | None = None


class Social(Body):
    twitter: Url | None = None
    facebook: Url | None = None
    linkedin: Url | None = None
    viadeo: Url | None = None


class Sync(Body):
    mailchimp: bool = False
    mailjet: bool = False
    simplemail: bool = False


class _Third(Body):
    email: Email | None = None
    website: Url | None = None
    phone_number: str | None = None
    mobile_number: str | None = None
    fax_number: str | None = None
    note: str = ""
    auxiliary_code: str | None = None
    social: Social = Social()
    rate_category_id: int | None = None
    accounting_code_id: int | None = None
    accounting_purchase_code_id: int | None = None
    owner_id: Staff | None = None
    is_archived: bool = False
    marketing_campaigns_subscriptions: list[Campaign] = []


class CompanyUpdate(_Third):
    name: Annotated[str, Field(min_length=1, max_length=250)] = ""
    legal_france: LegalFrance = LegalFrance()
    capital: str | None = None
    reference: Annotated[str, Field(max_length=100)] | None = None
    business_segment: int | None = None
    number_of_employees: int | None = None


class CompanyCreate(CompanyUpdate):
    type: ThirdType
    name: Annotated[str, Field(min_length=1, max_length=250)]
    created: Instant = ""


class IndividualUpdate(_Third):
    last_name: Annotated[str, Field(min_length=1, max_length=200)] = ""
    first_name: Annotated[str, Field(max_length=200)] | None = None
    civility: Civility | None = None
    reference: str | None = None
    sync: Sync = Sync()


class IndividualCreate(IndividualUpdate):
    type: ThirdType
    last_name: Annotated[str, Field(min_length=1, max_length=200)]
    created: Instant = ""


class ContactUpdate(Body):
    civility: Civility | None = None
    first_name: Annotated[str, Field(max_length=200)] | None = None
    last_name: Annotated[str, Field(min_length=1, max_length=200)] = ""
    email: Email | None = None
    website: Url | None = None
    phone_number: Annotated[str, Field(max_length=50)] | None = None
    mobile_number: Annotated[str, Field(max_length=50)] | None = None
    fax_number: Annotated[str, Field(max_length=50)] | None = None
    position: Annotated[str, Field(max_length=200)] | None = None
    birth_date: Date | None = None
    avatar: Annotated[Url, Field(max_length=200)] | None = None
    note: str = ""
    social: Social = Social()
    sync: Sync = Sync()
    owner_id: Staff | None = None
    is_archived: bool = False
    marketing_campaigns_subscriptions: list[Campaign] = []


class ContactCreate(ContactUpdate):
    last_name: Annotated[str, Field(min_length=1, max_length=200)]
    created: Instant = ""


class Geocode(Body):
    lat: float | None = None
    lng: float | None = None


class AddressUpdate(Body):
    name: Annotated[str, Field(min_length=2, max_length=200)] = ""
    address_line_1: Annotated[str, Field(max_length=250)] = ""
    address_line_2: Annotated[str, Field(max_length=250)] | None = None
    address_line_3: Annotated[str, Field(max_length=250)] | None = None
    address_line_4: Annotated[str, Field(max_length=250)] | None = None
    postal_code: Annotated[str, Field(min_length=2, max_length=30)] = ""
    city: Annotated[str, Field(min_length=2, max_length=250)] = ""
    country_code: Annotated[str, Field(min_length=2, max_length=2)] = ""
    is_invoicing_address: bool = False
    is_delivery_address: bool = False
    geocode: Geocode = Geocode()


class AddressCreate(AddressUpdate):
    name: Annotated[str, Field(min_length=2, max_length=200)]
    address_line_1: Annotated[str, Field(max_length=250)]
    postal_code: Annotated[str, Field(min_length=2, max_length=30)]
    city: Annotated[str, Field(min_length=2, max_length=250)]
    country_code: Annotated[str, Field(min_length=2, max_length=2)]


class LinkContact(Body):
    roles: list[Role] | None = None


class UpdateLink(Body):
    roles: list[Role] = []


class EnableFields(Body):
    mode: Literal["none", "all", "partial"]
    ids: list[int] = []


class Convert(Body):
    target: Literal["client"]
    also_enable_custom_fields_on_target: EnableFields


class Related(Body):
    type: Literal["company", "individual", "contact"]
    id: Annotated[int, Field(ge=1)]


class OpportunityUpdate(Body):
    name: Annotated[str, Field(min_length=1)] = ""
    owner_id: Staff = 0
    status: Status = "open"
    pipeline: int = 0
    step: int = 0
    amount: Decimal2 = "0"
    probability: Annotated[int, Field(ge=0, le=100)] = 0
    source: int | None = None
    due_date: Date | None = None
    note: str = ""
    main_doc_id: int | None = None
    assigned_staff_ids: list[int] | None = None
    contact_ids: list[int] | None = None
    related: Annotated[list[Related], Field(min_length=1)] = []


class OpportunityCreate(OpportunityUpdate):
    """The document requires nothing; name and related objects cannot be done without."""

    name: Annotated[str, Field(min_length=1)]
    related: Annotated[list[Related], Field(min_length=1)]
    number: str = ""
    created: Instant = ""


class OpportunityPatch(Body):
    """Here the amount is a number."""

    name: Annotated[str, Field(min_length=1, max_length=250)] = ""
    owner_id: int = 0
    status: Status = "open"
    pipeline: int = 0
    step: int = 0
    amount: Annotated[float, Field(ge=0)] = 0
    probability: Annotated[float, Field(ge=0, le=100)] = 0
    origin: str = ""
    due_date: Date | None = None
    note: str = ""


class StepRank(Body):
    step: int
    before_sibling: int | None = None


class CustomValue(Body):
    """`code` is tolerated beside the documented keys."""

    id: int
    value: Any
    code: str = ""


class EventChoice(Body):
    id: str
    is_enabled: bool = True
    channel: str | None = None


class WebhookUpdate(Body):
    is_enabled: bool = True
    name: str | None = None
    endpoint: Url = ""
    object_in_payload: bool = False
    json_content_type: bool = False
    sign_key: str = ""
    default_channel: str | None = None
    configuration: list[EventChoice] = []


class WebhookCreate(WebhookUpdate):
    endpoint: Url
    type: Literal["http", "slack"] = "http"
