"""The judge of roles: who is whose main, invoicing and dunning contact, by gestures of people and what both systems
hold."""

from collections.abc import Iterator

from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS
from altior_sellsy.values.reference import Side
from tests.simulation.contacts.roles import ROLE_OF, Turn
from tests.simulation.contacts.world import ContactWorld
from tests.simulation.judge import Judge


class RoleJudge:
    """`parties`, `contacts`: have given their verdict, so they know who is linked to whom."""

    def __init__(self, world: ContactWorld, parties: Judge, contacts: Judge) -> None:
        self.world, self.parties, self.contacts = world, parties, contacts

    def verdict(self) -> str:
        for _, id, fields in self.world.sellsy.writes:
            if ascended := fields.keys() & CONTACT_POINTERS.keys():
                return f"a role ascended: company {id} {sorted(ascended)}"
        return next(self._faults(), "")

    def _faults(self) -> Iterator[str]:
        sellsy, altior = self.world.sellsy, self.world.altior
        for company, tiers in self.parties.partner.items():
            for pointer in CONTACT_POINTERS:
                where = f"{pointer} of {company}/{tiers}"
                for holder in self._holders(tiers, pointer):
                    if not self._was_given(tiers, pointer, holder):
                        yield f"role invented: {where}: {holder}"
                rests = self.parties.rests(sellsy.records[company], altior.records[tiers])
                if not rests and (fault := self._in_step(company, tiers, pointer)):
                    yield f"role not in step: {where}: {fault}"

    def _holders(self, tiers: str, pointer: str) -> set[str]:
        links = self.world.altior.roles.get(tiers, {})
        return {contact for contact, roles in links.items() if ROLE_OF[pointer] in roles}

    def _was_given(self, tiers: str, pointer: str, holder: str) -> bool:
        """By somebody in Altior; or it was, in Sellsy, ever named by the company."""
        known = {one.id for one in self.contacts.kin(Side.ALTIOR, holder) if one.side is Side.SELLSY}
        companies = {one.id for one in self.parties.kin(Side.ALTIOR, tiers) if one.side is Side.SELLSY}
        return any(t.given and t.contact == holder for t in self._gestures(tiers, pointer)) or any(
            t.pointer == pointer and t.contact in known and t.party in companies for t in self.world.sellsy.turns
        )

    def _gestures(self, tiers: str, pointer: str) -> list[Turn]:
        """Of Altior's people: a role given, taken, or gone with a link."""
        turns = self.world.altior.turns
        return [t for t in turns if (t.party, t.pointer) == (tiers, pointer) and not t.ours]

    def _in_step(self, company: str, tiers: str, pointer: str) -> str:
        """Roles only descend. Altior's people may give them to more contacts, and take them away: then they stand until
        Sellsy names somebody new."""
        named = self.world.sellsy.pointers.get(company, {}).get(pointer)
        if named is not None and named not in self.contacts.partner:
            return ""  # it is told once that contact has its counterpart
        wanted = self.contacts.partner[named] if named is not None else None
        holders = self._holders(tiers, pointer) & set(self.contacts.partner.values())
        gestures = self._gestures(tiers, pointer)
        if gestures:
            newly = named is not None and self._named_newly(company, pointer, gestures[-1])
            return f"{wanted} among {sorted(holders)}" if newly and wanted not in holders else ""
        if wanted is not None and wanted not in holders:
            return f"{wanted} among {sorted(holders)}"
        once = len(self.parties.kin(Side.ALTIOR, tiers)) == 2  # what an earlier pair gave is Altior's own now
        if once and holders - {wanted}:
            return f"{wanted} alone, not {sorted(holders)}"
        return ""

    def _named_newly(self, company: str, pointer: str, gesture: Turn) -> bool:
        """After the last gesture in Altior, somebody who never was before."""
        turns = [t for t in self.world.sellsy.turns if (t.party, t.pointer) == (company, pointer)]
        *before, last = turns
        return last.at > gesture.at and last.contact not in {t.contact for t in before}
