"""A kind of synchronised thing, as data."""

from dataclasses import dataclass

from altior_sellsy.kinds.field import Field
from altior_sellsy.values.reference import Side


@dataclass(frozen=True, slots=True)
class Kind:
    """`name`: third_party, contact, deal. `label`/`plural`: French, as people read it. `scanned_in_part`: sides whose
    scan shows only a part of what is known: what it leaves out is no sign of a loss. `gated`: its records have
    «Synchronisation Altior» (an opportunity has none: event 1 is its gate)."""

    name: str
    label: str
    plural: str
    fields: tuple[Field, ...]
    scanned_in_part: frozenset[Side] = frozenset()
    gated: bool = True

    def field(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def bears_siret(self) -> bool:
        return any(field.name == "siret" for field in self.fields)
