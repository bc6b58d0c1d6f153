"""References: the only key of a thing, everywhere (design, section 2)."""

from dataclasses import field
from enum import StrEnum
from typing import Self

from altior_sellsy.frozen import dataclass


class Side(StrEnum):
    SELLSY = "sellsy"
    ALTIOR = "altior"

    # A text's own: that of enumerations is computed in Python, by name, and is not that of an equal text.
    __hash__ = str.__hash__

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

    __hash__ = str.__hash__


THINGS: dict[Side, frozenset[str]] = {
    Side.SELLSY: frozenset({"company", "individual", "contact", "opportunity"}),
    Side.ALTIOR: frozenset({"tiers", "contact", "affaire"}),
}


_SIXTY_BITS = (1 << 60) - 1
_SELLSY = Side.SELLSY
_SIDE_OF = {side.value: side for side in Side}
_SELLSY_THINGS, _ALTIOR_THINGS = THINGS[Side.SELLSY], THINGS[Side.ALTIOR]


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
        # Some ten of them are made for each record of a pass: enumerations are never hashed here.
        sellsy = self.side is _SELLSY
        object.__setattr__(self, "_hash", hash((sellsy, self.owner, self.thing, self.id)) & _SIXTY_BITS)
        if self.thing not in (_SELLSY_THINGS if sellsy else _ALTIOR_THINGS):
            raise ValueError(f"{self.side} has no {self.thing!r}")
        if not self.owner or ":" in self.owner or not self.id:
            raise ValueError(f"bad reference parts: {self.owner!r} {self.id!r}")

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Self], tuple[Side, str, str, str]]:
        """Another process hashes text otherwise."""
        return type(self), (self.side, self.owner, self.thing, self.id)

    def __str__(self) -> str:
        return f"{self.side._value_}:{self.owner}:{self.thing}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when the text is not a reference."""
        parts = text.split(":", 3)
        if len(parts) != 4 or parts[0] not in _SIDE_OF:
            raise ValueError(f"not a reference: {text!r}")
        return cls(_SIDE_OF[parts[0]], parts[1], parts[2], parts[3])


def of_sellsy(text: str) -> Reference | None:
    """The Sellsy record that an external reference names; None when it is another system's."""
    try:
        reference = Reference.parse(text)
    except ValueError:
        return None
    return reference if reference.side is Side.SELLSY else None
