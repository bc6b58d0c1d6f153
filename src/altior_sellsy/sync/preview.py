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
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Tombstone
from altior_sellsy.sync.engine import Binding
from altior_sellsy.values.reference import Reference, Side, Volet


@dataclass(frozen=True, slots=True)
class Item:
    """`decision`: create (on the other side), link, exclude, ask, wait. `other`: the record it is linked to.
    `differences`: [field, Sellsy's value, Altior's value, which side is right], filled for links."""

    reference: Reference
    kind: str
    label: str
    volet: Volet
    decision: str
    code: str = ""
    detail: str = ""
    key: str = ""
    """Its match key (SIRET), if it has one."""
    other: Reference | None = None
    frozen: bool = False
    held: tuple[str, ...] = ()
    differences: tuple[tuple[str, Any, Any, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": str(self.reference),
            "kind": self.kind,
            "label": self.label,
            "volet": self.volet.value,
            "decision": self.decision,
            "code": self.code,
            "detail": self.detail,
            "other": str(self.other) if self.other else None,
            "frozen": self.frozen,
            "held": list(self.held),
            "differences": [list(d) for d in self.differences],
        }


@dataclass(slots=True)
class Preview:
    """`started`: start of the reads: the activation instant once approved (design 7.3)."""

    started: datetime
    items: list[Item] = field(default_factory=list)
    totals: dict[Side, int] = field(default_factory=lambda: {Side.SELLSY: 0, Side.ALTIOR: 0})
    ticked: int = 0

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


def planned(items: Iterable[Item], lights: Mapping[Side, Sequence[Snapshot]]) -> dict[Reference, Reference]:
    """What the items make parents of: links both ways; what is still to be made has a reference that nothing bears."""
    persons = {s.reference for s in lights[Side.ALTIOR] if s.position.get("nature") == "physique"}
    parents: dict[Reference, Reference] = {}
    for item in items:
        mine = item.reference
        if item.decision == "link" and item.other is not None:
            parents |= {mine: item.other, item.other: mine}
        elif item.decision == "create" or item.code == "same_tiers":
            thing = "tiers" if mine.side is Side.SELLSY else "individual" if mine in persons else "company"
            parents.setdefault(mine, Reference(mine.side.other, mine.owner, thing, "à créer"))
    return parents


class _Index:
    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        self.by_key: dict[tuple[str, str], list[Snapshot]] = defaultdict(list)
        self.by_reference: dict[str, Snapshot] = {}
        for snapshot in snapshots:
            self.by_reference[str(snapshot.reference)] = snapshot
            for key, value in snapshot.keys.items():
                self.by_key[key, value].append(snapshot)


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
        self.makers: dict[str, Snapshot] = {}
        """SIRET → the Sellsy record that will make its tiers."""
        self.twins = self._internal_duplicates()

    def run(self) -> list[Item]:
        sellsy = sorted(self.lights[Side.SELLSY], key=lambda s: (s.gate is not True, "supplier" in s.roles))
        for snapshot in sellsy:
            for volet in self.binding.volets(snapshot):
                if not self._is_claimed(snapshot, volet):
                    self._one(snapshot, volet)
        for snapshot in self.lights[Side.ALTIOR]:
            for volet in self.binding.volets(snapshot):
                if not self._is_claimed(snapshot, volet):
                    self._one(snapshot, volet)
        return self.items

    def _one(self, snapshot: Snapshot, volet: Volet) -> None:
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
        )
        admission = self.binding.admit(snapshot, volet, situation)
        while isinstance(admission, Search):
            index = self.index[snapshot.reference.side.other]
            if admission.own:
                alike = self.index[snapshot.reference.side].by_key.get((admission.key, admission.value), [])
                situation = replace(situation, twins=[s for s in alike if s is not snapshot])
            elif admission.key == "stamp":
                found = index.by_reference.get(admission.value)
                situation = replace(situation, adopted=found, stamp_searched=True)
            elif admission.key == "reference":
                found = index.by_reference.get(admission.value)
                situation = replace(situation, candidates=self._candidates([found] if found else [], volet))
            else:
                hits = index.by_key.get((admission.key, admission.value), [])
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
            for s in self.index[Side.ALTIOR].by_key.get(("siret", siret), [])
            if not s.archived and not self._is_claimed(s, volet)
        ]
        alike = [
            s
            for s in self.index[Side.SELLSY].by_key.get(("siret", siret), [])
            if volet in self.binding.volets(s) and not s.archived
        ]
        if len(hits) != 1 or len(alike) != 1:
            return None
        return Link(hits[0], "siret")

    def _note(self, snapshot: Snapshot, volet: Volet, admission: Admission) -> None:
        item = Item(
            reference=snapshot.reference,
            kind=self.binding.kind.name,
            label=snapshot.label,
            volet=volet,
            decision="create",
            key=snapshot.keys.get("siret", ""),
            held=tuple(sorted(snapshot.problems)),
        )
        if isinstance(admission, Link):
            self.claimed |= {(snapshot.reference, volet), (admission.other.reference, volet)}
            sellsy = snapshot if snapshot.reference.side is Side.SELLSY else admission.other
            item = replace(
                item,
                decision="link",
                code=admission.made_by,
                other=admission.other.reference,
                frozen=sellsy.gate is not True,
            )
        elif isinstance(admission, Exclude):
            item = replace(item, decision="exclude", code=admission.code, detail=admission.detail)
        elif isinstance(admission, Ask):
            item = replace(item, decision="ask", code=admission.code, detail=admission.detail)
        elif isinstance(admission, Wait):
            item = replace(item, decision="wait", code=admission.code, detail=str(admission.reference))
        elif snapshot.reference.side is Side.SELLSY and item.key:
            maker = self.makers.setdefault(item.key, snapshot)
            if maker is not snapshot:
                item = replace(item, decision="wait", code="same_tiers", detail=f"« {maker.label} »")
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
        return tuple(Candidate(h, self._is_claimed(h, volet)) for h in hits)

    def _is_claimed(self, snapshot: Snapshot, volet: Volet) -> bool:
        return (snapshot.reference, volet) in self.claimed

    def _explained(self, stamp: str) -> bool:
        return stamp in self.explained

    def _decided(self, snapshot: Snapshot, *verbs: str) -> bool:
        return any(d.verb in verbs for d in self.known.decisions.get(snapshot.reference, ()))
