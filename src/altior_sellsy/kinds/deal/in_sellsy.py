"""Deals in Sellsy: opportunities, over the sellsy port. Reads and writes, decides nothing.

There is no modification date and no filter on ids: opportunities are observed one by one, and found again by their
status (design 6, histories 23).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Final, Invalid, NotFound, NotSent, Refused
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.links import Links, Pairs, looked_up, unpaired
from altior_sellsy.kinds.deal.sellsy_reading import contacts, read_opportunity, third_party
from altior_sellsy.kinds.deal.sellsy_writing import DealBodies, deal_bodies, refusals
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Opportunity
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side

BY_PUT = ("owner", "contacts")
"""Fields that PATCH does not take (OpenAPI 2.264.0)."""
OPEN, CLOSED = ("open", "late"), ("won", "lost", "cancelled", "closed")
Orders = Callable[[timedelta | None], Mapping[str, Sequence[str]]]
"""Pipeline id → ids of its steps in order, as Sellsy shows them; read anew when the last reading is older than that."""


def not_known(oldest: timedelta | None) -> Mapping[str, Sequence[str]]:
    return {}


@dataclass(frozen=True, slots=True)
class SellsyDeals:
    sellsy: Sellsy
    clock: Clock
    account: str
    correspondence: Correspondence
    config: DealConfiguration
    pairs: Pairs = unpaired
    orders: Orders = not_known
    steps_fresh: timedelta = timedelta(seconds=60)
    """What is looked at, and may fire an event, is planned by steps read at most this long before."""
    steps_scanned: timedelta = timedelta(hours=1)
    """Where nothing moves, the steps are read again by a scan that begins this long after."""
    followed: timedelta = timedelta(days=90)
    """How long one that was won, lost or closed is still looked for."""

    @property
    def side(self) -> Side:
        return Side.SELLSY

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"opportunity"})

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """One call each, and one per pipeline for its steps where they were last read too long ago."""
        found: dict[Reference, Snapshot] = {}
        ours = [one for one in references if one.owner == self.account and one.thing == "opportunity"]
        orders = self.orders(self.steps_fresh) if ours else {}
        for reference in ours:
            at = self.clock.now()
            try:
                shown = self.sellsy.opportunity(reference.id)
            except NotFound:
                continue
            found |= {one.reference: one for one in self._read([shown], at, orders)}
        return found

    def exists(self, reference: Reference) -> bool:
        try:
            self.sellsy.opportunity(reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        """Of the configured pipelines: all that are open or late, then those closed lately (`followed`). The cursor
        says which, and how many of them were shown before: «open:200:…», «closed:0:…». What is in neither is not shown:
        a signal, never a conclusion. Beside its pages, one call per pipeline for its steps, once in `steps_scanned`."""
        orders = self.orders(self.steps_scanned if after is None else None)
        phase, seen, cursor = (after or "open:0:").split(":", 2)
        filters: dict[str, object] = {"pipeline": sorted(self.config.pipelines), "statuses": list(OPEN)}
        if phase == "closed":
            since = self.clock.now() - self.followed
            filters |= {"statuses": list(CLOSED), "updated_status": {"start": since}}
        at = self.clock.now()
        page = self.sellsy.search_opportunities(filters, after=cursor or None)
        shown = int(seen) + len(page.data)
        # A full page may be the last one: its total says so, and the empty page behind it is not asked for.
        if page.after is not None and shown != page.total:
            following: str | None = f"{phase}:{shown}:{page.after}"
        else:
            following = "closed:0:" if phase == "open" else None
        return Page(self._read(page.data, at, orders), following, page.total)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """`stamp`: our reference, as text."""
        if key != "stamp":
            raise ValueError(f"no such key: {key}")
        return list(self.observe([Reference.parse(value) for value in values]).values())

    def newest_id(self) -> str:
        raise TypeError("nothing is created among opportunities")

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        return ()

    # -- writing
    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        raise TypeError("an opportunity has no «Synchronisation Altior»")

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """Affaires born in Altior never ascend (rules R27)."""
        error = Final("Une affaire née dans Altior ne remonte pas dans Sellsy.")
        return [Written(error=error) for _ in creates]

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """One after another; after a refusal of our access or an unreachable Sellsy the rest is not sent. Also takes
        «step» (id of a step of its pipeline) and «won»."""
        answers: list[Written] = []
        stopped: Exception | None = None
        for write in writes:
            answer = Written(error=stopped) if stopped else self._update(write)
            answers.append(answer)
            if isinstance(answer.error, Refused | NotSent):
                stopped = answer.error
        return answers

    def _update(self, write: Write) -> Written:
        """PATCH, then the PUT if one is needed. Each acknowledges what it wrote: by the second one a person may have
        changed what the first wrote. An item with an error holds what was acknowledged before it."""
        fields, refused, done = dict(write.fields), dict[str, Problem](), Written()
        for _ in range(2):  # the second time without the fields that Sellsy named
            out = deal_bodies(fields, write.snapshot, self.correspondence)
            refused |= out.refused
            fields = {name: value for name, value in fields.items() if name not in out.refused}
            try:
                for names, answer in self._send(write.snapshot, fields, out):
                    read = self._written(answer, write.snapshot, names)
                    done = replace(read, shown={**done.shown, **read.shown})
                break
            except Invalid as error:
                named = refusals(error.fields, fields)
                if not named:
                    return replace(done, refused=refused, error=error)
                refused |= named
                fields = {n: value for n, value in fields.items() if n not in named and n not in done.shown}
            except ConnectorError as error:
                return replace(done, refused=refused, error=error)
        shown = {name: value for name, value in done.shown.items() if name not in refused}
        return Written(snapshot=done.snapshot or write.snapshot, shown=shown, refused=refused)

    def _send(self, before: Snapshot, fields: Fields, out: DealBodies) -> Iterator[tuple[list[str], Opportunity]]:
        """What each call wrote, and its answer. A PUT repeats owner and status, so it is made from what stands just
        before it: a card that was won meanwhile stays won."""
        id, shown = before.reference.id, None
        if out.patch:
            shown = self.sellsy.patch_opportunity(id, out.patch)
            yield [name for name in fields if name not in BY_PUT], shown
        if out.put:
            mine = {name: value for name, value in fields.items() if name in BY_PUT}
            [fresh] = self._read([shown or self.sellsy.opportunity(id)], before.at, self.orders(None))
            put = deal_bodies(mine, fresh, self.correspondence).put
            if put:
                yield list(mine), self.sellsy.update_opportunity(id, put)

    def _written(self, answer: Opportunity, before: Snapshot, names: Sequence[str]) -> Written:
        [snapshot] = self._read([answer], before.at, self.orders(None))
        position = {"step": snapshot.position["step"], "won": snapshot.position["status"] == "won"}
        known: dict[str, Value] = {**snapshot.fields, **position}
        return Written(snapshot=snapshot, shown={name: known[name] for name in names if name in known})

    def _read(
        self, opportunities: Sequence[Opportunity], at: datetime, orders: Mapping[str, Sequence[str]]
    ) -> list[Snapshot]:
        links = self._links(opportunities)
        return [
            read_opportunity(
                one,
                at=at,
                account=self.account,
                correspondence=self.correspondence,
                config=self.config,
                links=links,
                order=orders.get(one.pipeline.id or "") if one.pipeline else None,
                listed=self._listed(one, at),
            )
            for one in opportunities
        ]

    def _listed(self, opportunity: Opportunity, at: datetime) -> bool:
        """Is it in one of the two lists of a scan?"""
        if self.config.pipeline(opportunity.pipeline.id if opportunity.pipeline else None) is None:
            return False
        closed = opportunity.updated_status or opportunity.created
        lately = closed is None or closed >= at - self.followed
        return opportunity.status in OPEN or (opportunity.status in CLOSED and lately)

    def _links(self, opportunities: Sequence[Opportunity]) -> Links:
        wanted = [one for each in opportunities for one in contacts(each, self.account)]
        wanted += [one for each in opportunities if (one := third_party(each, self.account))]
        return looked_up(self.pairs, wanted)
