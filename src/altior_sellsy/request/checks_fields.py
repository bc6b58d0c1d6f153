"""What the rules on single cells and between questions find. Pure: answers in, findings out."""

import re
from collections.abc import Iterator

from altior_sellsy.request.answers import (
    Answer,
    Answers,
    Choice,
    account_id,
    choice,
    email,
    minutes,
    override,
    secret,
    shortened,
)
from altior_sellsy.request.fields import INPUTS, MOST_MINUTES, YES_NO, input_named
from altior_sellsy.request.finding import Finding
from altior_sellsy.values.text import fold

TEXT_LIMIT = 250
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@(?:[^@\s.,;<>()\"]+\.)+[^@\s.,;<>()\"\d]{2,}")


def missing(answers: Answers) -> Iterator[Finding]:
    for one in INPUTS:
        answer = answers.values[one.name]
        if one.required and answer.blank:
            yield Finding.at(answer, accepted=one.choices, label=one.label, help=one.help)


def not_a_choice(answers: Answers) -> Iterator[Finding]:
    for one in INPUTS:
        answer = answers.values[one.name]
        if not one.choices or answer.text is None:
            continue
        given = choice(answer.text)
        if given is None or given.value not in one.choices:
            yield Finding.at(answer, accepted=one.choices, choices=" ou ".join(one.choices))


def _asked(answers: Answers, name: str) -> Choice | None:
    return choice(answers.values[name].text)


def _transfers(answers: Answers) -> list[Choice | None]:
    return [_asked(answers, "tiers_export"), _asked(answers, "tiers_import")]


def siret_required(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["tiers_siret"]
    unanswered = answer.blank or choice(answer.text) is Choice.NOT_APPLICABLE
    if Choice.YES in _transfers(answers) and unanswered:
        yield Finding.at(answer, accepted=YES_NO)


def siret_not_applicable(answers: Answers) -> Iterator[Finding]:
    if _transfers(answers) == [Choice.NO, Choice.NO] and _asked(answers, "tiers_siret") is Choice.YES:
        yield Finding.at(answers.values["tiers_siret"], accepted=(Choice.NOT_APPLICABLE.value,))


def siret_duplicates(answers: Answers) -> Iterator[Finding]:
    if _transfers(answers) == [Choice.YES, Choice.YES] and _asked(answers, "tiers_siret") is Choice.NO:
        yield Finding.at(answers.values["tiers_siret"])


def email_form(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["utilisateur_reference"]
    address = email(answer.text)
    if answer.text is not None and (address is None or not _EMAIL.fullmatch(address)):
        yield Finding.at(answer)


def account_id_form(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["sellsy_id_compte"]
    if answer.text is not None and account_id(answer.text) is None and not shortened(answer.text):
        yield Finding.at(answer)


def account_id_shortened(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["sellsy_id_compte"]
    if answer.text is not None and account_id(answer.text) is None and shortened(answer.text):
        yield Finding.at(answer)


def identifier_spaces(answers: Answers) -> Iterator[Finding]:
    """Never quotes what was typed: one of the two cells holds a secret."""
    for name in ("sellsy_client_id", "sellsy_client_secret"):
        answer = answers.values[name]
        value = secret(answer.raw) if name == "sellsy_client_secret" else answer.raw.strip()
        if value and re.search(r"\s", value):
            yield Finding(answer.cell, {"label": input_named(name).label})


def identifiers_alike(answers: Answers) -> Iterator[Finding]:
    client_secret = answers.values["sellsy_client_secret"]
    value = secret(client_secret.raw)
    if value and value == answers.values["sellsy_client_id"].raw.strip():
        yield Finding(client_secret.cell)


def too_long(answers: Answers) -> Iterator[Finding]:
    for answer in _free_texts(answers):
        if answer.text is not None and len(answer.text) > TEXT_LIMIT:
            yield Finding.at(answer, limit=str(TEXT_LIMIT))


def _free_texts(answers: Answers) -> Iterator[Answer]:
    yield from (answers.values[one.name] for one in INPUTS if not one.choices and one.name != "sellsy_client_secret")
    yield from answers.mapping.values()
    for _, row in answers.rows():
        yield from row.cells()


def secret_too_long(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["sellsy_client_secret"]
    if len(answer.raw) > TEXT_LIMIT:
        yield Finding(answer.cell)


def environment_unnamed(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["environnement"]
    if answer.text is not None and not fold(answer.text):
        yield Finding.at(answer)


def referent_missing(answers: Answers) -> Iterator[Finding]:
    if answers.values["referent_integration"].blank:
        yield Finding(answers.values["referent_integration"].cell)


def deals_import_required(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["affaires_import"]
    if answers.events.get(1) and answer.blank:
        yield Finding.at(answer, accepted=YES_NO)


def deals_unused(answers: Answers) -> Iterator[Finding]:
    if _asked(answers, "affaires_import") is Choice.YES and not any(answers.events.values()):
        yield Finding(answers.values["affaires_import"].cell)


def delay_unreadable(answers: Answers) -> Iterator[Finding]:
    answer = answers.values["affaires_delai"]
    if answer.text is not None and minutes(answer.text) is None:
        yield Finding.at(answer, limit=str(MOST_MINUTES))


def not_a_value(answers: Answers) -> Iterator[Finding]:
    """«Autre valeur» made of signs only, and not the dash that means «do not synchronise»."""
    for answer in answers.mapping.values():
        if answer.text is not None and override(answer.text) is not None and not fold(answer.text):
            yield Finding.at(answer)
