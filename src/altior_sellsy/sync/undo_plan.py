"""What one pair needs to stand as before an initialisation (rules R30). Pure: from our journal and from what both
systems show now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.port import Snapshot, Write
from altior_sellsy.ledger.model import JournalEntry, Pair, Value
from altior_sellsy.sync.engine import Binding
from altior_sellsy.sync.remember import FIRST_PAIRING
from altior_sellsy.values.reference import Reference, Side

LINKS, DEAL = "third_parties", "deal"
ADDRESSES = ("invoicing_address", "delivery_address")
NO_PROSPECT = (
    "reste Client : l'API de Sellsy ne revient pas en arrière. Dans Sellsy : Actions → Transformer la fiche client en "
    "fiche prospect (impossible si une facture ou un avoir existe)"
)
Window = tuple[datetime, datetime | None]
"""When an initialisation was approved, and when everything that it had to do was done (None: not yet)."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is not as before. `why`: French."""

    reference: Reference
    label: str
    why: str
    field_name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """`entries`: what the journal tells of its Sellsy record, newest first."""

    pair: Pair
    window: Window
    entries: Sequence[JournalEntry]


@dataclass(slots=True)
class Step:
    """What one pair needs. `writes`: side → fields and flags."""

    pair: Pair
    shown: dict[Side, Snapshot]
    window: Window
    fields: dict[Side, dict[str, Value]] = field(default_factory=lambda: {Side.SELLSY: {}, Side.ALTIOR: {}})
    archive: Side | None = None
    unstamp: bool = False
    untick: bool = False
    left: list[Left] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    @property
    def restoring(self) -> int:
        return sum(len(fields) for side, fields in self.fields.items() if side is not self.archive)

    def write(self, side: Side) -> Write | None:
        stamps = frozenset({str(self.pair.sellsy)}) if self.unstamp and side is Side.ALTIOR else frozenset()
        snapshot, archive = self.shown.get(side), self.archive is side
        if snapshot is None or not (self.fields[side] or stamps & snapshot.stamps or archive):
            return None
        return Write(snapshot, self.fields[side], unstamps=stamps, archive=archive)


def planned(binding: Binding, made: Made, found: Mapping[Reference, Snapshot], used: frozenset[Reference]) -> Step:
    """`found`: what both systems show of the pair, and of others. `used`: never archived (`InUse`)."""
    pair, window = made.pair, made.window
    shown = {side: found[pair.reference(side)] for side in Side if pair.reference(side) in found}
    if len(shown) == 2:
        shown[Side.ALTIOR] = binding.bind(pair, shown)
    step = Step(pair, shown, window)
    for missing in (side for side in Side if side not in shown):
        label = shown[missing.other].label if missing.other in shown else str(pair.reference(missing))
        step.left.append(Left(pair.reference(missing), label, f"n'est plus dans {missing.label}"))
    entries = [e for e in made.entries if e.at >= window[0]]
    ticked = any(e.action == "ticked" and e.reference == pair.sellsy and e.who == "Connecteur" for e in entries)
    entries = [e for e in entries if e.field_name and is_about(e, pair)]
    created = {"created_in_altior": Side.ALTIOR, "created_in_sellsy": Side.SELLSY}.get(pair.made_by)
    if created is not None and created in shown:
        _archive(step, created, entries, used)
    for side in Side:
        if side is not created and side in shown:
            _restore(step, side, [e for e in entries if e.side is side])
    # What a deal brought along was ticked by us (rules R28); what we made is archived as it is.
    step.untick = ticked and created is not Side.SELLSY and Side.SELLSY in shown and shown[Side.SELLSY].gate is True
    # A record that we made keeps our reference: when its source is taken again it is found by it, never doubled. One
    # that was linked by its reference bore it before.
    step.unstamp = pair.made_by not in ("created_in_altior", "stamp") and Side.ALTIOR in shown
    return step


def is_about(entry: JournalEntry, pair: Pair) -> bool:
    """Does this entry tell of both records of the pair?"""
    return {entry.reference, entry.counterpart} == {pair.sellsy, pair.altior}


def _archive(step: Step, side: Side, entries: Sequence[JournalEntry], used: frozenset[Reference]) -> None:
    snapshot, pair = step.shown[side], step.pair
    changed = [
        name
        for name, value in pair.half(side).items()
        if name in snapshot.fields
        and snapshot.fields[name] != value
        and not name.endswith("_contact")
        and name != ARCHIVED.name
    ]
    travelled = [e for e in entries if e.side is side.other and not e.cause.startswith(FIRST_PAIRING)]
    if snapshot.archived:
        return
    if changed or travelled:
        step.left.append(Left(snapshot.reference, snapshot.label, "modifiée depuis par une personne : laissée"))
    elif side is Side.SELLSY and snapshot.gate is False:
        step.left.append(Left(snapshot.reference, snapshot.label, "décochée depuis par une personne : laissée"))
    elif snapshot.reference in used:
        step.left.append(
            Left(snapshot.reference, snapshot.label, "porte des affaires, des documents ou d'autres contacts : laissée")
        )
    else:
        step.archive = side
        if snapshot.fields.get(LINKS):
            step.fields[side][LINKS] = []


def _restore(step: Step, side: Side, entries: Sequence[JournalEntry]) -> None:
    """`entries`: our writes on this side, newest first."""
    snapshot = step.shown[side]
    last: dict[str, JournalEntry] = {}
    first: dict[str, JournalEntry] = {}
    for entry in entries:
        last.setdefault(entry.field_name, entry)
        first[entry.field_name] = entry
    for name, entry in first.items():
        now = snapshot.fields.get(name)
        ours = not now or now in (last[name].after, entry.before)
        if side is Side.SELLSY and ours and _address_was_added(name, entry, snapshot):
            why = "adresse ajoutée : elle n'est plus utilisée, mais reste dans la liste des adresses de la fiche"
            step.left.append(Left(snapshot.reference, snapshot.label, why, name))
        if now == entry.before or (not now and not entry.before):
            continue
        if side is Side.SELLSY and (name, entry.before) == ("sale_type", "prospect"):
            step.left.append(Left(snapshot.reference, snapshot.label, NO_PROSPECT, name))
        elif now == last[name].after and not any(_since(step, e) for e in entries if e.field_name == name):
            step.fields[side][name] = entry.before
        else:
            step.left.append(Left(snapshot.reference, snapshot.label, "champ modifié depuis : laissé", name))


def _address_was_added(name: str, first: JournalEntry, snapshot: Snapshot) -> bool:
    """In the stead of none, or of one that serves the other pointer too."""
    others = [snapshot.fields.get(one) for one in ADDRESSES if one != name]
    return name in ADDRESSES and (not first.before or first.before in others)


def _since(step: Step, entry: JournalEntry) -> bool:
    """Did this write carry what a person has edited since, rather than what the initialisation brings together? Links,
    roles and events of deals follow what it has linked."""
    if entry.cause.startswith(FIRST_PAIRING):
        return False
    end = step.window[1]
    follows = entry.kind == DEAL or entry.field_name == LINKS or entry.field_name.endswith("_contact")
    return not follows or (end is not None and entry.at > end)


def kept(step: Step) -> Step:
    """What is restored on records that stay."""
    fields = {side: {} if side is step.archive else names for side, names in step.fields.items()}
    return replace(step, fields=fields, archive=None, unstamp=False)
