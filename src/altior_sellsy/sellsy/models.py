"""What we read of Sellsy, exactly (FACTS 5; OpenAPI 2.264.0). Tolerant to new fields, missing keys, new enum values.

Ids are text, instants UTC, amounts Decimal, text NFC as Sellsy spelt it (no trimming). `model.has("email")` tells a
null from a key that was not there. `model.embed` is `_embed`: an embed that was not asked for is missing, one whose
authorisation is missing is null.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import AliasChoices, Field

from altior_sellsy.sellsy.leaves import Amount, Day, Flag, Id, Instant, Many, MaybeId, Read, Text, Whole, flag


class Owner(Read):
    """`type`: "staff", or "thirdcontact" on an opportunity."""

    id: MaybeId = None
    type: Text = None


class LegalFrance(Read):
    siret: Text = None
    siren: Text = None
    vat: Text = None
    ape_naf_code: Text = None
    company_type: Text = None
    """Legal form, free text: «SAS», «sas, société par actions simplifiée»."""
    rcs_immatriculation: Text = None


class Social(Read):
    twitter: Text = None
    facebook: Text = None
    linkedin: Text = None


class Address(Read):
    """Empty lines come back as ""."""

    id: Id
    name: Text = None
    address_line_1: Text = None
    address_line_2: Text = None
    address_line_3: Text = None
    address_line_4: Text = None
    postal_code: Text = None
    city: Text = None
    country_code: Text = None
    is_invoicing_address: Flag = None
    is_delivery_address: Flag = None


class CustomFieldItem(Read):
    id: Id
    label: Text = None
    checked: Flag = None


class CustomFieldParameters(Read):
    default_value: Any = None
    items: Many[CustomFieldItem] = Field(default_factory=list)


class CustomFieldDefinition(Read):
    """`related_objects`: V1 words: client, prospect, supplier, contact, opportunity, item, document …

    The OpenAPI document spells it `related_object`, the API answers `related_objects`.
    """

    id: Id
    name: Text = None
    code: Text = None
    description: Text = None
    type: Text = None
    mandatory: Flag = None
    show_on_pdf: Flag = None
    related_objects: Many[str] = Field(
        default_factory=list, validation_alias=AliasChoices("related_objects", "related_object")
    )
    parameters: CustomFieldParameters | None = None


class CustomFieldValue(CustomFieldDefinition):
    """A definition with the record's value, in the shape its type gives it (FACTS 5, table)."""

    value: Any = None

    @property
    def yes(self) -> bool | None:
        """The value of a boolean field: only True is Oui, None is empty."""
        return flag(self.value)


class _Party(Read):
    """What companies, individuals and contacts share. Phones are free text, `website` comes back without scheme."""

    id: Id
    email: Text = None
    website: Text = None
    phone_number: Text = None
    mobile_number: Text = None
    fax_number: Text = None
    note: Text = None
    social: Social | None = None
    invoicing_address_id: MaybeId = None
    delivery_address_id: MaybeId = None
    owner: Owner | None = None
    created: Instant = None
    is_archived: Flag = None
    embed: "Embeds | None" = Field(default=None, alias="_embed")


class _Third(_Party):
    """What companies and individuals share. `type`: prospect, client, supplier, or a newer word."""

    type: Text = None
    reference: Text = None
    auxiliary_code: Text = None
    main_contact_id: MaybeId = None
    dunning_contact_id: MaybeId = None
    invoicing_contact_id: MaybeId = None
    updated_at: Instant = None


class Company(_Third):
    name: Text = None
    legal_france: LegalFrance | None = None
    capital: Text = None


class Individual(_Third):
    """A person who is himself client, prospect or supplier. `civility`: mr, mrs, ms."""

    civility: Text = None
    first_name: Text = None
    last_name: Text = None


class Contact(_Party):
    """Carries no company id: links are read from `contact_companies`."""

    civility: Text = None
    first_name: Text = None
    last_name: Text = None
    position: Text = None
    updated: Instant = None


class Named(Read):
    id: MaybeId = None
    name: Text = None


class Money(Read):
    value: Amount = None
    currency: Text = None


class Related(Read):
    type: Text = None
    id: Id


