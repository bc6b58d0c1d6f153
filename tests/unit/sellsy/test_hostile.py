"""Answers that no Sellsy should give, to readings, to writes and to the request for a token: each is one French
sentence of the small tree of errors. A write that got one may have taken effect; nothing secret and no page of text is
told."""

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.errors import ConnectorError, Final, Invalid, NotSent, Refused, Retryable, Unclear
from tests.unit.sellsy.script import SECRET, Script

DEEP = 100_000
LONGEST = 600
"""Characters of a sentence that people read."""

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a page of a proxy": b"<html><body>Bad gateway</body></html>",
    "half of it": b'{"id": 4, "na',
    "no UTF-8": b'{"id": 4, "name": "L\xe9o"}',
    "a byte order mark": b'\xef\xbb\xbf{"id": 4}'[:-1],
    "lists in lists": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "as deep as may just be read": b'{"error":' + b'{"details":' * 150 + b"1" + b"}" * 150 + b"}",
    "a list": b"[]",
    "a number": b"12",
    "null": b"null",
    "text": b'"ok"',
    "no id": b'{"name": "L\xc3\xa9o"}',
    "an id that is an object": b'{"id": {"a": 1}}',
    "an endless number": b'{"id": 4, "created": ' + b"9" * 6000 + b"e",
    "error is text": b'{"error": "boum"}',
    "error is a list": b'{"error": [1, 2]}',
    "NaN": b'{"id": NaN, "error": NaN}',
}
ERRORS: dict[str, Any] = {
    "an endless code": {"code": "9" * 6000, "message": "non"},
    "a code of other digits": {"code": "\u0664\u0660\u0660", "message": "non"},
    "a message of a megabyte": {"code": 1, "message": "mot " * 250_000},
    "a message of several lines": {"code": 1, "message": "un\r\n  deux\x00\x1b[31m trois\u2028quatre"},
    "a message that is an object": {"code": 1, "message": {"a": 1}},
    "a thousand fields": {"code": 1, "message": "non", "details": {f"champ_{n}": "non" for n in range(1000)}},
    "a field with a page as its name": {"code": 1, "message": "non", "details": {"x" * 100_000: "non"}},
    "fields in fields": {"code": 1, "message": "non", "details": json.loads('{"a":' * 300 + "1" + "}" * 300)},
    "details of every sort": {"code": None, "message": None, "details": [None, 1, "a", ["b"], {"c": [None]}]},
}
HEADERS: list[dict[str, str]] = [
    {"Retry-After": "-5", "Date": "hier"},
    {"Retry-After": "nan", "Date": "Mon, 99 Foo 2026 99:99:99 GMT"},
    {"Retry-After": "9" * 5000, "Date": "Mon, 01 Jan 99999 00:00:00 +99999999"},
    {"Retry-After": "inf", "Date": "Mon, 01 Jan 0000 00:00:00 -0000"},
    {"X-Quota-Remaining-By-Second": "9" * 5000, "X-Quota-Remaining-By-Day": "-1e9", "Date": ""},
    {"Content-Type": "application/json; charset=nothing", "Content-Length": "3"},
    {"Content-Encoding": "br, gzip, nothing"},
]


def fault_of(answer: httpx2.Response, *, write: bool) -> ConnectorError | None:
    """None: it was taken."""
    with Script(lambda asked: answer).client() as sellsy:
        try:
            sellsy.update_company("4", {"name": "Léo"}) if write else sellsy.company("4")
        except ConnectorError as fault:
            return fault
    return None


def assert_one_sentence(fault: ConnectorError) -> None:
    said = str(fault)
    assert 0 < len(said) <= LONGEST
    assert said.replace("\N{NO-BREAK SPACE}", " ").isprintable()
    assert SECRET not in said


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 503, 599])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_the_body_it_is_one_sentence(status: int, body: bytes) -> None:
    for write in (False, True):
        fault = fault_of(httpx2.Response(status, content=body), write=write)
        assert fault is not None
        assert_one_sentence(fault)
        if status in (200, 201, 500, 503, 599):
            assert type(fault) is (Unclear if write else Retryable)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 429, 500])
def test_whatever_the_error_says_it_is_one_sentence(status: int, error: Any) -> None:
    for write in (False, True):
        fault = fault_of(httpx2.Response(status, json={"error": error}), write=write)
        assert fault is not None
        assert_one_sentence(fault)
        if isinstance(fault, Invalid):
            assert all(len(name) <= LONGEST and len(said) <= LONGEST for name, said in fault.fields.items())
            assert len(fault.fields) <= 100


@pytest.mark.parametrize("headers", HEADERS)
def test_whatever_the_headers_say_the_call_ends_well_or_in_one_sentence(headers: dict[str, str]) -> None:
    for status in (200, 429, 503):
        for write in (False, True):
            fault = fault_of(
                httpx2.Response(status, stream=httpx2.ByteStream(b'{"id": 4}'), headers=headers), write=write
            )
            if fault is not None:
                assert_one_sentence(fault)
            if fault is None or status == 200:
                assert status == 200
                assert fault is None or "Content-Encoding" in headers


@given(st.integers(200, 599), st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text()), st.binary())
def test_no_answer_at_all_gets_past_the_tree_of_errors(status: int, headers: dict[str, str], body: bytes) -> None:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    for write in (False, True):
        fault = fault_of(httpx2.Response(status, content=body, headers=sent), write=write)
        if fault is not None:
            assert_one_sentence(fault)


# -- the token


def asked_token(answer: httpx2.Response) -> ConnectorError | None:
    script = Script(lambda asked: httpx2.Response(200, json={"id": 4}))
    script.token_answer = lambda n: answer
    with script.client() as sellsy:
        try:
            sellsy.update_company("4", {"name": "Léo"})
        except ConnectorError as fault:
            assert script.asked == []
            return fault
    return None


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_token_is_one_sentence_and_nothing_is_sent(status: int, body: bytes) -> None:
    fault = asked_token(httpx2.Response(status, content=body))
    assert fault is not None
    assert_one_sentence(fault)
    assert type(fault) in (NotSent, Refused)


@pytest.mark.parametrize("token", ["", " ", "a b", "a\r\nX-Autre: 1", "é", "\x00", "x" * 1_000_000, 4, None, ["a"], {}])
def test_what_cannot_be_a_token_is_none(token: Any) -> None:
    fault = asked_token(httpx2.Response(200, json={"access_token": token, "expires_in": 3600}))
    assert type(fault) is NotSent
    assert_one_sentence(fault)


@pytest.mark.parametrize("error", [SECRET, "mot " * 100_000, "un\r\ndeux", {"a": SECRET}, ["a"], 4, None])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_the_login_service_says_of_itself_is_not_repeated_blindly(status: int, error: Any) -> None:
    fault = asked_token(httpx2.Response(status, json={"error": error, "error_description": SECRET}))
    assert type(fault) in (NotSent, Refused)
    assert_one_sentence(fault)


def test_a_gigantic_token_answer_is_not_swallowed() -> None:
    fault = asked_token(httpx2.Response(200, content=b'{"access_token": "' + b"x" * 40_000_000 + b'"}'))
    assert type(fault) is NotSent


def test_a_final_refusal_stays_final() -> None:
    assert isinstance(fault_of(httpx2.Response(402, json={"error": {"code": 1}}), write=True), Final)
