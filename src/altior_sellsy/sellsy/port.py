"""Sellsy as the rest of the product sees it: small typed calls, each one request unless its docstring says otherwise.

Reads raise Retryable; writes raise NotSent (certainly did not happen), Unclear (may have happened), Invalid (values
refused, with the fields) or Final; both raise Refused (the environment must stop) and NotFound (404). Nothing sleeps.

Bodies and filters are plain mappings, checked against `sellsy.writes` before they leave; only given keys are sent.
`embed`: names of `_embed` («invoicing_address», «cf.1542» …). `after`: the cursor of the previous page. Ids are text.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from altior_sellsy.sellsy.models import (
    AccountIdentity,
    Address,
    Company,
    Contact,
    CustomFieldDefinition,
    CustomFieldValue,
    FavouriteFilter,
    Individual,
    Opportunity,
    Page,
    Pipeline,
    QuotaUse,
    Staff,
    Step,
    Webhook,
)

Thing = Literal["company", "individual", "contact", "opportunity"]
AddressOwner = Literal["company", "individual", "contact"]
Direction = Literal["asc", "desc"]
Body = Mapping[str, Any]
Embed = Sequence[str]


class Sellsy(Protocol):
    live: bool
    """Which lane of the quota the next calls take: live goes first, bulk leaves the reserve alone."""
    not_after: datetime | None
    """A write is not sent after this instant (NotSent): a Sellsy record is read at most 2 s before it is written."""

    @property
    def server_time(self) -> datetime | None:
        """`Date` of the last answer, UTC: sweep windows go by the server's clock. None before the first answer."""
        ...

    @property
    def embeds_custom_fields(self) -> bool | None:
        """Does this account answer `embed[]=cf.<id>` on lists and searches? Learnt from pages; None: not seen yet.

        False means one call of `custom_field_values` per record: a cost that must be told.
        """
        ...

    # -- the account
    def account(self) -> AccountIdentity:
        """Two calls or more. Raises Refused when our own access is not among the account's."""
        ...

    def quotas(self) -> Mapping[str, QuotaUse]: ...
    def custom_fields(self) -> list[CustomFieldDefinition]:
        """All of them, paged to the end."""
        ...

    def staffs(self) -> list[Staff]:
        """All that we may see (perhaps only ourselves), paged to the end."""
        ...

    def favourite_filters(self, thing: Thing) -> list[FavouriteFilter]: ...

    # -- companies
    def list_companies(
        self, *, embed: Embed = (), after: str | None = None, limit: int = 100, direction: Direction = "asc"
    ) -> Page[Company]:
        """GET, by id: not the search index."""
        ...

    def search_companies(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = 100,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Company]:
        """Filters: id, siret, name, email, type, is_archived, created, updated_at, reference, favourite_filter …"""
        ...

    def company(self, company_id: str, *, embed: Embed = ()) -> Company: ...
    def create_company(self, body: Body, *, embed: Embed = ()) -> Company: ...
    def update_company(self, company_id: str, body: Body, *, embed: Embed = ()) -> Company: ...
    def convert_company(self, company_id: str, target: Literal["client"] = "client") -> Company:
        """Prospect to client only, leaving the account's custom fields alone (mode «none»)."""
        ...

    # -- individuals
    def list_individuals(
        self, *, embed: Embed = (), after: str | None = None, limit: int = 100, direction: Direction = "asc"
    ) -> Page[Individual]: ...
    def search_individuals(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = 100,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Individual]: ...
    def individual(self, individual_id: str, *, embed: Embed = ()) -> Individual: ...
    def create_individual(self, body: Body, *, embed: Embed = ()) -> Individual: ...
    def update_individual(self, individual_id: str, body: Body, *, embed: Embed = ()) -> Individual: ...
    def convert_individual(self, individual_id: str, target: Literal["client"] = "client") -> Individual: ...

    # -- contacts
    def list_contacts(
        self, *, embed: Embed = (), after: str | None = None, limit: int = 100, direction: Direction = "asc"
    ) -> Page[Contact]: ...
    def search_contacts(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = 100,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Contact]:
        """Filters: id, companies, email, last_name, created, updated (not updated_at), favourite_filter …"""
        ...

    def contact(self, contact_id: str, *, embed: Embed = ()) -> Contact: ...
    def create_contact(self, body: Body, *, embed: Embed = ()) -> Contact: ...
    def update_contact(self, contact_id: str, body: Body, *, embed: Embed = ()) -> Contact: ...

    # -- opportunities
    def list_opportunities(
        self, *, embed: Embed = (), after: str | None = None, limit: int = 100, direction: Direction = "asc"
    ) -> Page[Opportunity]: ...
    def search_opportunities(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = 100,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Opportunity]:
        """Filters: pipeline, step, statuses, created, updated_status … Neither id nor modification date."""
        ...

    def opportunity(self, opportunity_id: str, *, embed: Embed = ()) -> Opportunity: ...
    def update_opportunity(self, opportunity_id: str, body: Body, *, embed: Embed = ()) -> Opportunity:
        """PUT: for contacts, staffs, main document, related. `owner_id` and `status` must be given: see writes."""
        ...

    def patch_opportunity(self, opportunity_id: str, body: Body, *, embed: Embed = ()) -> Opportunity:
        """PATCH with `only[]` of the given keys: name, owner_id, status, pipeline, step, amount, probability,
        due_date, note. Nothing else moves: prefer it. A move names pipeline and step."""
        ...

    # -- what hangs on a record
    def addresses(self, owner: AddressOwner, owner_id: str) -> list[Address]:
        """All of them. Sellsy cannot page this list: Final when its own count says that some are missing."""
        ...

    def create_address(self, owner: AddressOwner, owner_id: str, body: Body) -> Address: ...
    def update_address(self, owner: AddressOwner, owner_id: str, address_id: str, body: Body) -> Address: ...
    def delete_address(self, owner: AddressOwner, owner_id: str, address_id: str) -> None: ...
    def custom_field_values(self, thing: Thing, thing_id: str) -> list[CustomFieldValue]:
        """All of them, paged to the end."""
        ...

    def set_custom_fields(self, thing: Thing, thing_id: str, values: Mapping[str, Any]) -> None:
        """Field id → value in the shape its type is written in (FACTS 5, table). Others are left alone."""
        ...

    def company_contacts(self, company_id: str) -> list[Contact]:
        """Paged to the end."""
        ...

    def individual_contacts(self, individual_id: str) -> list[Contact]: ...
    def contact_companies(self, contact_id: str) -> list[Company]: ...
    def link_contact(self, company_id: str, contact_id: str, roles: Sequence[str] = ()) -> None:
        """Idempotent. The first contact of a company gets all three roles whatever is asked."""
        ...

    def set_contact_roles(self, company_id: str, contact_id: str, roles: Sequence[str]) -> None: ...
    def unlink_contact(self, company_id: str, contact_id: str) -> None: ...

    # -- pipelines
    def pipelines(self) -> list[Pipeline]:
        """By rank, paged to the end."""
        ...

    def steps(self, pipeline_id: str) -> list[Step]:
        """In the pipeline's order (rank), paged to the end."""
        ...

    # -- webhooks
    def webhook_events(self) -> list[str]:
        """Event ids that can be subscribed to: «client.updated» …"""
        ...

    def webhooks(self) -> list[Webhook]: ...
    def create_webhook(self, body: Body) -> Webhook: ...
    def update_webhook(self, webhook_id: str, body: Body) -> Webhook:
        """`type` is left out of the body: Sellsy takes it at creation only."""
        ...

    def delete_webhook(self, webhook_id: str) -> None: ...