class Opportunity(Read):
    """Read-only shapes: amount, pipeline, step and source are objects here, plain values when written.

    `status`: open, won, lost, cancelled, closed, late, or a newer word. There is no modification date at all.
    """

    id: Id
    number: Text = None
    name: Text = None
    status: Text = None
    due_date: Day = None
    created: Instant = None
    updated_status: Instant = None
    amount: Money | None = None
    pipeline: Named | None = None
    step: Named | None = None
    source: Named | None = None
    probability: Whole = None
    note: Text = None
    owner: Owner | None = None
    assigned_staff_ids: list[Id] | None = None
    contact_ids: list[Id] | None = None
    company_id: MaybeId = None
    individual_id: MaybeId = None
    main_doc_id: MaybeId = None
    related: list[Related] | None = None
    embed: "Embeds | None" = Field(default=None, alias="_embed")


class Pipeline(Read):
    id: Id
    name: Text = None
    is_default: Flag = None
    rank: Whole = None


class Step(Read):
    id: Id
    name: Text = None
    probability: Whole = None
    rank: Whole = None


class Profile(Read):
    id: MaybeId = None
    name: Text = None
    is_administrator: Flag = None


class Account(Read):
    id: MaybeId = None
    uuid: Text = None
    name: Text = None


class StaffEmbeds(Read):
    """Absent when the reader may only see a restricted view of the staff."""

    profile: Profile | None = None
    account: Account | None = None


class Staff(Read):
    """`status`: ok, blocked, deleted. `lastname` and `firstname` without underscore, as Sellsy spells them."""

    id: Id
    lastname: Text = None
    firstname: Text = None
    email: Text = None
    status: Text = None
    position: Text = None
    embed: StaffEmbeds | None = Field(default=None, alias="_embed")


class ApiClient(Read):
    """An API access of the account. `type`: public, private, personal, personal_access_token."""

    id: Id
    name: Text = None
    type: Text = None
    scopes: Many[str] = Field(default_factory=list)
    delegated: Flag = None
    single_login: Flag = None
    user: Owner | None = None


class WebhookEvent(Read):
    id: Text = None
    is_enabled: Flag = None


class Webhook(Read):
    """`sign_key` is a secret and is deliberately not read."""

    id: Id
    name: Text = None
    type: Text = None
    endpoint: Text = None
    is_enabled: Flag = None
    object_in_payload: Flag = None
    json_content_type: Flag = None
    configuration: Many[WebhookEvent] = Field(default_factory=list)
    created: Instant = None
    last_succeeded: Instant = None
    last_failed: Instant = None
    nb_failures: Whole = None


class FavouriteFilter(Read):
    id: Id
    title: Text = None
    type: Text = None


class QuotaUse(Read):
    """One line of GET /quotas: `limit` None means unlimited."""

    limit: Whole = None
    used: Whole = None


class Embeds(Read):
    """`_embed` of companies, individuals, contacts and opportunities. Counts are null without `invoicing.read`.

    `embed[]=cf.<id>` gives values in `custom_fields`, whole definitions with `value` (FACTS 3); some accounts ignore
    it: then the list is missing, see `custom_field`.
    """

    invoicing_address: Address | None = None
    delivery_address: Address | None = None
    main_contact: Contact | None = None
    dunning_contact: Contact | None = None
    invoicing_contact: Contact | None = None
    owner: Staff | None = None
    company: Company | None = None
    individual: Individual | None = None
    contacts: list[Contact] | None = None
    assigned_staffs: list[Staff] | None = None
    opportunities: Whole = None
    estimates: Whole = None
    invoices: Whole = None
    orders: Whole = None
    custom_fields: list[CustomFieldValue] | None = None


for _model in (Company, Individual, Contact, Opportunity):
    _model.model_rebuild()


def custom_field(model: Company | Individual | Contact | Opportunity, field_id: str) -> CustomFieldValue | None:
    """The embedded value of `embed[]=cf.<field_id>`, or None when the answer does not hold it.

    None is «not answered», not «empty» (that is a CustomFieldValue whose value is None): the fallback is one call of
    `custom_field_values` for this record.
    """
    values = model.embed.custom_fields if model.embed else None
    return next((value for value in values or () if value.id == field_id), None)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page. `after` continues it, None at the end. `unreadable`: ids (or "") of rows that could not be read."""

    data: list[T]
    after: str | None = None
    total: int | None = None
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Whose account this is and with which rights we act (FACTS, last section; design 3, «Identity is checked»).

    `account_id`, `account_uuid` and `is_administrator` are empty or None when the staff's full view is refused.
    """

    account_id: str
    account_uuid: str
    account_name: str
    access_name: str
    access_type: str
    scopes: frozenset[str]
    delegated: bool | None
    single_login: bool | None
    staff_id: str
    staff_name: str
    staff_email: str
    staff_status: str
    is_administrator: bool | None
