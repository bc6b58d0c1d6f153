"""A small world with deals: the third parties' world, two configured pipelines and one that is not, and the product's
own binding of the deals over both simulated systems."""

from datetime import datetime
from typing import Any, cast

from altior_sellsy.altior.port import Altior
from altior_sellsy.kinds.correspondence import Correspondence, StaffMember
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.ledger.model import Look
from altior_sellsy.ledger.port import Changes, Lease, LeaseLost
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.service import pipelines
from altior_sellsy.service.deals import deal_binding
from altior_sellsy.service.pipelines import CURSOR
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.altior import SimAffaires
from tests.simulation.deals.sellsy import Board, SimOpportunities, forget
from tests.simulation.world import KIND, START, World

COMMERCIAL, MAJOR, OTHER = "11", "12", "13"
TITLES = ("Contact", "Étude", "Proposition", "Négociation", "Commande", "Livraison")
EVENTS = {COMMERCIAL: {1: "112", 2: "113", 3: "114", 4: "115"}, MAJOR: {1: "121", 3: "124"}}
"""Pipeline → event → step. Steps are named after their pipeline and place."""
ESTABLISHMENTS = {COMMERCIAL: "1", MAJOR: "2"}
STAFF = {"101": "claire@x.test", "102": "julien@x.test", "103": "lea@x.test"}
PEOPLE = Correspondence.of({}, staff={id: StaffMember(mail) for id, mail in STAFF.items()}, users=STAFF.values())


def boards() -> dict[str, Board]:
    names = {COMMERCIAL: "Commercial", MAJOR: "Grands comptes", OTHER: "Marchés publics"}
    return {
        id: Board(name, {f"{id}{place}": f"{title} {name[0]}" for place, title in enumerate(TITLES)})
        for id, name in names.items()
    }


def settings(*, takes: bool = True) -> dict[str, Any]:
    shown = boards()
    rows: dict[str, list[dict[str, str]]] = {str(n): [] for n in range(1, 5)}
    for id, events in EVENTS.items():
        for number, step in events.items():
            place = {"establishment": ESTABLISHMENTS[id]} if number == 1 else {}
            rows[str(number)].append({"pipeline": shown[id].name, "step": shown[id].steps[step], **place})
    return {
        "deals": {"import": takes, "events": rows},
        "resolved": {
            "pipelines": {shown[id].name: id for id in EVENTS},
            "steps": {shown[id].name: {title: step for step, title in shown[id].steps.items()} for id in EVENTS},
            "order": {id: list(shown[id].steps) for id in EVENTS},
            "establishments": {place: place for place in ESTABLISHMENTS.values()},
        },
    }


class DealWorld(World):
    """`configure`: what the request says of the deals beside the events."""

    def __init__(self, *, takes: bool = True, configure: dict[str, Any] | None = None) -> None:
        self.deals: SimOpportunities | None = None
        super().__init__()
        before = self.ledger.environment().settings
        mine = settings(takes=takes)
        mine["deals"] |= configure or {}
        self.ledger.commit(Changes(environment={"settings": {**before, **mine}}), None)
        self.deals = SimOpportunities(self.clock, self.sellsy.owner, boards())
        self.affaires = SimAffaires(self.clock, self.altior.owner, self.altior.records.keys(), self._paused)
        self._note_orders()
        self.engine = self.new_engine()

    def _note_orders(self) -> None:
        """When the connector keeps the steps that it has read: from there on it knows. A process that has slept too
        long keeps nothing of what it was answered."""
        commit, deals = self.ledger.commit, self.deals

        def noted(changes: Changes, lease: Lease | None) -> None:
            try:
                commit(changes, lease)
            except LeaseLost:
                for written in (self.affaires.written, deals.written if deals else ()):
                    forget(written, START)
                raise
            if deals is not None:
                deals.known_orders |= {id: tuple(order) for id, order in changes.cursors.get(CURSOR, {}).items()}

        self.ledger.commit = noted  # type: ignore[method-assign]

    def _paused(self, stamp: str) -> bool:
        return self.deals is not None and self.deals.paused(Reference.parse(stamp).id)

    def new_engine(self) -> Engine:
        if self.deals is None:
            return super().new_engine()
        self.drains += 1
        parties = Binding(KIND, admit, volets, self.sellsy, self.altior)
        deals = deal_binding(
            self.ledger, cast(Sellsy, self.deals), cast(Altior, self.affaires), self.clock, self.timing, PEOPLE
        )
        assert deals is not None
        holder = f"drainer-{self.drains}"
        return Engine(
            self.ledger, [parties, deals], self.clock, self.timing, holder, not_after=self.set_not_after, at=self._at
        )

    def set_not_after(self, instant: datetime | None) -> None:
        super().set_not_after(instant)
        if self.deals is not None:
            self.deals.not_after = self.affaires.not_after = instant

    def look(self, reference: Reference, reason: str = "test") -> None:
        kind = "deal" if reference.thing in ("opportunity", "affaire") else "third_party"
        self.ledger.mark([Look(reference=reference, kind=kind, reason=reason, due=self.clock.now(), live=True)])

    def sync(self, *, most: int = 200) -> DrainReport:
        pipelines.forget(self.ledger)
        for binding in self.engine.bindings:
            for side in Side:
                scan(self.engine, binding, side)
        return self.settle(most=most)
