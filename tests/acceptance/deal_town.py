"""Two systems with one deal, and what the tests of deals ask of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.clock import SystemClock
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.steps import initialise, sync
from tests.acceptance.town import Town

EVENTS = {
    "1": [
        {"pipeline": "Commercial", "step": "Proposition envoyée", "establishment": "Agence de Nantes"},
    ],
    "2": [{"pipeline": "Commercial", "step": "Négociation"}],
    "3": [{"pipeline": "Commercial", "step": "Commande signée"}],
    "4": [],
}
RESOLVED = {
    "pipelines": {"Commercial": "11"},
    "steps": {"Commercial": {"Proposition envoyée": "1103", "Négociation": "1104", "Commande signée": "1105"}},
    "order": {"11": ["1101", "1102", "1103", "1104", "1105"]},
    "establishments": {"Menuiserie Léo": "1", "Agence de Nantes": "2"},
}
STEPS = {1101: "Prise de contact", 1102: "Étude du besoin", 1103: "Proposition envoyée", 1104: "Négociation"}


class DealTown(Town):
    """Two établissements, one company (ticked), one opportunity at the first step of the pipeline «Commercial»."""

    def __init__(
        self,
        *,
        takes: bool = True,
        events: Any = EVENTS,
        sa: bool | None = True,
        opportunities: Sequence[dict[str, Any]] = (),
        **opportunity: Any,
    ) -> None:
        settings = {"deals": {"import": takes, "events": events}, "resolved": RESOLVED if events["1"] else {}}
        deal = {
            "id": 101,
            "created": "2025-06-02T09:00:00+02:00",
            "name": "Rénovation des bureaux",
            "pipeline": 11,
            "step": 1101,
            "amount": "12000.00",
            "due_date": "2027-03-31",
            "note": "À rappeler",
            "owner_id": 101,
            "assigned_staff_ids": [102],
            "related": [{"type": "company", "id": 3001}],
        }
        company = {"id": 3001, "type": "client", "name": "Boulangerie Morel", "sa": sa}
        super().__init__(
            {"companies": [company], "opportunities": [deal | opportunity, *opportunities]},
            altior_options={"establishments": ["Menuiserie Léo", "Agence de Nantes"]},
            deals=settings,
        )

    def deal(self, id: int = 101) -> dict[str, Any]:
        return next(one for one in self.sellsy("GET", "records/opportunities") if one["id"] == id)

    def move(self, id: int = 101, **changes: Any) -> None:
        self.sellsy("PATCH", f"records/opportunities/{id}", changes)

    def reorder(self, *first: int) -> None:
        """The steps of «Commercial»: these first, the others as they were made."""
        pipelines = self.sellsy("GET", "settings")["pipelines"]
        steps = next(one for one in pipelines if one["id"] == 11)["steps"]
        for rank, step in enumerate(sorted(steps, key=lambda one: (one["id"] not in first, one["id"]))):
            step["rank"] = rank
        self.sellsy("PATCH", "settings", {"pipelines": pipelines})

    def affaires(self) -> list[dict[str, Any]]:
        return list(self.altior("GET", "affaires")["elements"])

    def affaire(self) -> dict[str, Any]:
        [one] = self.affaires()
        return one

    def edit_affaire(self, **body: Any) -> None:
        self.altior("PATCH", f"affaires/{self.affaire()['id']}", {"corps": body})

    def document(self, kind: str, etat: str) -> None:
        self.altior("POST", kind, {"affaire": self.affaire()["id"], "etat": etat})

    def quiet(self, runtime: Runtime) -> None:
        """A further pass writes nothing."""
        self.forget_writes()
        report = sync(runtime)
        assert self.writes() == (0, 0)
        assert not any(report.writes.values())


@contextmanager
def running(ledgers: Ledgers, **town: Any) -> Iterator[tuple[DealTown, Runtime]]:
    with DealTown(**town) as made, made.runtime(ledgers) as runtime:
        initialise(runtime)
        yield made, runtime


def standing(runtime: Runtime, label: str = "Rénovation des bureaux") -> tuple[State, str]:
    [one] = [s for s in runtime.ledger.all_sightings("deal") if s.label == label and s.reference.side.value == "sellsy"]
    return one.state, one.code


def codes(runtime: Runtime) -> set[str]:
    return {card.code for card in runtime.ledger.cards()}


class Later(SystemClock):
    """The system's time, some seconds on: leases of what crashed have run out."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return super().now() + self._ahead
