import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

from altior_sellsy.errors import NotSent, Refused
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens, SecretTokens, Token
from tests.unit.sellsy.script import NOW, SECRET, Recorded, Script

STAFFS = {"data": [], "pagination": {"limit": 100, "count": 0, "total": 0, "offset": ""}}


def bearer(recorded: Recorded) -> str:
    return recorded.headers["authorization"].removeprefix("Bearer ")


def test_one_token_serves_many_calls_and_is_asked_as_the_document_says():
    script = Script(lambda asked: STAFFS)
    with script.client() as sellsy:
        sellsy.staffs()
        sellsy.staffs()
    assert script.token_requests == [
        {"grant_type": "client_credentials", "client_id": "acces", "client_secret": SECRET}
    ]
    assert [bearer(asked) for asked in script.asked] == ["token-1", "token-1"]


@pytest.mark.parametrize(("life", "still", "over"), [(3600, 3299, 3301), (86400, 86099, 86101), (60, 53, 55)])
def test_expires_in_is_trusted_and_the_token_renewed_ahead(life: int, still: int, over: int):
    script = Script(lambda asked: STAFFS)
    script.token_answer = lambda n: httpx2.Response(200, json={"access_token": f"token-{n}", "expires_in": life})
    with script.client() as sellsy:
        sellsy.staffs()
        script.clock.advance(still)
        sellsy.staffs()
        script.clock.advance(over - still)
        sellsy.staffs()
    assert [bearer(asked) for asked in script.asked] == ["token-1", "token-1", "token-2"]


def test_workers_share_one_token_through_the_store():
    script, store = Script(lambda asked: STAFFS), MemoryTokens()
    for _ in range(3):
        with script.client(store=store) as sellsy:
            sellsy.staffs()
    assert len(script.token_requests) == 1


def test_a_token_of_replaced_credentials_is_not_used():
    script, store = Script(lambda asked: STAFFS), MemoryTokens()
    script.client(store=store).staffs()
    script.client(store=store, client_id="autre").staffs()
    assert [asked["client_id"] for asked in script.token_requests] == ["acces", "autre"]


def test_a_revoked_token_is_replaced_once_and_the_call_repeated():
    def answer(asked: Recorded) -> object:
        return httpx2.Response(401, json={"error": {"code": 401}}) if bearer(asked) == "token-1" else {"id": 5}

    script = Script(answer)
    with script.client() as sellsy:
        assert sellsy.create_company({"type": "client", "name": "Léo"}).id == "5"
    assert [(asked.method, bearer(asked)) for asked in script.asked] == [("POST", "token-1"), ("POST", "token-2")]
    assert len(script.quota.taken) == 2


def test_refused_twice_stops_the_environment():
    script = Script(lambda asked: httpx2.Response(401, json={"error": {"code": 401, "message": "Nope", "details": []}}))
    with script.client() as sellsy, pytest.raises(Refused, match="Nope"):
        sellsy.staffs()
    assert len(script.asked) == 2


def test_another_workers_newer_token_is_taken_instead_of_a_new_one():
    store = MemoryTokens()
    newer = Token("token-b", "acces", NOW + timedelta(hours=1))
    script = Script(lambda asked: STAFFS if bearer(asked) == "token-b" else httpx2.Response(401))
    with script.client(store=store) as sellsy:
        store.save(Token("token-a", "acces", NOW + timedelta(hours=1)))
        original = script.answer

        def revoked(asked: Recorded) -> object:
            store.save(newer)
            script.answer = original
            return original(asked)

        script.answer = revoked
        sellsy.staffs()
    assert [bearer(asked) for asked in script.asked] == ["token-a", "token-b"]
    assert script.token_requests == []


def test_two_threads_refused_together_ask_one_token():
    """single_login: were both to ask, each would revoke the other's token for ever."""
    store, gate = MemoryTokens(), threading.Barrier(2, timeout=10)
    store.save(Token("token-0", "acces", NOW + timedelta(hours=1)))

    def answer(asked: Recorded) -> object:
        if bearer(asked) == "token-0":
            gate.wait()
            return httpx2.Response(401)
        return STAFFS

    script = Script(answer)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(script.client(store=store).staffs) for _ in range(2)]
        assert [call.result(timeout=10) for call in calls] == [[], []]
    assert len(script.token_requests) == 1
    assert sorted(bearer(asked) for asked in script.asked) == ["token-0", "token-0", "token-1", "token-1"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_told_with_their_remedy(status: int):
    script = Script(lambda asked: STAFFS)
    script.token_answer = lambda n: httpx2.Response(
        status, json={"error": "invalid_client", "error_description": f"Client authentication failed {SECRET}"}
    )
    with pytest.raises(Refused, match=r"invalid_client.*recréez-en un") as caught:
        script.client().staffs()
    assert SECRET not in str(caught.value)
    assert script.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(429, json={"error": "rate"}),
        httpx2.Response(403, text="<html>"),
        httpx2.Response(200, text="{"),
        httpx2.Response(200, json={"expires_in": 5}),
        httpx2.Response(302, headers={"Location": "https://elsewhere.test"}),
    ],
)
def test_a_fault_of_the_login_service_is_not_a_refusal_and_sends_nothing(answer: httpx2.Response):
    script = Script(lambda asked: STAFFS)
    script.token_answer = lambda n: answer
    with pytest.raises(NotSent):
        script.client().create_company({"type": "client", "name": "Léo"})
    assert script.asked == []


@pytest.mark.parametrize("fault", [httpx2.ConnectError("x"), httpx2.ReadTimeout("x"), httpx2.RemoteProtocolError("x")])
def test_a_network_fault_of_the_login_service_sends_nothing(fault: Exception):
    def broken(n: int) -> httpx2.Response:
        raise fault

    script = Script(lambda asked: STAFFS)
    script.token_answer = broken
    with pytest.raises(NotSent):
        script.client().update_company("4", {"name": "Léo"})


@pytest.mark.parametrize("life", [None, "", "soon", -1, 0, 1e30])
def test_an_odd_lifetime_does_not_make_every_call_ask_a_token(life: object):
    script = Script(lambda asked: STAFFS)
    script.token_answer = lambda n: httpx2.Response(200, json={"access_token": "t", "expires_in": life})
    with script.client() as sellsy:
        sellsy.staffs()
        sellsy.staffs()
    assert len(script.token_requests) == 1


def test_a_kept_token_survives_as_text_and_nothing_else_does():
    kept: dict[str, str] = {}
    store = SecretTokens(lambda: kept.get("t"), lambda text: kept.update(t=text))
    assert store.load() is None
    token = Token("valeur", "acces", NOW)
    store.save(token)
    assert store.load() == token
    for text in ("{", "[]", '{"value": 1}', '{"value": "a", "client_id": "b", "renew_at": "never"}'):
        kept["t"] = text
        assert store.load() is None


def test_secrets_are_in_no_repr():
    assert SECRET not in repr(Credentials("acces", SECRET))
    assert "valeur" not in repr(Token("valeur", "acces", NOW))
