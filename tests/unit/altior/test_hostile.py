"""Answers that no Altior should give, to readings and to writes: each is one French sentence of the small tree of
errors. A write that got one may have taken effect."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.altior.port import Item
from altior_sellsy.errors import ConnectorError, NotSent, Refused, Retryable, Unclear
from tests.unit.sellsy.test_hostile import BODIES, HEADERS, LONGEST, assert_one_sentence

TOKEN = "jeton-jamais-dit"
ERRORS: dict[str, Any] = {
    "text": "boum",
    "a list": [1, 2],
    "an endless code": {"code": "9" * 6000, "message": "non"},
    "a message of a megabyte": {"code": "refus", "message": "mot " * 250_000},
    "a message of several lines": {"code": "refus", "message": "un\r\n  deux\x00\x1b[31m trois\u2028quatre"},
    "a message that is an object": {"code": "refus", "message": {"a": 1}},
    "a thousand fields": {"code": "refus", "message": "non", "champs": {f"champ_{n}": "non" for n in range(1000)}},
    "a field with a page as its name": {"code": "refus", "message": "non", "champs": {"x" * 100_000: "non"}},
    "fields in fields": {"code": "refus", "champs": {"a": json.loads('{"a":' * 300 + "1" + "}" * 300)}},
}


def read(altior: HttpAltior) -> None:
    altior.scan("tiers", None)


def write(altior: HttpAltior) -> None:
    answers = altior.write("tiers", [Item({"raison_sociale": "Léo"}, "501", "1")])
    for answer in answers:
        if answer.error is not None:
            raise answer.error


def fault_of(answer: httpx2.Response, act: Callable[[HttpAltior], None]) -> ConnectorError | None:
    """None: it was taken."""
    transport = httpx2.MockTransport(lambda request: answer)
    with HttpAltior("http://altior.test", TOKEN, "claire@example.test", transport=transport) as altior:
        try:
            act(altior)
        except ConnectorError as fault:
            return fault
    return None


@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 403, 404, 410, 412, 422, 429, 500, 503])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_the_body_it_is_one_sentence(status: int, body: bytes) -> None:
    for act in (read, write):
        fault = fault_of(httpx2.Response(status, content=body), act)
        assert fault is not None
        assert_one_sentence(fault)
        if status in (200, 201, 500, 503):
            assert type(fault) is (Unclear if act is write else Retryable)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 412, 422, 429, 500])
def test_whatever_the_error_says_it_is_one_sentence(status: int, error: Any) -> None:
    for act in (read, write):
        fault = fault_of(httpx2.Response(status, json={"erreur": error}), act)
        assert fault is not None
        assert_one_sentence(fault)
    item = {"statut": status, "erreur": error if isinstance(error, dict) else None}
    fault = fault_of(httpx2.Response(200, json={"resultats": [item]}), write)
    assert fault is not None
    assert_one_sentence(fault)
    for name, said in getattr(fault, "fields", {}).items():
        assert len(name) <= LONGEST
        assert len(said) <= LONGEST


@pytest.mark.parametrize(
    "results", [[], [{}], [{"statut": 200}], [{"statut": "x"}], [{"statut": 200}] * 2, {}, None, [{"statut": 9**99}]]
)
def test_a_write_whose_results_do_not_match_is_unclear(results: Any) -> None:
    fault = fault_of(httpx2.Response(200, json={"resultats": results}), write)
    assert fault is None or isinstance(fault, Unclear)
    assert fault is not None or results == [{"statut": 200}]


@pytest.mark.parametrize("headers", HEADERS)
def test_whatever_the_headers_say_the_call_ends_well_or_in_one_sentence(headers: dict[str, str]) -> None:
    for status in (200, 429, 503):
        for act in (read, write):
            answer = httpx2.Response(status, stream=httpx2.ByteStream(b"[]"), headers=headers)
            fault = fault_of(answer, act)
            assert isinstance(fault, Retryable | NotSent | Refused)
            assert_one_sentence(fault)


def test_the_token_is_in_no_error() -> None:
    for status in (200, 401, 403, 500):
        assert TOKEN not in str(fault_of(httpx2.Response(status, json={"erreur": {"code": "refus"}}), write))


def test_a_gigantic_answer_is_not_swallowed() -> None:
    answer = httpx2.Response(200, content=b'{"elements": ["' + b"x" * 65_000_000 + b'"]}')
    assert "démesurée" in str(fault_of(answer, read))


@pytest.mark.parametrize("address", ["http://[::1", "pas une url", "ftp://x", "", "http://a..b", "http://x:é"])
def test_an_address_that_was_kept_before_it_was_checked_is_one_sentence(address: str) -> None:
    with HttpAltior(address, TOKEN, "claire@exemple.test") as altior, pytest.raises(Refused) as caught:
        altior.identity()
    assert_one_sentence(caught.value)
    assert "altior-sellsy environment remove" in str(caught.value)
