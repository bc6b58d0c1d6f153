"""The checks through HTTP against both stand-ins: right as seeded, and each thing broken in turn."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from altior_sellsy.altior.port import CustomField
from altior_sellsy.preflight import repair
from altior_sellsy.preflight.findings import Severity
from altior_sellsy.preflight.report import Report
from altior_sellsy.request.example import REQUEST
from altior_sellsy.request.model import EventRow, Request
from tests.integration.preflight.conftest import Systems


def codes(report: Report, *severities: Severity) -> set[str]:
    wanted = severities or (Severity.BLOCKING, Severity.WARNING)
    return {finding.code for finding in report.findings if finding.severity in wanted}


def free_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_the_seeded_systems_are_right_after_repair(systems: Systems) -> None:
    systems.open_altior(all_values=False, custom_fields=False)
    before = systems.check()
    assert codes(before) == {"list_value_missing", "custom_field_missing"}
    listed = repair.repairs(before)
    assert len(listed) == len({each.key for each in listed}) == 17
    systems.people("altior", "DELETE", "writes")
    for each in listed:
        assert "Altior" in repair.apply(each, systems.altior)
    writes = systems.people("altior", "GET", "writes")["writes"]
    assert len(writes) == 17
    after = systems.check()
    assert not after.blocking
    assert not codes(after)
    assert not repair.repairs(after)


def test_repairs_create_settings_only_once_and_no_record(systems: Systems) -> None:
    systems.open_altior(all_values=False, custom_fields=False)
    listed = repair.repairs(systems.check())
    for each in [*listed, *listed]:
        repair.apply(each, systems.altior)
    assert len(systems.people("altior", "GET", "writes")["writes"]) == len(listed)
    titles = [value.title for value in systems.altior.list_values("formes-juridiques")]
    assert len(titles) == len(set(titles))
    fields = {field.code: field for field in systems.altior.custom_fields()}
    assert {code: (field.section, field.type, field.active, field.searchable) for code, field in fields.items()} == {
        "PIPE": ("Sellsy", "Texte", True, False),
        "ETAP": ("Sellsy", "Texte", True, False),
    }


def test_checking_writes_nothing_anywhere(systems: Systems) -> None:
    systems.open_altior(all_values=False, custom_fields=False)
    systems.people("altior", "DELETE", "writes")
    systems.check()
    assert systems.people("sellsy", "GET", "writes")["count"] == 0
    assert systems.people("altior", "GET", "writes")["count"] == 0


def test_what_is_kept_for_the_configuration(systems: Systems) -> None:
    report = systems.check()
    assert (report.identity.account_id, report.identity.account_uuid) == (
        "97417",
        "600b851b-e5c9-44f0-a66b-9b8391eff153",
    )
    assert report.pipelines["pipelines"] == {"Commercial": "11", "Grands comptes": "12"}
    assert report.pipelines["steps"]["Commercial"]["Proposition envoyée"] == "1103"
    assert report.pipelines["order"]["12"] == ["1201", "1202", "1203", "1204", "1205"]
    assert report.pipelines["establishments"] == {"Menuiserie Léo": "1"}
    again = systems.check(pinned={"account_id": "97417", "account_uuid": report.identity.account_uuid})
    assert not again.blocking


def test_a_wrong_secret_leaves_altior_checked(systems: Systems) -> None:
    report = systems.check(sellsy=systems.sellsy_client(secret="wrong"))
    assert codes(report) == {"sellsy_refused"}
    assert {"user_right", "list_complete"} <= codes(report, Severity.OK)
    assert "wrong" not in "\n".join(report.lines())


def test_sellsy_down(systems: Systems) -> None:
    report = systems.check(sellsy=systems.sellsy_client(url=free_url()))
    assert codes(report) == {"sellsy_unavailable"}
    assert "user_right" in codes(report, Severity.OK)


def test_altior_down(systems: Systems) -> None:
    report = systems.check(altior=systems.altior_client(url=free_url()))
    assert codes(report) == {"altior_unavailable"}
    assert "field_right" in codes(report, Severity.OK)


def test_altior_refuses_the_token(systems: Systems) -> None:
    assert codes(systems.check(altior=systems.altior_client(token="other"))) == {"altior_refused"}


def passing_faults(systems: Systems) -> None:
    systems.people("sellsy", "PUT", "switches", {"faults": [{"path": "custom-fields", "status": 503, "times": 1}]})
    fault = {"kind": "drop_before", "path": "/api/v1/utilisateurs", "times": 1}
    systems.people("altior", "POST", "faults", {"faults": [fault]})


def test_a_passing_fault_of_either_is_tried_again(systems: Systems) -> None:
    passing_faults(systems)
    assert not codes(systems.check(patience=2))


def test_a_part_that_stays_unread_is_said(systems: Systems) -> None:
    passing_faults(systems)
    assert codes(systems.check(patience=0)) == {"sellsy_unread_needed", "altior_unread_needed"}


def test_an_authorisation_that_is_missing_is_named(systems: Systems) -> None:
    systems.people("sellsy", "PUT", "switches", {"scopes_removed": ["contacts.read", "taxes.read"]})
    report = systems.check()
    assert codes(report) == {"scopes_missing", "sellsy_unread"}
    assert "scopes_others" in codes(report, Severity.NOTICE)
    named = next(finding.sentence for finding in report.findings if finding.code == "scopes_missing")
    assert "contacts.read" in named
    assert "taxes.read" not in named


def test_an_account_that_does_not_embed_the_field(systems: Systems) -> None:
    systems.people("sellsy", "PUT", "switches", {"cf_embeds": False})
    report = systems.check()
    assert not report.blocking
    assert "ticked_unknown" in codes(report, Severity.NOTICE)


def event_1(
    establishment: str | None = "Menuiserie Léo", pipeline: str = "Commercial", step: str = "Négociation"
) -> Any:
    return {1: (EventRow(pipeline=pipeline, step=step, establishment=establishment),)}


def changed(**changes: Any) -> Request:
    return REQUEST.model_copy(update=changes)


def staff(systems: Systems, **changes: Any) -> None:
    people = systems.people("sellsy", "GET", "settings")["staffs"]
    systems.settings(staffs=[{**people[0], **changes}, *people[1:]])


def pipelines(systems: Systems, change: Callable[[list[dict[str, Any]]], None]) -> None:
    known = systems.people("sellsy", "GET", "settings")["pipelines"]
    change(known)
    systems.settings(pipelines=known)


def twice(known: list[dict[str, Any]]) -> None:
    known[1]["name"] = "Commercial"


def reordered(known: list[dict[str, Any]]) -> None:
    for step in known[0]["steps"]:
        step["rank"] = 10 - step["rank"]


def custom_fields(systems: Systems, **changes: Any) -> None:
    systems.open_altior(custom_fields=False)
    systems.people("altior", "DELETE", "writes")
    for name, code in (("Pipeline", "PIPE"), ("Etape", "ETAP")):
        body = {"section": "Sellsy", "name": name, "code": code, "type": "Texte", "active": True, **changes}
        systems.altior.create_custom_field(CustomField(**body))


BROKEN: dict[str, tuple[str, Callable[[Systems], Any]]] = {
    "field missing": ("field_missing", lambda s: s.settings(custom_fields=[])),
    "field code": ("field_code", lambda s: s.field(code="SYNC")),
    "field type": ("field_type", lambda s: s.field(type="simple-text")),
    "field mandatory": ("field_mandatory", lambda s: s.field(mandatory=True)),
    "field default": ("field_default_yes", lambda s: s.field(parameters={"default_value": True})),
    "field pdf": ("field_on_pdf", lambda s: s.field(show_on_pdf=True)),
    "field uses": ("field_use_missing", lambda s: s.field(related_objects=["client", "prospect", "contact"])),
    "field elsewhere": (
        "field_use_elsewhere",
        lambda s: s.field(related_objects=["client", "prospect", "supplier", "contact", "item"]),
    ),
    "not administrator": ("sellsy_not_administrator", lambda s: staff(s, is_administrator=False)),
    "delegated": ("access_delegated", lambda s: s.settings(client={"delegated": True})),
    "another account": ("account_differs", lambda s: s.settings(account={"id": 12345})),
    "scope": (
        "scopes_missing",
        lambda s: s.people("sellsy", "PUT", "switches", {"scopes_removed": ["companies.write"]}),
    ),
    "user inactive": (
        "user_inactive",
        lambda s: s.people("altior", "PUT", "utilisateurs/claire.martin@example.test", {"actif": False}),
    ),
    "user rights": (
        "user_rights",
        lambda s: s.people("altior", "PUT", "utilisateurs/claire.martin@example.test", {"administrateur": False}),
    ),
    "user unknown": ("user_unknown", lambda s: changed(reference_user="claire.martn@example.test")),
    "environment": ("environment_unknown", lambda s: s.open_altior(environment="Charpente Zoé")),
    "establishment": ("establishment_unknown", lambda s: s.open_altior(establishments=["Siège", "Lyon"])),
    "list value": ("list_value_missing", lambda s: changed(overrides={"T01": "Standard"})),
    "form by hand": ("list_value_by_hand", lambda s: changed(overrides={"F01": "Société par action"})),
    "spelling": ("list_value_spelt", lambda s: changed(overrides={"F13": "Établissement hospitalier"})),
    "custom fields": ("custom_field_missing", lambda s: s.open_altior(custom_fields=False)),
    "custom field inactive": ("custom_field_inactive", lambda s: custom_fields(s, active=False)),
    "pipeline": ("pipeline_unknown", lambda s: changed(events=event_1(pipeline="Comercial"))),
    "pipeline twice": ("pipeline_twice", lambda s: pipelines(s, twice) or changed(events=event_1())),
    "step": ("step_unknown", lambda s: changed(events=event_1(step="Negotiations"))),
    "reordered": ("steps_order", lambda s: pipelines(s, reordered)),
    "row blank": (
        "row_establishment_blank",
        lambda s: s.open_altior(establishments=["Menuiserie Léo", "Lyon"]) or changed(events=event_1(None)),
    ),
    "row unknown": (
        "row_establishment_unknown",
        lambda s: s.open_altior(establishments=["Menuiserie Léo", "Lyon"]) or changed(events=event_1("Lion")),
    ),
    "import no": ("ticked_out_of_scope", lambda s: changed(tiers_import=False)),
    "nobody ticked": ("ticked_none", lambda s: s.field(id=777)),
    "siret no": ("siret_duplicates", lambda s: changed(siret=False)),
    "required": (
        "requirements_lacking",
        lambda s: s.people("altior", "PUT", "switches", {"required": {"tiers": ["rcs"]}}),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_thing_broken_in_turn_is_found_alone(systems: Systems, name: str) -> None:
    code, break_it = BROKEN[name]
    outcome = break_it(systems)
    report = systems.check(outcome if isinstance(outcome, Request) else REQUEST)
    assert codes(report) == {code}
    assert all(finding.remedy for finding in report.findings if finding.code == code)
