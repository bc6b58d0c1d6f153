"""What we write to Sellsy, strictly as its OpenAPI document allows (2.264.0): unknown keys and wrong types never leave.

Only the keys that are given are sent: a missing key is left alone by Sellsy, null empties it. Lengths are the
document's own, so that a value too long is refused before it is sent, never cut. Ids may be given as text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Required

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, with_config
from typing_extensions import TypedDict


def _number(value: Any) -> Any:
    """Our ids are text, Sellsy's bodies want integers."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


strict = with_config(ConfigDict(extra="forbid"))

Key = Annotated[int, Field(ge=1), BeforeValidator(_number)]
Moment = Annotated[datetime, PlainSerializer(_iso)]
Day = Annotated[date, PlainSerializer(lambda value: value.isoformat())]
Money = Annotated[Decimal, Field(allow_inf_nan=False)]
MoneyText = Annotated[Money, PlainSerializer(lambda value: f"{value:f}")]
MoneyNumber = Annotated[Money, Field(ge=0), PlainSerializer(float)]
Percent = Annotated[int, Field(ge=0, le=100)]
ThirdType = Literal["prospect", "client", "supplier"]
Civility = Literal["mr", "mrs", "ms"]
Status = Literal["open", "won", "lost", "cancelled", "closed", "late"]
Role = Literal["main", "invoicing", "dunning"]
Campaign = Literal["sms", "phone", "email", "postal_mail", "custom"]
Text50 = Annotated[str, Field(max_length=50)]
Text100 = Annotated[str, Field(max_length=100)]
Text200 = Annotated[str, Field(max_length=200)]
Text250 = Annotated[str, Field(max_length=250)]
AddressName = Annotated[str, Field(min_length=2, max_length=200)]
PostalCode = Annotated[str, Field(min_length=2, max_length=30)]
City = Annotated[str, Field(min_length=2, max_length=250)]
CountryCode = Annotated[str, Field(min_length=2, max_length=2)]


@strict
class LegalFrance(TypedDict, total=False):
    siret: Annotated[str, Field(min_length=14, max_length=14)] | None
    siren: Annotated[str, Field(min_length=9, max_length=9)] | None
    vat: Annotated[str, Field(min_length=2, max_length=15)] | None
    ape_naf_code: Annotated[str, Field(min_length=5, max_length=6)] | None
    company_type: Annotated[str, Field(min_length=2, max_length=100)] | None
    rcs_immatriculation: Annotated[str, Field(min_length=3, max_length=200)] | None


@strict
class Social(TypedDict, total=False):
    twitter: str | None
    facebook: str | None
    linkedin: str | None


class _Party(TypedDict, total=False):
    email: str | None
    website: str | None
    note: str
    social: Social
    owner_id: Key | None
    is_archived: bool
    marketing_campaigns_subscriptions: list[Campaign]


class _Third(_Party, total=False):
    phone_number: str | None
    mobile_number: str | None
    fax_number: str | None
    auxiliary_code: str | None


class _Company(_Third, total=False):
    legal_france: LegalFrance
    capital: str | None
    reference: Text100 | None


@strict
class CompanyUpdate(_Company, total=False):
    name: Text250


@strict
class CompanyCreate(_Company, total=False):
    type: Required[ThirdType]
    name: Required[Text250]
    created: Moment


class _Individual(_Third, total=False):
    first_name: Text200 | None
    civility: Civility | None
    reference: str | None


@strict
class IndividualUpdate(_Individual, total=False):
    last_name: Text200


@strict
class IndividualCreate(_Individual, total=False):
    type: Required[ThirdType]
    last_name: Required[Text200]
    created: Moment


class _Contact(_Party, total=False):
    civility: Civility | None
    first_name: Text200 | None
    phone_number: Text50 | None
    mobile_number: Text50 | None
    fax_number: Text50 | None
    position: Text200 | None


@strict
class ContactUpdate(_Contact, total=False):
    last_name: Text200


