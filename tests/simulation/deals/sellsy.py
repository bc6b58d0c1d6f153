"""Sellsy's opportunities and pipelines, simulated at the port: no modification date, no filter on ids, a step that sets
the probability, PATCH and PUT apart, stale readings. The product's own reading and writing run over it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Invalid, NotFound, NotSent, Unclear
from altior_sellsy.sellsy.models import Opportunity, Page, Step
from altior_sellsy.values.reference import Reference, Side

PAGE = 4
READ_TO_WRITE = timedelta(seconds=2.5)


FIELDS = ("name", "amount", "probability", "status", "step", "pipeline", "company", "owner", "note", "due_date")
"""What people edit, and the connector."""


@dataclass
class Board:
    """A pipeline as it stands: step id → title, in order."""

    name: str
    steps: dict[str, str]


@dataclass
class Deal:
    id: str
    name: str
    pipeline: str
    step: str
    company: str
    created: datetime
    status: str = "open"
    amount: str = "0.00"
    probability: int = 0
    owner: str = "101"
    note: str = ""
    due_date: str | None = None
    currency: str = "EUR"
    contacts: list[str] = field(default_factory=list)
    updated_status: datetime | None = None
    history: list[tuple[datetime, "Deal"]] = field(default_factory=list)
    """Each state that it was in, and since when."""


@dataclass
class Written:
    """What the connector changed on a record: the only things that may be said of it afterwards."""

    side: Side
    id: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    remembered: bool = False
    """Its answer reached the connector, which committed it: a second one is its own doing."""
    answered: bool = False
    hurried: bool = False
    """A person changed the record between the connector's reading and this: what it could not know."""
    paused: bool = False
    """The connector knew that the pipeline's steps were no longer those approved."""


