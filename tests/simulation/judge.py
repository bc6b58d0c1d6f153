"""The judge: people's own log and both systems' final state. Of the connector it reads only what people are shown: the
journal, the cards and where each record stands. A verdict is one line; empty when the history was survived."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from altior_sellsy.ledger.model import EnvironmentStatus, JournalEntry, Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.kin import Kin
from tests.simulation.people import NAMES, Deeds, Edit, Move
from tests.simulation.reasons import Holds, Reasons
from tests.simulation.simulated import Record, Simulated
from tests.simulation.world import World

PAIRING = ("link", "unlink", "undo")
"""Decisions by which two records come together, or part."""
MADE = ("created", "adopted", "linked")
"""What the journal calls the making of a pair."""
SEARCH_LATE = 60.0
"""Seconds. What people have entered since then no search may have shown."""
STALE = 20.0
"""Seconds by which a reading of Sellsy may lag, in the histories in which it does."""


class Judge:
    """`overwritten`: edits saved in Sellsy between our read and our write of the same field: the one class of loss.
    `more`: reasons that only this kind knows, for a record without its counterpart."""

    def __init__(
        self, world: World, deeds: Deeds, overwritten: Sequence[Edit], more: Mapping[str, Holds] | None = None
    ) -> None:
        self.world, self.deeds, self.overwritten = world, deeds, overwritten
        self.records = {Side.SELLSY: world.sellsy.records, Side.ALTIOR: world.altior.records}
        self.partner: dict[str, str] = {}
        """Company → tiers, by the reference that the tiers bears."""
        self.more = more or {}

    def verdict(self) -> str:
        return (
            self._a_further_pass()
            or self._references()
            or self._names()
            or next(filter(None, (self._record(side, r) for side in Side for r in self.records[side].values())), "")
            or self._ticks()
            or next(filter(None, map(self._company, self.records[Side.SELLSY].values())), "")
            or next(filter(None, map(self._tiers, self.records[Side.ALTIOR].values())), "")
        )

    @cached_property
    def _journal(self) -> Sequence[JournalEntry]:
        return self.world.ledger.journal(limit=10**6)

    @cached_property
    def _kin(self) -> Kin:
        return Kin(self._journal)

    @cached_property
    def _reasons(self) -> Reasons:
        tiers = set(self.partner.values())
        return Reasons(
            self.world,
            self.deeds,
            self._kin,
            lambda side, id: id in (self.partner if side is Side.SELLSY else tiers),
            self.more,
        )

    def kin(self, side: Side, id: str) -> frozenset[Reference]:
        """It, and all that it was ever linked to."""
        return self._kin.all(self.world.ref(side, id))

    def _wished(self, side: Side, id: str, *verbs: str) -> int:
        """Decisions about this record, or one that it was ever linked to."""
        return sum(self.deeds.wished(one, *verbs) for one in self.kin(side, id))

    def _a_further_pass(self) -> str:
        sellsy, altior = self.world.sellsy, self.world.altior
        before = len(sellsy.writes), len(altior.writes)
        self.world.clock.advance(700)
        self.world.sync()
        if (len(sellsy.writes), len(altior.writes)) != before:
            return f"a further pass writes: {sellsy.writes[before[0] :]} {altior.writes[before[1] :]}"
        environment = self.world.ledger.environment()
        if environment.status is not EnvironmentStatus.ACTIVE:
            return f"stopped: {environment.paused_reason}"
        if sellsy.left_late:
            return f"written from an old reading: {sellsy.left_late}"
        return ""

    def _references(self) -> str:
        for tiers in self.records[Side.ALTIOR].values():
            ids = [stamp.rsplit(":", 1)[1] for stamp in tiers.stamps]
            for id in (i for i in ids if i not in self.world.sellsy.deleted):
                if id in self.partner:
                    return f"two tiers for company {id}"
                if id not in self.records[Side.SELLSY]:
                    return f"tiers {tiers.id} bears an unknown company: {id}"
                self.partner[id] = tiers.id
            if len([i for i in ids if i in self.records[Side.SELLSY]]) > 1:
                return f"tiers {tiers.id} has two companies: {sorted(ids)}"
        return ""

    def _names(self) -> str:
        """Nobody gives a name twice; a record may take over the name of one that people linked it to."""
        found: dict[tuple[Side, Value], list[str]] = defaultdict(list)
        for side, records in self.records.items():
            for record in records.values():
                found[side, record.fields["name"]].append(record.id)
        for (side, name), ids in found.items():
            if len(ids) > 1 and sum(not self._wished(side, id, "link", "unlink", "undo") for id in ids) > 1:
                return f"doubled: {side.value} {name}: {ids}"
        return ""

    # -- each record by itself
    def _record(self, side: Side, record: Record) -> str:
        return self._invented(side, record) or self._made_twice(side, record)

    def _given(self, side: Side, record: Record, name: str, *givers: Side) -> set[Value]:
        """What people gave to it, and to what it was ever linked to. A record that a lost answer made, and that was
        never found to be what it is, may show anything that anybody gave, and bring it along when people link it."""
        kin = self.kin(side, record.id)
        if any(one not in self._kin.known and (one.side, one.id) not in self.deeds.born for one in kin):
            return self.deeds.typed[name]
        return {None}.union(*(self.deeds.given.get((r.side, r.id, name), ()) for r in kin if r.side in givers))

    def _invented(self, side: Side, record: Record) -> str:
        """A value that nobody gave: shortened, reformatted twice, another record's, made up."""
        sellsy, altior = self.world.sellsy, self.world.altior
        for name in NAMES:
            given = self._given(side, record, name, *Side)
            shown = record.fields[name]
            if shown in given:
                continue
            once = {rewritten(sellsy, name, v) for v in given}
            allowed = given | once | {rewritten(altior, name, v) for v in given | once}
            allowed |= {rewritten(sellsy, name, v) for v in allowed}
            if shown not in allowed:
                return f"invented: {side.value} {record.id} {name} = {shown!r}"
            if side is Side.SELLSY and (side, record.id) in self.deeds.born:
                # What Sellsy's people typed there is never replaced by what Altior made of it, unless people say so.
                mine = any((e.side, e.id, e.field) == (side, record.id, name) for e in self.deeds.edits)
                if mine and shown not in once and not self._wished(side, record.id, "take_side", "link", "undo"):
                    return f"shortened: sellsy {record.id} {name} = {shown!r}"
        return ""

    def _made_twice(self, side: Side, record: Record) -> str:
        """A record that the connector made though its SIRET stood there, and stands there still. What people enter may
        be missing from a search for a while; what the connector had made itself it knows."""
        siret = record.history[0][1]["siret"]
        if siret is None or (side, record.id) in self.deeds.born:
            return ""
        made = record.history[0][0]
        if any(self.deeds.wished(one, "create") for one in self._kin.of(self.world.ref(side, record.id))):
            return ""
        for other in self.records[side].values():
            shown = [((made - at).total_seconds(), fields["siret"]) for at, fields, _ in other.history]
            ours = (side, other.id) not in self.deeds.born and {bears for _, bears in shown} == {siret}
            late = 0 if ours else SEARCH_LATE
            before = [bears for age, bears in shown if age > late]
            since = [bears for age, bears in shown if 0 <= age <= late]
            if other is not record and before and {before[-1], *since} == {siret}:
                return f"made twice: {side.value} {record.id} beside {other.id}, SIRET {siret}"
        return ""

    def _ticks(self) -> str:
        """SA stands as people last set it; what the connector made and nobody set stands at Oui once it is paired."""
        sellsy = self.world.sellsy
        for id, record in sellsy.records.items():
            if id in self.deeds.ticks:
                if id not in sellsy.gates.excused and record.gate is not (gate := self.deeds.ticks[id]):
                    return f"company {id} was set to {gate} by a person and shows {record.gate}"
            elif id in self.partner and record.gate is not True and not self._may_be_unticked(record):
                return f"company {id} was made by the connector and never ticked"
        return ""

    def _may_be_unticked(self, company: Record) -> bool:
        """Linked by people's word. Or the tiers that it was made of was deleted, or linked by people to another one,
        before the connector was told that it had made it: another tiers of its SIRET is linked to it like to any record
        that stands there, figée."""
        if self._wished(Side.SELLSY, company.id, *PAIRING):
            return True
        if self.world.ref(Side.SELLSY, company.id) in self._kin.known:
            return False
        sellsy, altior, first = self.world.sellsy, self.world.altior, company.history[0][1]["name"]
        sources = {
            id
            for (side, id, name), values in self.deeds.given.items()
            if (side, name) == (Side.ALTIOR, "name") and first in {rewritten(sellsy, name, value) for value in values}
        }
        return any(
            id in altior.ever_deleted or self.deeds.wished(self.world.ref(Side.ALTIOR, id), "link") for id in sources
        )

    # -- each pair, or its absence
    def _company(self, company: Record) -> str:
        if company.id in self.partner:
            return self._pair(company, self.records[Side.ALTIOR][self.partner[company.id]])
        if company.gate is True and not self._reasons.explained(Side.SELLSY, company):
            return f"ticked company {company.id} has no tiers and no reason{self._said(Side.SELLSY, company)}"
        return ""

    def _tiers(self, tiers: Record) -> str:
        if tiers.id not in self.partner.values() and not self._reasons.explained(Side.ALTIOR, tiers):
            return f"tiers {tiers.id} has no company and no reason{self._said(Side.ALTIOR, tiers)}"
        return ""

    def _said(self, side: Side, record: Record) -> str:
        code = self._reasons.code(side, record.id)
        return f": told {code}, which is not so" if code else ""

    def rests(self, company: Record, tiers: Record) -> bool:
        """Nothing travels between them."""
        if company.gate is not True or company.archived or tiers.archived:
            return True
        return self._parted(tiers)

    def _parted(self, tiers: Record) -> bool:
        """A person's word came before the link that it bears, or after."""
        code = self._reasons.code(Side.ALTIOR, tiers.id)
        return code in ("left_out", "unlinked") and self._reasons.explained(Side.ALTIOR, tiers)

    def _pair(self, company: Record, tiers: Record) -> str:
        followed = self.world.sellsy.archiving and company.gate is True and not self._parted(tiers)
        if followed and not self._linked_apart(company, tiers):
            archived = self._to_and_fro(company, tiers, "archived") or self._field(company, tiers, "archived")
            if archived or (archived := self._archived(company, tiers)):
                return archived
        if self.rests(company, tiers):
            return ""
        for name in NAMES:
            if fault := self._to_and_fro(company, tiers, name) or self._field(company, tiers, name):
                return fault
        return self._tags(company, tiers)

    def _field(self, company: Record, tiers: Record, name: str) -> str:
        sellsy, altior = self.world.sellsy, self.world.altior
        s, a = company.fields[name], tiers.fields[name]
        if not (a == rewritten(altior, name, s) or s == rewritten(sellsy, name, a)):
            if self._rests(company, tiers, name):
                return ""
            return f"not in step: {company.id}/{tiers.id} {name}: {s!r} / {a!r}"
        for side, record in ((Side.SELLSY, company), (Side.ALTIOR, tiers)):
            mine = [e for e in self.deeds.edits if (e.side, e.id, e.field) == (side, record.id, name)]
            if not mine or record.fields[name] == (last := mine[-1]).value:
                continue
            if not (last.value in self._replaced[self.world.ref(side, record.id), name] or self._overtaken(last)):
                return f"lost edit: {side.value} {record.id} {name} = {last.value!r}, shows {record.fields[name]!r}"
        return ""

    def _linked_apart(self, company: Record, tiers: Record) -> bool:
        """Linked while one of them was archived: it says nothing of the other, unless people have archived one of them,
        or taken one out, since, and a reading has shown it before they put it back."""
        ours = {self.world.ref(Side.SELLSY, company.id), self.world.ref(Side.ALTIOR, tiers.id)}
        linked = [e.at for e in self._journal if e.action == "linked" and {e.reference, e.counterpart} == ours]
        if not linked:
            return False
        for system, record in ((self.world.sellsy, company), (self.world.altior, tiers)):
            key = (system.side, record.id, "archived")
            moved = [e.at for e in self.deeds.edits if (e.side, e.id, e.field) == key and e.at > max(linked)]
            away = list(zip(moved[::2], moved[1::2], strict=False))
            shown = system.doubts.shown[record.id]
            if len(moved) % 2 or any(left <= at < back for left, back in away for at in shown):
                return False
        return True

    def _archived(self, company: Record, tiers: Record) -> str:
        """The last word stands. One that was taken back before the connector saw it is none: between it and the gesture
        before it on its side the connector must have written. (A journal that says «not archived» before proves nothing
        of an edit.)"""
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        mine = [e for e in self.deeds.edits if (e.side, e.id) in ids and e.field == "archived"]
        if not mine or self.deeds.restored or ids & self.deeds.untold:
            return ""
        last = mine[-1]
        before = [e.at for e in mine[:-1] if e.side is last.side]
        written = [
            e.at
            for e in self._journal
            if e.field_name == "archived" and (e.reference and (e.reference.side, e.reference.id)) in ids
        ]
        if before and not any(before[-1] < at < last.at for at in written):
            return ""
        if company.archived is last.value or self._overtaken(last) or self._agreed_late(last, mine):
            return ""
        taken = [e for e in self._journal if e.field_name == "archived" and e.cause.endswith("écriture retrouvée)")]
        if any((e.side, e.after) == (last.side, last.value) and e.at >= last.at for e in taken):
            return ""  # what she set is what our unanswered write would have set: people are told that it was ours
        if self._wished(Side.SELLSY, company.id, *PAIRING, "take_side"):
            return ""
        return f"lost edit: {last.side.value} {last.id} archived = {last.value}, shows {company.archived}"

    def _agreed_late(self, last: Edit, edits: Sequence[Edit]) -> bool:
        """Sellsy's people had just taken back what Altior's say now: a reading as old as that shows both agreed, and
        what Sellsy shows afterwards looks like the later word."""
        if last.side is Side.SELLSY or not self.world.sellsy.ever_stale:
            return False
        since = (last.at - e.at for e in edits if e.side is Side.SELLSY and e.value is not last.value)
        return any(0 <= age.total_seconds() <= STALE for age in since)

    def _rests(self, company: Record, tiers: Record, name: str) -> bool:
        """On a card, since the connector has written it to both sides in turn."""
        cards = self.world.ledger.cards(reference=self.world.ref(Side.SELLSY, company.id))
        turns = self.world.sellsy.changed[company.id, name], self.world.altior.changed[tiers.id, name]
        return min(turns) > 1 and any((c.code, c.field_name) == ("oscillating", name) for c in cards)

    @cached_property
    def _replaced(self) -> Mapping[tuple[Reference | None, str], set[Value]]:
        """Record and field → every value that the journal says was written over there."""
        found: dict[tuple[Reference | None, str], set[Value]] = defaultdict(set)
        for entry in self._journal:
            if entry.field_name in (*NAMES, "archived"):
                found[entry.reference, entry.field_name] |= {entry.before, entry.other}
        return found

    def _overtaken(self, edit: Edit) -> bool:
        mine = edit.side, edit.id, edit.field, edit.value
        return any((o.side, o.id, o.field, o.value) == mine for o in self.overwritten)

    def _to_and_fro(self, company: Record, tiers: Record, name: str) -> str:
        """Each edit moves the other side once, or is itself replaced once by what beats it; the first pairing may move
        one side, a decision both. More is a value that went to and fro without anybody's doing."""
        if self.world.sellsy.ever_stale and self._twice_in_a_second(company, name):
            return ""  # a late reading of the first edit cannot be told from an undoing
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        reasons = 1 + sum((e.side, e.id) in ids and e.field == name for e in self.deeds.edits)
        reasons += 2 * self._wished(Side.SELLSY, company.id, "link", "undo", "take_side", "unlink")
        for system, record in ((self.world.sellsy, company), (self.world.altior, tiers)):
            if (times := system.changed[record.id, name]) > reasons:
                return f"to and fro: {system.side.value} {record.id} {name} changed {times} times"
        return ""

    def _twice_in_a_second(self, company: Record, name: str) -> bool:
        """Sellsy's modification times are whole seconds."""
        shown: dict[object, set[Value]] = defaultdict(set)
        for _, fields, modified in company.history:
            shown[modified].add(fields[name])
        return any(len(values) > 1 for values in shown.values())

    def _tags(self, company: Record, tiers: Record) -> str:
        """Sets merge element by element: what was added last stands on both sides, what was dropped on neither."""
        here, there = elements(company), elements(tiers)
        if here != there:
            return f"sets not in step: {company.id}/{tiers.id} {sorted(here)} / {sorted(there)}"
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        unread = [o.value for o in self.overwritten if o.field == "tags" and (o.side, o.id) in ids]
        shown = [set(value) if isinstance(value, list) else set[str]() for value in unread]
        mine = [m for m in self.deeds.moves if (m.side, m.id) in ids]
        last: dict[str, Move] = {m.element: m for m in mine}
        for element, move in last.items():
            if move.back and move.added and self._never_seen_gone(company, tiers, move, mine):
                continue
            if move.added and self._dropped_where_it_was(company, move):
                continue
            if move.added and not move.untold and element not in here and not any(element in one for one in shown):
                return f"element lost: {element} of {company.id}/{tiers.id}"
            if move.added or element not in here or any(element not in one for one in shown):
                continue
            if not self._may_come_back(company, tiers, move, mine):
                return f"element came back: {element} of {company.id}/{tiers.id}"
        return ""

    def _dropped_where_it_was(self, company: Record, added: Move) -> bool:
        """By people, in a tiers that it was linked to then: that drop has travelled, and it is linked elsewhere now."""
        kin = {(one.side, one.id) for one in self.kin(Side.SELLSY, company.id)}
        drops = (m for m in self.deeds.moves if m.element == added.element and not m.added and m.at >= added.at)
        return any((one.side, one.id) in kin for one in drops)

    def _never_seen_gone(self, company: Record, tiers: Record, back: Move, moves: Sequence[Move]) -> bool:
        """Dropped, and there again with a backup, before the connector had written a word of it: nothing has moved
        there, for all it can tell."""
        ours = {self.world.ref(Side.SELLSY, company.id), self.world.ref(Side.ALTIOR, tiers.id)}
        drops = [m.at for m in moves if (m.side, m.element, m.added) == (back.side, back.element, False)]
        told = [e.at for e in self._journal if e.field_name == "tags" and e.reference in ours]
        return bool(drops) and not any(drops[-1] <= at <= back.at for at in told)

    def _may_come_back(self, company: Record, tiers: Record, dropped: Move, moves: Sequence[Move]) -> bool:
        """A first pairing unites what stands then; and what came from elsewhere and was dropped before the connector
        knew of its arrival may never have arrived there, for all it can tell (design 3: doubtful)."""
        ours = {self.world.ref(Side.SELLSY, company.id), self.world.ref(Side.ALTIOR, tiers.id)}
        if any(e.at >= dropped.at and {e.reference, e.counterpart} == ours for e in self._journal if e.action in MADE):
            return True
        came = next((m for m in moves if m.element == dropped.element and m.added), None)
        return dropped.untold and (came is None or came.side is not dropped.side)


def elements(record: Record) -> set[str]:
    tags = record.fields["tags"]
    return set(tags) if isinstance(tags, list) else set()


def rewritten(system: Simulated, name: str, value: Value) -> Value:
    rewrite = system.rewrite.get(name)
    return rewrite(value) if rewrite and value is not None else value
