"""Salespeople, the order desk and the administrator of a history, and their own log of what they did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from altior_sellsy.errors import Final
from altior_sellsy.service import decisions
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.altior import SimAffaires
from tests.simulation.deals.sellsy import Deal, SimOpportunities, plain
from tests.simulation.deals.world import COMMERCIAL, MAJOR, OTHER, STAFF, DealWorld
from tests.simulation.people import Edit, siret_of
from tests.simulation.tape import Tape

OWN = {
    "name": "nom",
    "amount": "montant",
    "probability": "probabilite",
    "owner": "charge_affaire",
    "note": "note",
    "due_date": "echeance",
}
"""Field in both systems' own words."""
BY = "Claire Martin"


@dataclass
class Deeds:
    """What people did: the judge's only source but for the two systems themselves."""

    edits: list[Edit] = field(default_factory=list)
    ticks: dict[str, bool | None] = field(default_factory=dict)
    """SA of companies as people last set it, once it had been seen at Oui: only people change it from then on."""
    born: set[str] = field(default_factory=set)
    """Affaires that people made."""
    wishes: set[tuple[str, str]] = field(default_factory=set)
    """(verb, reference) entered in the connector's screens."""
    given: dict[str, set[Any]] = field(default_factory=lambda: {name: set() for name in OWN})
    """Every value that people, or Sellsy's steps, ever gave: no other may stand anywhere."""

    def last(self, side: Side, id: str, name: str) -> list[Edit]:
        return [e for e in self.edits if (e.side, e.id, e.field) == (side, id, name)]


