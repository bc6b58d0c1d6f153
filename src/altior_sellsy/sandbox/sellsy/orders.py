"""The sort orders each resource offers (OAS). Contacts and opportunities have none by update time."""

from collections.abc import Mapping
from typing import Any

from altior_sellsy.sandbox.sellsy.paging import Order
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.settings import Resource


def _name(row: Row) -> tuple[str, int]:
    return str(row.fields.get("name") or row.fields.get("last_name") or "").casefold(), row.id


_BY_ID: Order[Row] = Order(lambda row: (row.id,), (int,))
_BY_NAME: Order[Row] = Order(_name, (str, int))
_BY_CREATED: Order[Row] = Order(lambda row: (row.created, row.id), (int, int))
_BY_UPDATED: Order[Row] = Order(lambda row: (row.updated, row.id), (int, int))
_BY_DUE: Order[Row] = Order(lambda row: (row.fields["due_date"] or "", row.id), (str, int))
_BY_STEP_RANK: Order[Row] = Order(lambda row: (row.fields["step_rank"], row.id), (int, int))

_THIRDS = {"id": _BY_ID, "name": _BY_NAME, "created_at": _BY_CREATED, "updated_at": _BY_UPDATED}
ORDERS: Mapping[Resource, Mapping[str, Order[Row]]] = {
    "companies": _THIRDS,
    "individuals": _THIRDS,
    "contacts": {"id": _BY_ID, "name": _BY_NAME, "created_at": _BY_CREATED},
    "opportunities": {"id": _BY_ID, "created": _BY_CREATED, "step_rank": _BY_STEP_RANK, "due_date": _BY_DUE},
}
BY_ID: Mapping[str, Order[Any]] = {"id": Order(lambda thing: (thing.id,), (int,))}
BY_RANK: Mapping[str, Order[Any]] = {**BY_ID, "rank": Order(lambda thing: (thing.rank, thing.id), (int, int))}
STEPS: Mapping[str, Order[Any]] = {
    **BY_RANK,
    "probability": Order(lambda step: (step.probability, step.id), (int, int)),
}
STAFFS: Mapping[str, Order[Any]] = {**BY_ID, "name": Order(lambda staff: (staff.lastname, staff.id), (str, int))}
FILTERS: Mapping[str, Order[Any]] = {**BY_ID, "name": Order(lambda known: (known.name, known.id), (str, int))}
CLIENTS: Mapping[str, Order[Any]] = {"id": Order(lambda client: (client.id,), (str,))}
"""Ids of API accesses are UUIDs."""
