"""The two address pointers of a third party, and which address each write touches. Pure, the same for both sides.

One address may serve as invoicing and delivery address. Changing one pointer must then not change the other: the
changed one gets an address of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from altior_sellsy.kinds.third_party.record import ADDRESSES
from altior_sellsy.ledger.model import Fields
from altior_sellsy.values.address import Address

SET = "addresses"
"""Name of the bindings: pointer → id of the address on that side."""


@dataclass(frozen=True, slots=True)
class AddressChange:
    """`slots`: the pointers this change is about. `id`: the address to change in place, None to add one. `value`: None
    empties the pointers. `serves`: the pointer for which that address must be kept, when it is shared. `shared`: the
    address that these pointers leave behind, when a new one is added in its stead."""

    slots: tuple[str, ...]
    id: str | None
    value: Address | None
    serves: str = ""
    shared: str = ""


def address_changes(fields: Fields, bound: Mapping[str, str], shown: Fields | None = None) -> list[AddressChange]:
    """What to do about the pointers among `fields`, given the addresses they are bound to. `shown`: their values now:
    a pointer that shall show what the other one shows is set on that one's address."""
    wanted = {slot: _address(fields[slot]) for slot in ADDRESSES if slot in fields}
    ids = {slot: bound.get(slot) for slot in ADDRESSES}
    invoicing, delivery = ids.values()
    if len(wanted) == 2 and invoicing == delivery and len({_key(value) for value in wanted.values()}) == 1:
        value = next(iter(wanted.values()))
        return [] if value is None and invoicing is None else [AddressChange(tuple(wanted), invoicing, value)]
    changes = []
    taken = False
    for slot, value in wanted.items():
        other = next(name for name in ADDRESSES if name != slot)
        shared = ids[slot] is not None and ids[slot] == ids[other] and not taken
        if value is None:
            if ids[slot] is not None:
                changes.append(AddressChange((slot,), ids[slot], None, serves=other if shared else ""))
        elif shared:
            changes.append(AddressChange((slot,), None, value, shared=ids[slot] or ""))
        elif shown and other not in wanted and ids[other] is not None and value == shown.get(other):
            changes.append(AddressChange((slot,), ids[other], value))
        else:
            changes.append(AddressChange((slot,), ids[slot], value))
        taken = taken or shared
    return changes


def _address(value: object) -> Address | None:
    return value if isinstance(value, dict) else None


def _key(value: Address | None) -> tuple[tuple[str, str | None], ...] | None:
    return tuple(sorted(value.items())) if value else None
