"""Sellsy's companies and individuals through one door: each call goes to the endpoint of its thing. One request each,
`search` and `gate` excepted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.kinds.third_party.addresses import AddressChange
from altior_sellsy.sellsy.models import Address, Company, Individual, custom_field
from altior_sellsy.sellsy.port import AddressOwner, Direction, Sellsy

THINGS: tuple[AddressOwner, ...] = ("company", "individual")
POINTERS = ("invoicing_address", "delivery_address")
Third = Company | Individual


def thing_of(name: str) -> AddressOwner:
    return "company" if name == "company" else "individual"


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of either thing. `at`: when its query started. `unreadable`: ids of rows that could not be read."""

    thing: str
    data: list[Third]
    after: str | None
    total: int | None
    at: datetime
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThirdCalls:
    sellsy: Sellsy
    clock: Clock
    gate_field: str

    @property
    def embed(self) -> tuple[str, ...]:
        return (*POINTERS, f"cf.{self.gate_field}") if self.gate_field else POINTERS

    def list(self, thing: str, after: str | None, direction: Direction = "asc", limit: int = 100) -> Rows:
        """GET, by id."""
        at = self.clock.now()
        call = self.sellsy.list_companies if thing == "company" else self.sellsy.list_individuals
        page = call(embed=self.embed, after=after, limit=limit, direction=direction)
        return Rows(thing, [*page.data], page.after, page.total, at, tuple(page.unreadable))

    def search(self, thing: str, filters: Mapping[str, Any]) -> Iterator[Rows]:
        """Paged to the end."""
        after: str | None = None
        while True:
            page = self.found(thing, filters, after)
            yield page
            after = page.after
            if after is None:
                return

    def found(self, thing: str, filters: Mapping[str, Any], after: str | None) -> Rows:
        """One page of a search, by id."""
        at = self.clock.now()
        call = self.sellsy.search_companies if thing == "company" else self.sellsy.search_individuals
        page = call(filters, embed=self.embed, after=after)
        return Rows(thing, [*page.data], page.after, page.total, at, tuple(page.unreadable))

    def get(self, thing: str, id: str) -> Third:
        call = self.sellsy.company if thing == "company" else self.sellsy.individual
        return call(id, embed=self.embed)

    def put(self, thing: str, id: str, body: Mapping[str, Any]) -> Third:
        call = self.sellsy.update_company if thing == "company" else self.sellsy.update_individual
        return call(id, body, embed=POINTERS)

    def post(self, thing: str, body: Mapping[str, Any]) -> Third:
        call = self.sellsy.create_company if thing == "company" else self.sellsy.create_individual
        return call(body, embed=POINTERS)

    def convert(self, thing: str, id: str) -> Third:
        """Prospect to client."""
        call = self.sellsy.convert_company if thing == "company" else self.sellsy.convert_individual
        return call(id)

    def address(self, thing: str, id: str, change: AddressChange, body: Mapping[str, Any]) -> Address:
        if change.id is None:
            return self.sellsy.create_address(thing_of(thing), id, body)
        return self.sellsy.update_address(thing_of(thing), id, change.id, body)

    def tick(self, thing: str, id: str, value: bool) -> None:
        self.sellsy.set_custom_fields(thing_of(thing), id, {self.gate_field: value})

    def gate(self, third: Third, *, alone: bool = False) -> bool | None:
        """SA from the answer, or by a call of its own: where the account does not answer the embed on pages, and on a
        record that was asked for `alone`, where some accounts ignore it (FACTS, section 3)."""
        if not self.gate_field:
            return None
        value = custom_field(third, self.gate_field)
        if value is None and (alone or self.sellsy.embeds_custom_fields is not True):
            thing: AddressOwner = "company" if isinstance(third, Company) else "individual"
            values = self.sellsy.custom_field_values(thing, third.id)
            value = next((one for one in values if one.id == self.gate_field), None)
        return value.yes if value is not None else None
