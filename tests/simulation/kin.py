"""Which records were ever one and the same, as the journal tells people: values may have travelled between them."""

from collections import defaultdict
from collections.abc import Iterable

from altior_sellsy.ledger.model import JournalEntry
from altior_sellsy.values.reference import Reference


class Kin:
    def __init__(self, journal: Iterable[JournalEntry]) -> None:
        self._next: dict[Reference, set[Reference]] = defaultdict(set)
        self._all: dict[Reference, frozenset[Reference]] = {}
        self.known: set[Reference] = set()
        """Made by the connector, out of what the journal says."""
        for entry in journal:
            if entry.action in ("created", "adopted") and entry.reference is not None:
                self.known.add(entry.reference)
            if entry.reference is not None and entry.counterpart is not None:
                self._next[entry.reference].add(entry.counterpart)
                self._next[entry.counterpart].add(entry.reference)

    def of(self, reference: Reference) -> frozenset[Reference]:
        """What it was ever linked to, itself."""
        return frozenset(self._next.get(reference, ()))

    def all(self, reference: Reference) -> frozenset[Reference]:
        """It, what it was ever linked to, what those were ever linked to, and so on."""
        if reference not in self._all:
            found, more = {reference}, [reference]
            while more:
                new = self._next.get(more.pop(), set()) - found
                found |= new
                more.extend(new)
            whole = frozenset(found)
            self._all.update(dict.fromkeys(whole, whole))
        return self._all[reference]
