"""The four shapes of a call: one object, a page, a whole list, nothing to read. Reads answers into models.

Paging goes by seek cursors (FACTS 3): `limit`, `offset`, `order`, `direction` and `embed[]` in the query, never in
the body; the end is a short or an empty page, since the last page still gives a cursor.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from altior_sellsy.errors import Final
from altior_sellsy.sellsy.failures import Call, unanswered
from altior_sellsy.sellsy.models import Company, Contact, Individual, Opportunity, Page
from altior_sellsy.sellsy.transport import Query, Transport

M = TypeVar("M", bound=BaseModel)

MOST = 100
"""Sellsy's largest page."""


def embeds(names: Sequence[str]) -> list[tuple[str, str]]:
    return [("embed[]", name) for name in names]


class Calls:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.embeds_custom_fields: bool | None = None
        """Learnt from pages that asked for `cf.<id>`: does this account answer it?"""

    def one(
        self, model: type[M], method: str, path: str, *, query: Query = (), body: Any = None, write: bool = False
    ) -> M:
        data = self._transport.call(method, path, query=query, body=body, write=write)
        try:
            return model.model_validate(data)
        except ValidationError:
            raise unanswered(Call(method, path, write), "a donné une réponse incomplète") from None

    def done(self, method: str, path: str, *, body: Any = None) -> None:
        """A write whose answer tells nothing but that it is done."""
        self._transport.call(method, path, body=body, write=True, empty=True)

    def page(
        self,
        model: type[M],
        method: str,
        path: str,
        *,
        query: Query = (),
        after: str | None = None,
        limit: int = MOST,
        body: Any = None,
    ) -> Page[M]:
        asked = [*query, ("limit", str(limit)), *([("offset", after)] if after else [])]
        return self._page(model, Call(method, path, write=False), asked, body, after, limit)

    def all(self, model: type[M], path: str, *, query: Query = (), paged: bool = True) -> list[M]:
        """To the end. `paged` False: an endpoint that takes no `limit`. Raises Final for a row that cannot be read."""
        rows: list[M] = []
        after: str | None = None
        seen: set[str] = set()
        while True:
            limit = [("limit", str(MOST))] if paged else []
            asked = [*query, *limit, *([("offset", after)] if after else [])]
            page = self._page(model, Call("GET", path, write=False), asked, None, after, MOST)
            if page.unreadable:
                raise Final(f"Sellsy a donné une ligne illisible (GET {path}) : la liste n'est pas utilisée.")
            rows += page.data
            after = page.after
            if after is None:
                return rows
            if after in seen:
                raise unanswered(Call("GET", path, write=False), "tourne en rond dans ses pages")
            seen.add(after)

    def whole(self, model: type[M], path: str, *, query: Query = ()) -> list[M]:
        """A list that Sellsy cannot page. Raises Final when its own count says that rows are missing."""
        page = self._page(model, Call("GET", path, write=False), query, None, None, MOST)
        if page.unreadable or (page.total is not None and page.total > len(page.data)):
            raise Final(f"Sellsy n'a donné qu'une partie de la liste (GET {path}) : elle n'est pas utilisée.")
        return page.data

    def _page(self, model: type[M], call: Call, query: Query, body: Any, after: str | None, limit: int) -> Page[M]:
        answer = self._transport.call(call.method, call.path, query=query, body=body)
        rows = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise unanswered(call, "a donné une page illisible")
        paging = answer.get("pagination")
        paging = paging if isinstance(paging, dict) else {}
        read: list[M] = []
        unreadable: list[str] = []
        for row in rows:
            try:
                read.append(model.model_validate(row))
            except ValidationError:
                unreadable.append(str(row.get("id", "")) if isinstance(row, dict) else "")
        self._learn(query, read)
        total = paging.get("total")
        return Page(read, _next(paging, len(rows), after, limit), total if isinstance(total, int) else None, unreadable)

    def _learn(self, query: Query, rows: Sequence[BaseModel]) -> None:
        if not any(name == "embed[]" and value.startswith("cf.") for name, value in query):
            return
        shown = [row.embed for row in rows if isinstance(row, Company | Individual | Contact | Opportunity)]
        if any(embed is not None and embed.custom_fields is not None for embed in shown):
            self.embeds_custom_fields = True
        elif shown and self.embeds_custom_fields is None:
            self.embeds_custom_fields = False


def _next(paging: dict[str, Any], count: int, after: str | None, limit: int) -> str | None:
    """The cursor of the next page. Sellsy may serve fewer rows a page than asked: its own `limit` counts then."""
    served = paging.get("limit")
    size = min(limit, served) if isinstance(served, int) and served > 0 else limit
    cursor = paging.get("offset")
    if count == 0 or count < size or not isinstance(cursor, str) or not cursor or cursor == after:
        return None
    return cursor
