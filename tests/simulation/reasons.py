"""Is the reason that is shown for a record without its counterpart a true one? By what people did and what both systems
hold: the connector's own word is the code only."""

from collections.abc import Callable, Mapping

from altior_sellsy.values.reference import Reference, Side
from tests.simulation.kin import Kin
from tests.simulation.people import Deeds
from tests.simulation.simulated import Record, Simulated
from tests.simulation.world import World

Holds = Callable[[Side, Record], bool]


class Reasons:
    """`paired`: has it its counterpart? `more`: codes that only this kind knows."""

    def __init__(
        self,
        world: World,
        deeds: Deeds,
        kin: Kin,
        paired: Callable[[Side, str], bool],
        more: Mapping[str, Holds],
    ) -> None:
        self.world, self.deeds, self.kin, self.paired = world, deeds, kin, paired
        self._true: dict[str, Holds] = {
            "siret_taken": self._siret_taken,
            "siret_ambiguous": self._siret_ambiguous,
            "unlinked": self.parted,
            "archived_sellsy": lambda side, one: side is Side.SELLSY and one.archived,
            "archived_altior": lambda side, one: side is Side.ALTIOR and one.archived,
            "left_out": lambda side, one: self._wished(side, one, "leave_out"),
            "link_impossible": lambda side, one: self._wished(side, one, "link"),
            "link_decided": lambda side, one: self._wished(side, one, "link"),
            "create_unsure": self._may_be_ours,
            "stamp_missing": self._came_back_without,
            "stamp_unknown": self._bears_a_reference,
            "stamp_taken": self._bears_a_reference,
            **more,
        }

    def explained(self, side: Side, record: Record) -> bool:
        code = self.code(side, record.id)
        return code in self._true and self._true[code](side, record)

    def code(self, side: Side, id: str) -> str:
        reference = self.world.ref(side, id)
        sighting = self.world.ledger.sightings([reference]).get(reference)
        return sighting.code if sighting is not None else ""

    def system(self, side: Side) -> Simulated:
        return self.world.sellsy if side is Side.SELLSY else self.world.altior

    def parted(self, side: Side, record: Record) -> bool:
        """By a person; or the other one was deleted; or its id was given to another one when a backup came back."""
        mine = self.world.ref(side, record.id)
        return any(self.deeds.wished(one, "unlink") or self._is_gone(one) for one in {mine, *self.kin.of(mine)})

    def _is_gone(self, reference: Reference) -> bool:
        return reference.id in self.system(reference.side).ever_deleted

    def _wished(self, side: Side, record: Record, *verbs: str) -> bool:
        return bool(self.deeds.wished(self.world.ref(side, record.id), *verbs))

    def _others(self, side: Side, record: Record) -> list[Record]:
        siret = record.fields["siret"]
        return [o for o in self.system(side.other).records.values() if siret and o.fields["siret"] == siret]

    def _free(self, side: Side, record: Record) -> bool:
        rests = self.code(side, record.id) == "stamp_missing" and self._came_back_without(side, record)
        rests = rests or self._of_one_gone(side, record)
        rests = rests or (self.code(side, record.id) == "create_unsure" and self._may_be_ours(side, record))
        return not (self.paired(side, record.id) or record.archived or rests or self.parted(side, record))

    def _of_one_gone(self, side: Side, record: Record) -> bool:
        """It bears the reference of a record that people deleted, whether the connector was ever told that it had made
        one out of the other or not: only people link it anew."""
        return side is Side.ALTIOR and any(self._is_gone(Reference.parse(stamp)) for stamp in record.stamps)

    def _siret_taken(self, side: Side, record: Record) -> bool:
        same = self._others(side, record)
        return bool(same) and not any(self._free(side.other, one) for one in same)

    def _siret_ambiguous(self, side: Side, record: Record) -> bool:
        free = [one for one in self._others(side, record) if self._free(side.other, one)]
        return len(free) > 1 and sum(one.gate is True for one in free) != 1

    def _may_be_ours(self, side: Side, record: Record) -> bool:
        """The connector has made a record out of this one and was not told; people have changed it since, or have made
        one that looks like it."""
        if side is not Side.ALTIOR:
            return False
        sent = {(name, fields[name]) for _, fields, _ in record.history for name in ("name", "phone", "email")}
        companies = [r for r in self.world.sellsy.records.values() if not self.paired(Side.SELLSY, r.id)]
        for made in (r for r in companies if (Side.SELLSY, r.id) not in self.deeds.born):
            first = made.history[0][1]
            if not any(first[name] is not None and (name, first[name]) in sent for name in ("name", "phone", "email")):
                continue
            touched = any((e.side, e.id) == (Side.SELLSY, made.id) for e in self.deeds.edits)
            return touched or any(other is not made and other.created == made.created for other in companies)
        return False

    def _bears_a_reference(self, side: Side, record: Record) -> bool:
        return side is Side.ALTIOR and bool(record.stamps)

    def _came_back_without(self, side: Side, record: Record) -> bool:
        """Altior's record is there without the reference of their link, since a backup came back."""
        both = [self.world.ref(side, record.id), *self.kin.of(self.world.ref(side, record.id))]
        tiers = [self.world.altior.records.get(one.id) for one in both if one.side is Side.ALTIOR]
        companies = {str(one) for one in both if one.side is Side.SELLSY}
        return self.deeds.restored and any(one is not None and not one.stamps & companies for one in tiers)
