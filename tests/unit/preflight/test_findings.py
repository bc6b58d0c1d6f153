"""Each code of the catalogue, from readings made by hand: what is broken is named, and nothing else."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from altior_sellsy.altior.port import Establishment, ListValue, Requirements, User
from altior_sellsy.errors import NotSent, Refused, Retryable
from altior_sellsy.preflight.catalogue import CATALOGUE
from altior_sellsy.preflight.findings import Severity
from altior_sellsy.preflight.readings import AltiorTiers, Tally
from altior_sellsy.preflight.report import Report
from altior_sellsy.request.mapping import Section
from altior_sellsy.request.model import EventRow
from altior_sellsy.sellsy.models import Pipeline, QuotaUse, Staff
from tests.unit.preflight.samples import (
    ALTIOR,
    SELLSY,
    SIRET,
    TICKED,
    UNTICKED,
    account,
    asked,
    definition,
    field,
    in_altior,
    in_sellsy,
    judged,
    listed,
    rows,
    steps,
)

PIPE, ETAP = ALTIOR.custom_fields  # type: ignore[misc]
CLAIRE = User("claire.martin@example.test", "Claire Martin", active=True, administrator=True)
TWO = [Establishment("1", "Menuiserie Léo"), Establishment("2", "Agence de Lyon")]
FORMS = list(ALTIOR.lists["formes-juridiques"])  # type: ignore[arg-type]
REFUSED = Refused("Sellsy refuse ces identifiants (invalid_client).")


def civilities(*values: ListValue) -> Report:
    return listed(Section.CIVILITIES, list(values))


def commercial(*names: str) -> Report:
    return in_sellsy(steps={"11": steps(*names)})


def two_establishments(name: str | None) -> Report:
    events = {1: (EventRow(pipeline="Commercial", step="Étude", establishment=name, cell="Affaires!A12"),)}
    return judged(asked(events=events), altior=replace(ALTIOR, establishments=TWO))


APPROVED = judged().pipelines
CASES: dict[str, Callable[[], Report]] = {
    "sellsy_refused": lambda: judged(sellsy=REFUSED),
    "sellsy_unavailable": lambda: judged(sellsy=NotSent("Sellsy est injoignable.")),
    "sellsy_unread": lambda: in_sellsy(quotas=Retryable("Sellsy a répondu 503.")),
    "sellsy_unread_needed": lambda: in_sellsy(pipelines=Retryable("Sellsy a répondu 503.")),
    "access_shown": judged,
    "access_unread": lambda: in_sellsy(account=Refused("L'accès API n'a pas l'autorisation « staffs.read ».")),
    "access_not_personal": lambda: account(access_type="private"),
    "access_delegated": lambda: account(delegated=True),
    "collaborator_tied": judged,
    "collaborator_not_active": lambda: account(staff_status="blocked"),
    "sellsy_not_administrator": lambda: account(is_administrator=False),
    "sellsy_administrator_unknown": lambda: account(is_administrator=None),
    "account_matches": judged,
    "account_differs": lambda: account(account_id="12345"),
    "account_unknown": lambda: account(account_id="", account_uuid=""),
    "account_changed": lambda: judged(pinned={"account_id": "97417", "account_uuid": "another"}),
    "scopes_complete": judged,
    "scopes_missing": lambda: account(scopes=SELLSY.account.scopes - {"companies.write"}),  # type: ignore[union-attr]
    "scopes_others": lambda: account(scopes=SELLSY.account.scopes - {"taxes.read"}),  # type: ignore[union-attr]
    "field_right": judged,
    "field_missing": lambda: in_sellsy(custom_fields=[]),
    "field_code": lambda: field(code="SYNC"),
    "field_type": lambda: field(type="simple-text"),
    "field_name": lambda: field(name="Vers l'ERP"),
    "field_mandatory": lambda: field(mandatory=True),
    "field_default_yes": lambda: field(parameters={"default_value": True}),
    "field_on_pdf": lambda: field(show_on_pdf=True),
    "field_use_missing": lambda: field(related_objects=["client", "prospect", "contact"]),
    "field_use_elsewhere": lambda: field(related_objects=["client", "prospect", "supplier", "contact", "document"]),
    "field_display": judged,
    "field_description": lambda: field(description=""),
    "altior_not_opened": lambda: judged(altior=None),
    "altior_refused": lambda: judged(altior=Refused("Altior refuse le jeton d'accès du connecteur.")),
    "altior_unavailable": lambda: judged(altior=NotSent("Le serveur Altior ne répond pas.")),
    "altior_unread": lambda: in_altior(tiers=Retryable("Altior a répondu 503.")),
    "altior_unread_needed": lambda: in_altior(users=Retryable("Altior a répondu 503.")),
    "environment_matches": judged,
    "environment_unknown": lambda: in_altior(environment="Charpente Zoé"),
    "user_right": judged,
    "user_unknown": lambda: in_altior(users=[replace(CLAIRE, email="claire.martn@example.test")]),
    "user_inactive": lambda: in_altior(users=[replace(CLAIRE, active=False)]),
    "user_rights": lambda: in_altior(users=[replace(CLAIRE, administrator=False)]),
    "establishment_right": judged,
    "establishment_taken": lambda: in_altior(establishments=[Establishment("1", "Siège")]),
    "establishment_none": lambda: in_altior(establishments=[]),
    "establishment_unknown": lambda: in_altior(establishments=[Establishment("1", "Siège"), TWO[1]]),
    "establishment_twice": lambda: in_altior(establishments=[TWO[0], replace(TWO[0], id="2")]),
    "list_complete": judged,
    "list_value_missing": lambda: civilities(ListValue("Madame", "Mme")),
    "list_value_by_hand": lambda: judged(asked(overrides={"F01": "Société par action"})),
    "list_value_spelt": lambda: civilities(ListValue("madame", "Mme"), ListValue("Monsieur", "M.")),
    "list_abbreviation": lambda: civilities(ListValue("Madame", "Me"), ListValue("Monsieur", "M.")),
    "deals_not_used": lambda: judged(asked(events={})),
    "custom_field_right": judged,
    "custom_field_missing": lambda: in_altior(custom_fields=[PIPE]),
    "custom_field_type": lambda: in_altior(custom_fields=[PIPE, replace(ETAP, type="Nombre")]),
    "custom_field_inactive": lambda: in_altior(custom_fields=[PIPE, replace(ETAP, active=False)]),
    "custom_field_look": lambda: in_altior(custom_fields=[PIPE, replace(ETAP, name="Étapes", searchable=True)]),
    "pipelines_right": judged,
    "pipeline_unknown": lambda: judged(asked(events=rows((1, "Comercial", "Étude")))),
    "pipeline_twice": lambda: in_sellsy(
        pipelines=[Pipeline(id="11", name="Commercial"), Pipeline(id="12", name="Commercial")]
    ),
    "step_unknown": lambda: judged(asked(events=rows((1, "Commercial", "Etudes")))),
    "step_twice": lambda: commercial("Étude", "Étude", "Proposition", "Signature"),
    "steps_same": lambda: judged(asked(events=rows((1, "Commercial", "Étude"), (3, "Commercial", "Étude")))),
    "steps_order": lambda: commercial("Proposition", "Étude", "Signature"),
    "name_changed": lambda: judged(
        sellsy=replace(SELLSY, pipelines=[Pipeline(id="11", name="Ventes")]), approved=APPROVED
    ),
    "steps_moved": lambda: judged(
        sellsy=replace(SELLSY, steps={"11": SELLSY.steps["11"][1:]}),  # type: ignore[index]
        approved=APPROVED,
    ),
    "row_establishment_blank": lambda: two_establishments(None),
    "row_establishment_unknown": lambda: two_establishments("Agence de Lion"),
    "pipelines_unused": lambda: in_sellsy(
        pipelines=[Pipeline(id="11", name="Commercial"), Pipeline(id="12", name="Grands comptes")]
    ),
    "ticked_counted": judged,
    "ticked_none": lambda: in_sellsy(companies=Tally(1240, (UNTICKED,) * 1240)),
    "sa_not_in_lists": lambda: in_sellsy(embeds=False),
    "ticked_unknown": lambda: in_sellsy(companies=Tally(90_000, (), whole=False)),
    "ticked_out_of_scope": lambda: judged(asked(tiers_import=False)),
    "export_counted": judged,
    "siret_duplicates": lambda: judged(asked(siret=False)),
    "duplicates_inside": lambda: in_sellsy(companies=Tally(2, (TICKED, TICKED))),
    "altior_duplicates_inside": lambda: in_altior(tiers=AltiorTiers(2, Counter({SIRET: 2}))),
    "deals_counted": judged,
    "requirements_shown": judged,
    "requirements_lacking": lambda: in_altior(requirements={"tiers": Requirements(["forme_juridique"])}),
    "mandatory_fields": lambda: in_sellsy(
        custom_fields=[definition(), definition(id=502, code="ORI", name="Origine", mandatory=True)]
    ),
    "staff_without_user": lambda: in_sellsy(
        staffs=[Staff(id="103", firstname="Nadia", lastname="Ferhat", email="nadia@example.test", status="ok")]
    ),
    "quota_shown": judged,
    "quota_narrow": lambda: in_sellsy(quotas={"api_rate_seconds": QuotaUse(limit=3, used=0)}),
    "estimate": judged,
}


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_code_is_found_and_alone(code: str) -> None:
    report = CASES[code]()
    mine = [finding for finding in report.findings if finding.code == code]
    assert mine, sorted({finding.code for finding in report.findings})
    grave = {f.code for f in report.findings if f.severity in (Severity.WARNING, Severity.BLOCKING)}
    assert grave <= {code}
    for finding in mine:
        assert finding.sentence
        assert finding.sentence.endswith((".", "?", "!"))
        assert finding.remedy or finding.severity in (Severity.OK, Severity.NOTICE)
        assert 1 <= finding.statement <= 51


def test_every_case_is_of_the_catalogue() -> None:
    assert set(CASES) == set(CATALOGUE)


def test_a_right_set_up_blocks_nothing_and_warns_of_nothing() -> None:
    report = judged()
    assert not report.blocking
    assert {f.severity for f in report.findings} == {Severity.OK, Severity.NOTICE, Severity.EYE}


@pytest.mark.parametrize("code", CATALOGUE)
def test_sentences_are_in_french_typography(code: str) -> None:
    for finding in CASES[code]().findings:
        for text in (
            finding.title,
            finding.sentence,
            finding.remedy,
            finding.repair.sentence if finding.repair else "",
        ):
            assert not any(bad in text for bad in ("« ", " »", " :", " ;", " ?", " !", " %", "  ", "None", "..")), text
            assert text.count("«") == text.count("»"), text
