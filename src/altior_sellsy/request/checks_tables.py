"""What the rules on the tables (events, mapping) find. Pure: answers in, findings out."""

import re
from collections import defaultdict
from collections.abc import Iterator

from altior_sellsy.request.answers import Answer, Answers, Row, override
from altior_sellsy.request.fields import ESTABLISHMENT, PIPELINE, STEP
from altior_sellsy.request.finding import Finding, near
from altior_sellsy.request.mapping import LINES, Direction, Section
from altior_sellsy.values.text import fold

_CERTAIN = re.compile(r"[\n\r;|]")
_POSSIBLE = re.compile(r"\s*(?:,|/|\+|&|\bet\b)\s*", re.IGNORECASE)


def _name(answer: Answer) -> str:
    """A name as two cells are compared; falls back on the text itself when only signs were typed."""
    text = answer.text or ""
    return fold(text) or text


def row_incomplete(answers: Answers) -> Iterator[Finding]:
    for number, row in answers.rows():
        for answer, column in ((row.pipeline, PIPELINE), (row.step, STEP)):
            if answer.blank:
                yield Finding.at(answer, column=column, event=str(number))


def pipeline_twice(answers: Answers) -> Iterator[Finding]:
    for number, rows in answers.events.items():
        first: dict[str, Row] = {}
        for row in rows:
            if row.pipeline.text is None:
                continue
            earlier = first.setdefault(_name(row.pipeline), row)
            if earlier is not row:
                yield Finding.at(row.pipeline, event=str(number), first=earlier.pipeline.cell)


def pipeline_without_first_event(answers: Answers) -> Iterator[Finding]:
    known = {_name(row.pipeline): row.pipeline.text for row in answers.events.get(1, ()) if row.pipeline.text}
    if any(row.pipeline.spoilt for row in answers.events.get(1, ())):
        return
    for number, row in answers.rows():
        if number == 1 or row.pipeline.text is None or _name(row.pipeline) in known:
            continue
        names = [text for text in known.values() if text]
        yield Finding.at(row.pipeline, accepted=names, near=near(row.pipeline.text, names), event=str(number))


def two_names(answers: Answers) -> Iterator[Finding]:
    """A line break or a semicolon is no part of a name. «,», «/», «et»… may be («Dupont et Fils»): they count only
    when one of the parts stands alone elsewhere in the document."""
    for label, column in _columns(answers):
        known = {_name(answer) for answer in column}
        for answer in column:
            raw = answer.raw.strip()
            parts = [fold(part) for part in _POSSIBLE.split(raw) if fold(part)]
            listed = len(parts) > 1 and any(part in known for part in parts)
            if _CERTAIN.search(raw) or listed:
                yield Finding.at(answer, column=label)


def _columns(answers: Answers) -> Iterator[tuple[str, list[Answer]]]:
    """The cells that hold names of one sort, outside the mapping."""
    rows = [row for _, row in answers.rows()]
    yield PIPELINE, [row.pipeline for row in rows if row.pipeline.text]
    yield STEP, [row.step for row in rows if row.step.text]
    places = [row.establishment for row in rows if row.establishment and row.establishment.text]
    main = answers.values["etablissement"]
    yield ESTABLISHMENT, [*([main] if main.text else []), *places]


def same_step(answers: Answers) -> Iterator[Finding]:
    used: dict[tuple[str, str], int] = {}
    for number, row in answers.rows():
        if row.pipeline.text is None or row.step.text is None:
            continue
        earlier = used.setdefault((_name(row.pipeline), _name(row.step)), number)
        if earlier != number:
            yield Finding.at(row.step, pipeline=row.pipeline.text, first=str(earlier), event=str(number))


def mapping_same_value(answers: Answers) -> Iterator[Finding]:
    """Two informations of one record under one Altior type cannot be told apart on the way back to Sellsy."""
    groups: dict[tuple[Section, str], dict[str, str]] = defaultdict(dict)
    for line in LINES:
        if line.section not in (Section.PHONE_TYPES, Section.URL_TYPES) or line.direction is not Direction.BOTH:
            continue
        answer = answers.mapping.get(line.number)
        value = line.standard if answer is None or answer.text is None else override(answer.text)
        if not value:
            continue
        earlier = groups[(line.section, line.objet)].setdefault(fold(value), line.number)
        if earlier != line.number:
            at = answer or answers.mapping.get(earlier)
            if at is not None:
                yield Finding.at(at, value=value, first=earlier, line=line.number)
