"""An Altior in memory behind the port: sets merged by element id, versions, safe creates (altior/port.py)."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from altior_sellsy.altior.port import Answer, Document, Item, Page
from altior_sellsy.errors import ConnectorError, Invalid, NotFound, Stale

SETS = ("telephones", "emails", "urls", "adresses", "collaborateurs")
FIELDS = (
    "raison_sociale", "civilite", "nom", "prenom", "siret", "siren", "tva", "naf", "forme_juridique", "capital", "rcs",
    "reference",
)  # fmt: skip


class FakeAltior:
    """`judge`: body → field path → refusal. `faults`: errors raised once by `write`, before it takes effect."""

    def __init__(self) -> None:
        self.tiers: dict[str, dict[str, Any]] = {}
        self.judge: Callable[[Mapping[str, Any]], dict[str, str]] = lambda body: {}
        self.faults: list[ConnectorError] = []
        self.affaires: list[dict[str, Any]] = []
        self.writes: list[list[Item]] = []
        self.next = 500

    def add(self, **body: Any) -> str:
        self.next += 1
        id = str(self.next)
        document: dict[str, Any] = {
            "id": id, "version": "1", "nature": "moral", "roles": ["client"], **dict.fromkeys(FIELDS), "note": "",
            **{name: [] for name in SETS}, "contacts": [], "archive": False, "bloque": False,
            "references_externes": [], "cree_le": "2026-03-12T13:02:00Z", "modifie_le": "2026-03-12T13:02:00Z",
        }  # fmt: skip
        self.tiers[id] = document
        self._merge(document, body)
        return id

    def edit(self, id: str, **body: Any) -> None:
        self._merge(self.tiers[id], body)
        self.tiers[id]["version"] = str(int(self.tiers[id]["version"]) + 1)

    def read(self, resource: str, ids: Sequence[str]) -> Sequence[Document]:
        return [_copy(self.tiers[id]) for id in ids if id in self.tiers]

    def get(self, resource: str, id: str) -> Document:
        if id not in self.tiers:
            raise NotFound("Altior ne connaît pas ce tiers.")
        return _copy(self.tiers[id])

    def scan(self, resource: str, after: str | None, limit: int = 100) -> Page:
        ids = [id for id in self.tiers if after is None or int(id) > int(after)]
        page = ids[:limit]
        return Page(self.read(resource, page), page[-1] if len(ids) > limit else None, len(self.tiers))

    def find(self, resource: str, key: str, values: Sequence[str]) -> Sequence[Document]:
        assert len(values) <= 100
        if resource == "affaires":
            return [one for one in self.affaires if one[key] in values]
        held = {"siret": lambda d: [d["siret"]], "reference_externe": lambda d: d["references_externes"]}[key]
        return [_copy(one) for one in self.tiers.values() if set(held(one)) & set(values)]

    def write(self, resource: str, items: Sequence[Item]) -> Sequence[Answer]:
        assert len(items) <= 100
        self.writes.append(list(items))
        if self.faults:
            raise self.faults.pop(0)
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Answer:
        if wrong := self.judge(item.body):
            return Answer(error=Invalid("L'enregistrement est refusé.", wrong))
        if item.id is None:
            for one in self.tiers.values():
                if set(one["references_externes"]) & set(item.body["references_externes"]):
                    return Answer(document=_copy(one))
            return Answer(document=_copy(self.tiers[self.add(**item.body)]), created=True)
        document = self.tiers[item.id]
        if document["version"] != item.version:
            return Answer(error=Stale("Le tiers a changé depuis sa lecture."))
        self.edit(item.id, **item.body)
        return Answer(document=_copy(document))

    def _merge(self, document: dict[str, Any], body: Mapping[str, Any]) -> None:
        for name, value in body.items():
            if name == "references_externes":
                document[name] = list(dict.fromkeys([*document[name], *value]))
            elif name in SETS:
                for change in value:
                    self._element(document[name], change)
            else:
                document[name] = value

    def _element(self, elements: list[dict[str, Any]], change: Mapping[str, Any]) -> None:
        own = next((one for one in elements if one["id"] == change.get("id")), None)
        if change.get("supprimer"):
            assert own is not None
            elements.remove(own)
        elif own is not None:
            own.update(change)
        else:
            self.next += 1
            elements.append({"id": f"e{self.next}", **change})


def _copy(document: Mapping[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(document))
    return copy
