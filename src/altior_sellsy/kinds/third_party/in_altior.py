"""Third parties in Altior: the tiers, over the altior port. Reads and writes in bulk, decides nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from altior_sellsy.altior.port import Altior, Document
from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotFound
from altior_sellsy.kinds.altior_parts import Body
from altior_sellsy.kinds.altior_sending import PAGE, Job, Sending, changed
from altior_sellsy.kinds.altior_sets import UNBOUND, Bindings, Bound, unbound
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts, nothing_paired
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.altior_reading import read_tiers, rebind
from altior_sellsy.kinds.third_party.altior_writing import roles_after, tiers_body
from altior_sellsy.kinds.third_party.contact_roles import altior_contacts
from altior_sellsy.values.reference import Reference, Side

SERVES_BOTH = Problem(
    "archived_role",
    "Le tiers sert à la vente et à l'achat : il n'est pas archivé dans Altior.",
)
HAS_DEALS = Problem(
    "archived_in_use",
    "Le tiers a des affaires : il n'est pas archivé dans Altior.",
)
KEYS = {"siret": "siret", "stamp": "reference_externe"}
VITAL = frozenset({"name", "last_name", "siret"})
"""Nothing is created without its name, nor without the SIRET by which its twin would be known."""


@dataclass(frozen=True, slots=True)
class AltiorThirdParties:
    """`establishment`: id of the établissement under which tiers are created. `bindings`: how the pairs of these
    references bind their slots (ledger); tiers that it does not know are read unbound. `counterparts`: of contacts."""

    altior: Altior
    clock: Clock
    environment: str
    correspondence: Correspondence
    establishment: str
    bindings: Bindings = unbound
    counterparts: Counterparts = nothing_paired

    @property
    def side(self) -> Side:
        return Side.ALTIOR

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"tiers"})

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        ids = [one.id for one in references if one.owner == self.environment and one.thing == "tiers"]
        if not ids:
            return {}
        at = self.clock.now()
        return {one.reference: one for one in self._read_all(self.altior.read("tiers", ids), at)}

    def exists(self, reference: Reference) -> bool:
        try:
            self.altior.get("tiers", reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        at = self.clock.now()
        page = self.altior.scan("tiers", after, PAGE)
        return Page(self._read_all(page.documents, at), page.after, page.total)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """Keys: `siret`, `stamp`."""
        wanted = list(dict.fromkeys(values))
        found: dict[Reference, Snapshot] = {}
        for start in range(0, len(wanted), PAGE):
            at = self.clock.now()
            documents = self.altior.find("tiers", KEYS[key], wanted[start : start + PAGE])
            found |= {one.reference: one for one in self._read_all(documents, at)}
        return list(found.values())

    def rebind(self, snapshot: Snapshot, bound: Bound) -> Snapshot:
        """At the first pairing: bind the slots by what Sellsy shows, before the two sides are compared."""
        paired = self.counterparts(altior_contacts(snapshot.document, self.environment))
        return rebind(snapshot, self.correspondence, bound, paired.keys())

    # -- writing
    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """In bulk (see `altior_sending`)."""
        now = self.clock.now()
        return self._sending.send([changed(write, now) for write in writes])

    def not_archived(self, wanted: Sequence[Snapshot]) -> Mapping[Reference, Problem]:
        """Which of these tiers Sellsy may not archive, and why: a client record that is archived says nothing of the
        supplier (rules R1), not even once the role was withdrawn, and what has affaires is archived by a person (rules
        R29). A search of affaires per hundred tiers."""
        linked = self.counterparts([one.reference for one in wanted])
        both = {
            one.reference: SERVES_BOTH
            for one in wanted
            if ("supplier" in one.roles and len(one.roles) > 1) or len(linked.get(one.reference, ())) > 1
        }
        asked = sorted(one.reference.id for one in wanted if one.reference not in both)
        used = {
            str(affaire["tiers"])
            for start in range(0, len(asked), PAGE)
            for affaire in self.altior.find("affaires", "tiers", asked[start : start + PAGE])
            if affaire.get("archive") is not True
        }
        return both | {one.reference: HAS_DEALS for one in wanted if one.reference.id in used}

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """Safely, under the stamp: a record that bears it already is answered as it stands, `created` False."""
        now = self.clock.now()
        return self._sending.send([self._new(create, now) for create in creates])

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """Altior's creates are safe under their reference: nothing is ever looked for by its second."""
        return ()

    def newest_id(self) -> str:
        return ""

    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        raise TypeError("Altior has no «Synchronisation Altior»: only Sellsy's records are ticked")

    @property
    def _sending(self) -> Sending:
        return Sending(self.altior, "tiers", self._body, self._read, VITAL)

    def _new(self, create: Create, at: datetime) -> Job:
        person = create.stamp.thing == "individual"
        fixed = {
            "nature": "physique" if person else "moral",
            "roles": roles_after(frozenset(), create.roles),
            "references_externes": [str(create.stamp)],
            "etablissement": self.establishment,
        }
        fields = {name: value for name, value in create.fields.items() if value is not None}
        return Job(fields, at, fixed=fixed, person=person)

    def _body(self, job: Job) -> Body:
        return tiers_body(job.fields, self.correspondence, person=job.person, before=job.before)

    def _read_all(self, documents: Iterable[Document], at: datetime) -> list[Snapshot]:
        documents = list(documents)
        contacts = [one for document in documents for one in altior_contacts(document, self.environment)]
        paired = self.counterparts(contacts).keys() if contacts else ()
        tiers = [Reference(Side.ALTIOR, self.environment, "tiers", str(one["id"])) for one in documents]
        known = self.bindings(tiers)
        return [
            self._snapshot(document, at, known.get(one, UNBOUND), paired)
            for one, document in zip(tiers, documents, strict=True)
        ]

    def _read(self, document: Document, at: datetime, bound: Bound) -> Snapshot:
        paired = self.counterparts(altior_contacts(document, self.environment))
        return self._snapshot(document, at, bound, paired.keys())

    def _snapshot(self, document: Document, at: datetime, bound: Bound, paired: Collection[Reference]) -> Snapshot:
        return read_tiers(
            document,
            at=at,
            environment=self.environment,
            correspondence=self.correspondence,
            bound=bound,
            contacts=paired,
        )


__all__ = ["AltiorThirdParties", "Bindings", "Bound", "read_tiers", "rebind", "tiers_body", "unbound"]
