import base64
import json

import httpx2
import pytest

from altior_sellsy.errors import Final, Refused, Retryable
from altior_sellsy.sellsy.models import QuotaUse, custom_field
from tests.unit.sellsy.script import Recorded, Script, page


def cursor(last: int) -> str:
    return base64.b64encode(json.dumps([str(last)]).encode()).decode()


def paged(count: int, *, served: int = 100, end_tells_total: bool = True):
    """A seek-paged list as FACTS 3 records it: the last page still gives a cursor, past the end it is echoed."""

    def answer(asked: Recorded) -> object:
        query = dict(asked.query)
        size = min(int(query.get("limit", 25)), served)
        start = int(json.loads(base64.b64decode(query["offset"]))[0]) if "offset" in query else 0
        rows = [{"id": n} for n in range(start + 1, min(start + size, count) + 1)]
        last = rows[-1]["id"] if rows else start
        return page(rows, cursor(last) if last else "", limit=size, total=count)

    return answer


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3), (300, 4)])
def test_a_list_is_read_to_its_end_and_no_further(count: int, calls: int):
    script = Script(paged(count))
    with script.client() as sellsy:
        assert [field.id for field in sellsy.custom_fields()] == [str(n) for n in range(1, count + 1)]
    assert len(script.asked) == calls
    assert all(("limit", "100") in asked.query for asked in script.asked)


def test_a_server_that_serves_fewer_a_page_than_asked_is_read_to_the_end():
    script = Script(paged(120, served=50))
    with script.client() as sellsy:
        assert len(sellsy.custom_fields()) == 120


def test_a_page_carries_the_cursor_of_the_next_and_none_at_the_end():
    script = Script(paged(5))
    with script.client() as sellsy:
        first = sellsy.search_companies({}, limit=2)
        second = sellsy.search_companies({}, limit=2, after=first.after)
        third = sellsy.search_companies({}, limit=2, after=second.after)
    assert [row.id for row in [*first.data, *second.data, *third.data]] == ["1", "2", "3", "4", "5"]
    assert (first.after, second.after, third.after) == (cursor(2), cursor(4), None)
    assert first.total == 5


def test_paging_is_in_the_query_never_in_the_body():
    script = Script(paged(5))
    with script.client() as sellsy:
        sellsy.search_contacts(
            {"companies": ["12"]}, embed=["cf.7", "owner"], limit=2, after="WyIyIl0=", direction="desc"
        )
    (asked,) = script.asked
    assert asked.body == {"filters": {"companies": [12]}}
    assert sorted(asked.query) == [
        ("direction", "desc"),
        ("embed[]", "cf.7"),
        ("embed[]", "owner"),
        ("limit", "2"),
        ("offset", "WyIyIl0="),
        ("order", "id"),
    ]


def test_a_cursor_echoed_for_ever_ends_the_list():
    script = Script(lambda asked: page([{"id": n} for n in range(1, 101)], "WyI5OSJd"))
    with script.client() as sellsy:
        assert len(sellsy.staffs()) == 200
    assert len(script.asked) == 2


def test_cursors_that_go_round_are_not_followed_for_ever():
    script = Script(lambda asked: page([{"id": 1}], "b" if ("offset", "a") in asked.query else "a", limit=1))
    with script.client() as sellsy, pytest.raises(Retryable, match="tourne en rond"):
        sellsy.staffs()
    assert len(script.asked) == 3


@pytest.mark.parametrize("answer", [[], {}, {"data": {}}, {"data": None, "pagination": {}}])
def test_what_is_no_page_is_not_an_empty_page(answer: object):
    with Script(lambda asked: answer).client() as sellsy, pytest.raises(Retryable):
        sellsy.search_companies({})


def test_a_page_without_pagination_is_read():
    with Script(lambda asked: {"data": [{"id": 1}]}).client() as sellsy:
        assert [row.id for row in sellsy.search_companies({}).data] == ["1"]


def test_a_row_that_cannot_be_read_does_not_hide_the_others_and_is_told():
    rows = [{"id": 1}, {"id": 2, "legal_france": "?"}, "nonsense", {"name": "no id"}, {"id": 3}]
    with Script(lambda asked: page(rows)).client() as sellsy:
        found = sellsy.search_companies({})
    assert [row.id for row in found.data] == ["1", "3"]
    assert found.unreadable == ["2", "", ""]


def test_a_whole_list_with_an_unreadable_row_is_not_used():
    with Script(lambda asked: page([{"id": 1}, {"name": "no id"}])).client() as sellsy, pytest.raises(Final):
        sellsy.company_contacts("4")


def test_addresses_that_sellsy_does_not_all_give_are_not_taken_for_all():
    with Script(lambda asked: page([{"id": 1}], total=26)).client() as sellsy, pytest.raises(Final, match="partie"):
        sellsy.addresses("company", "4")


