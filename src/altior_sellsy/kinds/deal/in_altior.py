"""Deals in Altior: the affaires, over the altior port. Reads and writes in bulk, decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Altior, Answer, Document, Item
from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound
from altior_sellsy.kinds.altior_sending import stamping
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.deal.altior_reading import contacts, read_affaire, tiers
from altior_sellsy.kinds.deal.altior_writing import AffaireBody, affaire_body
from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.links import Pairs, looked_up, unpaired
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values.reference import Reference, Side

KEYS = {"tiers": "tiers", "stamp": "reference_externe"}
PAGE = 100
VITAL = frozenset({"name", "number", "third_party", "establishment"})
"""No affaire is made without these."""


@dataclass(slots=True)
class _Job:
    """One item on its way. `before`: None for a new affaire."""

    fields: dict[str, Value]
    at: datetime
    refused: dict[str, Problem]
    before: Snapshot | None = None
    stamps: tuple[Any, ...] = ()
    archive: bool = False
    written: Written | None = None

    def item(self, body: AffaireBody) -> Item:
        stamps = {"references_externes": list(self.stamps)} if self.stamps else {}
        if self.before is None:
            return Item(body=body.body | stamps)
        fixed = stamps | ({"archive": True} if self.archive else {})
        return Item(body=body.body | fixed, id=self.before.reference.id, version=self.before.version)


@dataclass(frozen=True, slots=True)
class AltiorDeals:
    """`lengths`: what Altior takes, by field path (`requirements("affaires")`)."""

    altior: Altior
    clock: Clock
    environment: str
    correspondence: Correspondence
    config: DealConfiguration
    pairs: Pairs = unpaired
    lengths: Mapping[str, int] | None = None

    @property
    def side(self) -> Side:
        return Side.ALTIOR

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"affaire"})

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """Two calls for a hundred: the affaires, and whether they have a devis."""
        ids = [one.id for one in references if one.owner == self.environment and one.thing == "affaire"]
        if not ids:
            return {}
        at = self.clock.now()
        documents = self.altior.read("affaires", ids)
        return {one.reference: one for one in self._read(documents, at, self._with_a_devis(documents))}

    def exists(self, reference: Reference) -> bool:
        try:
            self.altior.get("affaires", reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        """Two calls a page: a devis that is a draft moves nothing on its affaire, and decides whose the amount is."""
        at = self.clock.now()
        page = self.altior.scan("affaires", after, PAGE)
        return Page(self._read(page.documents, at, self._with_a_devis(page.documents)), page.after, page.total)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """Keys: `tiers` (id in Altior), `stamp`."""
        wanted = list(dict.fromkeys(values))
        found: dict[Reference, Snapshot] = {}
        for start in range(0, len(wanted), PAGE):
            at = self.clock.now()
            documents = self.altior.find("affaires", KEYS[key], wanted[start : start + PAGE])
            found |= {one.reference: one for one in self._read(documents, at, self._with_a_devis(documents))}
        return list(found.values())

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """Altior's creates are safe under their reference: nothing is ever looked for by its second."""
        return ()

    def newest_id(self) -> str:
        return ""

    # -- writing
    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        raise TypeError("an affaire has no «Synchronisation Altior»")

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """In bulk, each item against the version it was planned from; what Altior refuses by name is held and the rest
        of that item is sent once more. Also takes «etat»."""
        now = self.clock.now()
        return self._send(
            [
                _Job(
                    dict(write.fields),
                    now,
                    {},
                    write.snapshot,
                    tuple(stamping(write)),
                    write.archive,
                )
                for write in writes
            ]
        )

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """Safely, under the stamp: an affaire that bears it already is answered as it stands, `created` False."""
        now = self.clock.now()
        return self._send(
            [
                _Job(
                    {name: value for name, value in one.fields.items() if value is not None},
                    now,
                    {},
                    None,
                    (str(one.stamp),),
                )
                for one in creates
            ]
        )

    def _send(self, jobs: list[_Job]) -> Sequence[Written]:
        for _ in range(2):  # the second time without the fields that Altior named
            waiting = [(job, self._body(job)) for job in jobs if job.written is None]
            for start in range(0, len(waiting), PAGE):
                self._bulk(waiting[start : start + PAGE])
        return [job.written or _nothing_to_send(job) for job in jobs]

    def _body(self, job: _Job) -> AffaireBody:
        before = job.before.fields if job.before else {}
        spoken = [job.fields.get("contacts"), before.get("contacts"), job.fields.get("third_party")]
        references = [Reference.parse(text) for value in spoken for text in _texts(value)]
        out = affaire_body(job.fields, looked_up(self.pairs, references), self.lengths or {}, before)
        job.refused |= out.refused
        return out

    def _bulk(self, waiting: list[tuple[_Job, AffaireBody]]) -> None:
        items = []
        for job, out in waiting:
            item = job.item(out)
            if job.before is None and out.refused.keys() & VITAL:
                job.written = Written(refused=job.refused, error=_unready(out))
            elif item.body:
                items.append((job, out, item))
            else:
                job.written = _nothing_to_send(job)
        if not items:
            return
        try:
            answers = self.altior.write("affaires", [item for _, _, item in items])
        except ConnectorError as error:
            for job, _, _ in items:
                job.written = Written(refused=job.refused, error=error)
            return
        for (job, out, _), answer in zip(items, answers, strict=True):
            self._answered(job, out, answer)

    def _answered(self, job: _Job, out: AffaireBody, answer: Answer) -> None:
        if isinstance(answer.error, Invalid):
            refused = {n: p for n, p in out.refusals(answer.error.fields, job.fields).items() if n not in job.refused}
            if refused and not (job.before is None and refused.keys() & VITAL):
                job.refused |= refused
                job.fields = {name: value for name, value in job.fields.items() if name not in refused}
                return
        if answer.document is None:
            job.written = Written(refused=job.refused, error=answer.error)
            return
        [snapshot] = self._read([answer.document], job.at, _quoted(job))
        known: Fields = {**snapshot.fields, "etat": str(snapshot.position["etat"])}
        job.written = Written(
            snapshot=snapshot,
            created=answer.created,
            shown={name: known[name] for name in job.fields if name in known and name not in job.refused},
            refused=job.refused,
        )

    def _with_a_devis(self, documents: Sequence[Document]) -> set[str]:
        """Ids of those that have one, sent or not."""
        ids = [str(one["id"]) for one in documents]
        found: set[str] = set()
        for start in range(0, len(ids), PAGE):
            shown = self.altior.documents("devis", ids[start : start + PAGE])
            found |= {str(one.get("affaire")) for one in shown}
        return found

    def _read(self, documents: Sequence[Document], at: datetime, quoted: set[str] | None = None) -> list[Snapshot]:
        wanted = [one for each in documents for one in contacts(each, self.environment)]
        wanted += [one for each in documents if (one := tiers(each, self.environment))]
        links = looked_up(self.pairs, wanted)
        return [
            read_affaire(
                one,
                at=at,
                environment=self.environment,
                correspondence=self.correspondence,
                config=self.config,
                links=links,
                quoted_once=str(one["id"]) in quoted if quoted is not None else None,
            )
            for one in documents
        ]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def _quoted(job: _Job) -> set[str] | None:
    """The answer of a write does not say whether there is a devis: what was read before still holds."""
    if job.before is None:
        return None
    return {job.before.reference.id} if job.before.position.get("quoted_once") is True else set()


def _unready(out: AffaireBody) -> Invalid:
    problem = next(problem for name, problem in out.refused.items() if name in VITAL)
    return Invalid(problem.sentence)


def _nothing_to_send(job: _Job) -> Written:
    """What is wanted is there already, or all of it was refused."""
    there = job.before.fields if job.before else {}
    shown = {name: value for name, value in job.fields.items() if name in there and there[name] == value}
    return Written(snapshot=job.before, shown=shown, refused=job.refused)
