"""What the sentences say, where they point, and what is kept for the approved configuration."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from altior_sellsy.altior.port import Establishment, ListValue, Requirements
from altior_sellsy.errors import Refused, Retryable
from altior_sellsy.preflight import estimate, scopes
from altior_sellsy.preflight.findings import Finding, count, french, quoted
from altior_sellsy.preflight.readings import AltiorTiers, Party, Tally
from altior_sellsy.preflight.report import Report
from altior_sellsy.request.mapping import Section
from altior_sellsy.request.model import EventRow
from altior_sellsy.sellsy.models import Pipeline, QuotaUse
from tests.unit.preflight.samples import (
    ALTIOR,
    ASKED,
    SELLSY,
    SIRET,
    TICKED,
    UNTICKED,
    account,
    asked,
    field,
    in_altior,
    in_sellsy,
    judged,
    listed,
    rows,
    steps,
)


def one(report: Report, code: str) -> Finding:
    found = [finding for finding in report.findings if finding.code == code]
    assert len(found) == 1, [finding.sentence for finding in found]
    return found[0]


def sentence(report: Report, code: str) -> str:
    return one(report, code).sentence.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_near_names_are_suggested() -> None:
    unknown = judged(asked(events=rows((1, "Comercial", "Étude"))))
    assert sentence(unknown, "pipeline_unknown") == "Pipeline « Comercial » inconnu. Vouliez-vous dire « Commercial » ?"
    user = in_altior(users=[replace(ALTIOR.users[0], email="claire.martn@example.test")])  # type: ignore[index]
    assert "Vouliez-vous dire « claire.martn@example.test » ?" in sentence(user, "user_unknown")
    step = judged(asked(events=rows((1, "Commercial", "Propositions"))))
    assert "Vouliez-vous dire « Proposition » ?" in sentence(step, "step_unknown")


@pytest.mark.parametrize(
    ("report", "code", "cell"),
    [
        (lambda: account(account_id="1"), "account_differs", "Général!B16"),
        (lambda: in_altior(environment="Autre"), "environment_unknown", "Général!B6"),
        (lambda: in_altior(users=[]), "user_unknown", "Général!B11"),
        (lambda: judged(asked(siret=False)), "siret_duplicates", "Tiers!B7"),
        (lambda: in_sellsy(pipelines=[Pipeline(id="12", name="Autre")], steps={}), "pipeline_unknown", "Affaires!A12"),
        (lambda: in_sellsy(steps={"11": steps("Proposition", "Étude", "Signature")}), "steps_order", "Affaires!A46"),
    ],
)
def test_the_cell_of_the_document_is_named(report: object, code: str, cell: str) -> None:
    assert cell in {f.cell for f in report().findings if f.code == code}  # type: ignore[operator]


def test_both_menu_paths_of_sellsy_are_quoted() -> None:
    remedy = one(in_sellsy(custom_fields=[]), "field_missing").remedy
    assert "Menu → Réglages → Données → Champs personnalisés" in remedy
    assert "Menu > Réglages > Champs personnalisés" in remedy
    assert "code «\N{NO-BREAK SPACE}SA\N{NO-BREAK SPACE}»" in remedy
    refused = one(judged(sellsy=Refused("Sellsy refuse ces identifiants.")), "sellsy_refused").remedy
    assert "supprimez l'accès et recréez-en un" in refused
    assert "Portail Développeur" in refused
    assert "Portail développeurs" in refused


def test_default_yes_in_any_shape_that_the_account_may_use() -> None:
    for value in (True, "true", 1, "1", "Y"):
        one(field(parameters={"default_value": value}), "field_default_yes")
    for value in (None, False, "false", 0, ""):
        assert not [f for f in field(parameters={"default_value": value}).findings if f.code == "field_default_yes"]


def test_missing_uses_are_named() -> None:
    report = field(related_objects=["client", "document", "item"])
    assert "les contacts, prospects et fournisseurs" in sentence(report, "field_use_missing")
    assert "documents de ventes, produits" in sentence(report, "field_use_elsewhere")


def test_needed_authorisations_are_named_and_depend_on_deals() -> None:
    without = scopes.ALL - {"opportunities.write"}
    assert "opportunities.write" in sentence(account(scopes=without), "scopes_missing")
    quiet = judged(asked(events={}), sellsy=replace(SELLSY, account=replace(SELLSY.account, scopes=without)))  # type: ignore[type-var]
    assert not quiet.blocking
    assert "opportunities.write" in sentence(quiet, "scopes_others")


def test_a_system_that_fails_hides_nothing_of_the_other() -> None:
    report = judged(sellsy=Refused("Sellsy refuse ces identifiants."), altior=replace(ALTIOR, establishments=[]))
    codes = {finding.code for finding in report.findings}
    assert {"sellsy_refused", "establishment_none", "user_right", "list_complete"} <= codes
    other = judged(altior=Retryable("Altior a répondu 503."))
    assert {"altior_unavailable", "field_right", "pipelines_right"} <= {f.code for f in other.findings}
    assert other.blocking


def test_nothing_is_activated_while_altior_is_not_opened() -> None:
    report = judged(altior=None)
    assert report.blocking
    assert not report.complete
    assert sentence(report, "altior_not_opened") == (
        "Vérification possible dès que votre intégrateur aura ouvert l'accès Altior."
    )


def test_an_error_that_is_not_ours_shows_no_internals() -> None:
    report = judged(sellsy=ValueError("secret=hunter2 at 0x7f"))
    assert "hunter2" not in sentence(report, "sellsy_unavailable")


def test_the_only_establishment_is_taken() -> None:
    report = in_altior(establishments=[Establishment("9", "Siège")])
    assert sentence(report, "establishment_taken") == "Un seul établissement existe : « Siège ». Il sera utilisé."
    assert report.pipelines["establishments"] == {"Menuiserie Léo": "9"}


def test_a_row_left_blank_is_enough_with_one_establishment() -> None:
    events = {1: (EventRow(pipeline="Commercial", step="Étude"),)}
    report = judged(asked(events=events))
    assert not report.blocking


def test_the_order_is_judged_over_the_events_present() -> None:
    assert not judged(asked(events=rows((1, "Commercial", "Étude"), (4, "Commercial", "Signature")))).blocking
    report = judged(asked(events=rows((1, "Commercial", "Signature"), (4, "Commercial", "Étude"))))
    assert "l'étape de l'événement 4 (« Étude »)" in sentence(report, "steps_order")


def test_names_are_matched_as_people_read_them_and_resolved_to_ids() -> None:
    events = rows((1, "commercial", "etude"), (2, "commercial", "PROPOSITION"))
    kept = judged(asked(events=events)).pipelines
    assert kept["pipelines"] == {"commercial": "11"}
    assert kept["steps"] == {"commercial": {"etude": "1102", "PROPOSITION": "1103"}}
    assert kept["order"] == {"11": ["1101", "1102", "1103", "1104", "1105"]}
    assert kept["establishments"] == {"Menuiserie Léo": "1"}


def test_a_new_name_in_sellsy_is_followed_by_its_id() -> None:
    approved = judged().pipelines
    renamed = [step.model_copy(update={"name": f"{step.name} !"}) for step in steps("A", "B", "C", "D", "E")]
    report = judged(
        sellsy=replace(SELLSY, pipelines=[Pipeline(id="11", name="Ventes")], steps={"11": renamed}), approved=approved
    )
    assert not report.blocking
    assert report.pipelines == approved
    assert len([f for f in report.findings if f.code == "name_changed"]) == 4


def test_one_finding_and_one_repair_per_missing_value() -> None:
    report = listed(Section.PHONE_TYPES, [ListValue("Principale"), ListValue("Fixe"), ListValue("Fax")])
    missing = one(report, "list_value_missing")
    assert "lignes T02, T05" in missing.sentence
    assert missing.repair is not None
    assert missing.repair.key == "types-telephone:Portable"


def test_lines_that_are_not_synchronised_need_no_value() -> None:
    request = asked(overrides={"K01": None, "K02": "Comptable", "K03": None})
    assert not listed(Section.CONTACT_ROLES, [ListValue("Comptable")], request).blocking


def test_a_chosen_value_without_known_abbreviation_is_created_by_hand() -> None:
    report = judged(asked(overrides={"C01": "Maître"}))
    assert one(report, "list_value_by_hand").repair is None
    role = listed(Section.CONTACT_ROLES, [ListValue("Acheteur")], asked(overrides={"K01": "Achteur"}))
    named = [f.sentence.replace("\N{NO-BREAK SPACE}", " ") for f in role.findings if f.code == "list_value_missing"]
    assert any("Vouliez-vous dire « Acheteur » ?" in text for text in named)


def test_deals_not_used_ask_for_nothing_in_altior() -> None:
    report = judged(asked(events={}), altior=replace(ALTIOR, custom_fields=[]))
    assert not report.blocking
    assert not report.pipelines["pipelines"]


def test_what_will_descend_is_counted() -> None:
    nothing = in_sellsy(companies=Tally(1240, (UNTICKED,) * 1240), contacts=Tally(0))
    assert sentence(nothing, "ticked_none") == (
        "0 fiche sur 1 240 a « Synchronisation Altior » à Oui. Rien ne descendra."
    )
    some = in_sellsy(companies=Tally(3, (TICKED, UNTICKED, UNTICKED)), individuals=Tally(1, (Party(ticked=True),)))
    assert sentence(some, "ticked_counted") == (
        "2 fiches sur 4 ont « Synchronisation Altior » à Oui. Contacts : 1 sur 1."
    )
    closed = judged(asked(tiers_import=False))
    assert "1 fiche sur 2 a déjà" in sentence(closed, "ticked_out_of_scope")
    assert "elle ne descendra pas" in sentence(closed, "ticked_out_of_scope")


def test_too_many_records_are_not_read_for_a_check() -> None:
    report = in_sellsy(companies=Tally(90_000, whole=False))
    assert "90 000 fiches dans Sellsy" in sentence(report, "ticked_unknown")


def test_duplicates_count_per_volet_and_ticked_only() -> None:
    supplier = replace(TICKED, kind="supplier")
    apart = in_sellsy(
        companies=Tally(4, (TICKED, supplier, replace(TICKED, ticked=None), replace(TICKED, archived=True)))
    )
    assert not [f for f in apart.findings if f.code == "duplicates_inside"]
    double = in_sellsy(companies=Tally(2, (TICKED, TICKED)))
    assert "2 fiches de Sellsy à Oui partagent le même SIRET" in sentence(double, "duplicates_inside")


def test_doubles_between_the_two_are_counted_only_when_not_matched() -> None:
    assert "1 SIRET existe des deux côtés" in sentence(judged(asked(siret=False)), "siret_duplicates")
    assert not [f for f in judged().findings if f.code == "siret_duplicates"]
    assert not [f for f in judged(asked(siret=None, tiers_export=False)).findings if f.code == "siret_duplicates"]


def test_required_fields_that_ticked_records_lack() -> None:
    required = {"tiers": Requirements(["siret", "naf"]), "contacts": Requirements(["nom", "fonction"])}
    bare = replace(TICKED, filled=frozenset({"siret"}))
    report = judged(
        sellsy=replace(SELLSY, companies=Tally(3, (bare, bare, replace(UNTICKED, filled=frozenset())))),
        altior=replace(ALTIOR, requirements=required),
    )
    lacking = sorted(f.sentence for f in report.findings if f.code == "requirements_lacking")
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in lacking] == [
        "1 fiche de Sellsy à Oui n'a rien dans « fonction », qu'Altior exige sur un contact.",
        "2 fiches de Sellsy à Oui n'ont rien dans « code NAF », qu'Altior exige sur un tiers.",
    ]


def test_a_corrected_collaborator_has_a_counterpart() -> None:
    settings = {**ASKED.settings, "staff": {"101": "claire.martin@example.test"}}
    other = SELLSY.staffs[0].model_copy(update={"email": "c.martin@perso.example"})  # type: ignore[index]
    assert [f for f in in_sellsy(staffs=[other]).findings if f.code == "staff_without_user"]
    corrected = judged(replace(ASKED, settings=settings), sellsy=replace(SELLSY, staffs=[other]))
    assert not [f for f in corrected.findings if f.code == "staff_without_user"]


def test_an_account_that_allows_too_little_is_told_loudly_and_an_ordinary_one_is_not() -> None:
    quotas = {"api_rate_seconds": QuotaUse(limit=5), "api_rate_minutes": QuotaUse(limit=149)}
    assert not [f for f in in_sellsy(quotas=quotas).findings if f.code == "quota_narrow"]
    quotas["api_rate_minutes"] = QuotaUse(limit=60)
    [told] = [f for f in in_sellsy(quotas=quotas).findings if f.code == "quota_narrow"]
    assert told.sentence.startswith("Ce compte ne permet que 60 appels par minute\N{NO-BREAK SPACE}:")


def test_the_estimate_follows_the_tightest_limit() -> None:
    read = replace(SELLSY, quotas={"api_rate_minutes": QuotaUse(limit=100), "api_rate_days": QuotaUse(limit=1_000_000)})
    assert estimate.seconds(75, read) == pytest.approx(75 * estimate.SECONDS_PER_CALL)
    assert estimate.seconds(750, read) == pytest.approx(600)
    day = replace(SELLSY, quotas={"api_rate_days": QuotaUse(limit=1000)})
    assert estimate.seconds(7500, day) == pytest.approx(10 * 86_400)
    assert estimate.seconds(10, replace(SELLSY, quotas=Retryable("x"))) is None
    assert estimate.duration(600) == "environ 10 minutes"
    assert estimate.duration(40) == "moins d'une minute"
    assert estimate.duration(3 * 3600 + 1) == "environ 4 heures"


def test_the_estimate_counts_what_would_be_done() -> None:
    asked_nothing = asked(tiers_import=False, tiers_export=False, siret=None, events={})
    base = estimate.calls(asked_nothing, SELLSY, ALTIOR)
    assert base == 4
    tiers = replace(ALTIOR, tiers=AltiorTiers(11, Counter({SIRET: 1})), contacts=0)
    export = asked(tiers_import=False, tiers_export=True, siret=True, events={})
    assert estimate.calls(export, SELLSY, tiers) == base + 3 * 10
    assert estimate.calls(asked(events={}), replace(SELLSY, companies=Retryable("x")), ALTIOR) is None


def test_the_console_text_is_grouped_and_counted() -> None:
    report = judged(
        asked(events=rows((1, "Comercial", "Étude"))),
        sellsy=replace(SELLSY, custom_fields=[]),
        altior=replace(ALTIOR, custom_fields=[]),
    )
    lines = [line.replace("\N{NO-BREAK SPACE}", " ") for line in report.lines()]
    assert lines[0].startswith("Vérifications : 4 bloquants,")
    headings = [line for line in lines if line.startswith("Dans ")]
    assert [heading.split(" (")[0] for heading in headings] == ["Dans Sellsy", "Dans Altior", "Dans la demande"]
    assert "  ✗ Champ « Synchronisation Altior » :" in next(line for line in lines if "✗" in line)
    assert any(line.startswith("  ✗ Nom du pipeline [A1] : Pipeline « Comercial » inconnu.") for line in lines)
    assert lines[-1].startswith("Le connecteur peut créer 2 réglages manquants dans Altior")


def test_the_json_holds_everything_and_no_secret() -> None:
    data = judged(altior=replace(ALTIOR, custom_fields=[])).as_json()
    assert data["blocking"] is True
    assert data["counts"]["blocking"] == 2
    assert data["identity"]["account_uuid"] == "600b851b"
    repair = next(f["repair"] for f in data["findings"] if f["code"] == "custom_field_missing")
    assert repair["key"] == "champs-personnalises:PIPE"
    assert set(data["pipelines"]) == {"pipelines", "steps", "order", "establishments"}


def test_the_report_can_be_kept_as_json() -> None:
    for report in (judged(), judged(altior=None, sellsy=Refused("non"))):
        assert json.loads(json.dumps(report.as_json(), ensure_ascii=False)) == report.as_json()


def test_an_account_once_confirmed_is_not_asked_again() -> None:
    other = replace(SELLSY, account=replace(SELLSY.account, account_id="12345"))  # type: ignore[type-var]
    assert "12345" in sentence(judged(sellsy=other), "account_differs")
    pinned = {"account_id": "12345", "account_uuid": "600b851b"}
    assert "12345" in sentence(judged(sellsy=other, pinned=pinned), "account_matches")


def test_a_value_of_the_request_points_to_its_cell() -> None:
    request = replace(
        ASKED, settings=asked(overrides={"T01": "Standard"}).settings, cells={"autre_valeur_T01": "Tiers!G40"}
    )
    assert one(judged(request), "list_value_missing").cell == "Tiers!G40"


def test_words() -> None:
    assert count(0, "fiche", "fiches") == "0 fiche"
    assert quoted(["A", "B", "C"]) == "« A », « B » et « C »"
    assert quoted([str(i) for i in range(23)]).endswith("et 3 de plus")
    assert french("« A » : b ?") == "«\xa0A\xa0»\xa0: b\xa0?"
