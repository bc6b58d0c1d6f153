"""Random histories: people act at any instant, also between our read and our write; calls fail, answers are lost,
writes land late, the process dies or is suspended while another takes over; signals are lost or doubled.

The judge knows the people's own edit log and the final state of both systems. Of the connector it reads only what
people are shown: the journal and where each record stands.
"""

import random
import traceback
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from altior_sellsy.errors import NotSent, Unclear
from altior_sellsy.ledger.model import Value
from altior_sellsy.sync.drain import drain
from altior_sellsy.values.reference import Side
from altior_sellsy.values.siret import is_siren, is_siret
from tests.simulation.systems import Record, Simulated
from tests.simulation.tape import Tape
from tests.simulation.world import Crash, World

NAMES = ("name", "phone", "email")
REFERENCE_USER = "claire"
"""Altior's reference user goes on working with the account that the connector writes with (guide)."""


@dataclass(frozen=True)
class Edit:
    at: datetime
    side: Side
    id: str
    field: str
    value: Value


@dataclass
class Verdict:
    seed: int
    fault: str = ""
    """Empty: the history was survived."""
    log: list[str] = field(default_factory=list)
    edits: int = 0
    overwritten: int = 0
    """The one class of design 3: an edit saved in Sellsy between our read and our write of the same field."""
    conflicts: int = 0


def siret_of(number: int) -> str:
    """A valid SIRET for each number below a million."""
    siren = next(t for key in range(10) if is_siren(t := f"{10000000 + number * 7}{key}"))
    return next(t for key in range(10) if is_siret(t := f"{siren}0001{key}"))


