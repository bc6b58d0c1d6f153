"""Third parties and contacts at work in one environment: their systems, and what the ledger tells them of pairs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from altior_sellsy.altior.port import Altior
from altior_sellsy.clock import Clock
from altior_sellsy.kinds.altior_sets import Bound
from altior_sellsy.kinds.contact import admission as contact_admission
from altior_sellsy.kinds.contact.in_altior import AltiorContacts
from altior_sellsy.kinds.contact.in_sellsy import SellsyContacts
from altior_sellsy.kinds.contact.record import CONTACT, LINKS
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party import admission as third_party_admission
from altior_sellsy.kinds.third_party.contact_roles import altior_contacts, bind_pointers
from altior_sellsy.kinds.third_party.in_altior import AltiorThirdParties
from altior_sellsy.kinds.third_party.in_sellsy import SellsyThirdParties
from altior_sellsy.kinds.third_party.policy import policy_for
from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS, THIRD_PARTY
from altior_sellsy.ledger.model import Pair, Value
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.service.people import People
from altior_sellsy.sync.engine import Binding
from altior_sellsy.values.reference import SIDES, Reference, Side, Volet


def party_bindings(ledger: Ledger, sellsy: Sellsy, altior: Altior, clock: Clock, known: People) -> list[Binding]:
    """In order of dependence."""
    environment = ledger.environment()
    name, account, own, gate = environment.name, environment.account_id, known.correspondence, known.gate_field
    pairs = Pairs(ledger)
    tiers = AltiorThirdParties(altior, clock, name, own, known.establishment, pairs.bound, pairs.counterparts)
    companies = SellsyThirdParties(sellsy, clock, account, own, gate, counterparts=pairs.counterparts)
    persons = SellsyContacts(sellsy, clock, account, own, gate, counterparts=pairs.counterparts)
    contacts = AltiorContacts(altior, clock, name, own, pairs.bound, pairs.counterparts)
    return [
        Binding(
            kind=THIRD_PARTY,
            admit=third_party_admission.admit,
            volets=third_party_admission.volets,
            sellsy=companies,
            altior=tiers,
            policy_for=policy_for,
            changed=companies.changed,
            rebind=lambda shown, company: tiers.rebind(shown, Bound(values=company.fields)),
            bind=bind_pointers,
            not_archived=tiers.not_archived,
            wakes=its_contacts,
        ),
        Binding(
            kind=CONTACT,
            admit=contact_admission.admit,
            volets=contact_admission.volets,
            sellsy=persons,
            changed=persons.keys_changed,
            altior=contacts,
            rebind=lambda shown, contact: contacts.rebind(shown, Bound(values=contact.fields)),
            wakes=its_third_parties,
            forgets=pairs.without_roles,
            keeps=pairs.links_to_hidden,
        ),
    ]


def its_contacts(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> Iterable[tuple[str, Reference]]:
    """Contacts that are paired already gain a link. In Sellsy a company does not name its contacts: those that wait
    are woken by name, the others are found by the next scan, whose hash holds their links."""
    tiers = snapshots[Side.ALTIOR]
    if tiers.document is None:
        return []
    return [("contact", one) for one in altior_contacts(tiers.document, tiers.reference.owner)]


def its_third_parties(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> Iterable[tuple[str, Reference]]:
    """Their main, invoicing and dunning contacts may be told now. One look is enough: both sides are read by it."""
    shown = (snapshots[side].parents for side in Side if side in snapshots)
    return [("third_party", one) for one in next((parents for parents in shown if parents), ())]


class Pairs:
    """What kinds ask of the ledger's open pairs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def counterparts(self, references: Iterable[Reference]) -> dict[Reference, tuple[Reference, ...]]:
        """See `kinds.counterparts`."""
        wanted, found = set(references), dict[Reference, tuple[Reference, ...]]()
        if not wanted:
            return found
        for pair in sorted(self._ledger.pairs(wanted), key=lambda p: p.volet is Volet.ACHAT):
            for side in Side:
                mine, other = pair.reference(side), pair.reference(side.other)
                if mine in wanted:
                    found[mine] = (*found.get(mine, ()), other)
        return found

    def without_roles(self, before: Pair, after: Pair, altior: Snapshot | None, others: Sequence[Pair]) -> list[Pair]:
        """Of the third parties that a contact's pair no longer links: Altior's link took its roles along. Nobody has
        taken them away, and where Sellsy still names the contact (it was linked again meanwhile) it gets them anew.
        A link that Altior shows all the same bears the roles that we gave it: they stay ours to take back."""
        shown = altior.fields.get(LINKS) if altior is not None else None
        gone, contact = _links(before) - _links(after) - _texts(shown), str(after.altior)
        if not gone:
            return []
        latest = {pair.id: pair for pair in others}
        pairs = self._ledger.pairs([Reference.parse(tiers) for tiers in sorted(gone)])
        return [_without(one, contact) for pair in pairs if _pointers(one := latest.get(pair.id, pair), contact)]

    def links_to_hidden(
        self, pair: Pair, snapshots: Mapping[Side, Snapshot], exists: Callable[[Reference], bool]
    ) -> Mapping[Side, Snapshot]:
        """A contact does not show a link to a third party that is not shown itself: deleted or hidden, it is left as it
        stands on the other side until that is known. `exists`: asked after each link that has gone. The next scan looks
        again: its hash is none."""
        kept = {}
        for side, snapshot in snapshots.items():
            shown = _texts(snapshot.fields.get(LINKS))
            lost = _texts(pair.half(side).get(LINKS)) - shown if LINKS in snapshot.fields else set[str]()
            ends = {text: self._ledger.pairs([Reference.parse(text)]) for text in sorted(lost)}
            hidden = {text for text, pairs in ends.items() if any(not exists(one.reference(side)) for one in pairs)}
            if hidden:
                kept[side] = replace(snapshot, fields={**snapshot.fields, LINKS: sorted(shown | hidden)}, hash="")
        return kept

    def bound(self, references: Sequence[Reference]) -> dict[Reference, Bound]:
        """How the pairs of these Altior records bind their slots."""
        bound: dict[Reference, Bound] = {}
        for pair in self._ledger.pairs(set(references)):
            before = bound.get(pair.altior)
            ids = {**(before.ids if before else {}), **pair.bindings}
            values = {**(before.values if before else {}), **pair.half_altior}
            bound[pair.altior] = Bound(ids, values)
        return bound


def _links(pair: Pair) -> set[str]:
    return _texts(pair.half_altior.get(LINKS))


def _texts(value: Value) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()


def _pointers(pair: Pair, contact: str) -> list[str]:
    """Of a third party that was looked at before its contact, Altior's half has lost the role already."""
    return [name for name in CONTACT_POINTERS if contact in (pair.half_altior.get(name), pair.half_sellsy.get(name))]


def _without(pair: Pair, contact: str) -> Pair:
    gone = _pointers(pair, contact)
    sellsy, altior = ({n: v for n, v in pair.half(side).items() if n not in gone} for side in SIDES)
    return replace(pair, half_sellsy=sellsy, half_altior=altior)
