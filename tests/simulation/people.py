"""The people of a history: what they do in both systems and in the connector's screens, and their own log of it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Value
from altior_sellsy.service import decisions
from altior_sellsy.values.reference import Reference, Side
from altior_sellsy.values.siret import is_siren, is_siret
from tests.simulation.simulated import Record, Simulated
from tests.simulation.tape import Tape
from tests.simulation.world import World

NAMES = ("name", "phone", "email")
REFERENCE_USER = "claire"
"""Altior's reference user goes on working with the account that the connector writes with (guide)."""
BY = "Claire Martin"
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnpqrstvwxz" for vowel in "aeiou"]


@dataclass(frozen=True)
class Edit:
    at: datetime
    side: Side
    id: str
    field: str
    value: Value


@dataclass(frozen=True)
class Move:
    """An element came into a record's tags, or left them."""

    side: Side
    id: str
    element: str
    added: bool
    at: datetime
    untold: bool = False
    """Dropped while the connector could not tell whether it had ever arrived there; back from a backup while it could
    not tell whether it had ever left."""
    back: bool = False
    """By a backup of Altior that came back."""


@dataclass
class Deeds:
    """What people did: the judge's only source but for the two systems themselves."""

    edits: list[Edit] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    typed: dict[str, set[Value]] = field(default_factory=lambda: {name: {None} for name in NAMES})
    """Everything that people ever gave: no other value may stand anywhere."""
    given: dict[tuple[Side, str, str], set[Value]] = field(default_factory=lambda: defaultdict(set))
    """The same by record and field."""
    ticks: dict[str, bool | None] = field(default_factory=dict)
    """SA of companies as people last set it; those that they made have it from the beginning."""
    born: dict[tuple[Side, str], datetime] = field(default_factory=dict)
    """Records that people made, and when."""
    untold: set[tuple[Side, str]] = field(default_factory=set)
    """Archived, or taken out again, while the connector could not tell whether its own such write had arrived."""
    restored: bool = False
    """A backup of Altior came back."""
    wishes: list[tuple[str, Reference]] = field(default_factory=list)
    """Decisions entered in the connector's screens: verb, record."""

    def wished(self, reference: Reference, *verbs: str) -> int:
        return sum(r == reference and verb in verbs for verb, r in self.wishes)

    def give(self, side: Side, id: str, name: str, *values: Value) -> None:
        self.typed[name].update(values)
        self.given[side, id, name].update(values)


@cache
def siret_of(number: int) -> str:
    """A valid SIRET for each number below a million."""
    siren = next(t for key in range(10) if is_siren(t := f"{10000000 + number * 7}{key}"))
    return next(t for key in range(10) if is_siret(t := f"{siren}0001{key}"))


def _tags(record: Record) -> set[str]:
    tags = record.fields["tags"]
    return set(tags) if isinstance(tags, list) else set()


