"""Tokens, scopes, quotas and the error envelope."""

import base64
from typing import Any

import pytest

from altior_sellsy.sandbox.sellsy.settings import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET
from tests.unit.sandbox_sellsy.conftest import KEYS, Api

TOKENS = "/oauth2/access-tokens"


def test_a_token_is_given_for_json_form_and_basic(api: Api) -> None:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    answers = [
        api.http.post(TOKENS, json=KEYS),
        api.http.post(TOKENS, data=KEYS),
        api.http.post(TOKENS, data={"grant_type": KEYS["grant_type"]}, headers={"Authorization": f"Basic {basic}"}),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "Bearer"
        assert answer.json()["expires_in"] == 86_400


def test_bad_credentials_are_refused_in_oauth_s_own_shape(api: Api) -> None:
    answer = api.http.post(TOKENS, json={**KEYS, "client_secret": "no"})
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_client", "error_description": "Client authentication failed"}


def test_without_a_valid_token_nothing_is_read(api: Api) -> None:
    del api.http.headers["Authorization"]
    answer = api.call("GET", "/companies")
    assert answer.status_code == 401
    expected = {"code": 401, "message": 'Missing "Authorization" header', "details": [], "context": None}
    assert answer.json()["error"] == expected
    api.http.headers["Authorization"] = "Bearer nonsense"
    assert api.call("GET", "/companies").status_code == 401


def test_tokens_end_and_single_login_revokes_the_former_one(api: Api) -> None:
    api.switch(token_lifetime=0)
    api.login()
    assert api.call("GET", "/companies").status_code == 401
    api.switch(token_lifetime=60)
    api.door("PATCH", "/settings", {"client": {"single_login": True}})
    api.login()
    former = api.http.headers["Authorization"]
    assert api.call("GET", "/companies").status_code == 200
    api.login()
    assert api.http.get("/v2/companies", headers={"Authorization": former}).status_code == 401
    assert api.call("GET", "/companies").status_code == 200


def test_a_missing_scope_is_named(api: Api) -> None:
    assert len(ALL_SCOPES) == 94
    api.switch(scopes_removed=["companies.write"])
    answer = api.call("POST", "/companies", {"type": "client", "name": "A"})
    assert answer.status_code == 403
    assert "companies.write" in answer.json()["error"]["message"]
    assert api.call("GET", "/companies").status_code == 200
    assert "companies.write" not in api.get("/scopes")


def test_whose_account_it_is(api: Api) -> None:
    (access,) = api.get("/clients")["data"]
    assert (access["id"], access["type"], access["name"]) == (CLIENT_ID, "personal", "Accès Altior")
    assert "secret" not in access
    staff = api.get(f"/staffs/{access['user']['id']}", **{"embed[]": ["profile", "account"]})
    assert staff["email"] == "claire.martin@example.test"
    assert staff["_embed"]["profile"]["is_administrator"] is True
    assert staff["_embed"]["account"]["id"] == 97417
    assert staff["_embed"]["account"]["name"] == "Menuiserie Léo"
    assert [s["lastname"] for s in api.get("/staffs", order="name")["data"]] == ["Ferhat", "Martin", "Petit"]


def test_quotas_are_told_and_bite(api: Api) -> None:
    answer = api.call("GET", "/quotas")
    before = int(answer.headers["X-Quota-Remaining-By-Minute"])
    assert int(api.call("GET", "/companies/1").headers["X-Quota-Remaining-By-Minute"]) == before - 1
    assert "X-Quota-Remaining-By-Month" not in answer.headers
    used = answer.json()["api_rate_minutes"]["used"]
    api.switch(quota={"minute": used + 2, "retry_after": 2})
    statuses = [api.call("GET", "/quotas") for _ in range(3)]
    assert [answer.status_code for answer in statuses] == [200, 429, 429]
    assert statuses[-1].headers["Retry-After"] == "2"
    assert int(statuses[-1].headers["X-Quota-Remaining-By-Minute"]) < 0
    assert statuses[-1].json()["error"]["code"] == 429


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/companies/abc", 404), ("DELETE", "/companies", 405)])
def test_the_router_s_own_refusals(api: Api, method: str, path: str, status: int) -> None:
    answer = api.call(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(f'No route found for "{method} /v2{path}"')
    assert "X-Json-Error" in answer.headers
    assert "X-Quota-Remaining-By-Second" not in answer.headers


def test_an_unknown_id(api: Api) -> None:
    answer = api.call("GET", "/companies/1")
    expected: dict[str, Any] = {"code": 404, "message": "Not Found", "details": [], "context": None}
    assert (answer.status_code, answer.json()["error"]) == (404, expected)
