"""Altior's affaires, simulated at the port: versions, references (each unique), safe creates, bulk with a result per
item, devis and commandes that make the milestones. The product's own reading and writing run over it."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Answer, Document, Item, Page, Requirements
from altior_sellsy.clock import Clock
from altior_sellsy.errors import Invalid, NotFound, NotSent, Stale, Unclear
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.sellsy import Written, remember, void

PAGE = 4


class SimAffaires:
    side = Side.ALTIOR

    def __init__(self, clock: Clock, environment: str, tiers: Container[str], orders: Callable[[str], bool]) -> None:
        """`tiers`: ids of those that exist. `orders(stamp)`: does the connector know that the pipeline of the
        opportunity of this reference is no longer as approved?"""
        self.clock, self.environment = clock, environment
        self.tiers, self._paused = tiers, orders
        self.rows: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.next_id = 1
        self.documents_of: dict[str, dict[str, list[str]]] = {"devis": {}, "commandes": {}}
        self.rewrite: Callable[[str], str] = lambda name: name
        self.lengths: dict[str, int] = {}
        self.fault: Callable[[str], None] = lambda point: None
        self.on_call: Callable[[str], None] = lambda name: None
        self.late: Callable[[Callable[[], None]], bool] = lambda act: False
        self.not_after: datetime | None = None
        self.written: list[Written] = []
        self.made: Counter[str] = Counter()
        """Reference of an opportunity → how many affaires the connector has made of it."""
        self.history: dict[str, list[tuple[datetime, dict[str, Any]]]] = {}

    def reference(self, id: str) -> Reference:
        return Reference(self.side, self.environment, "affaire", id)

    # -- people
    def add(self, nom: str, tiers: str) -> str:
        return str(self._make({"nom": nom, "tiers": tiers, "etablissement": "1", "numero": f"A-{self.next_id}"})["id"])

    def edit(self, id: str, **values: Any) -> None:
        self._put(self.rows[id], values)

    def document(self, kind: str, id: str, etat: str) -> None:
        """A devis or a commande is made; a commande wins the affaire that is under way."""
        self.documents_of[kind].setdefault(id, []).append(etat)
        row = self.rows[id]
        wins = kind == "commandes" and etat != "annulee" and row["etat"] == "en_cours"
        self._put(row, {"etat": "gagnee"} if wins else {})

    def cancel_orders(self, id: str) -> None:
        self.documents_of["commandes"][id] = ["annulee" for _ in self.documents_of["commandes"].get(id, ())]
        self._put(self.rows[id], {})

    def delete(self, id: str) -> None:
        del self.rows[id]
        self.deleted.add(id)

    def _make(self, values: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": str(self.next_id), "version": 0, "etat": "en_cours", "montant": None, "devise": "EUR",
            "probabilite": None, "charge_affaire": None, "contacts": [], "note": "", "echeance": None,
            "champs_personnalises": {}, "jalons": [], "archive": False, "references_externes": [],
            "cree_le": self.clock.now().isoformat(),
        }  # fmt: skip
        self.next_id += 1
        self.rows[row["id"]] = row
        self._put(row, values)
        return row

    def _put(self, row: dict[str, Any], values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name == "champs_personnalises":
                row[name] = {**row[name], **value}
            elif name in ("references_externes", "contacts"):
                gone = {one["id"] for one in value if isinstance(one, dict)}
                kept = [one for one in row[name] if one not in gone]
                row[name] = [*kept, *(one for one in value if isinstance(one, str) and one not in kept)]
            else:
                row[name] = self.rewrite(value) if name == "nom" and value else value
        row["jalons"] = self._milestones(row)
        row["version"] += 1
        row["modifie_le"] = self.clock.now().isoformat()
        state = {**row, "champs_personnalises": dict(row["champs_personnalises"])}
        self.history.setdefault(row["id"], []).append((self.clock.now(), state))

    def _milestones(self, row: Mapping[str, Any]) -> list[str]:
        quotes = self.documents_of["devis"].get(row["id"], ())
        orders = self.documents_of["commandes"].get(row["id"], ())
        reached = ["devis_envoye"] if any(one in ("envoye", "accepte") for one in quotes) else []
        reached += ["commande"] if any(one != "annulee" for one in orders) else []
        return [*reached, "terminee"] if row["etat"] == "terminee" else reached

    # -- the port
    def _call(self, name: str) -> None:
        self.on_call(name)

    def _shown(self, row: Mapping[str, Any]) -> Document:
        custom, stamps = dict(row["champs_personnalises"]), list(row["references_externes"])
        return {**row, "version": str(row["version"]), "champs_personnalises": custom, "references_externes": stamps}

    def requirements(self, resource: str) -> Requirements:
        return Requirements(lengths=self.lengths)

    def read(self, resource: str, ids: Sequence[str]) -> Sequence[Document]:
        self._call("observe")
        return [self._shown(self.rows[id]) for id in ids if id in self.rows]

    def get(self, resource: str, id: str) -> Document:
        self._call("exists")
        if id not in self.rows:
            raise NotFound("affaire absente")
        return self._shown(self.rows[id])

    def scan(self, resource: str, after: str | None, limit: int = 100) -> Page:
        self._call("scan")
        ids = sorted((id for id in self.rows if int(id) > int(after or 0)), key=int)
        page = ids[:PAGE]
        return Page([self._shown(self.rows[id]) for id in page], page[-1] if len(ids) > PAGE else None, len(self.rows))

    def find(self, resource: str, key: str, values: Sequence[str]) -> Sequence[Document]:
        self._call("find")
        wanted = set(values)
        return [
            self._shown(row)
            for row in self.rows.values()
            if (row["tiers"] in wanted if key == "tiers" else wanted & set(row["references_externes"]))
        ]

    def documents(self, kind: str, affaires: Sequence[str]) -> Sequence[Document]:
        self._call("observe")
        mine = self.documents_of[kind]
        return [{"affaire": id, "etat": etat} for id in affaires for etat in mine.get(id, ())]

    def write(self, resource: str, items: Sequence[Item]) -> Sequence[Answer]:
        self._call("update")
        self.fault("before")
        if self.not_after is not None and self.clock.now() > self.not_after:
            raise NotSent("trop tard pour écrire")
        sent = [(one, self._in_paused(one)) for one in items]
        if self.late(lambda: void([self._item(*one) for one in sent])):
            raise Unclear("réponse perdue")
        place = len(self.written)
        answers = [self._item(*one) for one in sent]
        mine = self.written[place:]
        self.fault("after")
        for one in mine:
            one.answered = True
        return answers

    def committed(self) -> None:
        remember(self.written)

    def _in_paused(self, item: Item) -> bool:
        row = self.rows.get(item.id) if item.id else None
        stamps = row["references_externes"] if row else item.body.get("references_externes", ())
        return any(self._paused(stamp) for stamp in stamps if isinstance(stamp, str))

    def _item(self, item: Item, paused: bool) -> Answer:
        row = self.rows.get(item.id) if item.id else None
        stamps = [one for one in item.body.get("references_externes", ()) if isinstance(one, str)]
        if item.id and row is None:
            return Answer(error=NotFound("affaire absente"))
        if row is not None and str(row["version"]) != item.version:
            return Answer(error=Stale("modifiée entre-temps"))
        if item.body.get("tiers", row["tiers"] if row else "") not in self.tiers:
            return Answer(error=Invalid("refusé", {"tiers": "Ce tiers n'existe pas"}))
        held = next((r for r in self.rows.values() if set(stamps) & set(r["references_externes"])), None)
        if row is None and held is not None:
            return Answer(document=self._shown(held), created=False)
        if row is not None and held is not None and held is not row:
            return Answer(error=Invalid("référence déjà portée", {"references_externes[0]": "prise"}))
        before = dict(row) if row else {}
        if row is None:
            row = self._make(item.body)
            self.made.update(stamps)
        else:
            self._put(row, item.body)
        self.written.append(Written(self.side, row["id"], self.clock.now(), before, dict(row), paused=paused))
        return Answer(document=self._shown(row), created=not before)
