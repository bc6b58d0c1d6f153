"""A kind of synchronised thing, as data."""

from dataclasses import dataclass

from altior_sellsy.kinds.field import Field


@dataclass(frozen=True, slots=True)
class Kind:
    """`name`: third_party, contact, deal. `label`/`plural`: French, as people read it."""

    name: str
    label: str
    plural: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