class History:
    def __init__(
        self,
        seed: int,
        *,
        alter: Callable[[World], None] = lambda world: None,
        calm: bool = False,
        tape: random.Random | None = None,
    ) -> None:
        self.seed, self.rng = seed, tape or Tape(seed)
        random.seed(seed)  # the engine's jitter
        self.world = World()
        self.edits: list[Edit] = []
        self.typed: dict[str, set[Value]] = {name: {None} for name in NAMES}
        """Everything that people ever gave: no other value may stand anywhere."""
        self.ticks: dict[str, tuple[datetime, bool | None]] = {}
        self.born: dict[tuple[Side, str], datetime] = {}
        """Records that people made, and when."""
        self.overwritten: list[Edit] = []
        self.log: list[str] = []
        self.number = 0
        self.quiet = False
        self.depth = 0
        rng = self.rng
        self.p_person = rng.choice((0.0, 0.05, 0.2, 0.4))
        self.p_fault = 0.0 if calm else rng.choice((0.0, 0.02, 0.1))
        self.p_crash = 0.0 if calm else rng.choice((0.0, 0.02, 0.08))
        self.p_zombie = 0.0 if calm else rng.choice((0.0, 0.0, 0.05))
        self.p_late = 0.0 if calm else rng.choice((0.0, 0.0, 0.05))
        self.p_rare = rng.choice((0.0, 0.0, 0.06))
        """Deletions, archives, merges."""
        self.world.sellsy.stale_for = rng.choice((0.0, 0.0, 0.0, 20.0))
        self.world.sellsy.search_late = rng.choice((0.0, 0.0, 0.0, 30.0))
        if rng.random() < 0.5:
            cut = rng.choice((10, 12))
            self.world.altior.rewrite["name"] = rng.choice((lambda v: str(v)[:cut], lambda v: str(v).upper()))
        if rng.random() < 0.3:
            self.world.sellsy.rewrite["phone"] = lambda v: f"+33{str(v)[1:]}" if str(v).startswith("0") else v
            self.world.sellsy.rewrite["name"] = lambda v: str(v)[:20]
        for system in (self.world.sellsy, self.world.altior):
            system.late = self._make_late
            system.on_call = self._between
            system.fault = self._make_fault(system)
        self.world.sellsy.overwritten = self._note_overwritten
        self.world.at_commit = self._at_commit
        self.world.engine = self._engine()
        alter(self.world)

    # -- people
    def _unique(self, name: str) -> str:
        self.number += 1
        word = "".join(self.rng.choice("bcdfghjklmnpqrstvwxz") + self.rng.choice("aeiou") for _ in range(4))
        if name == "phone":
            return f"01{self.number:04d}{self.rng.randrange(10000):04d}"
        if name == "email":
            return f"{word}{self.number}@example.test"
        return f"{word.capitalize()} {self.number} {word[::-1]}"

    def person(self) -> None:
        rng, world = self.rng, self.world
        roll = rng.random()
        side = rng.choice((Side.SELLSY, Side.ALTIOR))
        system: Simulated = world.sellsy if side is Side.SELLSY else world.altior
        if roll < 0.12 or not system.records:
            self._add(side)
        elif roll < 0.12 + self.p_rare:
            self._rare(side, system)
        elif roll < 0.24 and side is Side.SELLSY:
            one = rng.choice(list(system.records.values()))
            wanted = rng.choice((True, True, False, None))
            if wanted is one.gate:
                return  # no gesture at all
            if one.id in world.sellsy.fresh_ticks:
                world.sellsy.overtaken.add(one.id)
            world.sellsy.tick(one.id, wanted)
            self.ticks[one.id] = (world.clock.now(), wanted)
            self._say(f"tick {one.id} {one.gate}")
            self._signal(side, one.id)
        else:
            one = rng.choice(list(system.records.values()))
            name = rng.choice(NAMES)
            mine = [e for e in self.edits if (e.side, e.id, e.field) == (side, one.id, name)]
            value = rng.choice(mine).value if mine and rng.random() < 0.15 else self._unique(name)
            self._edit(system, one, name, value)

    def _rare(self, side: Side, system: Simulated) -> None:
        one = self.rng.choice(list(system.records.values()))
        others = [r for r in system.records.values() if r is not one]
        act = self.rng.choice(("archive", "archive", "delete", "merge", "hide"))
        if act in ("delete", "merge") and len(others) < 2:
            return  # the last record of a kind is never taken for deleted: nothing else answers
        if act == "delete":
            system.delete(one.id)
        elif act == "merge" and others:
            into = self.rng.choice(others)
            before = dict(into.fields)
            system.merge(one.id, into.id)
            for name in NAMES:
                if into.fields[name] != before[name]:
                    self.edits.append(Edit(self.world.clock.now(), side, into.id, name, into.fields[name]))
            self._signal(side, into.id)
        elif act == "hide" and side is Side.SELLSY:
            self.world.sellsy.hidden = {r.id for r in system.records.values() if self.rng.random() < 0.5}
        else:
            system.archive(one.id, not one.archived)
        self._say(f"{act} {side.value} {one.id}")
        self._signal(side, one.id)

    def _add(self, side: Side) -> None:
        rng, world = self.rng, self.world
        siret = siret_of(self.rng.randrange(6)) if rng.random() < 0.6 else None
        fields = {name: self._unique(name) if name == "name" or rng.random() < 0.6 else None for name in NAMES}
        if side is Side.SELLSY:
            id = world.sellsy.add(**fields, siret=siret, gate=rng.choice((True, True, None, False)))
        else:
            id = world.altior.add(**fields, siret=siret)
        self.born[side, id] = world.clock.now()
        record = (world.sellsy if side is Side.SELLSY else world.altior).records[id]
        for name in NAMES:
            self.typed[name] |= {fields[name], record.fields[name]}
        self._say(f"add {side.value} {id} {fields['name']} {siret}")
        self._signal(side, id)

    def _edit(self, system: Simulated, record: Record, name: str, value: Value) -> None:
        before = record.fields[name]
        system.edit(record.id, **{name: value})
        record.author = self.rng.choice((REFERENCE_USER, "julien"))
        self.typed[name] |= {value, record.fields[name]}
        if record.fields[name] == before:
            return
        self.edits.append(Edit(self.world.clock.now(), system.side, record.id, name, record.fields[name]))
        self._say(f"edit {system.side.value} {record.id} {name} {before!r} -> {record.fields[name]!r}")
        self._signal(system.side, record.id)

    def _signal(self, side: Side, id: str) -> None:
        """Lost, doubled, late, out of order."""
        reference, reason = self.world.ref(side, id), self.rng.choice(("webhook", "feed", "other"))
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            if (late := self.rng.choice((0, 0, 0.5, 5, 30))) and not self.quiet:
                due = self.world.clock.now() + timedelta(seconds=late)
                self.world.clock.at(due, lambda: self.world.mark(reference, reason=reason))
            else:
                self.world.mark(reference, reason=reason)

    # -- what happens between any two calls
    def _between(self, name: str) -> None:
        rng = self.rng
        if self.quiet:
            return
        self.world.clock.advance(rng.choice((0.01, 0.1, 0.3)))
        if rng.random() < self.p_person:
            self.person()
        if rng.random() < self.p_fault and name in ("observe", "find"):
            raise NotSent("injoignable")
        if rng.random() < self.p_crash:
            raise Crash(name)
        if self.depth == 0 and rng.random() < self.p_zombie:
            self._suspended()

    def _suspended(self) -> float:
        """This process sleeps here while another takes over, works, and is done; then it wakes. How long it slept."""
        self._say("suspended")
        self.depth += 1
        slept = self.rng.choice((9, 12, 40))
        ours = self.world.sellsy.not_after
        self.world.clock.advance(slept)
        try:
            drain(self._engine())
        except Crash:
            self._say("crash of the other")
        finally:
            self.depth -= 1
            self.world.sellsy.not_after = ours
        self._say("wakes")
        return slept

    def _at_commit(self, point: str) -> None:
        if point == "after" and self.depth == 0:
            self.world.sellsy.committed()
        if self.quiet:
            return
        if self.rng.random() < self.p_crash / 4:
            self._say(f"crash {point} commit")
            raise Crash(f"{point} commit")
        if self.depth == 0 and self.rng.random() < self.p_zombie / 4:
            self._suspended()

    def _engine(self):  # type: ignore[no-untyped-def]
        return self.world.new_engine()

    def _make_late(self, act: Callable[[], None]) -> bool:
        """A server that commits after it has let us down, within the call's deadline."""
        if self.quiet or self.rng.random() >= self.p_late:
            return False
        self._say("a write lands later")
        self.world.clock.at(self.world.clock.now() + timedelta(seconds=self.rng.uniform(1, 20)), act)
        return True

    def _make_fault(self, system: Simulated) -> Callable[[str], None]:
        def fault(point: str) -> None:
            if self.quiet:
                return
            roll = self.rng.random()
            if roll < self.p_fault:
                self._say(f"{system.side.value} answer lost {point}")
                if point == "before" and self.rng.random() < 0.3:
                    raise NotSent("refusé")
                raise Unclear("réponse perdue")
            if roll < self.p_fault + self.p_crash:
                self._say(f"crash {point} write to {system.side.value}")
                raise Crash(point)
            if point == "before" and self.rng.random() < self.p_person:
                self.person()
            if self.depth == 0 and self.rng.random() < self.p_zombie:
                self._say(f"{point} write to {system.side.value}:")
                if self._suspended() > self.world.timing.call_deadline and point == "after":
                    raise Unclear("réponse trop tardive")

        return fault

    def _note_overwritten(self, record: Record, fields: dict[str, Value], read: dict[str, Value]) -> None:
        for name, value in fields.items():
            shown = record.fields.get(name)
            if shown != read.get(name) and shown != value:
                self.overwritten.append(Edit(self.world.clock.now(), Side.SELLSY, record.id, name, shown))

    def _say(self, text: str) -> None:
        self.log.append(f"{(self.world.clock.now()).strftime('%H:%M:%S')} {'  ' * self.depth}{text}")

    # -- the whole
    def run(self) -> Verdict:
        verdict = Verdict(self.seed, log=self.log)
        for _ in range(self.rng.randrange(2, 5)):
            self._add(self.rng.choice((Side.SELLSY, Side.ALTIOR)))
        for _ in range(self.rng.randrange(3, 14)):
            self.world.clock.advance(self.rng.choice((0.1, 1, 3, 15, 40)))
            for _ in range(self.rng.randrange(3)):
                self.person()
            try:
                if self.rng.random() < 0.2:
                    self.world.sync(most=3)
                else:
                    self.world.drain()
            except (Crash, AssertionError) as end:
                if isinstance(end, Crash):
                    self._say(f"CRASH {end}")
                    self.world.clock.advance(self.rng.choice((0, 9, 40)))
                    self.world.engine = self._engine()
            except NotSent:
                self._say("scan failed")
        self._settle()
        verdict.edits, verdict.overwritten = len(self.edits), len(self.overwritten)
        verdict.fault = self._judge()
        verdict.conflicts = sum(e.action == "conflict" for e in self.world.ledger.journal(limit=10**6))
        return verdict

    def _settle(self) -> None:
        """Signals have stopped and both systems answer."""
        self.quiet = True
        self.world.sellsy.stale_for = self.world.sellsy.search_late = 0.0
        self.world.sellsy.hidden = set()
        self.world.clock.advance(60)
        self.world.engine = self._engine()
        for _ in range(3):
            self.world.clock.advance(700)
            self.world.sync()

    # -- the judge
    def _judge(self) -> str:
        world = self.world
        sellsy, altior = world.sellsy.records, world.altior.records
        before = len(world.sellsy.writes), len(world.altior.writes)
        world.clock.advance(700)
        world.sync()
        if (len(world.sellsy.writes), len(world.altior.writes)) != before:
            return f"a further pass writes: {world.sellsy.writes[before[0] :]} {world.altior.writes[before[1] :]}"
        partner: dict[str, str] = {}
        for record in altior.values():
            for stamp in record.stamps:
                id = stamp.rsplit(":", 1)[1]
                if id in partner:
                    return f"two tiers for company {id}"
                if id in world.sellsy.deleted:
                    continue
                if id not in sellsy:
                    return f"tiers {record.id} bears unknown {stamp}"
                partner[id] = record.id
            if len([s for s in record.stamps if s.rsplit(":", 1)[1] in sellsy]) > 1:
                return f"tiers {record.id} has two companies {record.stamps}"
        names: dict[tuple[str, Value], list[str]] = defaultdict(list)
        for side, records in (("sellsy", sellsy), ("altior", altior)):
            for record in records.values():
                names[side, record.fields["name"]].append(record.id)
        doubled = {k: v for k, v in names.items() if len(v) > 1}
        if doubled:
            return f"doubled: {doubled}"
        for side, records in ((Side.SELLSY, sellsy), (Side.ALTIOR, altior)):
            for record in records.values():
                if fault := self._invented(side, record) or self._doubled(side, record, records):
                    return fault
        for id, (at, gate) in self.ticks.items():
            if id not in sellsy or id in world.sellsy.overtaken or at < world.sellsy.first_tick.get(id, at):
                continue
            if sellsy[id].gate is not gate:
                return f"company {id} was set to {gate} by a person and shows {sellsy[id].gate}"
        sightings = {s.reference: s for s in world.ledger.all_sightings()}
        for record in sellsy.values():
            if record.id in partner:
                fault = self._judge_pair(record, altior[partner[record.id]])
                if fault:
                    return fault
            elif record.gate is True and not self._explained(sightings, Side.SELLSY, record.id):
                return f"ticked company {record.id} has no tiers and no reason"
        for record in altior.values():
            if not record.stamps and not self._explained(sightings, Side.ALTIOR, record.id):
                return f"tiers {record.id} has no company and no reason"
        return ""

    def _invented(self, side: Side, record: Record) -> str:
        """A value that nobody gave: shortened, reformatted twice, made up."""
        world = self.world
        for name in NAMES:
            given = self.typed[name]
            once = {self._rewritten(world.sellsy, name, v) for v in given}
            allowed = given | once | {self._rewritten(world.altior, name, v) for v in given | once}
            allowed |= {self._rewritten(world.sellsy, name, v) for v in allowed}
            if side is Side.SELLSY and (side, record.id) in self.born:
                # What Sellsy's people typed there is never replaced by what Altior made of it.
                mine = [e.value for e in self.edits if (e.side, e.id, e.field) == (side, record.id, name)]
                theirs = [e.value for e in self.edits if e.side is Side.ALTIOR and e.field == name]
                if mine and record.fields[name] not in {*mine, *theirs, *once, None}:
                    return f"shortened: sellsy {record.id} {name} = {record.fields[name]!r}"
            if record.fields[name] not in allowed:
                return f"invented: {side.value} {record.id} {name} = {record.fields[name]!r}"
        return ""

    def _doubled(self, side: Side, record: Record, records: dict[str, Record]) -> str:
        """A record that the connector made although its SIRET had long stood there."""
        siret = record.fields["siret"]
        if siret is None or (side, record.id) in self.born:
            return ""
        made = record.history[0][0]
        for other in records.values():
            if other is record or other.fields["siret"] != siret:
                continue
            if (made - other.history[0][0]).total_seconds() > 60:
                return f"made twice: {side.value} {record.id} beside {other.id}, SIRET {siret}"
        return ""

    def _explained(self, sightings, side: Side, id: str) -> bool:  # type: ignore[no-untyped-def]
        sighting = sightings.get(self.world.ref(side, id))
        return sighting is not None and sighting.code not in ("", "create_open")

    def _judge_pair(self, company: Record, tiers: Record) -> str:
        if company.gate is not True or company.archived or tiers.archived:
            return ""
        world = self.world
        journal = [
            e
            for e in world.ledger.journal(limit=10**6)
            if world.ref(Side.SELLSY, company.id) in (e.reference, e.counterpart)
        ]
        for name in NAMES:
            if fault := self._rewritten_for_nothing(company, tiers, name):
                return fault
            s, a = company.fields[name], tiers.fields[name]
            if not (a == self._rewritten(world.altior, name, s) or s == self._rewritten(world.sellsy, name, a)):
                if any(c.field_name == name for c in world.ledger.cards(reference=world.ref(Side.SELLSY, company.id))):
                    continue
                return f"not in step: {company.id}/{tiers.id} {name}: {s!r} / {a!r}"
            told = [v for e in journal if e.field_name == name for v in (e.before, e.after, e.other)]
            for side, record in ((Side.SELLSY, company), (Side.ALTIOR, tiers)):
                mine = [e for e in self.edits if (e.side, e.id, e.field) == (side, record.id, name)]
                if not mine:
                    continue
                last = mine[-1]
                if record.fields[name] == last.value or last.value in told:
                    continue
                if any((o.id, o.field, o.value) == (last.id, name, last.value) for o in self.overwritten):
                    continue
                if self._came_back(mine):
                    continue  # back at a value it had shown before: a side at its half has not changed
                if self._rewritten(world.altior, name, last.value) in told:
                    continue
                return f"lost edit: {side.value} {record.id} {name} = {last.value!r}, shows {record.fields[name]!r}"
        return ""

    def _rewritten_for_nothing(self, company: Record, tiers: Record, name: str) -> str:
        """Each edit moves the other side once, or is itself replaced once by what beats it; the first pairing may move
        one side. More is a value that went to and fro without anybody's doing."""
        ids = {(Side.SELLSY, company.id), (Side.ALTIOR, tiers.id)}
        if len({h[2] for h in company.history}) < len(company.history):
            return ""  # two edits within Sellsy's second: a late reading of the first cannot be told from an undoing
        reasons = 1 + sum((e.side, e.id) in ids and e.field == name for e in self.edits)
        for system, record in ((self.world.sellsy, company), (self.world.altior, tiers)):
            if (times := system.changed[record.id, name]) > reasons:
                return f"to and fro: {system.side.value} {record.id} {name} changed {times} times"
        return ""

    @staticmethod
    def _came_back(mine: list[Edit]) -> bool:
        return mine[-1].value in [e.value for e in mine[:-1]]

    @staticmethod
    def _rewritten(system: Simulated, name: str, value: Value) -> Value:
        rewrite = system.rewrite.get(name)
        return rewrite(value) if rewrite and value is not None else value


def run(seed: int, **options) -> Verdict:  # type: ignore[no-untyped-def]
    history = History(seed, **options)
    try:
        return history.run()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this seed's verdict
        trace = traceback.format_exc().splitlines()[-8:]
        return Verdict(seed, f"raised {type(error).__name__}: {error}"[:200], [*history.log, *trace])
