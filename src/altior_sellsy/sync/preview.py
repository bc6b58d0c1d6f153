"""What the first synchronisation would do, record by record, without writing. Pure: decides over light snapshots.

A light snapshot is a snapshot without its fields: admission needs type, SA, keys, dates and stamps only, so that a
hundred thousand records fit in little memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from altior_sellsy.kinds.admission import Admission, Ask, Candidate, Exclude, Link, Search, Situation, Wait
from altior_sellsy.kinds.port import RECORD, Snapshot
from altior_sellsy.ledger.model import Decision, Sighting, Tombstone
from altior_sellsy.sync.engine import Binding
from altior_sellsy.sync.twins import Suggestion
from altior_sellsy.values.reference import Reference, Side, Volet

UNPAIRED = "third_party_unpaired"
Difference = tuple[str, Any, Any, str]
"""Field, Sellsy's value, Altior's value, the side that is right."""


@dataclass(slots=True)
class Item:
    """`decision`: create (on the other side), link, exclude, ask, wait. `other`: the record it is linked to.
    `differences` and `held` (field → French sentence): filled for links once both sides were read."""

    snapshot: Snapshot
    kind: str
    volet: Volet
    decision: str = "create"
    code: str = ""
    detail: str = ""
    other: Snapshot | None = None
    held: Mapping[str, str] | None = None
    differences: tuple[Difference, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    bring: str = ""
    """What asks for its third party, though that one is not ticked (rules R28)."""
    brought: str = ""
    """Why it comes though it would not by itself: it will be ticked."""

    @property
    def reference(self) -> Reference:
        return self.snapshot.reference

    @property
    def label(self) -> str:
        return self.snapshot.label

    @property
    def key(self) -> str:
        """Its match key (SIRET), if it has one."""
        return self.snapshot.keys.get("siret", "")

    @property
    def unticked(self) -> bool:
        sides = [s for s in (self.snapshot, self.other) if s is not None and s.reference.side is Side.SELLSY]
        return any(s.gate is not True for s in sides)

    @property
    def frozen(self) -> bool:
        """Linked without a write: «Synchronisation Altior» is not at Oui."""
        return self.decision == "link" and not self.brought and self.unticked


@dataclass(slots=True)
class Preview:
    """`started`: start of the reads: the activation instant once approved (design 7.3). `seconds`: what they took."""

    started: datetime
    items: list[Item] = field(default_factory=list)
    totals: dict[Side, int] = field(default_factory=lambda: {Side.SELLSY: 0, Side.ALTIOR: 0})
    ticked: int = 0
    paired: int = 0
    """Pairs that exist already: not part of the plan."""
    seconds: float = 0

    def counts(self) -> Counter[tuple[str, str, str]]:
        """(decision, side of the record, code) → number."""
        return Counter(
            (i.decision, i.reference.side.value, i.code or ("frozen" if i.frozen else "")) for i in self.items
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger already holds: pairs' references, tombstones and people's decisions."""

    paired: frozenset[tuple[Reference, Volet]] = frozenset()
    tombstones: Mapping[Reference, Sequence[Tombstone]] = field(default_factory=dict)
    decisions: Mapping[Reference, Sequence[Decision]] = field(default_factory=dict)
    parents: Mapping[Reference, Reference] = field(default_factory=dict)
    """Records of the kinds before this one that are paired, or will be by this very plan → their other side."""
    parent_sightings: Mapping[Reference, Sighting] = field(default_factory=dict)


def planned(items: Iterable[Item], lights: Mapping[Side, Sequence[Snapshot]]) -> dict[Reference, Reference]:
    """What the items make parents of: links both ways; what is still to be made has a reference that nothing bears."""
    persons = {s.reference for s in lights[Side.ALTIOR] if s.position.get("nature") == "physique"}
    parents: dict[Reference, Reference] = {}
    for item in items:
        mine = item.reference
        if item.decision == "link" and item.other is not None:
            parents |= {mine: item.other.reference, item.other.reference: mine}
        elif item.decision == "create" or item.code == "same_tiers":
            thing = "tiers" if mine.side is Side.SELLSY else "individual" if mine in persons else "company"
            parents.setdefault(mine, Reference(mine.side.other, mine.owner, thing, "à créer"))
    return parents


