"""Contacts in Altior, over the altior port. Reads and writes in bulk, decides nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from altior_sellsy.altior.port import Altior, Document
from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotFound
from altior_sellsy.kinds.altior_parts import Body
from altior_sellsy.kinds.altior_sending import PAGE, Job, Sending, changed
from altior_sellsy.kinds.altior_sets import UNBOUND, Bindings, Bound, unbound
from altior_sellsy.kinds.contact.translating import altior_body, read_altior, tiers_of
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts, nothing_paired
from altior_sellsy.kinds.port import Create, Page, Snapshot, Write, Written
from altior_sellsy.values.reference import Reference, Side

KEYS = {"email": "email", "stamp": "reference_externe"}
VITAL = frozenset({"last_name"})


@dataclass(frozen=True, slots=True)
class AltiorContacts:
    """`counterparts`: of tiers. `bindings`: as for third parties."""

    altior: Altior
    clock: Clock
    environment: str
    correspondence: Correspondence
    bindings: Bindings = unbound
    counterparts: Counterparts = nothing_paired

    @property
    def side(self) -> Side:
        return Side.ALTIOR

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"contact"})

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        ids = [one.id for one in references if one.owner == self.environment and one.thing == "contact"]
        if not ids:
            return {}
        at = self.clock.now()
        return {one.reference: one for one in self._read_all(self.altior.read("contacts", ids), at)}

    def exists(self, reference: Reference) -> bool:
        try:
            self.altior.get("contacts", reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        at = self.clock.now()
        page = self.altior.scan("contacts", after, PAGE)
        return Page(self._read_all(page.documents, at), page.after, page.total)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """Keys: `email`, `stamp`."""
        wanted = list(dict.fromkeys(values))
        found: dict[Reference, Snapshot] = {}
        for start in range(0, len(wanted), PAGE):
            at = self.clock.now()
            documents = self.altior.find("contacts", KEYS[key], wanted[start : start + PAGE])
            found |= {one.reference: one for one in self._read_all(documents, at)}
        return list(found.values())

    def rebind(self, snapshot: Snapshot, bound: Bound) -> Snapshot:
        """At the first pairing: bind the slots by what Sellsy shows, before the two sides are compared."""
        return self._read(snapshot.document, snapshot.at, bound)

    # -- writing
    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """In bulk (see `altior_sending`)."""
        now = self.clock.now()
        return self._sending.send([changed(write, now) for write in writes])

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
        return Sending(self.altior, "contacts", self._body, self._read, VITAL)

    def _new(self, create: Create, at: datetime) -> Job:
        fields = {name: value for name, value in create.fields.items() if value is not None}
        return Job(fields, at, fixed={"references_externes": [str(create.stamp)]}, person=True)

    def _body(self, job: Job) -> Body:
        return altior_body(job.fields, self.correspondence, job.before)

    def _read_all(self, documents: Iterable[Document], at: datetime) -> list[Snapshot]:
        documents = list(documents)
        contacts = [Reference(Side.ALTIOR, self.environment, "contact", str(one["id"])) for one in documents]
        known = self.bindings(contacts)
        linkable = self._linkable(documents)
        return [
            self._snapshot(document, at, known.get(one, UNBOUND), linkable)
            for one, document in zip(contacts, documents, strict=True)
        ]

    def _read(self, document: Document, at: datetime, bound: Bound) -> Snapshot:
        return self._snapshot(document, at, bound, self._linkable([document]))

    def _linkable(self, documents: Iterable[Document]) -> frozenset[Reference]:
        tiers = {one for document in documents for one in tiers_of(document, self.environment)}
        paired = self.counterparts(tiers) if tiers else {}
        return frozenset(one for one, others in paired.items() if any(other.thing == "company" for other in others))

    def _snapshot(self, document: Document, at: datetime, bound: Bound, linkable: Collection[Reference]) -> Snapshot:
        return read_altior(
            document,
            at=at,
            environment=self.environment,
            correspondence=self.correspondence,
            bound=bound,
            linkable=linkable,
        )