class SimOpportunities:
    side = Side.SELLSY

    def __init__(self, clock: Clock, account: str, boards: dict[str, Board]) -> None:
        self.clock, self.account = clock, account
        self.boards = boards
        self.approved = {id: tuple(board.steps) for id, board in boards.items()}
        self.rows: dict[str, Deal] = {}
        self.deleted: set[str] = set()
        self.next_id = 1
        self.fault: Callable[[str], None] = lambda point: None
        self.on_call: Callable[[str], None] = lambda name: None
        self.late: Callable[[Callable[[], None]], bool] = lambda act: False
        self.not_after: datetime | None = None
        self.stale_for = 0.0
        self.single_calls = 0
        """Opportunities read one by one."""
        self.written: list[Written] = []
        self.overwritten: Callable[[str, str, Any], None] = lambda id, name, value: None
        """An edit that a person saved between the connector's reading and its write of the same field."""
        self.touched: dict[tuple[str, str], datetime] = {}
        self.known_orders: dict[str, tuple[str, ...]] = dict(self.approved)
        """Orders of steps that the connector has read and kept."""

    def reference(self, id: str) -> Reference:
        return Reference(self.side, self.account, "opportunity", id)

    # -- people
    def add(self, **values: Any) -> str:
        created = self.clock.now().replace(microsecond=0)
        row = Deal(id=str(self.next_id), created=created, **values)
        row.probability = self._probability(row)
        self.next_id += 1
        self.rows[row.id] = row
        self._keep(row)
        return row.id

    def edit(self, id: str, **values: Any) -> None:
        """A step sets the probability; a pipeline without a step begins at its first one."""
        row = self.rows[id]
        if "pipeline" in values:
            values.setdefault("step", next(iter(self.boards[values["pipeline"]].steps)))
        before = replace(row)
        self._change(row, values)
        for name in FIELDS:
            if getattr(before, name) != getattr(row, name):
                self.touched[id, name] = self.clock.now()

    def delete(self, id: str) -> None:
        del self.rows[id]
        self.deleted.add(id)

    def drop_step(self, pipeline: str, step: str) -> None:
        """Sellsy's screen moves what stands there to the first step that is left."""
        board = self.boards[pipeline]
        del board.steps[step]
        for row in self.rows.values():
            if (row.pipeline, row.step) == (pipeline, step):
                self.edit(row.id, step=next(iter(board.steps)))

    def _change(self, row: Deal, values: Mapping[str, Any]) -> None:
        moved = values.get("step", row.step) != row.step
        if values.get("status", row.status) != row.status:
            row.updated_status = self.clock.now()
        for name, value in values.items():
            setattr(row, name, value)
        if moved and "probability" not in values:
            row.probability = self._probability(row)
        self._keep(row)

    def _probability(self, row: Deal) -> int:
        return 10 * (1 + list(self.boards[row.pipeline].steps).index(row.step))

    def _keep(self, row: Deal) -> None:
        row.history.append((self.clock.now(), replace(row, history=[])))

    # -- the port
    def _call(self, name: str) -> None:
        self.on_call(name)

    def steps(self, pipeline_id: str) -> list[Step]:
        self._call("observe")
        board = self.boards.get(pipeline_id)
        if board is None:
            raise NotFound("pipeline absent")
        return [Step.model_validate({"id": id, "name": name}) for id, name in board.steps.items()]

    def committed(self) -> None:
        remember(self.written)

    def paused(self, id: str) -> bool:
        """Does the connector know that this one's pipeline is no longer as approved? Not if it was moved there since
        the connector has read it."""
        row, since = self.rows.get(id), self.clock.now() - READ_TO_WRITE - timedelta(seconds=self.stale_for)
        if row is None:
            return False
        then = next((was for at, was in reversed(row.history) if at <= since), row.history[0][1])
        if then.pipeline != row.pipeline:
            return False
        return self.known_orders.get(row.pipeline, ()) != self.approved.get(row.pipeline)

    def opportunity(self, opportunity_id: str) -> Opportunity:
        self._call("observe")
        self.single_calls += 1
        row = self.rows.get(opportunity_id)
        if row is None:
            raise NotFound("opportunité absente")
        return self._shown(self._as_of(row))

    def search_opportunities(self, filters: Mapping[str, Any], after: str | None = None) -> Page[Opportunity]:
        self._call("scan")
        since = filters.get("updated_status", {}).get("start")
        rows = [
            row
            for row in self.rows.values()
            if row.pipeline in filters["pipeline"]
            and row.status in filters["statuses"]
            and (since is None or (row.updated_status or row.created) >= since)
        ]
        left = sorted((row for row in rows if int(row.id) > int(after or 0)), key=lambda row: int(row.id))
        page = left[:PAGE]
        # As Sellsy: a full page gives a cursor, also when it is the last one.
        return Page([self._shown(row) for row in page], page[-1].id if len(page) == PAGE else None, len(rows))

    def _as_of(self, row: Deal) -> Deal:
        seen = self.clock.now() - timedelta(seconds=self.stale_for)
        return next((then for at, then in reversed(row.history) if at <= seen), row.history[0][1])

    def _shown(self, row: Deal) -> Opportunity:
        board = self.boards[row.pipeline]
        return Opportunity.model_validate(
            {
                "id": row.id,
                "number": f"OPP-{row.id}",
                "name": row.name,
                "status": row.status,
                "created": row.created,
                "updated_status": row.updated_status,
                "amount": {"value": row.amount, "currency": row.currency},
                "pipeline": {"id": row.pipeline, "name": board.name},
                "step": {"id": row.step, "name": board.steps.get(row.step, "?")},
                "probability": row.probability,
                "owner": {"id": "101", "type": "staff"},
                "assigned_staff_ids": [row.owner],
                "company_id": row.company,
                "note": row.note,
                "due_date": row.due_date,
                "contact_ids": row.contacts or None,
            }
        )

    def patch_opportunity(self, opportunity_id: str, body: Mapping[str, Any]) -> Opportunity:
        values = dict(body)
        if "amount" in values:
            values["amount"] = f"{values['amount']:.2f}"
        if values.get("due_date"):
            values["due_date"] = values["due_date"].isoformat()
        return self._write(opportunity_id, values)

    def update_opportunity(self, opportunity_id: str, body: Mapping[str, Any]) -> Opportunity:
        values = {"status": body["status"]}
        if "assigned_staff_ids" in body:
            values["owner"] = body["assigned_staff_ids"][0]
        if "contact_ids" in body:
            values["contacts"] = list(body["contact_ids"])
        return self._write(opportunity_id, values)

    def _write(self, id: str, values: Mapping[str, Any]) -> Opportunity:
        self._call("update")
        self.fault("before")
        if self.not_after is not None and self.clock.now() > self.not_after:
            raise NotSent("trop tard pour écrire")
        row = self.rows.get(id)
        if row is None:
            raise NotFound("opportunité absente")
        if "step" in values and values["step"] not in self.boards[values["pipeline"]].steps:
            raise Invalid("refusé", {"step": "Cette étape n'appartient pas au pipeline"})
        since = self.clock.now() - READ_TO_WRITE - timedelta(seconds=self.stale_for)
        paused = self.paused(id)
        if self.late(lambda: self._land(id, values, since, paused)):
            raise Unclear("réponse perdue")
        written = self._accept(id, values, since, paused)
        self.fault("after")
        if written is not None:
            written.answered = True
        if id not in self.rows:
            raise NotFound("opportunité absente")
        return self._shown(self.rows[id])

    def _land(self, id: str, values: Mapping[str, Any], since: datetime, paused: bool) -> None:
        """Late: to a reader that is behind it comes as unforeseen as a person's edit."""
        written = self._accept(id, values, since, paused)
        for name in written.after if written else ():
            if written and written.after[name] != written.before[name]:
                self.touched[id, name] = self.clock.now()

    def _accept(self, id: str, values: Mapping[str, Any], since: datetime, paused: bool) -> Written | None:
        row = self.rows.get(id)
        if row is None or values.get("step", row.step) not in self.boards[values.get("pipeline", row.pipeline)].steps:
            return None
        before, contacts = plain(row), row.contacts
        self._change(row, values)
        after = plain(row)
        for name, value in before.items():
            if after[name] != value and self.touched.get((id, name), since) > since:
                self.overwritten(id, name, value)
        if after == before and row.contacts == contacts:
            return None
        hurried = any(at > since for (touched, _), at in self.touched.items() if touched == id)
        self.written.append(Written(self.side, id, self.clock.now(), before, after, hurried=hurried, paused=paused))
        return self.written[-1]


def plain(row: Deal) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def void(value: object) -> None:
    """For acts whose result nobody waits for any more."""
    del value


def remember(written: Iterable[Written]) -> None:
    for one in written:
        one.remembered = one.remembered or one.answered


def forget(written: Iterable[Written], since: datetime) -> None:
    """The process that had these answers died with them."""
    for one in written:
        if one.at >= since and not one.remembered:
            one.answered = False
