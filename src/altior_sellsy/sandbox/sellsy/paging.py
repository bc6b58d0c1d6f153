"""Pages: seek cursors (the default) and numeric row offsets (FACTS 3)."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from altior_sellsy.sandbox.sellsy.errors import invalid

T = TypeVar("T")

DEFAULT_LIMIT = 25
MOST = 100
NUMERIC_BOUND = 100_000
_NO_CURSOR = "W10="
"""base64 of `[]`: a page of nothing, asked without a cursor, has no last row."""


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """A sort order. `key`: sort keys of a row, id last. `parse`: each key from its text in a cursor."""

    key: Callable[[T], tuple[Any, ...]]
    parse: tuple[Callable[[str], Any], ...]


@dataclass(frozen=True, slots=True)
class Paging(Generic[T]):
    limit: int
    offset: int | str | None
    order: Order[T]
    descending: bool
    presorted: bool
    """Rows already come in this order (ascending id): no need to sort."""


def read_paging(query: Mapping[str, str], orders: Mapping[str, Order[T]], default: str = "id") -> Paging[T]:
    """From the query string. Raises ApiError 400 on a wrong limit, direction, order or cursor."""
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not limit.isdecimal() or int(limit) > MOST:
        raise invalid({"limit": f"Cette valeur doit être comprise entre 0 et {MOST}"})
    direction = query.get("direction", "asc")
    if direction not in ("asc", "desc"):
        raise invalid({"direction": "Cette valeur doit être l'un des choix proposés : 'asc', 'desc'"})
    order = query.get("order", default)
    if order not in orders:
        raise invalid({"order": f"Cette valeur doit être l'un des choix proposés : {', '.join(orders)}"})
    offset: int | str | None = query.get("offset")
    if isinstance(offset, str) and offset.isdecimal():
        offset = int(offset)
    return Paging(int(limit), offset, orders[order], direction == "desc", order == "id")


def paginate(rows: list[T], paging: Paging[T]) -> tuple[Sequence[T], dict[str, Any]]:
    """The page and its `pagination`. Rows must come in ascending order of id."""
    key = paging.order.key
    if not paging.presorted:
        rows = sorted(rows, key=key)
    if isinstance(paging.offset, int):
        ordered = rows[::-1] if paging.descending else rows
        page = ordered[paging.offset : min(paging.offset + paging.limit, NUMERIC_BOUND)]
        return page, _pagination(paging.limit, len(page), len(rows), paging.offset)
    cursor = (_decode(paging.offset, paging.order) or None) if paging.offset else None
    if paging.descending:
        end = len(rows) if cursor is None else bisect_left(rows, cursor, key=key)
        page = rows[max(0, end - paging.limit) : end][::-1]
    else:
        start = 0 if cursor is None else bisect_right(rows, cursor, key=key)
        page = rows[start : start + paging.limit]
    last = _encode(key(page[-1])) if page else (paging.offset or _NO_CURSOR)
    return page, _pagination(paging.limit, len(page), len(rows), last)


def _pagination(limit: int, count: int, total: int, offset: int | str) -> dict[str, Any]:
    return {"limit": limit, "count": count, "total": total, "offset": offset}


def _encode(keys: tuple[Any, ...]) -> str:
    text = json.dumps([str(key) for key in keys], ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _decode(offset: str, order: Order[Any]) -> tuple[Any, ...]:
    try:
        keys = json.loads(base64.b64decode(offset, validate=True))
        if keys == []:
            return ()
        return tuple(parse(key) for parse, key in zip(order.parse, keys, strict=True))
    except (binascii.Error, ValueError, TypeError):
        raise invalid({"offset": "Cette valeur n'est pas valide"}) from None
