"""What the first synchronisation would do, record by record, without writing. Pure: decides over lights.

A light is a record without its fields: admission needs type, SA, keys, dates and stamps only. A record is unpacked for
as long as it is decided, so that a hundred thousand fit in little memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import Admission, Ask, Candidate, Exclude, Link, Search, Situation, Wait
from altior_sellsy.kinds.port import RECORD, Snapshot
from altior_sellsy.ledger.model import Decision, Sighting, Tombstone
from altior_sellsy.sync.engine import Binding
from altior_sellsy.sync.lights import Light
from altior_sellsy.sync.twins import Suggestion
from altior_sellsy.values.reference import Reference, Side, Volet

UNPAIRED = "third_party_unpaired"
Difference = tuple[str, Any, Any, str]
"""Field, Sellsy's value, Altior's value, the side that is right."""


@dataclass(slots=True)
class Item:
    """`record`: the one it is about. `decision`: create (on the other side), link, exclude, ask, wait. `other`: the
    record it is linked to.
    `differences` and `held` (field → French sentence): filled for links once both sides were read."""

    record: Light
    kind: str
    volet: Volet
    decision: str = "create"
    code: str = ""
    detail: str = ""
    other: Light | None = None
    held: Mapping[str, str] | None = None
    differences: tuple[Difference, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    bring: str = ""
    """What asks for its third party, though that one is not ticked (rules R28)."""
    brought: str = ""
    """Why it comes though it would not by itself: it will be ticked."""

    @property
    def reference(self) -> Reference:
        return self.record.reference

    @property
    def label(self) -> str:
        return self.record.label

    @property
    def key(self) -> str:
        """Its match key (SIRET), if it has one."""
        return self.record.keys.get("siret", "")

    @property
    def unticked(self) -> bool:
        sides = [s for s in (self.record, self.other) if s is not None and s.reference.side is Side.SELLSY]
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


def planned(items: Iterable[Item], lights: Mapping[Side, Sequence[Light]]) -> dict[Reference, Reference]:
    """What the items make parents of: links both ways; what is still to be made has a reference that nothing bears."""
    persons = {s.reference for s in lights[Side.ALTIOR] if s.position.get("nature") == "physique"}
    parents: dict[Reference, Reference] = {}
    to_make: dict[tuple[Side, str, str], Reference] = {}
    for item in items:
        mine = item.reference
        if item.decision == "link" and item.other is not None:
            parents |= {mine: item.other.reference, item.other.reference: mine}
        elif item.decision == "create" or item.code == "same_tiers":
            thing = "tiers" if mine.side is Side.SELLSY else "individual" if mine in persons else "company"
            of = (mine.side.other, mine.owner, thing)
            parents.setdefault(mine, to_make.setdefault(of, Reference(*of, "à créer")))
    return parents


class _Index:
    """By match key, and by reference once that is asked for; a value that one record bears alone is kept without a
    list."""

    def __init__(self, lights: Sequence[Light]) -> None:
        self._lights = lights
        self._by_key: dict[str, dict[str, Light | list[Light]]] = defaultdict(dict)
        for light in lights:
            for key, value in light.keys.items():
                known = self._by_key[key].setdefault(value, light)
                if isinstance(known, list):
                    known.append(light)
                elif known is not light:
                    self._by_key[key][value] = [known, light]

    @cached_property
    def _by_reference(self) -> Mapping[Reference, Light]:
        return {light.reference: light for light in self._lights}

    def bearing(self, key: str, value: str) -> list[Light]:
        found = self._by_key[key].get(value)
        return found if isinstance(found, list) else [found] if found is not None else []

    def shared(self, key: str) -> Iterator[list[Light]]:
        """Records that bear one and the same value."""
        return (found for found in self._by_key[key].values() if isinstance(found, list))

    def named(self, text: str) -> Light | None:
        try:
            return self._by_reference.get(Reference.parse(text))
        except ValueError:
            return None


def decide(
    binding: Binding,
    lights: Mapping[Side, Sequence[Light]],
    settings: Mapping[str, Any],
    known: Known,
) -> list[Item]:
    """Ticked Sellsy records first, then unticked twins, then Altior's records; each record once per volet."""
    return _Decider(binding, lights, settings, known).run()


