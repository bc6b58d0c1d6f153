"""The judge: people's own log and both systems' final state. Of the connector it reads only what people are shown, the
journal, the cards and where each record stands. A verdict is one line; empty when the history was survived."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.people import NAMES, Deeds, Edit, Move
from tests.simulation.systems import Record, Simulated
from tests.simulation.world import World


class Judge:
    """`overwritten`: edits saved in Sellsy between our read and our write of the same field: the one class of loss."""

    def __init__(self, world: World, deeds: Deeds, overwritten: Sequence[Edit]) -> None:
        self.world, self.deeds, self.overwritten = world, deeds, overwritten
        self.records = {Side.SELLSY: world.sellsy.records, Side.ALTIOR: world.altior.records}
        self.partner: dict[str, str] = {}
        """Company → tiers, by the reference that the tiers bears."""

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

    def _a_further_pass(self) -> str:
        sellsy, altior = self.world.sellsy, self.world.altior
        before = len(sellsy.writes), len(altior.writes)
        self.world.clock.advance(700)
        self.world.sync()
        if (len(sellsy.writes), len(altior.writes)) != before:
            return f"a further pass writes: {sellsy.writes[before[0] :]} {altior.writes[before[1] :]}"
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
        """Nobody gives a name twice."""
        if any(verb in ("link", "unlink", "undo") for verb, _ in self.deeds.wishes):
            return ""  # a record may take over the name of one that it was linked to
        found: dict[tuple[Side, Value], list[str]] = defaultdict(list)
        for side, records in self.records.items():
            for record in records.values():
                found[side, record.fields["name"]].append(record.id)
        doubled = {f"{side.value} {name}": ids for (side, name), ids in found.items() if len(ids) > 1}
        return f"doubled: {doubled}" if doubled else ""

    # -- each record by itself
    def _record(self, side: Side, record: Record) -> str:
        return self._invented(side, record) or self._made_twice(side, record)

    @cached_property
    def _allowed(self) -> dict[str, tuple[set[Value], set[Value]]]:
        """Field → what people gave as Sellsy rewrites it, and everything that may stand anywhere."""
        sellsy, altior, found = self.world.sellsy, self.world.altior, {}
        for name in NAMES:
            given = self.deeds.typed[name]
            once = {rewritten(sellsy, name, v) for v in given}
            allowed = given | once | {rewritten(altior, name, v) for v in given | once}
            found[name] = once, allowed | {rewritten(sellsy, name, v) for v in allowed}
        return found

    @cached_property
    def _told(self) -> dict[tuple[Reference | None, str], set[Value]]:
        """Record and field → every value that the journal shows of it."""
        told: dict[tuple[Reference | None, str], set[Value]] = defaultdict(set)
        for entry in self.world.ledger.journal(limit=10**6):
            if entry.field_name in NAMES:
                for reference in (entry.reference, entry.counterpart):
                    told[reference, entry.field_name] |= {entry.before, entry.after, entry.other}  # type: ignore[arg-type]
        return told

    def _invented(self, side: Side, record: Record) -> str:
        """A value that nobody gave: shortened, reformatted twice, made up."""
        for name in NAMES:
            once, allowed = self._allowed[name]
            if side is Side.SELLSY and (side, record.id) in self.deeds.born:
                # What Sellsy's people typed there is never replaced by what Altior made of it.
                mine = [e.value for e in self.deeds.edits if (e.side, e.id, e.field) == (side, record.id, name)]
                theirs = [e.value for e in self.deeds.edits if e.side is Side.ALTIOR and e.field == name]
                wished = any(verb in ("take_side", "link", "undo") for verb, _ in self.deeds.wishes)
                if mine and not wished and record.fields[name] not in {*mine, *theirs, *once, None}:
                    return f"shortened: sellsy {record.id} {name} = {record.fields[name]!r}"
            if record.fields[name] not in allowed:
                return f"invented: {side.value} {record.id} {name} = {record.fields[name]!r}"
        return ""

    def _made_twice(self, side: Side, record: Record) -> str:
        """A record that the connector made although its SIRET had long stood there."""
        siret = record.fields["siret"]
        if siret is None or (side, record.id) in self.deeds.born or any(v == "create" for v, _ in self.deeds.wishes):
            return ""
        made = record.history[0][0]
        for other in self.records[side].values():
            stood = [fields["siret"] for at, fields, _ in other.history if (made - at).total_seconds() > 60]
            if other is not record and stood and stood[-1] == siret == record.history[0][1]["siret"]:
                return f"made twice: {side.value} {record.id} beside {other.id}, SIRET {siret}"
        return ""

    def _ticks(self) -> str:
        sellsy = self.world.sellsy
        for id, (at, gate) in self.deeds.ticks.items():
            if id not in sellsy.records or id in sellsy.overtaken or at < sellsy.first_tick.get(id, at):
                continue
            if sellsy.records[id].gate is not gate:
                return f"company {id} was set to {gate} by a person and shows {sellsy.records[id].gate}"
        return ""

    # -- each pair, or its absence
    def _company(self, company: Record) -> str:
        if company.id in self.partner:
            return self._pair(company, self.records[Side.ALTIOR][self.partner[company.id]])
        if company.gate is True and not self._explained(Side.SELLSY, company.id):
            return f"ticked company {company.id} has no tiers and no reason"
        return ""

    def _tiers(self, tiers: Record) -> str:
        if not tiers.stamps and not self._explained(Side.ALTIOR, tiers.id):
            return f"tiers {tiers.id} has no company and no reason"
        return ""

    def _explained(self, side: Side, id: str) -> bool:
        reference = self.world.ref(side, id)
        sighting = self.world.ledger.sightings([reference]).get(reference)
        return sighting is not None and sighting.code not in ("", "create_open")

    def _pair(self, company: Record, tiers: Record) -> str:
        if company.gate is not True or company.archived or tiers.archived:
            return ""
        if self.deeds.wished(self.world.ref(Side.ALTIOR, tiers.id), "leave_out") and self._explained(
            Side.ALTIOR, tiers.id
        ):
            return ""
        if self._parted(tiers):
            return ""
        for name in NAMES:
            if fault := self._to_and_fro(company, tiers, name) or self._field(company, tiers, name):
                return fault
        return self._tags(company, tiers)

    def _parted(self, tiers: Record) -> bool:
        """Deleted, then restored with a reference that is no longer anybody's: only a person links it again."""
        reference = self.world.ref(Side.ALTIOR, tiers.id)
        sighting = self.world.ledger.sightings([reference]).get(reference)
        return tiers.id in self.world.altior.returned and sighting is not None and sighting.code == "unlinked"

    def _field(self, company: Record, tiers: Record, name: str) -> str:
        sellsy, altior = self.world.sellsy, self.world.altior
        reference = self.world.ref(Side.SELLSY, company.id)
        s, a = company.fields[name], tiers.fields[name]
        if not (a == rewritten(altior, name, s) or s == rewritten(sellsy, name, a)):
            if any(c.field_name == name for c in self.world.ledger.cards(reference=reference)):
                return ""
            return f"not in step: {company.id}/{tiers.id} {name}: {s!r} / {a!r}"
        told = self._told[reference, name] | self._told[self.world.ref(Side.ALTIOR, tiers.id), name]
        for side, record in ((Side.SELLSY, company), (Side.ALTIOR, tiers)):
            mine = [e for e in self.deeds.edits if (e.side, e.id, e.field) == (side, record.id, name)]
            if not mine:
                continue
            last = mine[-1]
            if record.fields[name] == last.value or {last.value, rewritten(altior, name, last.value)} & told:
                continue
            if any((o.id, o.field, o.value) == (last.id, name, last.value) for o in self.overwritten):
                continue
            if last.value in [e.value for e in mine[:-1]]:
                continue  # back at a value it had shown before: a side at its half has not changed
            return f"lost edit: {side.value} {record.id} {name} = {last.value!r}, shows {record.fields[name]!r}"
        return ""

    def _to_and_fro(self, company: Record, tiers: Record, name: str) -> str:
        """Each edit moves the other side once, or is itself replaced once by what beats it; the first pairing may move
        one side. More is a value that went to and fro without anybody's doing."""
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        if len({h[2] for h in company.history}) < len(company.history) or any(
            self.deeds.wished(self.world.ref(side, id), "link", "undo", "take_side", "unlink") for side, id in ids
        ):
            return ""  # within Sellsy's second a late reading of the first edit cannot be told from an undoing
        reasons = 1 + sum((e.side, e.id) in ids and e.field == name for e in self.deeds.edits)
        for system, record in ((self.world.sellsy, company), (self.world.altior, tiers)):
            if (times := system.changed[record.id, name]) > reasons:
                return f"to and fro: {system.side.value} {record.id} {name} changed {times} times"
        return ""

    def _tags(self, company: Record, tiers: Record) -> str:
        """Sets merge element by element: what was added last stands on both sides, what was dropped on neither."""
        here, there = elements(company), elements(tiers)
        if here != there:
            return f"sets not in step: {company.id}/{tiers.id} {sorted(here)} / {sorted(there)}"
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        if any(o.field == "tags" and o.id == company.id for o in self.overwritten) or any(
            self.deeds.wished(self.world.ref(side, id), "link", "unlink") for side, id in ids
        ):
            return ""
        mine = [m for m in self.deeds.moves if (m.side, m.id) in ids]
        last: dict[str, Move] = {m.element: m for m in mine}
        for element, move in last.items():
            if move.added and element not in here:
                return f"element lost: {element} of {company.id}/{tiers.id}"
            came = next((m for m in mine if m.element == element and m.added), None)
            if not move.added and element in here and came is not None and came.side is move.side:
                return f"element came back: {element} of {company.id}/{tiers.id}"
        return ""


def elements(record: Record) -> set[str]:
    tags = record.fields["tags"]
    return set(tags) if isinstance(tags, list) else set()


def rewritten(system: Simulated, name: str, value: Value) -> Value:
    rewrite = system.rewrite.get(name)
    return rewrite(value) if rewrite and value is not None else value
