"""The port over HTTP: which request each call makes. Knows no kinds, decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx2

from altior_sellsy.certificates import certificates
from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.ledger.port import Quota
from altior_sellsy.patience import Patience
from altior_sellsy.sellsy import writes
from altior_sellsy.sellsy.auth import DEADLINE, Access, Credentials, TokenStore
from altior_sellsy.sellsy.bodies import Shape
from altior_sellsy.sellsy.calls import MOST, Calls, embeds
from altior_sellsy.sellsy.identity import identity, own_access
from altior_sellsy.sellsy.models import (
    AccountIdentity,
    Address,
    ApiClient,
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
from altior_sellsy.sellsy.port import AddressOwner, Body, Direction, Embed, Thing
from altior_sellsy.sellsy.transport import Transport
from altior_sellsy.timing import Timing

API_URL = "https://api.sellsy.com/v2"
LOGIN_URL = "https://login.sellsy.com"

_FOLDERS: dict[Thing, str] = {
    "company": "/companies",
    "individual": "/individuals",
    "contact": "/contacts",
    "opportunity": "/opportunities",
}
_CONVERT = Shape(writes.Convert)
_LEAVE_FIELDS_ALONE = {"also_enable_custom_fields_on_target": {"mode": "none"}}

_COMPANY_FILTERS, _COMPANY_CREATE = Shape(writes.CompanyFilters), Shape(writes.CompanyCreate)
_COMPANY_UPDATE = Shape(writes.CompanyUpdate)
_INDIVIDUAL_FILTERS, _INDIVIDUAL_CREATE = Shape(writes.IndividualFilters), Shape(writes.IndividualCreate)
_INDIVIDUAL_UPDATE = Shape(writes.IndividualUpdate)
_CONTACT_FILTERS, _CONTACT_CREATE = Shape(writes.ContactFilters), Shape(writes.ContactCreate)
_CONTACT_UPDATE = Shape(writes.ContactUpdate)
_OPPORTUNITY_FILTERS, _OPPORTUNITY_UPDATE = Shape(writes.OpportunityFilters), Shape(writes.OpportunityUpdate)
_OPPORTUNITY_PATCH = Shape(writes.OpportunityPatch)
_ADDRESS_CREATE, _ADDRESS_UPDATE = Shape(writes.AddressCreate), Shape(writes.AddressUpdate)
_FIELD_VALUES, _ROLES = Shape(list[writes.FieldValue]), Shape(writes.Roles)
_WEBHOOK_CREATE, _WEBHOOK_UPDATE = Shape(writes.WebhookCreate), Shape(writes.WebhookUpdate)


def _at(folder: str, *parts: str) -> str:
    return "/".join([folder, *(quote(part, safe="") for part in parts)])


def _sorted(order: str, direction: str, embed: Embed) -> list[tuple[str, str]]:
    return [("order", order), ("direction", direction), *embeds(embed)]


class HttpSellsy:
    """One environment's Sellsy. Close it after use (a context manager). See `sellsy.port.Sellsy` for the calls."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        quota: Quota,
        tokens: TokenStore,
        exclusive: Callable[[], AbstractContextManager[Any]],
        api_url: str = API_URL,
        login_url: str = LOGIN_URL,
        clock: Clock | None = None,
        timing: Timing | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        clock, timing = clock or SystemClock(), timing or Timing()
        headers = {"User-Agent": "altior-sellsy"}
        self._http = (
            httpx2.Client(transport=transport, headers=headers)
            if transport
            else httpx2.Client(verify=certificates(), headers=headers)
        )
        deadline = min(DEADLINE, timing.call_deadline)
        self._access = Access(self._http, login_url, credentials, tokens, exclusive, clock, deadline)
        self._transport = Transport(self._http, api_url, self._access, quota, clock, timing)
        self._calls = Calls(self._transport)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def sent(self) -> dict[str, int]:
        """Calls that left so far, reads and writes, for reports."""
        return self._transport.sent

    @property
    def live(self) -> bool:
        return self._transport.live

    @live.setter
    def live(self, value: bool) -> None:
        self._transport.live = value

    @property
    def patience(self) -> Patience | None:
        return self._transport.patience

    @patience.setter
    def patience(self, value: Patience | None) -> None:
        self._transport.patience = value

    @property
    def not_after(self) -> datetime | None:
        return self._transport.not_after

    @not_after.setter
    def not_after(self, value: datetime | None) -> None:
        self._transport.not_after = value

    @property
    def server_time(self) -> datetime | None:
        return self._transport.server_time

    @property
    def embeds_custom_fields(self) -> bool | None:
        return self._calls.embeds_custom_fields

    # -- the account
    def account(self) -> AccountIdentity:
        accesses = self._calls.all(ApiClient, "/clients", paged=False)
        access, staff_id = own_access(accesses, self._access.client_id)
        staff = self._calls.one(Staff, "GET", _at("/staffs", staff_id), query=embeds(["account", "profile"]))
        return identity(access, staff_id, staff)

    def quotas(self) -> Mapping[str, QuotaUse]:
        answer = self._transport.call("GET", "/quotas")
        lines = answer if isinstance(answer, dict) else {}
        return {name: QuotaUse.model_validate(line) for name, line in lines.items() if isinstance(line, dict)}

    def custom_fields(self) -> list[CustomFieldDefinition]:
        return self._calls.all(CustomFieldDefinition, "/custom-fields", query=_sorted("id", "asc", ()))

    def staffs(self) -> list[Staff]:
        return self._calls.all(Staff, "/staffs", query=[("order", "id")])

    def favourite_filters(self, thing: Thing) -> list[FavouriteFilter]:
        path = _at(_FOLDERS[thing], "favourite-filters")
        return self._calls.all(FavouriteFilter, path, query=_sorted("id", "asc", ()))

    # -- companies
    def list_companies(
        self, *, embed: Embed = (), after: str | None = None, limit: int = MOST, direction: Direction = "asc"
    ) -> Page[Company]:
        query = _sorted("id", direction, embed)
        return self._calls.page(Company, "GET", "/companies", query=query, after=after, limit=limit)

    def search_companies(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = MOST,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Company]:
        body, query = {"filters": _COMPANY_FILTERS.json(filters)}, _sorted(order, direction, embed)
        return self._calls.page(Company, "POST", "/companies/search", query=query, after=after, limit=limit, body=body)

    def company(self, company_id: str, *, embed: Embed = ()) -> Company:
        return self._calls.one(Company, "GET", _at("/companies", company_id), query=embeds(embed))

    def create_company(self, body: Body, *, embed: Embed = ()) -> Company:
        json = _COMPANY_CREATE.json(body)
        return self._calls.one(Company, "POST", "/companies", query=embeds(embed), body=json, write=True)

    def update_company(self, company_id: str, body: Body, *, embed: Embed = ()) -> Company:
        path, json = _at("/companies", company_id), _COMPANY_UPDATE.json(body)
        return self._calls.one(Company, "PUT", path, query=embeds(embed), body=json, write=True)

    def convert_company(self, company_id: str, target: Literal["client"] = "client") -> Company:
        path, json = _at("/companies", company_id, "convert"), _CONVERT.json({"target": target} | _LEAVE_FIELDS_ALONE)
        return self._calls.one(Company, "POST", path, body=json, write=True)

    # -- individuals
    def list_individuals(
        self, *, embed: Embed = (), after: str | None = None, limit: int = MOST, direction: Direction = "asc"
    ) -> Page[Individual]:
        query = _sorted("id", direction, embed)
        return self._calls.page(Individual, "GET", "/individuals", query=query, after=after, limit=limit)

    def search_individuals(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = MOST,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Individual]:
        body, query = {"filters": _INDIVIDUAL_FILTERS.json(filters)}, _sorted(order, direction, embed)
        return self._calls.page(
            Individual, "POST", "/individuals/search", query=query, after=after, limit=limit, body=body
        )

    def individual(self, individual_id: str, *, embed: Embed = ()) -> Individual:
        return self._calls.one(Individual, "GET", _at("/individuals", individual_id), query=embeds(embed))

    def create_individual(self, body: Body, *, embed: Embed = ()) -> Individual:
        json = _INDIVIDUAL_CREATE.json(body)
        return self._calls.one(Individual, "POST", "/individuals", query=embeds(embed), body=json, write=True)

    def update_individual(self, individual_id: str, body: Body, *, embed: Embed = ()) -> Individual:
        path, json = _at("/individuals", individual_id), _INDIVIDUAL_UPDATE.json(body)
        return self._calls.one(Individual, "PUT", path, query=embeds(embed), body=json, write=True)

    def convert_individual(self, individual_id: str, target: Literal["client"] = "client") -> Individual:
        path, json = (
            _at("/individuals", individual_id, "convert"),
            _CONVERT.json({"target": target} | _LEAVE_FIELDS_ALONE),
        )
        return self._calls.one(Individual, "POST", path, body=json, write=True)

    # -- contacts
    def list_contacts(
        self, *, embed: Embed = (), after: str | None = None, limit: int = MOST, direction: Direction = "asc"
    ) -> Page[Contact]:
        query = _sorted("id", direction, embed)
        return self._calls.page(Contact, "GET", "/contacts", query=query, after=after, limit=limit)

    def search_contacts(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = MOST,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Contact]:
        body, query = {"filters": _CONTACT_FILTERS.json(filters)}, _sorted(order, direction, embed)
        return self._calls.page(Contact, "POST", "/contacts/search", query=query, after=after, limit=limit, body=body)

    def contact(self, contact_id: str, *, embed: Embed = ()) -> Contact:
        return self._calls.one(Contact, "GET", _at("/contacts", contact_id), query=embeds(embed))

    def create_contact(self, body: Body, *, embed: Embed = ()) -> Contact:
        json = _CONTACT_CREATE.json(body)
        return self._calls.one(Contact, "POST", "/contacts", query=embeds(embed), body=json, write=True)

    def update_contact(self, contact_id: str, body: Body, *, embed: Embed = ()) -> Contact:
        path, json = _at("/contacts", contact_id), _CONTACT_UPDATE.json(body)
        return self._calls.one(Contact, "PUT", path, query=embeds(embed), body=json, write=True)

    # -- opportunities
    def list_opportunities(
        self, *, embed: Embed = (), after: str | None = None, limit: int = MOST, direction: Direction = "asc"
    ) -> Page[Opportunity]:
        query = _sorted("id", direction, embed)
        return self._calls.page(Opportunity, "GET", "/opportunities", query=query, after=after, limit=limit)

    def search_opportunities(
        self,
        filters: Body,
        *,
        embed: Embed = (),
        after: str | None = None,
        limit: int = MOST,
        order: str = "id",
        direction: Direction = "asc",
    ) -> Page[Opportunity]:
        body, query = {"filters": _OPPORTUNITY_FILTERS.json(filters)}, _sorted(order, direction, embed)
        return self._calls.page(
            Opportunity, "POST", "/opportunities/search", query=query, after=after, limit=limit, body=body
        )

    def opportunity(self, opportunity_id: str, *, embed: Embed = ()) -> Opportunity:
        return self._calls.one(Opportunity, "GET", _at("/opportunities", opportunity_id), query=embeds(embed))

    def update_opportunity(self, opportunity_id: str, body: Body, *, embed: Embed = ()) -> Opportunity:
        path, json = _at("/opportunities", opportunity_id), _OPPORTUNITY_UPDATE.json(body)
        return self._calls.one(Opportunity, "PUT", path, query=embeds(embed), body=json, write=True)

    def patch_opportunity(self, opportunity_id: str, body: Body, *, embed: Embed = ()) -> Opportunity:
        path, json = _at("/opportunities", opportunity_id), _OPPORTUNITY_PATCH.json(body)
        query = [*(("only[]", name) for name in json), *embeds(embed)]
        return self._calls.one(Opportunity, "PATCH", path, query=query, body=json, write=True)

    # -- what hangs on a record
    def addresses(self, owner: AddressOwner, owner_id: str) -> list[Address]:
        return self._calls.whole(Address, _at(_FOLDERS[owner], owner_id, "addresses"))

    def create_address(self, owner: AddressOwner, owner_id: str, body: Body) -> Address:
        path, json = _at(_FOLDERS[owner], owner_id, "addresses"), _ADDRESS_CREATE.json(body)
        return self._calls.one(Address, "POST", path, body=json, write=True)

    def update_address(self, owner: AddressOwner, owner_id: str, address_id: str, body: Body) -> Address:
        path, json = _at(_FOLDERS[owner], owner_id, "addresses", address_id), _ADDRESS_UPDATE.json(body)
        return self._calls.one(Address, "PUT", path, body=json, write=True)

    def delete_address(self, owner: AddressOwner, owner_id: str, address_id: str) -> None:
        self._calls.done("DELETE", _at(_FOLDERS[owner], owner_id, "addresses", address_id))

    def custom_field_values(self, thing: Thing, thing_id: str) -> list[CustomFieldValue]:
        path = _at(_FOLDERS[thing], thing_id, "custom-fields")
        return self._calls.all(CustomFieldValue, path, query=_sorted("id", "asc", ()))

    def set_custom_fields(self, thing: Thing, thing_id: str, values: Mapping[str, Any]) -> None:
        json = _FIELD_VALUES.json([{"id": field_id, "value": value} for field_id, value in values.items()])
        self._calls.done("PUT", _at(_FOLDERS[thing], thing_id, "custom-fields"), body=json)

    def company_contacts(self, company_id: str) -> list[Contact]:
        return self._calls.all(Contact, _at("/companies", company_id, "contacts"), query=_sorted("id", "asc", ()))

    def individual_contacts(self, individual_id: str) -> list[Contact]:
        return self._calls.all(Contact, _at("/individuals", individual_id, "contacts"), query=_sorted("id", "asc", ()))

    def contact_companies(self, contact_id: str) -> list[Company]:
        return self._calls.whole(Company, _at("/contacts", contact_id, "companies"))

    def link_contact(self, company_id: str, contact_id: str, roles: Sequence[str] = ()) -> None:
        json = _ROLES.json({"roles": list(roles)}) if roles else None
        self._calls.done("POST", _at("/companies", company_id, "contacts", contact_id), body=json)

    def set_contact_roles(self, company_id: str, contact_id: str, roles: Sequence[str]) -> None:
        json = _ROLES.json({"roles": list(roles)})
        self._calls.done("PUT", _at("/companies", company_id, "contacts", contact_id), body=json)

    def unlink_contact(self, company_id: str, contact_id: str) -> None:
        self._calls.done("DELETE", _at("/companies", company_id, "contacts", contact_id))

    # -- pipelines
    def pipelines(self) -> list[Pipeline]:
        return self._calls.all(Pipeline, "/opportunities/pipelines", query=_sorted("rank", "asc", ()))

    def steps(self, pipeline_id: str) -> list[Step]:
        path = _at("/opportunities/pipelines", pipeline_id, "steps")
        return self._calls.all(Step, path, query=_sorted("rank", "asc", ()))

    # -- webhooks
    def webhook_events(self) -> list[str]:
        answer = self._transport.call("GET", "/webhooks/events")
        groups = [group for group in answer if isinstance(group, dict)] if isinstance(answer, list) else []
        named = [(group.get("id"), group.get("events")) for group in groups]
        return [f"{entity}.{event}" for entity, events in named if isinstance(events, dict) for event in events]

    def webhooks(self) -> list[Webhook]:
        return self._calls.all(Webhook, "/webhooks", query=[("direction", "asc")])

    def create_webhook(self, body: Body) -> Webhook:
        return self._calls.one(Webhook, "POST", "/webhooks", body=_WEBHOOK_CREATE.json(body), write=True)

    def update_webhook(self, webhook_id: str, body: Body) -> Webhook:
        json = _WEBHOOK_UPDATE.json({name: value for name, value in body.items() if name != "type"})
        path = _at("/webhooks", webhook_id)
        return self._calls.one(Webhook, "PUT", path, body=json, write=True)

    def delete_webhook(self, webhook_id: str) -> None:
        self._calls.done("DELETE", _at("/webhooks", webhook_id))