@strict
class ContactCreate(_Contact, total=False):
    last_name: Required[Text200]
    created: Moment


class _Address(TypedDict, total=False):
    address_line_2: Text250 | None
    address_line_3: Text250 | None
    address_line_4: Text250 | None
    is_invoicing_address: bool
    is_delivery_address: bool


@strict
class AddressUpdate(_Address, total=False):
    name: AddressName
    address_line_1: Text250
    postal_code: PostalCode
    city: City
    country_code: CountryCode


@strict
class AddressCreate(_Address, total=False):
    """The two flags, left out, become true when the owner has no such address yet."""

    name: Required[AddressName]
    address_line_1: Required[Text250]
    postal_code: Required[PostalCode]
    city: Required[City]
    country_code: Required[CountryCode]


@strict
class Related(TypedDict):
    type: Literal["company", "individual", "contact"]
    id: Key


@strict
class OpportunityUpdate(TypedDict, total=False):
    """PUT. By Sellsy's document, `owner_id` left out becomes ours and `status` becomes open: both are required here."""

    owner_id: Required[Key]
    status: Required[Status]
    name: str
    pipeline: Key
    step: Key
    amount: MoneyText
    probability: Percent
    source: Key
    due_date: Day | None
    note: str
    main_doc_id: Key | None
    assigned_staff_ids: list[Key] | None
    contact_ids: list[Key] | None
    related: Annotated[list[Related], Field(min_length=1)]


@strict
class OpportunityPatch(TypedDict, total=False):
    """PATCH: what can be written alone. The amount is a number here, text in PUT."""

    name: Annotated[str, Field(min_length=1, max_length=250)]
    owner_id: Key
    status: Status
    pipeline: Key
    step: Key
    amount: MoneyNumber
    probability: Percent
    due_date: Day | None
    note: str


@strict
class Roles(TypedDict):
    roles: list[Role]


@strict
class Convert(TypedDict):
    target: Literal["client"]
    also_enable_custom_fields_on_target: dict[Literal["mode"], Literal["none"]]


@strict
class FieldValue(TypedDict):
    id: Key
    value: Any


@strict
class WebhookEvent(TypedDict):
    id: str
    is_enabled: bool


class _Webhook(TypedDict, total=False):
    is_enabled: bool
    name: str | None
    object_in_payload: bool
    json_content_type: bool
    sign_key: str
    configuration: list[WebhookEvent]


@strict
class WebhookUpdate(_Webhook, total=False):
    endpoint: str


@strict
class WebhookCreate(_Webhook, total=False):
    type: Required[Literal["http"]]
    endpoint: Required[str]


@strict
class Between(TypedDict, total=False):
    start: Moment
    end: Moment


class _PartyFilters(TypedDict, total=False):
    id: list[Key]
    email: str
    created: Between
    favourite_filter: Key
    country_code: str
    postal_code: list[str]


class _ThirdFilters(_PartyFilters, total=False):
    updated_at: Between
    name: str
    type: ThirdType | list[ThirdType]
    is_archived: bool
    reference: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=100)]


@strict
class CompanyFilters(_ThirdFilters, total=False):
    siret: str
    contacts: list[Key]


@strict
class IndividualFilters(_ThirdFilters, total=False):
    pass


@strict
class ContactFilters(_PartyFilters, total=False):
    """`updated` here, `updated_at` on companies and individuals. No filter on archived."""

    updated: Between
    companies: list[Key]
    individuals: list[Key]
    last_name: str
    phone_number: str
    mobile_number: str
    is_linked: bool


@strict
class RelatedFilter(TypedDict):
    type: Literal["company", "individual"]
    id: Key


@strict
class OpportunityFilters(TypedDict, total=False):
    """No filter on id, number or modification."""

    created: Between
    updated_status: Between
    due_date: Between
    name: str
    pipeline: list[Key]
    step: list[Key]
    related_objects: list[RelatedFilter]
    assigned_staffs: list[Key]
    statuses: Annotated[list[Status], Field(min_length=1)]
    favourite_filter: Key
