"""Documents with one damage each: that problem, at its cell, and no other; all of them in one pass."""

import datetime
from typing import Any

import pytest

from altior_sellsy.request.answers import Problem
from altior_sellsy.request.fields import INPUTS
from altior_sellsy.request.mapping import LINES
from altior_sellsy.request.reading import check, read
from altior_sellsy.request.rules import RULES
from tests.unit.request.documents import SECRET, Damage, Document, filled

Expected = list[tuple[str, tuple[Any, ...]]]
"""Code, and what `Document.address` needs to name the cell."""


def _put(name: str, value: object, row: int = 0, column: int = 0) -> Damage:
    return lambda made: made.put(name, value, row, column)


def _formula(name: str, text: str, row: int = 0, column: int = 0) -> Damage:
    return lambda made: made.formula(name, text, row, column)


def _both(*damages: Damage) -> Damage:
    def damage(made: Document) -> None:
        for one in damages:
            one(made)

    return damage


def _row(event: int, index: int, *texts: str) -> Damage:
    return lambda made: made.row(event, index, *texts)


def _mapping(number: str, column: int, value: object) -> Damage:
    return lambda made: made.put("mapping", value, made.line(number), column)


def _beside(name: str, value: object) -> Damage:
    return lambda made: made.put(name, value, 0, -1)


def _no_pipelines(made: Document) -> None:
    for event in range(1, 5):
        for index in range(4):
            made.row(event, index, *[""] * (3 if event == 1 else 2))


def _break_name(name: str, label_column: int = -1) -> Damage:
    """The name points nowhere and the label is gone: nothing tells where the answer is."""

    def damage(made: Document) -> None:
        made.put(name, "…", 0, label_column)
        made.book.defined_names[name].value = "#REF!"

    return damage


def _line_lost(number: str) -> Damage:
    return lambda made: made.put("mapping", "?", made.line(number), 0)


OTHER = 6
AT_LINE = {line.number: index for index, line in enumerate(LINES)}