class _Decider:
    def __init__(
        self,
        binding: Binding,
        lights: Mapping[Side, Sequence[Light]],
        settings: Mapping[str, Any],
        known: Known,
    ) -> None:
        self.binding, self.lights, self.settings, self.known = binding, lights, settings, known
        self.index = {side: _Index(lights[side]) for side in Side}
        self.claimed: set[tuple[Reference, Volet]] = set(known.paired)
        self.explained = {str(reference) for reference, _ in known.paired}
        self.items: list[Item] = []
        self.done: set[Reference] = set()
        self.makers: dict[str, Light] = {}
        """SIRET that several bear → the Sellsy record that will make its tiers."""
        self.offered: dict[Reference, Light] = {}
        """What the record that is being decided may be linked to."""
        self.twins = self._internal_duplicates()

    def run(self) -> list[Item]:
        # What bears our reference is bound by it, whatever its SIRET: it is said before anybody looks for a twin.
        for light in self.lights[Side.ALTIOR]:
            if any(self._names_ours(stamp) for stamp in light.stamps):
                self._each_volet(light)
                self.done.add(light.reference)
        for light in sorted(self.lights[Side.SELLSY], key=lambda one: (one.gate is not True, "supplier" in one.roles)):
            self._each_volet(light)
        for light in self.lights[Side.ALTIOR]:
            if light.reference not in self.done:
                self._each_volet(light)
        # What stays out by itself and is linked by its other side is told once.
        return [i for i in self.items if i.decision != "exclude" or not self._is_claimed(i.record, i.volet)]

    def _names_ours(self, stamp: str) -> bool:
        return not self._explained(stamp) and self.index[Side.SELLSY].named(stamp) is not None

    def _names_another(self, stamp: str) -> bool:
        try:
            return Reference.parse(stamp).side is Side.SELLSY and not self._explained(stamp)
        except ValueError:
            return False

    def _each_volet(self, light: Light) -> None:
        snapshot = light.snapshot()
        for volet in self.binding.volets(snapshot):
            if not self._is_claimed(light, volet):
                self.offered.clear()
                self._note(light, volet, self._one(snapshot, volet))

    def _one(self, snapshot: Snapshot, volet: Volet) -> Admission:
        if RECORD in snapshot.problems:
            return Ask("unreadable", snapshot.reference.side.label)
        admission = self._admit(snapshot, volet)
        if isinstance(admission, Exclude) and admission.code == "not_ticked":
            return self._unticked_twin(snapshot, volet) or admission
        return admission

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
                twins = [one.snapshot() for one in alike if one.reference != snapshot.reference]
                situation = replace(situation, twins=twins)
            elif admission.key == "stamp":
                found = index.named(admission.value)
                taken = found is not None and self._is_claimed(found, volet)
                adopted = self._offer(found) if found else None
                situation = replace(situation, adopted=adopted, adopted_paired=taken, stamp_searched=True)
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
            one
            for one in self.index[Side.ALTIOR].bearing("siret", siret)
            if not one.archived and not self._is_claimed(one, volet)
        ]
        alike = [
            one
            for one in self.index[Side.SELLSY].bearing("siret", siret)
            if not one.archived and volet in self.binding.volets(one.snapshot())
        ]
        if len(hits) != 1 or len(alike) != 1:
            return None
        return Link(self._offer(hits[0]), "siret")

    def _note(self, light: Light, volet: Volet, admission: Admission) -> None:
        item = Item(light, self.binding.kind.name, volet)
        if light.problems and RECORD not in light.problems:
            # What is missing because its third party has no counterpart yet is there once this very plan has made it.
            known = {name: problem for name, problem in light.problems.items() if problem.code != UNPAIRED}
            item.held = {name: problem.sentence for name, problem in known.items()}
        if isinstance(admission, Link):
            other = self.offered[admission.other.reference]
            self.claimed |= {(light.reference, volet), (other.reference, volet)}
            item.decision, item.code, item.other = "link", admission.made_by, other
        elif isinstance(admission, Exclude):
            item.decision, item.code, item.detail = "exclude", admission.code, admission.detail
        elif isinstance(admission, Ask):
            item.decision, item.code, item.detail = "ask", admission.code, admission.detail
        elif isinstance(admission, Wait):
            item.decision, item.code, item.detail = "wait", admission.code, str(admission.reference)
            item.bring = admission.bring
        elif light.reference.side is Side.SELLSY and len(self.index[Side.SELLSY].bearing("siret", item.key)) > 1:
            maker = self.makers.setdefault(item.key, light)
            if maker is not light and self.settings["tiers"].get("siret") is not True:
                item.decision, item.code, item.detail = "ask", "siret_exists", f"« {maker.label} »"
            elif maker is not light:
                item.decision, item.code, item.detail = "wait", "same_tiers", f"« {maker.label} »"
        self.items.append(item)

    def _internal_duplicates(self) -> dict[tuple[Reference, Volet], list[Light]]:
        """R12: records of one side that share a SIRET in one volet; all are left out until one is chosen."""
        groups: dict[tuple[Side, Volet, str], list[Light]] = defaultdict(list)
        for side in Side:
            for light in (one for alike in self.index[side].shared("siret") for one in alike):
                if light.archived or (side is Side.SELLSY and light.gate is not True):
                    continue
                for volet in self.binding.volets(light.snapshot()):
                    if not self._is_claimed(light, volet):
                        groups[side, volet, light.keys["siret"]].append(light)
        found = {}
        for (_, volet, _), members in groups.items():
            if len(members) > 1:
                for member in members:
                    found[member.reference, volet] = [m for m in members if m is not member]
        return found

    def _candidates(self, hits: Sequence[Light], volet: Volet) -> tuple[Candidate, ...]:
        """`claimed`: it bears the reference of another record (of another account, or gone)."""
        return tuple(
            Candidate(
                self._offer(hit), self._is_claimed(hit, volet), any(self._names_another(stamp) for stamp in hit.stamps)
            )
            for hit in hits
        )

    def _offer(self, light: Light) -> Snapshot:
        self.offered[light.reference] = light
        return light.snapshot()

    def _is_claimed(self, record: Light, volet: Volet) -> bool:
        return (record.reference, volet) in self.claimed

    def _explained(self, stamp: str) -> bool:
        return stamp in self.explained

    def _decided(self, snapshot: Snapshot, *verbs: str) -> bool:
        return any(d.verb in verbs for d in self.known.decisions.get(snapshot.reference, ()))
