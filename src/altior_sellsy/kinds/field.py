"""A field that both sides can hold: its family, its tolerant comparison, its directions. Pure data."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Side
from altior_sellsy.values.text import arrived_text, same_text


class Family(StrEnum):
    """Who is right in a conflict goes by family, never by clocks (design 7.4, rules R5)."""

    IDENTITY = "identity"
    BILLING_ADDRESS = "billing_address"
    COORDINATES = "coordinates"
    OTHER_ADDRESS = "other_address"
    FUNCTION = "function"
    OWNER = "owner"
    NOTE = "note"
    DEAL = "deal"
    AMOUNT = "amount"
    DERIVED = "derived"
    ARCHIVING = "archiving"


class Tells(StrEnum):
    """What an equal value says of two records, where that of our lost create is looked for."""

    RECORD = "record"
    """That they are one."""
    FIRM = "firm"
    """That they are of one firm: a twin shows it, too."""
    NOTHING = "nothing"
    """Many records show it: a type, a civility, an owner."""


FAMILY_LABELS: dict[Family, str] = {
    Family.IDENTITY: "Identité légale",
    Family.BILLING_ADDRESS: "Adresse de facturation",
    Family.COORDINATES: "Coordonnées",
    Family.OTHER_ADDRESS: "Autres adresses",
    Family.FUNCTION: "Fonction",
    Family.OWNER: "Propriétaire",
    Family.NOTE: "Note",
    Family.DEAL: "Opportunité",
    Family.AMOUNT: "Montant",
    Family.DERIVED: "Champs déduits",
    Family.ARCHIVING: "Archivage",
}

DEFAULT_POLICY: dict[Family, Side] = {
    Family.IDENTITY: Side.ALTIOR,
    Family.BILLING_ADDRESS: Side.ALTIOR,
    Family.COORDINATES: Side.SELLSY,
    Family.OTHER_ADDRESS: Side.SELLSY,
    Family.FUNCTION: Side.SELLSY,
    Family.OWNER: Side.SELLSY,
    Family.NOTE: Side.SELLSY,
    Family.DEAL: Side.SELLSY,
    Family.AMOUNT: Side.SELLSY,
    Family.DERIVED: Side.SELLSY,
    Family.ARCHIVING: Side.SELLSY,
}


@dataclass(frozen=True, slots=True)
class Field:
    """`same(a, b)`: equal for people (first pairing, conflicts). `arrived(shown, sent)`: `shown` may be `sent` as a
    side rewrote it (folding, or a prefix of at least half). `fill_only`: fills a blank, never replaces a value.
    `is_set`: values are sorted lists of text, merged element by element. `ascends` / `descends`: directions
    in which the field travels at all. `prefer(sellsy, altior)`: the value that is right whoever says it, None to
    leave it to the policy. `sent_again`: where nobody knows whether our write never arrived or was taken back at its
    target at once, it never arrived: a yes or no holds nobody's words. `tells`: what it says of which record this is.
    """

    name: str
    label: str
    family: Family
    same: Callable[[Value, Value], bool] = same_text
    arrived: Callable[[Value, Value], bool] = arrived_text
    fill_only: bool = False
    is_set: bool = False
    ascends: bool = True
    descends: bool = True
    prefer: Callable[[Value, Value], Value | None] | None = None
    sent_again: bool = False
    tells: Tells = Tells.RECORD

    def travels_to(self, side: Side) -> bool:
        return self.descends if side is Side.ALTIOR else self.ascends