class People:
    """`rare`: chance of deletions, boards changed, decisions."""

    def __init__(self, world: DealWorld, rng: Tape, say: Callable[[str], None]) -> None:
        assert world.deals is not None
        self.world, self.rng, self.say = world, rng, say
        self.deals: SimOpportunities = world.deals
        self.affaires: SimAffaires = world.affaires
        self.deeds = Deeds()
        self.rare = 0.0
        self.number = 0
        self.deeds.given["probability"].update(range(10, 70, 10))  # Sellsy's own, with each step

    def name(self) -> str:
        self.number += 1
        word = "".join(self.rng.choice("bcdfghjklmnprstv") + self.rng.choice("aeiou") for _ in range(4))
        return f"{word.capitalize()} {self.number} {word[::-1]}"

    def act(self) -> None:
        """One gesture of one person."""
        rng = self.rng
        roll = rng.random()
        if roll < 0.1 or not self.deals.rows:
            self.add_deal()
        elif roll < 0.18:
            self._tick()
        elif roll < 0.18 + self.rare:
            self._rare()
        elif roll < 0.68 or not self.affaires.rows:
            self._sell(rng.choice(list(self.deals.rows.values())))
        else:
            self._book(rng.choice(list(self.affaires.rows.values())))

    # -- companies
    def add_company(self) -> None:
        gate = self.rng.choice((True, True, None, False))
        siret = siret_of(self.rng.randrange(6)) if self.rng.random() < 0.4 else None
        id = self.world.sellsy.add(name=self.name(), siret=siret, tags=[], gate=gate)
        self.say(f"add company {id} {gate}")
        self._signal(self.world.ref(Side.SELLSY, id))

    def _tick(self) -> None:
        one = self.rng.choice(list(self.world.sellsy.records.values()))
        wanted = self.rng.choice((True, True, False, None))
        if wanted is one.gate:
            return
        self.world.sellsy.tick(one.id, wanted)
        # Null and Non are alike, unless the connector had ever remembered it at Oui (rules R28).
        if one.id in self.world.sellsy.gates.ever_on:
            self.deeds.ticks[one.id] = wanted
        self.say(f"tick company {one.id} {wanted}")
        self._signal(self.world.ref(Side.SELLSY, one.id))

    # -- in Sellsy
    def add_deal(self) -> None:
        rng = self.rng
        pipeline = rng.choice((COMMERCIAL, COMMERCIAL, COMMERCIAL, MAJOR, OTHER))
        steps = list(self.deals.boards[pipeline].steps)
        values = {
            "name": self.name(),
            "pipeline": pipeline,
            "step": steps[min(rng.randrange(len(steps)), rng.randrange(len(steps)))],
            "company": rng.choice(list(self.world.sellsy.records)),
            "amount": self._amount() if rng.random() < 0.7 else "0.00",
            "owner": rng.choice(list(STAFF)),
        }
        id = self.deals.add(**values)
        row = self.deals.rows[id]
        self._give(row)
        self.say(f"add deal {id} {row.pipeline}/{row.step} company {row.company} {row.name}")
        self._signal(self.deals.reference(id))

    def _amount(self) -> str:
        self.number += 1
        return f"{100 + self.number}.00"

    def _sell(self, row: Deal) -> None:
        rng = self.rng
        steps = list(self.deals.boards[row.pipeline].steps)
        what = rng.choice(("move", "move", "move", "status", "status", "name", "amount", "probability", "owner",
                           "company", "pipeline", "note", "due_date"))  # fmt: skip
        values: dict[str, Any] = {}
        if what == "move":
            here = steps.index(row.step)
            values["step"] = steps[min(here + 1, len(steps) - 1)] if rng.random() < 0.6 else rng.choice(steps)
        elif what == "status":
            values["status"] = rng.choice(("open", "open", "won", "lost", "cancelled", "late"))
        elif what == "pipeline":
            values["pipeline"] = rng.choice(list(self.deals.boards))
        elif what == "company":
            values["company"] = rng.choice(list(self.world.sellsy.records))
        elif what == "probability":
            values["probability"] = rng.randrange(101)
        else:
            values[what] = {
                "name": self.name,
                "amount": self._amount,
                "owner": lambda: rng.choice(list(STAFF)),
                "note": lambda: rng.choice((self.name(), "")),
                "due_date": self._day,
            }[what]()
        self.sell(row, **values)

    def _day(self) -> str | None:
        return self.rng.choice((f"2027-{self.rng.randrange(1, 13):02}-{self.rng.randrange(1, 29):02}", None))

    def sell(self, row: Deal, **values: Any) -> None:
        before = plain(row)
        self.deals.edit(row.id, **values)
        self._log(Side.SELLSY, row.id, before, plain(row))
        self._give(row)
        self._signal(self.deals.reference(row.id))

    def _give(self, row: Deal) -> None:
        """A person, or the step, gave these."""
        for name in OWN:
            self.deeds.given[name].add(STAFF[row.owner] if name == "owner" else getattr(row, name))

    def _log(self, side: Side, id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        now = self.world.clock.now()
        for name, value in after.items():
            if before.get(name) != value:
                self.deeds.edits.append(Edit(now, side, id, name, value))
                self.say(f"edit {side.value} {id} {name} {before.get(name)!r} -> {value!r}")

    # -- in Altior
    def _book(self, row: dict[str, Any]) -> None:
        rng = self.rng
        what = rng.choice(("devis", "devis", "commandes", "etat", "etat", "nom", "montant", "probabilite",
                           "charge_affaire", "note", "echeance", "champs_personnalises", "cancel",
                           "archive"))  # fmt: skip
        before = dict(row)
        if what == "devis":
            self.affaires.document(what, row["id"], rng.choice(("brouillon", "envoye", "envoye")))
        elif what == "commandes":
            self.affaires.document(what, row["id"], "en_cours")
        elif what == "cancel":
            self.affaires.cancel_orders(row["id"])
        elif what == "archive":
            self.affaires.edit(row["id"], archive=rng.random() < 0.3)
        else:
            made: dict[str, Callable[[], Any]] = {
                "etat": lambda: rng.choice(("en_cours", "en_cours", "gagnee", "terminee", "perdue", "annulee")),
                "nom": self.name,
                "montant": self._amount,
                "probabilite": lambda: rng.randrange(101),
                "charge_affaire": lambda: rng.choice(list(STAFF.values())),
                "note": lambda: rng.choice((self.name(), "")),
                "echeance": self._day,
                "champs_personnalises": lambda: {rng.choice(("PIPE", "ETAP")): self.name()},
            }
            self.affaires.edit(row["id"], **{what: made[what]()})
        after = self.affaires.rows[row["id"]]
        for name, own in OWN.items():
            self.deeds.given[name].add(after[own])
        told = {"etat", "jalons", "archive", *OWN.values()}
        self._log(Side.ALTIOR, row["id"], {n: before[n] for n in told}, {n: after[n] for n in told})
        self.say(f"{what} of affaire {row['id']}")
        self._signal(self.affaires.reference(row["id"]))

    # -- seldom
    def _rare(self) -> None:
        rng = self.rng
        what = rng.choice(("delete deal", "delete affaire", "rename", "reorder", "drop", "put back", "type", "decide"))
        if what == "delete deal" and len(self.deals.rows) > 1:
            id = rng.choice(list(self.deals.rows))
            self.deals.delete(id)
            self.say(f"delete deal {id}")
            self._signal(self.deals.reference(id))
        elif what == "delete affaire" and len(self.affaires.rows) > 1:
            id = rng.choice(list(self.affaires.rows))
            self.affaires.delete(id)
            self.say(f"delete affaire {id}")
            self._signal(self.affaires.reference(id))
        elif what == "type" and self.world.altior.records:
            id = self.affaires.add(self.name(), rng.choice(list(self.world.altior.records)))
            self.deeds.born.add(id)
            self.say(f"type affaire {id}")
            self._signal(self.affaires.reference(id))
        elif what == "decide":
            self._decide()
        elif what in ("rename", "reorder", "drop", "put back"):
            self._change_board(what)

    def _change_board(self, what: str) -> None:
        rng = self.rng
        pipeline = rng.choice((COMMERCIAL, MAJOR))
        board, approved = self.deals.boards[pipeline], self.deals.approved[pipeline]
        if what == "rename":
            board.steps[rng.choice(list(board.steps))] = self.name()
            board.name = self.name()
        elif what == "reorder":
            left, order = list(board.steps), list[str]()
            while left:
                order.append(rng.choice(left))
                left.remove(order[-1])
            board.steps = {step: board.steps[step] for step in order}
        elif what == "put back":
            self.put_back(pipeline)
        elif len(board.steps) > 2:
            before = {id: plain(row) for id, row in self.deals.rows.items()}
            self.deals.drop_step(pipeline, rng.choice(list(board.steps)))
            for id, row in self.deals.rows.items():
                self._log(Side.SELLSY, id, before[id], plain(row))
                self._give(row)
        self.say(f"{what} steps of {pipeline}: {list(board.steps)}{'' if tuple(board.steps) == approved else ' !'}")

    def put_back(self, pipeline: str) -> None:
        """The approved steps in their order, as far as Sellsy gives deleted ones their ids back (it does not)."""
        board, approved = self.deals.boards[pipeline], self.deals.approved[pipeline]
        if set(board.steps) == set(approved):
            board.steps = {step: board.steps[step] for step in approved}

    def _decide(self) -> None:
        references = [self.deals.reference(id) for id in self.deals.rows]
        reference = self.rng.choice(references)
        verb = self.rng.choice(("create", "let_in", "leave_out", "unlink"))
        try:
            decisions.decide(self.world.ledger, str(reference), verb, by=BY, clock=self.world.clock)
        except Final:
            return
        self.deeds.wishes.add((verb, str(reference)))
        self.say(f"decide {verb} {reference}")

    def _signal(self, reference: Reference) -> None:
        """Lost, doubled, late, out of order. Sellsy tells little of opportunities; Altior's feed tells everything."""
        reason = self.rng.choice(("webhook", "feed", "other"))
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            if late := self.rng.choice((0, 0, 0.5, 5, 30)):
                due = self.world.clock.now() + timedelta(seconds=late)
                self.world.clock.at(due, lambda: self.world.look(reference, reason))
            else:
                self.world.look(reference, reason)
