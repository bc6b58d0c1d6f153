"""The suite passes against the reference server, and each planted defect makes the check fail that is there for it.

A defect is a thin layer over a sound implementation: it passes everything through but one thing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.altior.conformance import CHECKS, Bench, Outcome, Verdict, conform
from altior_sellsy.altior.conformance.__main__ import main
from altior_sellsy.altior.conformance.door import DemonstrationBackstage
from altior_sellsy.altior.port import Altior, Answer, Changes, Document, Item, Page, Resource
from altior_sellsy.errors import CursorExpired, Invalid
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.serving import Served


class Passing:
    """Everything passes through; a defect redefines the one method that it spoils."""

    def __init__(self, sound: Altior) -> None:
        self.sound = sound

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sound, name)


class StaleWritesAccepted(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        now = {one["id"]: one["version"] for one in self.sound.read(resource, [i.id for i in items if i.id])}
        return self.sound.write(resource, [replace(i, version=now.get(i.id)) if i.id else i for i in items])


class ReferencesNotUnique(Passing):
    """A reference that is borne already is taken all the same: kept under another name, shown as it was given."""

    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        changed = []
        for item in items:
            references = item.body.get("references_externes", ())
            borne = {r for r in references if self.sound.find(resource, "reference_externe", [r])}
            body = {**item.body, "references_externes": [f"{r}~" if r in borne else r for r in references]}
            changed.append(replace(item, body=body) if borne else item)
        return [
            replace(answer, document=self._shown(answer.document)) if answer.document else answer
            for answer in self.sound.write(resource, changed)
        ]

    def _shown(self, document: Document) -> Document:
        return {**document, "references_externes": [r.rstrip("~") for r in document["references_externes"]]}


class RepeatedCreateOverwrites(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        answers = []
        for item, answer in zip(items, self.sound.write(resource, items), strict=True):
            known = answer.document
            if item.id is None and known and not answer.created and item.body.get("raison_sociale"):
                (answer,) = self.sound.write(resource, [replace(item, id=known["id"], version=known["version"])])
            answers.append(answer)
        return answers


class ErrorsSwallowed(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        answers = self.sound.write(resource, items)
        fine = next((a for a in answers if a.document), Answer(document={"id": "0", "version": "0"}))
        return [replace(fine, created=False) if a.error else a for a in answers]


class AnswersOutOfOrder(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        return list(reversed(self.sound.write(resource, items)))


class VersionsNeverMove(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        now = {one["id"]: one["version"] for one in self.sound.read(resource, [i.id for i in items if i.id])}
        moved = [replace(i, version=now.get(i.id)) if i.id and i.version == "1" else i for i in items]
        answers = self.sound.write(resource, moved)
        return [replace(a, document={**a.document, "version": "1"}) if a.document else a for a in answers]

    def get(self, resource: Resource, id: str) -> Document:
        return {**self.sound.get(resource, id), "version": "1"}


class ElementIdsMadeAnew(Passing):
    """Each save gives the elements of a set other ids, as if the whole set were written again."""

    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        def real(body: Document) -> Document:
            sets = {name: body[name] for name in ("telephones", "adresses") if name in body}
            return {**body, **{n: [self._real(e) for e in elements] for n, elements in sets.items()}}

        answers = self.sound.write(resource, [replace(i, body=real(i.body)) for i in items])
        return [replace(a, document=self._anew(a.document)) if a.document else a for a in answers]

    def _real(self, element: Mapping[str, Any]) -> dict[str, Any]:
        return {**element, "id": element["id"].partition("-")[0]} if "id" in element else dict(element)

    def _anew(self, document: Document) -> Document:
        sets = {name: document[name] for name in ("telephones", "adresses") if name in document}
        version = document["version"]
        return {**document, **{n: [{**e, "id": f"{e['id']}-{version}"} for e in es] for n, es in sets.items()}}


class UnknownValuesDropped(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        answers = list(self.sound.write(resource, items))
        for place, (item, answer) in enumerate(zip(items, answers, strict=True)):
            if isinstance(answer.error, Invalid) and "forme_juridique" in answer.error.fields:
                body = {key: value for key, value in item.body.items() if key != "forme_juridique"}
                (answers[place],) = self.sound.write(resource, [replace(item, body=body)])
        return answers


class FieldsNotNamed(Passing):
    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        answers = self.sound.write(resource, items)
        return [Answer(error=Invalid(str(a.error))) if isinstance(a.error, Invalid) else a for a in answers]


class ArchivedRecordsHidden(Passing):
    def read(self, resource: Resource, ids: Sequence[str]) -> Sequence[Document]:
        return [one for one in self.sound.read(resource, ids) if not one["archive"]]


class ScanForgetsTheLast(Passing):
    def scan(self, resource: Resource, after: str | None, limit: int = 100) -> Page:
        page = self.sound.scan(resource, after, limit)
        return replace(page, documents=page.documents[:-1]) if page.after is None else page


class AuthorFiltered(Passing):
    """The feed leaves out what the reference user did."""

    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        changes = self.sound.changes(cursor, wait)
        return replace(changes, changes=[one for one in changes.changes if one.author != ADMINISTRATOR])


class CursorsNeverExpire(Passing):
    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        try:
            return self.sound.changes(cursor, wait)
        except CursorExpired:
            return self.sound.changes(None)


class LongPollEmpty(Passing):
    """A call that may wait answers nothing, whatever happens meanwhile."""

    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        return Changes([], cursor or "") if wait else self.sound.changes(cursor)


class UsersUnchecked(Passing):
    """Not a layer of its own: the bench is told that every user is the administrator."""


class FeedInOrderOfOpening(Passing):
    """A transaction's place in the feed is taken when it opens: one that commits late lies behind the cursor."""

    def __init__(self, sound: Altior, backstage: DemonstrationBackstage) -> None:
        super().__init__(sound)
        self.backstage = backstage
        self.opened: list[str] = []
        self.behind: set[str] = set()

    def open_edit(self, resource: Resource, id: str, body: Document) -> Callable[[], None]:
        commit = self.backstage.open_edit(resource, id, body)
        self.opened.append(id)

        def late() -> None:
            commit()
            if self.opened.pop(self.opened.index(id)) and not self.opened:
                self.behind.add(id)

        return late

    def expire_cursors(self) -> None:
        self.backstage.expire_cursors()

    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        changes = self.sound.changes(cursor, wait)
        shown = [one for one in changes.changes if one.id not in self.behind or one.author == ADMINISTRATOR]
        return replace(changes, changes=shown)


