"""Third parties in Altior: the tiers, over the altior port. Reads and writes in bulk, decides nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Altior, Answer, Document, Item
from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound
from altior_sellsy.kinds.altior_sets import UNBOUND, Bound
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.altior_reading import read_tiers, rebind
from altior_sellsy.kinds.third_party.altior_writing import TiersBody, roles_after, tiers_body
from altior_sellsy.ledger.model import Fields
from altior_sellsy.values.reference import Reference, Side

KEYS = {"siret": "siret", "stamp": "reference_externe"}
PAGE = 100
VITAL = frozenset({"name", "last_name", "siret"})
"""Nothing is created without its name, nor without the SIRET by which its twin would be known."""
Bindings = Callable[[Sequence[Reference]], Mapping[Reference, Bound]]


def unbound(references: Sequence[Reference]) -> Mapping[Reference, Bound]:
    """Nothing is known of any record: slots are bound to the first element that fits."""
    return {}


@dataclass(slots=True)
class _Job:
    """One item on its way: the fields still to send, and what was refused so far."""

    fields: dict[str, Any]
    item: Callable[[TiersBody], Item]
    person: bool
    bindings: Mapping[str, Mapping[str, str]]
    at: datetime
    refused: dict[str, Problem]
    before: Snapshot | None = None
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class AltiorThirdParties:
    """`establishment`: id of the établissement under which tiers are created. `bindings`: how the pairs of these
    references bind their slots (ledger); tiers that it does not know are read unbound."""

    altior: Altior
    clock: Clock
    environment: str
    correspondence: Correspondence
    establishment: str
    bindings: Bindings = unbound

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
        return rebind(snapshot, self.correspondence, bound)

    # -- writing
    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """In bulk, each item against the version it was planned from; what Altior refuses by name is held and the rest
        of that item is sent once more."""
        now = self.clock.now()
        return self._send([self._changed(write, now) for write in writes])

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """Safely, under the stamp: a record that bears it already is answered as it stands, `created` False."""
        now = self.clock.now()
        return self._send([self._new(create, now) for create in creates])

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """Altior's creates are safe under their reference: nothing is ever looked for by its second."""
        return ()

    def newest_id(self) -> str:
        return ""

    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        raise TypeError("Altior has no «Synchronisation Altior»: only Sellsy's records are ticked")

    def _changed(self, write: Write, at: datetime) -> _Job:
        before = write.snapshot
        stamps = sorted(write.stamps - before.stamps)
        roles = roles_after(before.roles, write.roles) if write.roles - before.roles else []

        def item(out: TiersBody) -> Item:
            body = out.body | ({"references_externes": stamps} if stamps else {}) | ({"roles": roles} if roles else {})
            return Item(body=body, id=before.reference.id, version=before.version)

        person = "last_name" in before.fields
        return _Job(dict(write.fields), item, person, before.bindings, at, {}, before)

    def _new(self, create: Create, at: datetime) -> _Job:
        person = create.stamp.thing == "individual"
        fixed = {
            "nature": "physique" if person else "moral",
            "roles": roles_after(frozenset(), create.roles),
            "references_externes": [str(create.stamp)],
            "etablissement": self.establishment,
        }
        fields = {name: value for name, value in create.fields.items() if value is not None}
        return _Job(fields, lambda out: Item(body=out.body | fixed), person, {}, at, {})

    def _send(self, jobs: list[_Job]) -> Sequence[Written]:
        for _ in range(2):  # the second time without the fields that Altior named
            waiting = [(job, self._body(job)) for job in jobs if job.written is None]
            for start in range(0, len(waiting), PAGE):
                self._bulk(waiting[start : start + PAGE])
        return [job.written or _nothing_to_send(job) for job in jobs]

    def _body(self, job: _Job) -> TiersBody:
        return tiers_body(job.fields, self.correspondence, person=job.person, bindings=job.bindings)

    def _bulk(self, waiting: list[tuple[_Job, TiersBody]]) -> None:
        items = []
        for job, out in waiting:
            item = job.item(out)
            if item.body:
                items.append((job, out, item))
            else:
                job.written = _nothing_to_send(job)
        if not items:
            return
        try:
            answers = self.altior.write("tiers", [item for _, _, item in items])
        except ConnectorError as error:
            for job, _, _ in items:
                job.written = Written(refused=job.refused, error=error)
            return
        for (job, out, _), answer in zip(items, answers, strict=True):
            self._answered(job, out, answer)

    def _answered(self, job: _Job, out: TiersBody, answer: Answer) -> None:
        if isinstance(answer.error, Invalid) and not job.refused:
            refused = out.refusals(answer.error.fields, job.fields)
            if refused and not (job.before is None and refused.keys() & VITAL):
                job.refused = refused
                job.fields = {name: value for name, value in job.fields.items() if name not in refused}
                return
        if answer.document is None:
            job.written = Written(refused=job.refused, error=answer.error)
            return
        bound = Bound(job.bindings, job.fields)
        snapshot = self._read(answer.document, job.at, bound)
        shown: Fields = {name: snapshot.fields[name] for name in job.fields if name in snapshot.fields}
        job.written = Written(
            snapshot=snapshot,
            created=answer.created,
            shown=shown,
            refused=job.refused,
            bindings=snapshot.bindings,
        )

    def _read_all(self, documents: Iterable[Document], at: datetime) -> list[Snapshot]:
        read = [self._read(one, at, UNBOUND) for one in documents]
        known = self.bindings([one.reference for one in read])
        return [self.rebind(one, known[one.reference]) if one.reference in known else one for one in read]

    def _read(self, document: Document, at: datetime, bound: Bound) -> Snapshot:
        return read_tiers(
            document, at=at, environment=self.environment, correspondence=self.correspondence, bound=bound
        )


def _nothing_to_send(job: _Job) -> Written:
    """What is wanted is there already (a blank slot emptied), or all of it was refused."""
    there = job.before.fields if job.before else {}
    shown = {name: value for name, value in job.fields.items() if name in there and there[name] == value}
    return Written(snapshot=job.before, shown=shown, refused=job.refused)


__all__ = ["AltiorThirdParties", "Bindings", "Bound", "read_tiers", "rebind", "tiers_body", "unbound"]
