"""Writing a third party's addresses in Sellsy: calls of their own, after the record. Thin."""

from collections.abc import Sequence
from dataclasses import replace

from altior_sellsy.errors import ConnectorError, Invalid
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.port import Problem, Snapshot, Written
from altior_sellsy.kinds.sellsy_parts import refusal
from altior_sellsy.kinds.third_party.addresses import SET, AddressChange
from altior_sellsy.kinds.third_party.sellsy_calls import ThirdCalls
from altior_sellsy.kinds.third_party.sellsy_reading import read_address
from altior_sellsy.kinds.third_party.sellsy_writing import FLAGS, address_body
from altior_sellsy.ledger.model import Value


def place(calls: ThirdCalls, snapshot: Snapshot, changes: Sequence[AddressChange]) -> Written:
    """Writes the addresses one by one; the snapshot follows what Sellsy shows."""
    reference = snapshot.reference
    shown: dict[str, Value] = {}
    refused: dict[str, Problem] = {}
    bound = dict(snapshot.bindings.get(SET, {}))
    failed: Exception | None = None
    for change in changes:
        body, problem = address_body(change)
        if problem is not None:
            refused |= dict.fromkeys(change.slots, problem)
            continue
        try:
            answer = calls.address(reference.thing, reference.id, change, body)
        except Invalid as error:
            said = "; ".join(error.fields.values()) or str(error)
            refused |= dict.fromkeys(change.slots, refusal(said))
            continue
        except ConnectorError as error:
            failed = error
            break
        for slot in change.slots:
            if getattr(answer, FLAGS[slot]) is (change.value is not None):
                shown[slot] = read_address(answer) if change.value else None
                bound.pop(slot, None)
                bound |= {slot: answer.id} if change.value else {}
    placed = hashed(replace(snapshot, fields={**snapshot.fields, **shown}, bindings={SET: bound}))
    return Written(snapshot=placed, shown=shown, refused=refused, error=failed, bindings=placed.bindings)