class _Index:
    """By reference, and by match key; a value that one record bears alone is kept without a list."""

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        self._by_key: dict[str, dict[str, Snapshot | list[Snapshot]]] = defaultdict(dict)
        self._by_reference: dict[Reference, Snapshot] = {}
        for snapshot in snapshots:
            self._by_reference[snapshot.reference] = snapshot
            for key, value in snapshot.keys.items():
                known = self._by_key[key].setdefault(value, snapshot)
                if isinstance(known, list):
                    known.append(snapshot)
                elif known is not snapshot:
                    self._by_key[key][value] = [known, snapshot]

    def bearing(self, key: str, value: str) -> list[Snapshot]:
        found = self._by_key[key].get(value)
        return found if isinstance(found, list) else [found] if found is not None else []

    def named(self, text: str) -> Snapshot | None:
        try:
            return self._by_reference.get(Reference.parse(text))
        except ValueError:
            return None


def decide(
    binding: Binding,
    lights: Mapping[Side, Sequence[Snapshot]],
    settings: Mapping[str, Any],
    known: Known,
) -> list[Item]:
    """Ticked Sellsy records first, then unticked twins, then Altior's records; each record once per volet."""
    return _Decider(binding, lights, settings, known).run()


class _Decider:
    def __init__(
        self,
        binding: Binding,
        lights: Mapping[Side, Sequence[Snapshot]],
        settings: Mapping[str, Any],
        known: Known,
    ) -> None:
        self.binding, self.lights, self.settings, self.known = binding, lights, settings, known
        self.index = {side: _Index(lights[side]) for side in Side}
        self.claimed: set[tuple[Reference, Volet]] = set(known.paired)
        self.explained = {str(reference) for reference, _ in known.paired}
        self.items: list[Item] = []
        self.done: set[Reference] = set()
        self.makers: dict[str, Snapshot] = {}
        """SIRET → the Sellsy record that will make its tiers."""
        self.twins = self._internal_duplicates()

    def run(self) -> list[Item]:
        # What bears our reference is bound by it, whatever its SIRET: it is said before anybody looks for a twin.
        for snapshot in self.lights[Side.ALTIOR]:
            if any(self._names_ours(stamp) for stamp in snapshot.stamps):
                self._each_volet(snapshot)
                self.done.add(snapshot.reference)
        for snapshot in sorted(self.lights[Side.SELLSY], key=lambda s: (s.gate is not True, "supplier" in s.roles)):
            self._each_volet(snapshot)
        for snapshot in self.lights[Side.ALTIOR]:
            if snapshot.reference not in self.done:
                self._each_volet(snapshot)
        # What stays out by itself and is linked by its other side is told once.
        return [i for i in self.items if i.decision != "exclude" or not self._is_claimed(i.snapshot, i.volet)]

    def _names_ours(self, stamp: str) -> bool:
        return not self._explained(stamp) and self.index[Side.SELLSY].named(stamp) is not None

    def _names_another(self, stamp: str) -> bool:
        try:
            return Reference.parse(stamp).side is Side.SELLSY and not self._explained(stamp)
        except ValueError:
            return False

    def _each_volet(self, snapshot: Snapshot) -> None:
        for volet in self.binding.volets(snapshot):
            if not self._is_claimed(snapshot, volet):
                self._one(snapshot, volet)

    def _one(self, snapshot: Snapshot, volet: Volet) -> None:
        if RECORD in snapshot.problems:
            self._note(snapshot, volet, Ask("unreadable", snapshot.reference.side.label))
            return
        admission = self._admit(snapshot, volet)
        if isinstance(admission, Exclude) and admission.code == "not_ticked":
            admission = self._unticked_twin(snapshot, volet) or admission
        self._note(snapshot, volet, admission)

    def _admit(self, snapshot: Snapshot, volet: Volet) -> Admission:
        others = self.twins.get((snapshot.reference, volet))
        if others and not self._decided(snapshot, "create", "link"):
            return Exclude("duplicate", ", ".join(f"« {o.label} »" for o in others))
        situation = Situation(
            settings=self.settings,
            # Everything existing counts as «before»: only what the request takes is in scope.
            activated_at=snapshot.at,
            tombstones=self.known.tombstones.get(snapshot.reference, ()),
            decisions=self.known.decisions.get(snapshot.reference, ()),
            known_stamps=frozenset(s for s in snapshot.stamps if self._explained(s)),
            parents={p: self.known.parents[p] for p in snapshot.parents if p in self.known.parents},
            parent_sightings=self.known.parent_sightings,
        )
        admission = self.binding.admit(snapshot, volet, situation)
        while isinstance(admission, Search):
            index = self.index[snapshot.reference.side.other]
            if admission.own:
                alike = self.index[snapshot.reference.side].bearing(admission.key, admission.value)
                situation = replace(situation, twins=[s for s in alike if s is not snapshot])
            elif admission.key == "stamp":
                found = index.named(admission.value)
                taken = found is not None and self._is_claimed(found, volet)
                situation = replace(situation, adopted=found, adopted_paired=taken, stamp_searched=True)
            elif admission.key == "reference":
                found = index.named(admission.value)
                situation = replace(situation, candidates=self._candidates([found] if found else [], volet))
            else:
                hits = index.bearing(admission.key, admission.value)
                situation = replace(situation, candidates=self._candidates(hits, volet))
            admission = self.binding.admit(snapshot, volet, situation)
        return admission

    def _unticked_twin(self, snapshot: Snapshot, volet: Volet) -> Link | None:
        """Design 7.2: an unticked company whose SIRET matches one free tiers is linked, figée, without a write."""
        siret = snapshot.keys.get("siret")
        if not siret or snapshot.archived or self.settings["tiers"].get("siret") is not True:
            return None
        hits = [
            s
            for s in self.index[Side.ALTIOR].bearing("siret", siret)
            if not s.archived and not self._is_claimed(s, volet)
        ]
        alike = [
            s
            for s in self.index[Side.SELLSY].bearing("siret", siret)
            if volet in self.binding.volets(s) and not s.archived
        ]
        if len(hits) != 1 or len(alike) != 1:
            return None
        return Link(hits[0], "siret")

    def _note(self, snapshot: Snapshot, volet: Volet, admission: Admission) -> None:
        item = Item(snapshot, self.binding.kind.name, volet)
        if snapshot.problems and RECORD not in snapshot.problems:
            # What is missing because its third party has no counterpart yet is there once this very plan has made it.
            known = {name: problem for name, problem in snapshot.problems.items() if problem.code != UNPAIRED}
            item.held = {name: problem.sentence for name, problem in known.items()}
        if isinstance(admission, Link):
            self.claimed |= {(snapshot.reference, volet), (admission.other.reference, volet)}
            item.decision, item.code, item.other = "link", admission.made_by, admission.other
        elif isinstance(admission, Exclude):
            item.decision, item.code, item.detail = "exclude", admission.code, admission.detail
        elif isinstance(admission, Ask):
            item.decision, item.code, item.detail = "ask", admission.code, admission.detail
        elif isinstance(admission, Wait):
            item.decision, item.code, item.detail = "wait", admission.code, str(admission.reference)
            item.bring = admission.bring
        elif snapshot.reference.side is Side.SELLSY and item.key:
            maker = self.makers.setdefault(item.key, snapshot)
            if maker is not snapshot and self.settings["tiers"].get("siret") is not True:
                item.decision, item.code, item.detail = "ask", "siret_exists", f"« {maker.label} »"
            elif maker is not snapshot:
                item.decision, item.code, item.detail = "wait", "same_tiers", f"« {maker.label} »"
        self.items.append(item)

    def _internal_duplicates(self) -> dict[tuple[Reference, Volet], list[Snapshot]]:
        """R12: records of one side that share a SIRET in one volet; all are left out until one is chosen."""
        groups: dict[tuple[Side, Volet, str], list[Snapshot]] = defaultdict(list)
        for side in Side:
            for snapshot in self.lights[side]:
                siret = snapshot.keys.get("siret")
                if not siret or snapshot.archived or (side is Side.SELLSY and snapshot.gate is not True):
                    continue
                for volet in self.binding.volets(snapshot):
                    if not self._is_claimed(snapshot, volet):
                        groups[side, volet, siret].append(snapshot)
        found = {}
        for (_, volet, _), members in groups.items():
            if len(members) > 1:
                for member in members:
                    found[member.reference, volet] = [m for m in members if m is not member]
        return found

    def _candidates(self, hits: Sequence[Snapshot], volet: Volet) -> tuple[Candidate, ...]:
        """`claimed`: it bears the reference of another record (of another account, or gone)."""
        return tuple(
            Candidate(h, self._is_claimed(h, volet), any(self._names_another(stamp) for stamp in h.stamps))
            for h in hits
        )

    def _is_claimed(self, snapshot: Snapshot, volet: Volet) -> bool:
        return (snapshot.reference, volet) in self.claimed

    def _explained(self, stamp: str) -> bool:
        return stamp in self.explained

    def _decided(self, snapshot: Snapshot, *verbs: str) -> bool:
        return any(d.verb in verbs for d in self.known.decisions.get(snapshot.reference, ()))