@pytest.mark.parametrize(
    ("embed", "learnt"),
    [
        ({"custom_fields": [{"id": 7, "value": None}]}, True),
        ({"custom_fields": []}, True),
        ({"custom_fields": None}, False),
        ({"owner": None}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_whether_the_account_answers_custom_field_embeds_is_learnt(embed: object, learnt: bool):
    with Script(lambda asked: page([{"id": 1, "_embed": embed}])).client() as sellsy:
        sellsy.search_companies({}, embed=["cf.7"])
        assert sellsy.embeds_custom_fields is learnt


def test_it_is_not_learnt_from_an_empty_page_nor_from_one_that_did_not_ask():
    answers = iter([page([]), page([{"id": 1}])])
    with Script(lambda asked: next(answers)).client() as sellsy:
        sellsy.search_companies({}, embed=["cf.7"])
        sellsy.search_companies({}, embed=["owner"])
        assert sellsy.embeds_custom_fields is None


def test_once_seen_it_stays_known():
    """A page of suppliers may hold no value of a field that is made for clients."""
    answers = iter([page([{"id": 1, "_embed": {"custom_fields": [{"id": 7}]}}]), page([{"id": 2, "_embed": {}}])])
    with Script(lambda asked: next(answers)).client() as sellsy:
        sellsy.search_companies({}, embed=["cf.7"])
        sellsy.search_companies({}, embed=["cf.7"])
        assert sellsy.embeds_custom_fields is True


def test_a_custom_field_that_is_not_answered_is_not_an_empty_one():
    rows = [{"id": 1, "_embed": {"custom_fields": [{"id": 7, "value": None}, {"id": 8, "value": True}]}}, {"id": 2}]
    with Script(lambda asked: page(rows)).client() as sellsy:
        first, second = sellsy.search_companies({}, embed=["cf.7"]).data
    empty, ticked = custom_field(first, "7"), custom_field(first, "8")
    assert empty is not None
    assert empty.yes is None
    assert ticked is not None
    assert ticked.yes is True
    assert custom_field(first, "9") is None
    assert custom_field(second, "7") is None


def identity(asked: Recorded) -> object:
    if asked.path == "/clients":
        rows = [{"id": "autre", "user": {"id": 1, "type": "staff"}}]
        if "offset" not in dict(asked.query):
            return page(rows, "c1", limit=1, total=2)
        if ("offset", "c2") in asked.query:
            return page([], "c2", limit=1, total=2)
        ours = {
            "id": "acces",
            "name": "Accès Altior",
            "type": "personal",
            "scopes": ["companies.read"],
            "user": {"id": 17},
        }
        return page([ours | {"delegated": None, "single_login": True}], "c2", limit=1, total=2)
    embed = {"account": {"id": 97417, "uuid": "u-u", "name": "Menuiserie Léo"}, "profile": {"is_administrator": True}}
    return {"id": 17, "firstname": "Claire", "lastname": "Martin", "email": "c@x.test", "status": "ok", "_embed": embed}


def test_whose_account_it_is():
    script = Script(identity)
    with script.client() as sellsy:
        who = sellsy.account()
    assert (who.account_id, who.account_uuid, who.account_name) == ("97417", "u-u", "Menuiserie Léo")
    assert (who.access_name, who.access_type, who.scopes) == ("Accès Altior", "personal", {"companies.read"})
    assert (who.delegated, who.single_login) == (None, True)
    assert (who.staff_id, who.staff_name, who.staff_email, who.staff_status) == (
        "17",
        "Claire Martin",
        "c@x.test",
        "ok",
    )
    assert who.is_administrator is True
    assert script.asked[-1].path == "/staffs/17"
    assert script.asked[-1].query == [("embed[]", "account"), ("embed[]", "profile")]


def test_a_restricted_view_leaves_the_account_unknown():
    def answer(asked: Recorded) -> object:
        return {"id": 17, "lastname": "Martin"} if asked.path.startswith("/staffs") else identity(asked)

    with Script(answer).client() as sellsy:
        who = sellsy.account()
    assert (who.account_id, who.is_administrator, who.staff_name) == ("", None, "Martin")


def test_an_access_that_the_account_does_not_list_is_refused():
    with Script(identity).client(client_id="inconnu") as sellsy, pytest.raises(Refused, match="Personnel"):
        sellsy.account()


def test_quotas_and_webhook_events():
    answers = {
        "/quotas": {"api_rate_minutes": {"limit": "149", "used": 3}, "pipelines": {"limit": None, "used": 1}, "new": 4},
        "/webhooks/events": [{"id": "client", "events": {"created": "Création"}}, {"id": "task", "events": []}, None],
    }
    with Script(lambda asked: answers[asked.path]).client() as sellsy:
        assert sellsy.quotas() == {
            "api_rate_minutes": QuotaUse(limit=149, used=3),
            "pipelines": QuotaUse(limit=None, used=1),
        }
        assert sellsy.webhook_events() == ["client.created"]


def test_calls_whose_answer_has_no_body_need_none():
    script = Script(lambda asked: httpx2.Response(200))
    with script.client() as sellsy:
        sellsy.set_custom_fields("company", "4", {"7": True, "8": None, "9": [1, 2]})
        sellsy.link_contact("4", "9")
        sellsy.unlink_contact("4", "9")
    assert [(asked.method, asked.body) for asked in script.asked] == [
        ("PUT", [{"id": 7, "value": True}, {"id": 8, "value": None}, {"id": 9, "value": [1, 2]}]),
        ("POST", None),
        ("DELETE", None),
    ]


def test_an_id_cannot_leave_its_place_in_the_path():
    script = Script(lambda asked: {"id": 1})
    with script.client() as sellsy:
        sellsy.company("../staffs/1?x=1")
    assert script.asked[0].headers["host"] == "api.test"
    assert script.asked[0].query == []
