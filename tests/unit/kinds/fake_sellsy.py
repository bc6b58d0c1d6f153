"""A Sellsy in memory behind the port: JSON rows with the habits of the real one (FACTS 3, 5, 6)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from altior_sellsy.errors import NotFound
from altior_sellsy.sellsy.models import Address, Company, CustomFieldValue, Individual, Page
from tests.unit.kinds.fake_bodies import checked

SA = "1542"
SA_DEFINITION = {"id": int(SA), "code": "SA", "type": "boolean", "name": "Synchronisation Altior"}
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
LEGAL = ("siret", "siren", "vat", "ape_naf_code", "company_type", "rcs_immatriculation")
FLAGS = {"is_invoicing_address": "invoicing_address_id", "is_delivery_address": "delivery_address_id"}


class FakeSellsy:
    """`embeds`: does this account answer `cf.<id>` on pages? `replaces`:
    does a PUT replace nested objects instead of merging them? `faults`: (call, thing) → error raised once, before the
    call takes effect. `calls`: every call, with its arguments."""

    live, not_after, server_time = False, None, None

    def __init__(self, *, embeds: bool = True, replaces: bool = False) -> None:
        self.replaces = replaces
        self.rows: dict[str, dict[int, dict[str, Any]]] = {"company": {}, "individual": {}}
        self.places: dict[int, dict[str, Any]] = {}
        self.gates: dict[tuple[str, int], bool | None] = {}
        self.embeds_custom_fields = embeds
        self.calls: list[tuple[Any, ...]] = []
        self.faults: dict[str, list[Exception]] = {}
        self.next = 100

    def _call(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, *arguments))
        if self.faults.get(name):
            raise self.faults[name].pop(0)

    def called(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    # -- people
    def add(self, thing: str = "company", *, gate: bool | None = None, **fields: Any) -> int:
        self.next += 1
        moment = (START + timedelta(minutes=self.next)).isoformat()
        row: dict[str, Any] = {
            "id": self.next, "type": "client", "email": None, "website": None, "phone_number": None,
            "mobile_number": None, "fax_number": None, "note": "", "reference": None, "is_archived": False,
            "social": {"linkedin": None, "facebook": None, "twitter": None}, "owner": {"id": 7, "type": "staff"},
            "invoicing_address_id": None, "delivery_address_id": None, "created": moment, "updated_at": moment,
        }  # fmt: skip
        if thing == "company":
            row |= {"name": "Menuiserie Léo", "legal_france": dict.fromkeys(LEGAL), "capital": None}
        else:
            row |= {"last_name": "Durand", "first_name": None, "civility": None}
        self.rows[thing][self.next] = row
        self.gates[thing, self.next] = gate
        self._merge(row, fields)
        return self.next

    def add_address(self, thing: str, owner: int, **fields: Any) -> int:
        self.next += 1
        place = {"id": self.next, "name": "Siège", **{f"address_line_{n}": "" for n in range(1, 5)}, **fields}
        place = {"is_invoicing_address": False, "is_delivery_address": False} | place
        self.places[self.next] = place | {"owner": (thing, owner)}
        self._point(thing, owner, self.next)
        return self.next

    # -- third parties
    def list_companies(self, **how: Any) -> Page[Company]:
        return self._page("company", Company, lambda row: True, **how)

    def list_individuals(self, **how: Any) -> Page[Individual]:
        return self._page("individual", Individual, lambda row: True, **how)

    def search_companies(self, filters: Mapping[str, Any], **how: Any) -> Page[Company]:
        return self._page("company", Company, lambda row: _matches(row, filters), filters, **how)

    def search_individuals(self, filters: Mapping[str, Any], **how: Any) -> Page[Individual]:
        return self._page("individual", Individual, lambda row: _matches(row, filters), filters, **how)

    def company(self, company_id: str, *, embed: Sequence[str] = ()) -> Company:
        return Company.model_validate(self._get("company", company_id, embed))

    def individual(self, individual_id: str, *, embed: Sequence[str] = ()) -> Individual:
        return Individual.model_validate(self._get("individual", individual_id, embed))

    def create_company(self, body: Mapping[str, Any], *, embed: Sequence[str] = ()) -> Company:
        return Company.model_validate(self._create("company", body, embed))

    def create_individual(self, body: Mapping[str, Any], *, embed: Sequence[str] = ()) -> Individual:
        return Individual.model_validate(self._create("individual", body, embed))

    def update_company(self, company_id: str, body: Mapping[str, Any], *, embed: Sequence[str] = ()) -> Company:
        return Company.model_validate(self._update("company", company_id, body, embed))

    def update_individual(
        self, individual_id: str, body: Mapping[str, Any], *, embed: Sequence[str] = ()
    ) -> Individual:
        return Individual.model_validate(self._update("individual", individual_id, body, embed))

    def convert_company(self, company_id: str, target: str = "client") -> Company:
        self._call("convert", "company", company_id)
        row = self._row("company", company_id)
        row["type"] = target
        return Company.model_validate(row)

    # -- what hangs on them
    def create_address(self, owner: str, owner_id: str, body: Mapping[str, Any]) -> Address:
        body = checked("AddressCreate", body)
        self._call("create_address", owner, owner_id, body)
        row = self._row(owner, owner_id)
        flags = {flag: row[pointer] is None for flag, pointer in FLAGS.items()}
        return Address.model_validate(self.places[self.add_address(owner, int(owner_id), **{**flags, **body})])

    def update_address(self, owner: str, owner_id: str, address_id: str, body: Mapping[str, Any]) -> Address:
        body = checked("AddressUpdate", body)
        self._call("update_address", owner, owner_id, address_id, body)
        place = self.places[int(address_id)]
        place |= {key: "" if value is None else value for key, value in body.items()}
        self._point(owner, int(owner_id), int(address_id))
        return Address.model_validate(place)

    def custom_field_values(self, thing: str, thing_id: str) -> list[CustomFieldValue]:
        self._call("custom_field_values", thing, thing_id)
        return [CustomFieldValue.model_validate(SA_DEFINITION | {"value": self.gates[thing, int(thing_id)]})]

    def set_custom_fields(self, thing: str, thing_id: str, values: Mapping[str, Any]) -> None:
        self._call("set_custom_fields", thing, thing_id, dict(values))
        self.gates[thing, int(thing_id)] = values[SA]

    # -- inside
    def _row(self, thing: str, id: str) -> dict[str, Any]:
        if int(id) not in self.rows[thing]:
            raise NotFound("Sellsy ne connaît pas cet élément.")
        return self.rows[thing][int(id)]

    def _get(self, thing: str, id: str, embed: Sequence[str]) -> dict[str, Any]:
        self._call("get", thing, id)
        return self._shown(thing, self._row(thing, id), [name for name in embed if not name.startswith("cf.")])

    def _create(self, thing: str, body: Mapping[str, Any], embed: Sequence[str]) -> dict[str, Any]:
        body = checked(f"{thing.capitalize()}Create", body)
        self._call("create", thing, body)
        return self._shown(thing, self.rows[thing][self.add(thing, **body)], embed)

    def _update(self, thing: str, id: str, body: Mapping[str, Any], embed: Sequence[str]) -> dict[str, Any]:
        body = checked(f"{thing.capitalize()}Update", body)
        self._call("update", thing, id, body)
        row = self._row(thing, id)
        self._merge(row, body)
        return self._shown(thing, row, embed)

    def _merge(self, row: dict[str, Any], body: Mapping[str, Any]) -> None:
        for key, value in body.items():
            if key == "owner_id":
                row["owner"] = {"id": value, "type": "staff"}
            elif key in ("legal_france", "social"):
                row[key] = (dict.fromkeys(row[key]) if self.replaces else row[key]) | value
            elif key == "website" and value:
                row[key] = value.split("://")[-1]
            elif key != "marketing_campaigns_subscriptions":
                row[key] = value

    def _point(self, thing: str, owner: int, id: int) -> None:
        """One invoicing and one delivery address: a flag that is set leaves the others, one that is taken empties."""
        row = self.rows[thing][owner]
        for flag, pointer in FLAGS.items():
            if self.places[id][flag]:
                row[pointer] = id
                for other in self.places.values():
                    if other["owner"] == (thing, owner) and other["id"] != id:
                        other[flag] = False
            elif row[pointer] == id:
                row[pointer] = None

    def _page(self, thing: str, model: Any, wanted: Any, filters: Any = None, **how: Any) -> Page[Any]:
        self._call("search" if filters is not None else "list", thing, filters)
        ids = sorted(self.rows[thing], reverse=how.get("direction") == "desc")
        start = ids.index(int(how["after"])) + 1 if how.get("after") else 0
        rows = [self.rows[thing][id] for id in ids[start:] if wanted(self.rows[thing][id])]
        limit = how.get("limit", 100)
        page = rows[:limit]
        # A full page may be the last: only the next one tells.
        after = str(page[-1]["id"]) if len(page) == limit else None
        data = [model.model_validate(self._shown(thing, row, how["embed"])) for row in page]
        return Page(data, after, len(ids))

    def _shown(self, thing: str, row: dict[str, Any], embed: Sequence[str]) -> dict[str, Any]:
        inside: dict[str, Any] = {}
        for name in embed:
            if name == f"cf.{SA}" and self.embeds_custom_fields:
                inside["custom_fields"] = [SA_DEFINITION | {"value": self.gates[thing, row["id"]]}]
            elif name.endswith("_address"):
                inside[name] = self.places.get(row[f"{name}_id"])
        return row | {"_embed": inside}


def _matches(row: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    if "id" in filters and row["id"] not in filters["id"]:
        return False
    if "siret" in filters and row["legal_france"]["siret"] != filters["siret"]:
        return False
    if "created" in filters:
        created = datetime.fromisoformat(row["created"])
        return bool(filters["created"]["start"] <= created <= filters["created"]["end"])
    return True
