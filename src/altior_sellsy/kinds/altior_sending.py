"""Writing one kind's records to Altior in bulk: each item against the version it was planned from; what Altior refuses
by name is held and the rest of that item is sent once more. Thin: bodies and readings are the kind's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Altior, Answer, Document, Item, Resource
from altior_sellsy.errors import ConnectorError, Invalid
from altior_sellsy.kinds.altior_parts import Body
from altior_sellsy.kinds.altior_sets import Bound
from altior_sellsy.kinds.port import Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Fields

PAGE = 100


@dataclass(slots=True)
class Job:
    """One item on its way: the fields still to send, and what was refused so far. `before`: of an update. `fixed`: what
    a create says besides its fields."""

    fields: dict[str, Any]
    at: datetime
    before: Snapshot | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    person: bool = False
    refused: dict[str, Problem] = field(default_factory=dict)
    written: Written | None = None

    @property
    def bindings(self) -> Mapping[str, Mapping[str, str]]:
        return self.before.bindings if self.before else {}


def changed(write: Write, at: datetime) -> Job:
    stamps = stamping(write)
    fixed: dict[str, Any] = {"references_externes": stamps} if stamps else {}
    if write.archive:
        fixed["archive"] = True
    return Job(dict(write.fields), at, write.snapshot, fixed, "last_name" in write.snapshot.fields)


def stamping(write: Write) -> list[Any]:
    """What changes among the record's references, as the contract says it."""
    added: list[Any] = sorted(write.stamps - write.snapshot.stamps)
    return added + [{"id": text, "supprimer": True} for text in sorted(write.unstamps & write.snapshot.stamps)]


@dataclass(frozen=True, slots=True)
class Sending:
    """`body`: what a job says. `read`: a document of an answer. `vital`: fields without which nothing is created."""

    altior: Altior
    resource: Resource
    body: Callable[[Job], Body]
    read: Callable[[Document, datetime, Bound], Snapshot]
    vital: frozenset[str]

    def send(self, jobs: Sequence[Job]) -> Sequence[Written]:
        for _ in range(2):  # the second time without the fields that Altior named
            waiting = [(job, self.body(job)) for job in jobs if job.written is None]
            for start in range(0, len(waiting), PAGE):
                self._bulk(waiting[start : start + PAGE])
        return [job.written or self._nothing_to_send(job) for job in jobs]

    def _bulk(self, waiting: list[tuple[Job, Body]]) -> None:
        items = []
        for job, out in waiting:
            body = {**out.body, **job.fixed}
            if not body:
                job.written = self._nothing_to_send(job)
            elif job.before is None:
                items.append((job, out, Item(body=body)))
            else:
                items.append((job, out, Item(body=body, id=job.before.reference.id, version=job.before.version)))
        if not items:
            return
        try:
            answers = self.altior.write(self.resource, [item for _, _, item in items])
        except ConnectorError as error:
            for job, _, _ in items:
                job.written = Written(refused=job.refused, error=error)
            return
        for (job, out, _), answer in zip(items, answers, strict=True):
            self._answered(job, out, answer)

    def _answered(self, job: Job, out: Body, answer: Answer) -> None:
        if isinstance(answer.error, Invalid) and not job.refused:
            refused = out.refusals(answer.error.fields, job.fields)
            if refused and not (job.before is None and refused.keys() & self.vital):
                job.refused = refused
                job.fields = {name: value for name, value in job.fields.items() if name not in refused}
                return
        if answer.document is None:
            job.written = Written(refused=job.refused, error=answer.error)
            return
        snapshot = self._shown(job, answer.document)
        job.written = Written(
            snapshot=snapshot,
            created=answer.created,
            shown={name: snapshot.fields[name] for name in job.fields if name in snapshot.fields},
            refused=job.refused,
            bindings=snapshot.bindings,
        )

    def _nothing_to_send(self, job: Job) -> Written:
        """What is wanted is there already (a blank slot emptied, a role given), or all of it was refused."""
        there = self._shown(job, job.before.document) if job.before and job.before.document else job.before
        known: Fields = there.fields if there else {}
        shown = {name: value for name, value in job.fields.items() if name in known and known[name] == value}
        return Written(snapshot=there, shown=shown, refused=job.refused)

    def _shown(self, job: Job, document: Document) -> Snapshot:
        before = job.before.fields if job.before else {}
        return self.read(document, job.at, Bound(job.bindings, {**before, **job.fields}))
