"""References: the only key of a thing, everywhere (design, section 2)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Side(StrEnum):
    SELLSY = "sellsy"
    ALTIOR = "altior"

    @property
    def other(self) -> "Side":
        return Side.ALTIOR if self is Side.SELLSY else Side.SELLSY

    @property
    def label(self) -> str:
        return "Sellsy" if self is Side.SELLSY else "Altior"


SIDES = (Side.SELLSY, Side.ALTIOR)
"""As `Side` itself, for what runs once per field of each record."""


class Volet(StrEnum):
    """Which half of an Altior tiers a pair covers: Sellsy needs two records for a client that is also a supplier."""

    VENTE = "vente"
    ACHAT = "achat"
    NONE = ""


THINGS: dict[Side, frozenset[str]] = {
    Side.SELLSY: frozenset({"company", "individual", "contact", "opportunity"}),
    Side.ALTIOR: frozenset({"tiers", "contact", "affaire"}),
}


_SIXTY_BITS = (1 << 60) - 1


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """`sellsy:<account>:<thing>:<id>` or `altior:<environment>:<thing>:<id>`. Ids from outside are opaque text."""

    side: Side
    owner: str
    thing: str
    id: str
    _hash: int = field(init=False, repr=False, compare=False)
    """The key of every table in memory: hashed once, in 60 bits, since an int of more weighs half as much again."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.side, self.owner, self.thing, self.id)) & _SIXTY_BITS)
        if self.thing not in THINGS[self.side]:
            raise ValueError(f"{self.side} has no {self.thing!r}")
        if not self.owner or ":" in self.owner or not self.id:
            raise ValueError(f"bad reference parts: {self.owner!r} {self.id!r}")

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Self], tuple[Side, str, str, str]]:
        """Another process hashes text otherwise."""
        return type(self), (self.side, self.owner, self.thing, self.id)

    def __str__(self) -> str:
        return f"{self.side}:{self.owner}:{self.thing}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when the text is not a reference."""
        parts = text.split(":", 3)
        if len(parts) != 4:
            raise ValueError(f"not a reference: {text!r}")
        return cls(Side(parts[0]), parts[1], parts[2], parts[3])


def of_sellsy(text: str) -> Reference | None:
    """The Sellsy record that an external reference names; None when it is another system's."""
    try:
        reference = Reference.parse(text)
    except ValueError:
        return None
    return reference if reference.side is Side.SELLSY else None