class People:
    """`rare`: chance of deletions, archives, merges. `deciding`: of decisions in the connector's screens."""

    def __init__(self, world: World, rng: Tape, say: Callable[[str], None]) -> None:
        self.world, self.rng, self.say = world, rng, say
        self.deeds = Deeds()
        self.rare = self.deciding = 0.0
        self.rares: tuple[str, ...] = ("archive", "archive", "delete", "merge", "hide", "restore")
        self.number = 0

    def _system(self, side: Side) -> Simulated:
        return self.world.sellsy if side is Side.SELLSY else self.world.altior

    def _unique(self, name: str) -> str:
        self.number += 1
        drawn = self.rng.randrange(100**4)
        word = "".join(SYLLABLES[drawn // 100**place % 100] for place in range(4))
        if name == "phone":
            return f"01{self.number:04d}{self.rng.randrange(10000):04d}"
        if name == "email":
            return f"{word}{self.number}@example.test"
        return f"{word.capitalize()} {self.number} {word[::-1]}"

    def act(self) -> None:
        """One gesture of one person."""
        rng = self.rng
        roll = rng.random()
        side = rng.choice((Side.SELLSY, Side.ALTIOR))
        system = self._system(side)
        if roll < 0.12 or not system.records:
            self.add(side)
            return
        one = rng.choice(list(system.records.values()))
        if roll < 0.12 + self.rare:
            self._rare(system, one)
        elif roll < 0.24 and side is Side.SELLSY:
            self._tick(one)
        elif roll > 1 - self.deciding:
            self._decide(side, one)
        elif roll > 0.9 - self.deciding:
            self._move(system, one)
        else:
            name = rng.choice(NAMES)
            mine = [e for e in self.deeds.edits if (e.side, e.id, e.field) == (side, one.id, name)]
            value = rng.choice(mine).value if mine and rng.chance(0.15) else self._unique(name)
            self.edit(system, one, name, value)

    # -- in both systems
    def add(self, side: Side) -> None:
        rng, system = self.rng, self._system(side)
        siret = siret_of(rng.randrange(6)) if rng.chance(0.6) else None
        fields: dict[str, Value] = {
            name: self._unique(name) if name == "name" or rng.chance(0.6) else None for name in NAMES
        }
        gate = {"gate": rng.choice((True, True, None, False))} if side is Side.SELLSY else {}
        id = system.add(**fields, siret=siret, tags=[], **gate)
        self.deeds.born[side, id] = self.world.clock.now()
        if gate:
            self.deeds.ticks[id] = gate["gate"]
        for name in NAMES:
            self.deeds.give(side, id, name, fields[name], system.records[id].fields[name])
        self.say(f"add {side.value} {id} {fields['name']} {siret} {gate.get('gate', '')}")
        self.signal(side, id)

    def edit(self, system: Simulated, record: Record, name: str, value: Value) -> None:
        before = record.fields[name]
        system.edit(record.id, **{name: value})
        record.author = self.rng.choice((REFERENCE_USER, "julien"))
        self.deeds.give(system.side, record.id, name, value, record.fields[name])
        if record.fields[name] == before:
            return
        self.deeds.edits.append(Edit(self.world.clock.now(), system.side, record.id, name, record.fields[name]))
        self.say(f"edit {system.side.value} {record.id} {name} {before!r} -> {record.fields[name]!r}")
        self.signal(system.side, record.id)

    def _move(self, system: Simulated, record: Record) -> None:
        """An element of a set comes or goes; each is made once only."""
        tags = sorted(_tags(record))
        if tags and self.rng.chance(0.4):
            self.drop(system, record, self.rng.choice(tags))
            return
        self.number += 1
        self.put(system, record, f"t{self.number:03d}")

    def put(self, system: Simulated, record: Record, element: str) -> None:
        system.edit(record.id, tags=sorted({*_tags(record), element}))
        self._moved(system, record, Move(system.side, record.id, element, True, self.world.clock.now()))

    def drop(self, system: Simulated, record: Record, element: str) -> None:
        untold = self._untold(system, record.id, element)
        system.edit(record.id, tags=sorted(_tags(record) - {element}))
        self._moved(system, record, Move(system.side, record.id, element, False, self.world.clock.now(), untold))

    def _untold(self, system: Simulated, id: str, element: str, *, gone: bool = False) -> bool:
        """May it, for all the connector knows, never have arrived there? `gone`: never have left."""
        sent = (sent for sent in system.doubts.of(id, "tags") if isinstance(sent, list))
        return any((element in one) is not gone for one in sent)

    def _moved(self, system: Simulated, record: Record, move: Move) -> None:
        self.deeds.moves.append(move)
        self.say(f"{'add' if move.added else 'drop'} tag {move.element} of {system.side.value} {record.id}")
        self.signal(system.side, record.id)

    def _tick(self, one: Record) -> None:
        wanted = self.rng.choice((True, True, False, None))
        if wanted is not one.gate:  # else no gesture at all
            self.tick(one, wanted)

    def tick(self, one: Record, wanted: bool | None) -> None:
        self.world.sellsy.tick(one.id, wanted)
        self.deeds.ticks[one.id] = wanted
        self.say(f"tick {one.id} {one.gate}")
        self.signal(Side.SELLSY, one.id)

    def _rare(self, system: Simulated, one: Record) -> None:
        side = system.side
        others = [r for r in system.records.values() if r is not one]
        act = self.rng.choice(self.rares)
        if act in ("delete", "merge") and len(others) < 2:
            return  # the last record of a kind is never taken for deleted: nothing else answers
        if act == "delete":
            system.delete(one.id)
        elif act == "merge":
            self.merge(system, one, self.rng.choice(others))
        elif act == "restore" and side is Side.ALTIOR:
            self.restore()
        elif act == "hide" and side is Side.SELLSY:
            self.world.sellsy.hidden = {r.id for r in system.records.values() if self.rng.chance(0.5)}
        else:
            self.archive(system, one, not one.archived)
        self.say(f"{act} {side.value} {one.id}")
        if one.id in system.records or act != "restore":
            self.signal(side, one.id)

    def archive(self, system: Simulated, one: Record, value: bool) -> None:
        if system.doubts.of(one.id, "archived"):
            self.deeds.untold.add((system.side, one.id))
        system.archive(one.id, value)
        if system.archiving:
            self.deeds.edits.append(Edit(self.world.clock.now(), system.side, one.id, "archived", value))

    @property
    def _names(self) -> tuple[str, ...]:
        """Fields that a person may decide on."""
        return (*NAMES, "archived") if self.world.sellsy.archiving else NAMES

    def restore(self) -> None:
        """Altior comes back from its last backup (made now when there is none): for the records that it holds that is
        an edit of everything since; the others never were."""
        altior, deeds, now = self.world.altior, self.deeds, self.world.clock.now()
        if altior.backup is None:
            altior.back_up()
            return
        before, issued = dict(altior.records), altior.next_id
        altior.restore()
        deeds.restored = True
        for id, record in altior.records.items():
            was = before.get(id) or altior.last[id]
            for name in NAMES:
                last = was.fields[name]
                if record.fields[name] != last:
                    deeds.edits.append(Edit(now, Side.ALTIOR, id, name, record.fields[name]))
                    deeds.give(Side.ALTIOR, id, name, record.fields[name])
            if altior.archiving and record.archived is not was.archived:
                deeds.edits.append(Edit(now, Side.ALTIOR, id, "archived", record.archived))
            here, there = _tags(was), _tags(record)
            deeds.moves.extend(
                Move(
                    Side.ALTIOR, id, one, one in there, now, self._untold(altior, id, one, gone=one in there), back=True
                )
                for one in sorted(here ^ there)
            )
        gone = before.keys() - altior.records.keys()
        altior.deleted |= gone
        # Ids to be given to others, who begin anew; those of records that had been deleted before it came back, too.
        anew = {str(number) for number in range(altior.next_id, issued)}
        deeds.edits = [e for e in deeds.edits if e.side is Side.SELLSY or e.id not in anew]
        deeds.moves = [m for m in deeds.moves if m.side is Side.SELLSY or m.id not in anew]
        for id in anew:
            deeds.born.pop((Side.ALTIOR, id), None)
            for name in (*NAMES, "archived"):
                altior.changed.pop((id, name), None)

    def merge(self, system: Simulated, one: Record, into: Record) -> None:
        before = dict(into.fields)
        system.merge(one.id, into.id)
        for name in NAMES:
            if into.fields[name] != before[name]:
                self.deeds.edits.append(Edit(self.world.clock.now(), system.side, into.id, name, into.fields[name]))
                self.deeds.give(system.side, into.id, name, into.fields[name])
        self.signal(system.side, into.id)

    # -- in the connector's screens
    def _decide(self, side: Side, one: Record) -> None:
        reference, ledger, clock = self.world.ref(side, one.id), self.world.ledger, self.world.clock
        verb = self.rng.choice(("unlink", "link", "link", "create", "leave_out", "let_in", "take_side", "undo"))
        to = ""
        if verb == "link":
            others = list(self._system(side.other).records)
            to = str(self.world.ref(side.other, self.rng.choice(others))) if others else ""
        try:
            if verb == "take_side":
                choice = self.rng.choice((Side.SELLSY, Side.ALTIOR))
                decisions.take_side(ledger, str(reference), self.rng.choice(self._names), choice, by=BY, clock=clock)
            elif verb == "undo":
                decisions.undo(ledger, str(reference), self.rng.choice(self._names), by=BY, clock=clock)
            else:
                decisions.decide(ledger, str(reference), verb, to=to, by=BY, clock=clock)
        except Final:
            return
        self.deeds.wishes.append((verb, reference))
        if to:
            self.deeds.wishes.append((verb, Reference.parse(to)))
        self.say(f"decide {verb} {side.value} {one.id} {to}")

    def signal(self, side: Side, id: str) -> None:
        """Lost, doubled, late, out of order."""
        reference, reason = self.world.ref(side, id), self.rng.choice(("webhook", "feed", "other"))
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            if late := self.rng.choice((0, 0, 0.5, 5, 30)):
                due = self.world.clock.now() + timedelta(seconds=late)
                self.world.clock.at(due, lambda: self.world.mark(reference, reason=reason))
            else:
                self.world.mark(reference, reason=reason)
