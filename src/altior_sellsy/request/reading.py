"""Reads a completed document: forgiving about form, strict about meaning, all problems in one pass."""

import os
import re
from typing import Any

from openpyxl.utils.cell import column_index_from_string

from altior_sellsy.request.answers import Answers, Problem
from altior_sellsy.request.archive import inspect
from altior_sellsy.request.fields import IN_CONSOLE, Sheet
from altior_sellsy.request.grid import load
from altior_sellsy.request.model import Request, from_answers
from altior_sellsy.request.reader import Reader
from altior_sellsy.request.rules import problems

Source = str | os.PathLike[str] | bytes


def read(source: Source) -> tuple[Request | None, list[Problem]]:
    """The request (None if a problem is an error) and every problem, in the order of the sheets. Raises
    UnreadableDocument when the file cannot be read as a form at all."""
    answers, found = read_answers(source)
    if any(problem.severity == "error" for problem in found):
        return None, found
    return from_answers(answers), found


def read_answers(source: Source) -> tuple[Answers, list[Problem]]:
    """What was answered, right or wrong, and every problem. Raises UnreadableDocument."""
    reader = Reader(load(inspect(source)))
    answers = reader.answers()
    return answers, sorted([*reader.problems, *problems(answers)], key=_order)


def check(path: Source) -> list[Problem]:
    """Every problem of a document. Raises UnreadableDocument."""
    return read_answers(path)[1]


def show(path: Source) -> dict[str, Any]:
    """What a document says, as JSON, its secret masked: `Request.masked()` when it is right, else the answers as they
    stand; `valid` and `problems` beside. Raises UnreadableDocument."""
    answers, found = read_answers(path)
    valid = not any(problem.severity == "error" for problem in found)
    said = from_answers(answers).masked() if valid else _masked(answers)
    return {"valid": valid, **said, "problems": [_as_json(problem) for problem in found]}


def _masked(answers: Answers) -> dict[str, Any]:
    values = {name: answer.text for name, answer in answers.values.items()}
    values["sellsy_client_secret"] = "présent, masqué" if values["sellsy_client_secret"] else IN_CONSOLE
    return {
        "answers": values,
        "overrides": {number: answer.text for number, answer in answers.mapping.items()},
        "events": {
            str(number): [[cell.text for cell in row.cells()] for row in rows]
            for number, rows in sorted(answers.events.items())
        },
    }


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "cell": problem.cell,
        "code": problem.code,
        "severity": problem.severity,
        "sentence": problem.sentence,
        "accepted": list(problem.accepted),
        "near": list(problem.near),
    }


def _order(problem: Problem) -> tuple[int, int, int, str]:
    """By sheet, then row, then column, as a person goes through the document."""
    title, _, address = problem.cell.rpartition("!")
    titles = [sheet.value for sheet in Sheet]
    sheet = titles.index(title) if title in titles else len(titles)
    match = re.fullmatch(r"([A-Z]{1,3})(\d+)", address)
    return (sheet, int(match[2]), column_index_from_string(match[1]), problem.code) if match else (sheet, 0, 0, address)
