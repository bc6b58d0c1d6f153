"""What the connector can have known when people acted. The judge forgives what it did to a person's gesture only where
nobody could have told: by the instants of her gesture, of our readings and of our writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from altior_sellsy.ledger.model import Value

Gate = bool | None
Birth = tuple[datetime, str]
"""The second in which a record was made, and its SIRET."""


class Gates:
    """Of one kind of Sellsy's records. `excused`: last set by people in a moment when it could not be told."""

    def __init__(self) -> None:
        self.excused: set[str] = set()
        self.ever_on: set[str] = set()
        """Remembered at Oui at any time, linked or not."""
        self._made: dict[str, datetime] = {}
        """By the connector, and when: the answer of a create does not show SA."""
        self._announced: set[Birth] = set()
        """Creates of the connector, whether they arrived or not."""
        self._born: dict[str, Birth] = {}
        """Of records that people made."""
        self._set: dict[str, datetime] = {}
        """By people, when last."""
        self._known: dict[str, Gate] = {}
        """As the connector last remembered it."""
        self._seen_on: set[str] = set()
        self.read_at: dict[str, datetime] = {}
        """When SA itself was last read: the answer of another write does not show it."""
        self._read: dict[str, Gate] = {}
        """Since its last commit: a process that dies, or loses its turn, forgets it."""

    def made(self, id: str, at: datetime) -> None:
        self._made[id] = at

    def set_by_person(self, id: str, gate: Gate, at: datetime) -> None:
        """It cannot be told from the state that a new record has by itself, nor from what stood there before."""
        self._set[id] = at
        self.excused.discard(id)
        new = id in self._made or self._like_ours(id)
        if new and id not in self._seen_on and self._known.get(id, gate) is gate:
            self.excused.add(id)

    def announced(self, second: datetime, siret: str) -> None:
        self._announced.add((second, siret))

    def born(self, id: str, second: datetime, siret: str) -> None:
        self._born[id] = second, siret

    def _like_ours(self, id: str) -> bool:
        """Made by a person in the very second, and with the SIRET, of a create whose answer was lost: for all that
        anybody can tell it is what that create made, renamed since."""
        return self._born.get(id) in self._announced

    def read(self, id: str, gate: Gate, at: datetime) -> None:
        self._read[id], self.read_at[id] = gate, at

    def written(self, id: str, at: datetime) -> None:
        """SA was written over what a person had set between our reading and our write."""
        since = self.read_at.get(id, self._made.get(id, at))
        if id in self._set and since <= self._set[id] <= at:
            self.excused.add(id)
        if id not in self._set and id not in self._seen_on and self._like_ours(id):
            self.excused.add(id)

    def committed(self, ids: Collection[str]) -> None:
        """Of these records' pairs what was read is remembered."""
        for id in self._read.keys() & ids:
            self._known[id] = self._read.pop(id)
            if self._known[id] is True:
                self._seen_on.add(id)

    def forgotten(self) -> None:
        self._read.clear()


@dataclass(frozen=True)
class Doubt:
    field: str
    value: Value
    at: datetime


class Doubts:
    """Writes of one side of which the connector has not remembered that they arrived: from the moment they take effect
    until what their answer or a later reading shows is committed."""

    def __init__(self) -> None:
        self._open: dict[str, list[Doubt]] = defaultdict(list)
        self._learnt: dict[str, datetime] = {}
        self.shown: dict[str, list[datetime]] = defaultdict(list)
        """Each reading of a record: as of when."""

    def written(self, id: str, fields: Mapping[str, Value], at: datetime) -> None:
        self._open[id] += [Doubt(name, value, at) for name, value in fields.items()]

    def of(self, id: str, field: str) -> list[Value]:
        """What was sent there and may, for all the connector knows, never have arrived."""
        return [doubt.value for doubt in self._open.get(id, ()) if doubt.field == field]

    def learnt(self, ids: Iterable[str], at: datetime) -> None:
        """What they showed at that instant."""
        for id in ids:
            self.shown[id].append(at)
            if id in self._open:
                self._learnt[id] = at

    def committed(self, ids: Collection[str]) -> None:
        for id in self._learnt.keys() & ids:
            at = self._learnt.pop(id)
            self._open[id] = [doubt for doubt in self._open[id] if doubt.at > at]

    def forgotten(self) -> None:
        self._learnt.clear()