DAMAGES: dict[str, tuple[Damage, Expected]] = {
    "unknown answer": (_put("tiers_export", "peut-être"), [("not_a_choice", ("tiers_export",))]),
    "both answers": (_put("tiers_import", "Oui/Non"), [("not_a_choice", ("tiers_import",))]),
    "not applicable where it is": (_put("tiers_import", "Sans objet"), [("not_a_choice", ("tiers_import",))]),
    "a number for an answer": (_put("affaires_import", 7), [("not_a_choice", ("affaires_import",))]),
    "siret unanswered": (_put("tiers_siret", None), [("siret_required", ("tiers_siret",))]),
    "siret said not applicable": (_put("tiers_siret", "Sans objet"), [("siret_required", ("tiers_siret",))]),
    "siret without transfer": (_put("tiers_export", "Non"), [("siret_not_applicable", ("tiers_siret",))]),
    "doubles": (
        _both(_put("tiers_import", "Oui"), _put("tiers_siret", "Non")),
        [("siret_duplicates", ("tiers_siret",))],
    ),
    "e-mail without domain": (_put("utilisateur_reference", "c.martin"), [("email_form", ("utilisateur_reference",))]),
    "e-mail with two signs": (_put("utilisateur_reference", "a@@b.fr"), [("email_form", ("utilisateur_reference",))]),
    "two e-mails": (_put("utilisateur_reference", "a@b.fr, c@d.fr"), [("email_form", ("utilisateur_reference",))]),
    "a name for an e-mail": (
        _put("utilisateur_reference", "Claire Martin"),
        [("email_form", ("utilisateur_reference",))],
    ),
    "account by name": (_put("sellsy_id_compte", "menuiserie"), [("account_id_form", ("sellsy_id_compte",))]),
    "account with decimals": (_put("sellsy_id_compte", 97417.5), [("account_id_form", ("sellsy_id_compte",))]),
    "negative account": (_put("sellsy_id_compte", -97417), [("account_id_form", ("sellsy_id_compte",))]),
    "shortened account": (_put("sellsy_id_compte", "1,2E+05"), [("account_id_shortened", ("sellsy_id_compte",))]),
    "identifier with a space": (_put("sellsy_client_id", "3f2c 8a1e"), [("identifier_spaces", ("sellsy_client_id",))]),
    "secret on two lines": (
        _put("sellsy_client_secret", "abc\ndef"),
        [("identifier_spaces", ("sellsy_client_secret",))],
    ),
    "secret copied twice": (
        _put("sellsy_client_secret", "3f2c8a1e-5b7d-4c09"),
        [("identifiers_alike", ("sellsy_client_secret",))],
    ),
    "endless secret": (_put("sellsy_client_secret", "s" * 300), [("secret_too_long", ("sellsy_client_secret",))]),
    "endless client": (_put("client", "Menuiserie " * 40), [("too_long", ("client",))]),
    "environment of signs": (_put("environnement", "***"), [("environment_unnamed", ("environnement",))]),
    "no referent": (_put("referent_integration", None), [("referent_missing", ("referent_integration",))]),
    "formula in a field": (_formula("client", '="Menui"&"serie"'), [("formula", ("client",))]),
    "formula in a question": (_formula("tiers_export", "=A1"), [("formula", ("tiers_export",))]),
    "formula in the secret": (_formula("sellsy_client_secret", "=1+1"), [("formula", ("sellsy_client_secret",))]),
    "formula in a table": (_formula("evenement_1", "=A1", 0, 1), [("formula", ("evenement_1", 0, 1))]),
    "formula in the mapping": (
        _formula("mapping", "=A1", AT_LINE["T01"], OTHER),
        [("formula", ("mapping", AT_LINE["T01"], OTHER))],
    ),
    "a date": (_put("evenement_1", datetime.date(2026, 3, 12), 0, 1), [("date", ("evenement_1", 0, 1))]),
    "a spreadsheet error": (
        lambda made: _error(made, "etablissement"),
        [("cell_error", ("etablissement",))],
    ),
    "step missing": (_row(1, 4, "SAV", "", ""), [("row_incomplete", ("evenement_1", 4, 1))]),
    "pipeline missing": (_row(1, 4, "", "Ouvert", ""), [("row_incomplete", ("evenement_1", 4, 0))]),
    "step missing in event 3": (_row(3, 1, "Grands comptes", ""), [("row_incomplete", ("evenement_3", 1, 1))]),
    "establishment alone": (
        _row(1, 5, "", "", "Lyon"),
        [("row_incomplete", ("evenement_1", 5, 0)), ("row_incomplete", ("evenement_1", 5, 1))],
    ),
    "pipeline twice": (_row(1, 6, "COMMERCIAL ", "Négociation", ""), [("pipeline_twice", ("evenement_1", 6, 0))]),
    "pipeline twice in event 3": (_row(3, 9, "commercial", "Négociation"), [("pipeline_twice", ("evenement_3", 9, 0))]),
    "pipeline misspelt": (
        _row(4, 0, "Comercial", "Facturé"),
        [("pipeline_without_first_event", ("evenement_4", 0, 0))],
    ),
    "pipeline not in event 1": (
        _row(2, 3, "Export", "Devis"),
        [("pipeline_without_first_event", ("evenement_2", 3, 0))],
    ),
    "two pipelines in a cell": (
        _row(1, 3, "Nord\nSud", "Devis", ""),
        [("two_names", ("evenement_1", 3, 0))],
    ),
    "two establishments, semicolon": (
        _put("evenement_1", "Lyon ; Paris", 1, 2),
        [("two_names", ("evenement_1", 1, 2))],
    ),
    "two known establishments": (
        _put("evenement_1", "Menuiserie Léo et Lyon", 1, 2),
        [("two_names", ("evenement_1", 1, 2))],
    ),
    "two establishments in general": (_put("etablissement", "Lyon ; Paris"), [("two_names", ("etablissement",))]),
    "one step for two events": (
        _put("evenement_2", "etude du besoin", 0, 1),
        [("same_step", ("evenement_2", 0, 1))],
    ),
    "import unanswered": (_put("affaires_import", None), [("deals_import_required", ("affaires_import",))]),
    "a delay in words": (_put("affaires_delai", "cinq"), [("delay_unreadable", ("affaires_delai",))]),
    "a delay of days": (_put("affaires_delai", 3000), [("delay_unreadable", ("affaires_delai",))]),
    "import of nothing": (_no_pipelines, [("deals_unused", ("affaires_import",))]),
    "one type for two phones": (
        _mapping("T02", OTHER, "principale"),
        [("mapping_same_value", ("mapping", AT_LINE["T02"], OTHER))],
    ),
    "one type for two sites": (
        _mapping("U02", OTHER, "Site web"),
        [("mapping_same_value", ("mapping", AT_LINE["U02"], OTHER))],
    ),
    "a value of signs": (_mapping("M01", OTHER, "???"), [("not_a_value", ("mapping", AT_LINE["M01"], OTHER))]),
    "an endless value": (_mapping("M01", OTHER, "m" * 251), [("too_long", ("mapping", AT_LINE["M01"], OTHER))]),
    "locked value changed": (
        _mapping("T01", 4, "Standard"),
        [("locked_changed", ("mapping", AT_LINE["T01"], 4))],
    ),
    "locked abbreviation changed": (
        _mapping("C01", 5, "Mr"),
        [("locked_changed", ("mapping", AT_LINE["C01"], 5))],
    ),
    "locked value emptied": (_mapping("K01", 4, None), [("locked_changed", ("mapping", AT_LINE["K01"], 4))]),
    "locked label changed": (_beside("client", "Société"), [("locked_changed", ("client", 0, -1))]),
    "locked question changed": (_beside("etablissement", "Site"), [("locked_changed", ("etablissement", 0, -1))]),
    "locked header changed": (
        lambda made: made.put("evenement_2", "Phase", -1, 1),
        [("locked_changed", ("evenement_2", -1, 1))],
    ),
    "line lost": (_line_lost("T03"), [("line_missing", ("mapping",))]),
    "a value where none may be": (
        _mapping("C04", OTHER, "Madame"),
        [("line_not_editable", ("mapping", AT_LINE["C04"], OTHER))],
    ),
    "form of tomorrow": (_put("version_formulaire", "9"), [("form_version", ("version_formulaire",))]),
}