DEFECTS = {
    StaleWritesAccepted: "stale writes are refused",
    ReferencesNotUnique: "references are unique",
    RepeatedCreateOverwrites: "created safely",
    ErrorsSwallowed: "bulk answers item by item",
    AnswersOutOfOrder: "bulk takes a hundred",
    VersionsNeverMove: "versions change",
    ElementIdsMadeAnew: "elements change in place",
    UnknownValuesDropped: "unknown values are named",
    FieldsNotNamed: "bulk answers item by item",
    ArchivedRecordsHidden: "archived records are read",
    ScanForgetsTheLast: "a scan shows all, in order",
    AuthorFiltered: "the feed tells changes",
    CursorsNeverExpire: "expired cursors are told",
    LongPollEmpty: "the feed wakes a long poll",
    UsersUnchecked: "wrong users are refused",
    FeedInOrderOfOpening: "the feed is in commit order",
}


def _as(server: Served, email: str) -> HttpAltior:
    return HttpAltior(server.url, TOKEN, email)


def _bench(server: Served, altior: Altior) -> Bench:
    return Bench(altior, lambda email: _as(server, email), DemonstrationBackstage(server.url))


def _broken(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {one.check.english: one.sentence for one in outcomes if one.verdict is not Verdict.KEPT}


def test_the_reference_server_keeps_every_promise(server: Served, altior: HttpAltior) -> None:
    outcomes = conform(_bench(server, altior))
    assert _broken(outcomes) == {}
    assert len(outcomes) == len(CHECKS)


def test_what_the_suite_created_is_archived(server: Served, altior: HttpAltior) -> None:
    conform(_bench(server, altior), CHECKS[2:8])
    named = [one for one in altior.scan("tiers", None).documents if "Conformité" in one["raison_sociale"]]
    assert len(named) >= 5
    assert all(one["archive"] for one in named)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_planted_defect_fails_the_check_that_is_there_for_it(
    server: Served, altior: HttpAltior, defect: type[Any]
) -> None:
    bench = _bench(server, altior)
    if defect is FeedInOrderOfOpening:
        bench.altior = bench.backstage = FeedInOrderOfOpening(altior, DemonstrationBackstage(server.url))
    elif defect is UsersUnchecked:
        bench.altior_as = lambda email: altior
    else:
        bench.altior = defect(altior)
    meant = [check for check in CHECKS if check.english == DEFECTS[defect]]
    (outcome,) = conform(bench, meant)
    assert outcome.verdict is Verdict.BROKEN
    assert outcome.sentence.endswith((".", ")"))
    assert "Erreur inattendue" not in outcome.sentence


def test_the_command_reports_in_french(
    server: Served, door: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALTIOR_TOKEN", TOKEN)
    assert main(["--url", server.url, "--user", ADMINISTRATOR]) == 0
    printed = capsys.readouterr().out
    assert "✓ Une écriture périmée est refusée" in printed
    assert printed.splitlines()[-1] == f"{len(CHECKS) - 2} conforme, 0 non conforme, 2 non vérifié"
    monkeypatch.setenv("ALTIOR_TOKEN", "faux")
    assert main(["--url", server.url, "--user", ADMINISTRATOR]) == 2
    assert "jeton" in capsys.readouterr().err
