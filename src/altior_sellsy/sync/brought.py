"""What the first synchronisation would bring down for the sake of a deal (rules R28): the preview says of these third
parties, beforehand, what becomes of them once they are ticked. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from altior_sellsy.ledger.model import Decision, Sighting, State
from altior_sellsy.sync.lights import Light
from altior_sellsy.sync.preview import Item, Known
from altior_sellsy.sync.sighted import make_sighting
from altior_sellsy.values.reference import Reference, Side

Wanted = Mapping[Reference, str]
"""Sellsy's third party → what asks for it, French."""
CODE = "brought"


def wanted(items: Iterable[Item]) -> Wanted:
    """By the waits of deals."""
    return {Reference.parse(item.detail): item.bring for item in items if item.bring}


def ticked(lights: Mapping[Side, Sequence[Light]], asked: Wanted) -> dict[Side, Sequence[Light]]:
    """The records as they will be once the connector has ticked them."""
    sellsy = [s.ticked() if s.reference in asked and not s.archived else s for s in lights[Side.SELLSY]]
    return {**lights, Side.SELLSY: sellsy}


def let_in(known: Known, asked: Wanted) -> Known:
    mine = {r: (*known.decisions.get(r, ()), Decision(r, "let_in", who="Connecteur")) for r in asked}
    return replace(known, decisions={**known.decisions, **mine})


def told(items: Iterable[Item], lights: Mapping[Side, Sequence[Light]], asked: Wanted) -> None:
    """Each item has its record as it was read, and says why it comes."""
    read = {s.reference: s for s in lights[Side.SELLSY] if s.reference in asked}
    for item in items:
        mine = next((s.reference for s in (item.record, item.other) if s and s.reference in read), None)
        if mine is None:
            continue
        if item.reference == mine:
            item.record = read[mine]
        else:
            item.other = read[mine]
        if item.decision == "exclude":
            continue
        item.brought = f"{asked[mine]} a atteint l'événement qui crée l'affaire"
        if read[mine].gate is not True:
            item.brought += " ; « Synchronisation Altior » passera à Oui"
        item.code, item.detail = item.code or CODE, item.detail or item.brought


def sightings(
    lights: Mapping[Side, Sequence[Light]], before: Mapping[Reference, Sighting], wanted: Iterable[Reference]
) -> dict[Reference, Sighting]:
    """Of the parents, as admission reads them: is it ticked, was it ever?"""
    asked = frozenset(wanted)
    return {
        s.reference: make_sighting(s.snapshot(), "", before.get(s.reference), State.WAITING, activated_at=None)
        for s in lights[Side.SELLSY]
        if s.reference in asked
    }