def _error(made: Document, name: str) -> None:
    cell = made.cell(name)
    cell.value = "#REF!"
    cell.data_type = "e"


def _damaged(damage: Damage) -> tuple[Document, list[Problem]]:
    made = filled()
    damage(made)
    return made, check(made.bytes())


@pytest.mark.parametrize("case", DAMAGES)
def test_the_damage_is_named_at_its_cell(case: str) -> None:
    damage, expected = DAMAGES[case]
    made, problems = _damaged(damage)
    assert sorted((one.code, one.cell) for one in problems) == sorted(
        (code, made.address(*place)) for code, place in expected
    )
    for problem in problems:
        assert SECRET not in problem.sentence
        assert problem.sentence.endswith((".", "?"))


@pytest.mark.parametrize("name", [one.name for one in INPUTS if one.required])
@pytest.mark.parametrize("empty", [None, "   ", "\n"])
def test_each_required_cell_emptied_is_named(name: str, empty: str | None) -> None:
    made = filled()
    made.put(name, empty)
    assert [(one.code, one.cell) for one in check(made.bytes()) if one.code == "required"] == [
        ("required", made.address(name))
    ]


@pytest.mark.parametrize(
    ("damage", "code", "cell"),
    [
        (_break_name("client"), "field_not_found", "Général"),
        (_break_name("sellsy_id_compte"), "field_not_found", "Général"),
        (lambda made: _lose_table(made, "evenement_3"), "table_not_found", "Affaires"),
        (lambda made: _lose_table(made, "mapping"), "table_not_found", "Tiers"),
    ],
)
def test_an_answer_that_cannot_be_found_is_told(damage: Damage, code: str, cell: str) -> None:
    _, problems = _damaged(damage)
    assert [(one.code, one.cell) for one in problems] == [(code, cell)]


def _lose_table(made: Document, name: str) -> None:
    for column in range(9 if name == "mapping" else 2):
        made.put(name, "…", -1, column)
    made.book.defined_names[name].value = "#REF!"


def test_all_problems_in_one_pass_in_the_order_of_the_document() -> None:
    made = filled(client=None, utilisateur_reference="x", tiers_export="?", sellsy_id_compte="abc")
    made.row(2, 5, "Grands Comtes", "Soutenance")
    made.put("mapping", "Standard", made.line("T01"), 4)
    request, problems = read(made.bytes())
    assert request is None
    assert [(one.code, one.cell) for one in problems] == [
        ("required", made.address("client")),
        ("email_form", made.address("utilisateur_reference")),
        ("account_id_form", made.address("sellsy_id_compte")),
        ("not_a_choice", made.address("tiers_export")),
        ("locked_changed", made.address("mapping", made.line("T01"), 4)),
        ("pipeline_without_first_event", made.address("evenement_2", 5)),
    ]


def test_warnings_alone_leave_a_request_with_standard_values() -> None:
    made = filled(referent_integration=None)
    made.put("mapping", "Standard", made.line("T01"), 4)
    request, problems = read(made.bytes())
    assert request is not None
    assert {one.severity for one in problems} == {"warning"}
    assert request.mapping()["T01"] == "Principale"
    assert request.settings()["referent"] == ""


def test_near_names_and_accepted_values_are_given() -> None:
    _, problems = _damaged(DAMAGES["pipeline misspelt"][0])
    assert problems[0].near == ("Commercial",)
    assert problems[0].accepted == ("Commercial", "Grands comptes")
    assert problems[0].sentence.endswith("Vouliez-vous dire «\u00a0Commercial\u00a0»\u00a0?")
    _, problems = _damaged(DAMAGES["unknown answer"][0])
    assert problems[0].accepted == ("Oui", "Non")


def test_every_rule_of_the_list_has_a_document_that_breaks_it() -> None:
    broken = {code for _, expected in DAMAGES.values() for code, _ in expected}
    assert {rule.code for rule in RULES} - broken == {"required", "field_not_found", "table_not_found"}


def test_sentences_keep_french_typography() -> None:
    breaking = [f"\x20{sign}" for sign in ":;?!»"] + ["«\x20"]
    assert [rule.code for rule in RULES if any(bad in rule.sentence for bad in breaking)] == []
