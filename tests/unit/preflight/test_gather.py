"""Reading once: what is read of records, what is tried again, what is given up."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from altior_sellsy.altior.port import Establishment, ListValue, Requirements, User
from altior_sellsy.altior.port import Page as AltiorPage
from altior_sellsy.errors import ConnectorError, NotSent, Refused, Retryable
from altior_sellsy.preflight import gather
from altior_sellsy.preflight.readings import AltiorReadings, AltiorTiers, SellsyReadings, Tally
from altior_sellsy.sellsy.models import Company, Page
from tests.unit.preflight.samples import ACCOUNT, ASKED, SELLSY, SIRET, asked, definition

FIELD: dict[str, Any] = {"id": 501, "code": "SA", "type": "boolean"}


def company(number: int, value: Any = True, **more: Any) -> Company:
    embed = {"custom_fields": [{**FIELD, "value": value}]}
    return Company.model_validate({"id": number, "type": "client", "name": f"S{number}", "_embed": embed, **more})


class FakeSellsy:
    """Answers what it is given, call by call; a callable is called, an error raised. `called` counts the calls."""

    embeds_custom_fields = True

    def __init__(self, **answers: Any) -> None:
        self.called: list[str] = []
        self._answers: dict[str, Any] = {
            "account": ACCOUNT,
            "custom_fields": [definition()],
            "quotas": {},
            "staffs": [],
            "pipelines": SELLSY.pipelines,
            "steps": SELLSY.steps["11"],
            "list_companies": Page([]),
            "list_individuals": Page([]),
            "list_contacts": Page([]),
            "list_opportunities": Page([], total=12),
            **answers,
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.called.append(name)
            answer = self._answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer(*args, **kwargs) if callable(answer) else answer

        return call


class FakeAltior(FakeSellsy):
    def __init__(self, **answers: Any) -> None:
        super().__init__(
            **{
                "identity": "Menuiserie Léo",
                "users": [User("a@b.example", "A", True, True)],
                "establishments": [Establishment("1", "E")],
                "list_values": [ListValue("V")],
                "custom_fields": [],
                "requirements": Requirements(["nom"]),
                "scan": AltiorPage([], None, 0),
                **answers,
            }
        )


def read(system: FakeSellsy, **more: Any) -> SellsyReadings:
    found = gather.sellsy(system, ASKED, patience=0, **more)  # type: ignore[arg-type]
    assert isinstance(found, SellsyReadings)
    return found


def test_records_are_read_by_page_with_the_field_embedded() -> None:
    asked_for = []

    def pages(*, embed: Any, after: str | None) -> Page[Company]:
        asked_for.append((tuple(embed), after))
        if after is None:
            return Page([company(1, legal_france={"siret": SIRET}), company(2, None)], after="next", total=3)
        return Page([company(3, False, is_archived=True, legal_france={"siret": "123"})], total=3)

    tally = read(FakeSellsy(list_companies=pages)).companies
    assert isinstance(tally, Tally)
    assert asked_for == [(("cf.501",), None), (("cf.501",), "next")]
    assert [party.ticked for party in tally.parties] == [True, None, False]
    assert [party.siret for party in tally.parties] == [SIRET, "", ""]
    assert (tally.total, tally.whole, tally.ticked) == (3, True, 1)


def test_more_records_than_a_check_may_read_are_only_counted() -> None:
    page = Page([company(1)], after="next", total=5001)
    sellsy = FakeSellsy(list_companies=page)
    tally = read(sellsy).companies
    assert tally == Tally(5001, (), whole=False)
    assert sellsy.called.count("list_companies") == 1


def test_without_the_field_nothing_is_embedded() -> None:
    asked_for = []

    def page(*, embed: Any, after: str | None) -> Page[Company]:
        asked_for.append(tuple(embed))
        return Page([])

    read(FakeSellsy(custom_fields=[definition(type="simple-text")], list_companies=page))
    assert asked_for == [()]


def test_a_dead_system_is_asked_once() -> None:
    sellsy = FakeSellsy(account=NotSent("Sellsy est injoignable."))
    found = gather.sellsy(sellsy, ASKED, patience=0)  # type: ignore[arg-type]
    assert isinstance(found, NotSent)
    assert sellsy.called == ["account"]
    altior = FakeAltior(identity=Refused("Altior refuse le jeton."))
    assert isinstance(gather.altior(altior, patience=0), Refused)  # type: ignore[arg-type]
    assert altior.called == ["identity"]


def test_refused_credentials_are_tried_twice_at_most() -> None:
    sellsy = FakeSellsy(account=Refused("refusé"), custom_fields=Refused("refusé"))
    assert isinstance(gather.sellsy(sellsy, ASKED, patience=0), Refused)  # type: ignore[arg-type]
    assert sellsy.called == ["account", "custom_fields"]


def test_one_part_that_fails_leaves_the_others() -> None:
    found = read(FakeSellsy(account=Refused("autorisation"), staffs=Refused("autorisation"), steps=Retryable("503")))
    assert isinstance(found.account, Refused)
    assert isinstance(found.staffs, Refused)
    assert isinstance(found.steps["11"], Retryable)
    assert found.opportunities == 12
    altior = gather.altior(FakeAltior(list_values=Retryable("503")), patience=0)  # type: ignore[arg-type]
    assert isinstance(altior, AltiorReadings)
    assert all(isinstance(values, ConnectorError) for values in altior.lists.values())
    assert altior.establishments == [Establishment("1", "E")]


def test_what_comes_back_within_the_patience_is_no_fault() -> None:
    answers = iter([Retryable("503"), Retryable("503"), []])

    def staffs() -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sellsy = FakeSellsy(staffs=staffs)
    found = gather.sellsy(sellsy, ASKED, patience=2)  # type: ignore[arg-type]
    assert isinstance(found, SellsyReadings)
    assert found.staffs == []
    assert sellsy.called.count("staffs") == 3


def test_the_patience_is_for_the_whole_system() -> None:
    fault = Retryable("503")
    sellsy = FakeSellsy(quotas=fault, staffs=fault, list_companies=fault, list_contacts=fault, pipelines=fault)
    start = time.monotonic()
    found = gather.sellsy(sellsy, ASKED, patience=0.5)  # type: ignore[arg-type]
    assert time.monotonic() - start < 2
    assert isinstance(found, SellsyReadings)
    assert found.contacts is fault


def test_a_long_wait_that_the_server_asks_for_is_not_waited() -> None:
    sellsy = FakeSellsy(quotas=NotSent("limite", retry_after=60))
    start = time.monotonic()
    gather.sellsy(sellsy, ASKED)  # type: ignore[arg-type]
    assert time.monotonic() - start < 1
    assert sellsy.called.count("quotas") == 1


def test_pipelines_are_not_read_when_deals_are_not_used() -> None:
    sellsy = FakeSellsy()
    gather.sellsy(sellsy, asked(events={}), patience=0)  # type: ignore[arg-type]
    assert not {"pipelines", "steps", "list_opportunities"} & set(sellsy.called)


def test_a_fault_of_our_own_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        gather.sellsy(FakeSellsy(staffs=ZeroDivisionError()), ASKED, patience=0)  # type: ignore[arg-type]


def test_sirets_of_tiers_that_are_not_archived() -> None:
    documents = [{"siret": SIRET}, {"siret": SIRET, "archive": True}, {"siret": None}, {"siret": "12"}]

    def scan(resource: str, after: str | None, limit: int = 100) -> AltiorPage:
        return AltiorPage(documents, None, 4)

    found = gather.altior(FakeAltior(scan=scan), patience=0)  # type: ignore[arg-type]
    assert isinstance(found, AltiorReadings)
    assert found.tiers == AltiorTiers(4, found.tiers.sirets)  # type: ignore[union-attr]
    assert dict(found.tiers.sirets) == {SIRET: 1}  # type: ignore[union-attr]
