import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.errors import ConnectorError, Final, Invalid, NotFound, NotSent, Refused, Retryable, Unclear
from altior_sellsy.patience import Patience
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens, Token
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.timing import Timing
from tests.unit.sellsy.script import NOW, SECRET, Quota, Recorded, Script, page

COMPANY = {"type": "client", "name": "Léo"}


def envelope(code: int, message: str = "", details: object = ()) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "details": details or [], "context": None}}


def error(
    status: int, message: str = "", details: object = (), headers: dict[str, str] | None = None
) -> httpx2.Response:
    return httpx2.Response(status, json=envelope(status, message, details), headers=headers)


def fault_of(answer: httpx2.Response | Exception, *, write: bool) -> ConnectorError:
    def handler(asked: Recorded) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with Script(handler).client() as sellsy, pytest.raises(ConnectorError) as caught:
        sellsy.update_company("4", {"name": "Léo"}) if write else sellsy.company("4")
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, "Validations errors", {"email": "Déjà utilisée"}), Invalid),
        (error(402), Final),
        (error(403, "missing scope companies.write"), Refused),
        (error(404, "Not Found"), NotFound),
        (error(405), Final),
        (error(409, "Conflit"), Final),
        (error(413), Final),
        (error(422, "Non", {"name": "x"}), Invalid),
        (error(429), NotSent),
        (httpx2.ConnectError("x"), NotSent),
        (httpx2.ConnectTimeout("x"), NotSent),
    ],
)
@pytest.mark.parametrize("write", [True, False])
def test_the_type_says_what_to_do_whatever_was_asked(answer: httpx2.Response | Exception, kind: type, write: bool):
    assert type(fault_of(answer, write=write)) is kind


@pytest.mark.parametrize(
    "answer",
    [
        error(500),
        httpx2.Response(502, text="<html>"),
        httpx2.Response(503),
        httpx2.Response(404, text="<html>a proxy's page</html>"),
        httpx2.Response(403, text="<html>"),
        httpx2.Response(400, text=""),
        httpx2.Response(408),
        httpx2.Response(301, headers={"Location": "https://x.test"}),
        httpx2.Response(200, text='{"id": 4, "na'),
        httpx2.Response(200, text=""),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={"name": "no id"}),
        httpx2.Response(204),
        httpx2.ReadTimeout("x"),
        httpx2.ReadError("x"),
        httpx2.WriteError("x"),
        httpx2.RemoteProtocolError("x"),
    ],
)
def test_no_usable_answer_is_retryable_for_a_read_and_unclear_for_a_write(answer: httpx2.Response | Exception):
    assert type(fault_of(answer, write=False)) is Retryable
    assert type(fault_of(answer, write=True)) is Unclear


def test_a_gigantic_answer_is_not_swallowed():
    answer = httpx2.Response(200, content=b'{"data": ["' + b"x" * 33_000_000 + b'"]}')
    assert type(fault_of(answer, write=False)) is Retryable
    assert "démesurée" in str(fault_of(answer, write=True))


def test_a_search_is_a_read_although_it_is_a_post():
    script = Script(lambda asked: error(500))
    with script.client() as sellsy, pytest.raises(Retryable) as caught:
        sellsy.search_companies({})
    assert type(caught.value) is Retryable


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        ([], {}),
        ({"email": "Non"}, {"email": "Non"}),
        ({"legal_france": {"siret": ["Trop court", "Invalide"]}}, {"legal_france.siret": "Trop court Invalide"}),
        ({"filters": [{"name": "Inconnu"}]}, {"filters.0.name": "Inconnu"}),
        ({"a": None, "b": 4}, {"b": "4"}),
    ],
)
def test_the_fields_at_fault_are_kept(details: object, fields: dict[str, str]):
    fault = fault_of(error(400, "Validations errors", details), write=True)
    assert isinstance(fault, Invalid)
    assert fault.fields == fields
    assert "PUT /companies/4" in str(fault)


def test_a_missing_authorisation_is_named():
    fault = fault_of(error(403, 'The scope "custom-fields.read" is required'), write=False)
    assert "«\u00a0custom-fields.read\u00a0»" in str(fault)


def test_a_refusal_without_a_scope_names_the_rights():
    fault = fault_of(error(403, "Accès interdit"), write=False)
    assert isinstance(fault, Refused)
    assert "droits du collaborateur" in str(fault)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Thu, 12 Mar 2026 08:00:30 GMT"}, 30),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "soon"}, 5),
        ({"Retry-After": "nan"}, 5),
        ({}, 5),
        ({"X-Quota-Remaining-By-Second": "0"}, 2),
        ({"X-Quota-Remaining-By-Second": "0", "X-Quota-Remaining-By-Minute": "-3"}, 15),
        ({"X-Quota-Remaining-By-Day": "0"}, 900),
    ],
)
def test_a_429_is_obeyed_and_told_to_all_workers(headers: dict[str, str], wait: float):
    script = Script(lambda asked: error(429, headers=headers))
    with script.client() as sellsy, pytest.raises(NotSent) as caught:
        sellsy.create_company(COMPANY)
    assert caught.value.retry_after == wait
    assert script.quota.blocked == [NOW + timedelta(seconds=wait)]
    assert len(script.asked) == 1


def test_what_the_quota_does_not_grant_is_not_sent():
    script = Script(lambda asked: {"id": 1})
    script.quota.refuse = NOW + timedelta(seconds=3)
    with script.client() as sellsy, pytest.raises(NotSent) as caught:
        sellsy.company("1")
    assert caught.value.retry_after == 3
    assert script.asked == []


def test_a_command_waits_for_a_short_window_and_for_no_longer_one():
    script = Script(lambda asked: {"id": 1})
    with script.client() as sellsy:
        sellsy.patience = Patience("Sellsy", script.clock, quota=1.5)
        free_at = NOW + timedelta(seconds=1)
        script.quota.take = lambda now, live, reserve: None if now >= free_at else free_at
        sellsy.company("1")
        assert script.clock.now() == free_at
        free_at = free_at + timedelta(seconds=2)
        with pytest.raises(NotSent):
            sellsy.company("1")
        assert len(script.asked) == 1


def test_the_lane_and_the_reserve_reach_the_quota():
    script = Script(lambda asked: {"id": 1})
    with script.client(timing=Timing(bulk_reserve=0.4)) as sellsy:
        sellsy.company("1")
        sellsy.live = True
        sellsy.company("1")
    assert script.quota.taken == [(False, 0.4), (True, 0.4)]


def test_headers_feed_the_quota_even_negative_and_even_on_errors():
    answers = iter(
        [
            httpx2.Response(
                200, json={"id": 1}, headers={"X-Quota-Remaining-By-Minute": "-12", "x-quota-remaining-by-day": "9"}
            ),
            httpx2.Response(200, json={"id": 1}, headers={"X-Quota-Remaining-By-Second": "?"}),
            error(400, headers={"X-Quota-Remaining-By-Month": "5"}),
        ]
    )
    script = Script(lambda asked: next(answers))
    with script.client() as sellsy:
        sellsy.company("1")
        sellsy.company("1")
        with pytest.raises(Invalid):
            sellsy.company("1")
    assert script.quota.corrected == [{60: -12, 86400: 9}, {2592000: 5}]


def test_the_servers_clock_is_the_last_answers_date():
    dates = iter(["Thu, 12 Mar 2026 07:59:00 GMT", "", "garbage"])
    script = Script(lambda asked: httpx2.Response(200, json={"id": 1}, headers={"Date": next(dates)}))
    with script.client() as sellsy:
        assert sellsy.server_time is None
        for _ in range(3):
            sellsy.company("1")
            assert sellsy.server_time == datetime(2026, 3, 12, 7, 59, tzinfo=UTC)


def test_a_write_does_not_leave_after_its_instant_but_a_read_does():
    script = Script(lambda asked: {"id": 1})
    with script.client() as sellsy:
        sellsy.not_after = NOW + timedelta(seconds=2)
        sellsy.update_company("1", {"name": "a"})
        script.clock.advance(2.5)
        with pytest.raises(NotSent, match="à temps"):
            sellsy.update_company("1", {"name": "b"})
        sellsy.company("1")
    assert [asked.method for asked in script.asked] == ["PUT", "GET"]


def test_no_secret_in_any_error():
    answers = [error(401, "Nope"), error(403, "Nope"), error(400, "Nope"), error(500), httpx2.ReadTimeout("x")]
    for answer in answers:
        fault = fault_of(answer, write=True)
        chain = f"{fault!r} {fault} {fault.__cause__!r} {fault.args}"
        assert SECRET not in chain
        assert "token-" not in chain


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A bare TCP server for one connection after another: what no HTTP library would let a test do."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def over_the_wire(url: str, deadline: float, clock: Clock | None = None, *, token: bool = True) -> HttpSellsy:
    tokens = MemoryTokens()
    if token:
        tokens.save(Token("token", "acces", datetime.now(UTC) + timedelta(hours=1)))
    return HttpSellsy(
        Credentials("acces", SECRET),
        quota=Quota(),
        tokens=tokens,
        exclusive=threading.Lock,
        api_url=url,
        login_url=url,
        clock=clock or SystemClock(),
        timing=Timing(call_deadline=deadline),
    )


def drip(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    try:
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)
    except OSError:
        return


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("address", ["http://[::1", "pas une url", "ftp://x", "", "http://a..b", "http://x:é"])
def test_an_address_that_was_kept_before_it_was_checked_is_one_sentence(address: str, *, token: bool):
    with (
        over_the_wire(address, 1, token=token) as sellsy,
        pytest.raises(Refused, match="altior-sellsy environment rem"),
    ):
        sellsy.staffs()


def test_a_token_that_drips_does_not_keep_the_other_workers_waiting():
    with server(drip) as url, over_the_wire(url, 0.4, token=False) as sellsy:
        began = time.monotonic()
        with pytest.raises(NotSent):
            sellsy.staffs()
        assert time.monotonic() - began < 2


def test_the_deadline_holds_against_a_body_that_drips():
    with server(drip) as url, over_the_wire(url, 0.4) as sellsy:
        began = time.monotonic()
        with pytest.raises(Unclear, match=r"pas répondu en 0\.4"):
            sellsy.update_company("1", {"name": "Léo"})
        assert time.monotonic() - began < 2


def test_the_deadline_is_of_the_whole_call_not_of_each_stage():
    def late(connection: socket.socket) -> None:
        connection.recv(65536)
        body = json.dumps(page([])).encode()
        threading.Event().wait(0.3)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        threading.Event().wait(0.3)
        try:
            connection.sendall(body)
        except OSError:
            return

    with server(late) as url, over_the_wire(url, 0.45) as sellsy, pytest.raises(Retryable):
        sellsy.staffs()
    with server(late) as url, over_the_wire(url, 5) as sellsy:
        assert sellsy.staffs() == []


def test_a_refused_connection_was_not_sent():
    with server(lambda connection: None) as url:
        pass
    with over_the_wire(url, 5) as sellsy, pytest.raises(NotSent, match="injoignable"):
        sellsy.update_company("1", {"name": "Léo"})


def test_a_connection_cut_after_the_request_is_unclear():
    def cut(connection: socket.socket) -> None:
        connection.recv(65536)

    with server(cut) as url, over_the_wire(url, 5) as sellsy, pytest.raises(Unclear, match="coupé"):
        sellsy.update_company("1", {"name": "Léo"})


class WakingClock(SystemClock):
    """A process suspended while its connection is made: the clock jumps between two looks."""

    def __init__(self, asleep_at: int) -> None:
        self.looks = 0
        self.asleep_at = asleep_at

    def now(self) -> datetime:
        self.looks += 1
        return super().now() + timedelta(seconds=60 if self.looks >= self.asleep_at else 0)


def test_a_process_that_was_suspended_while_connecting_sends_no_write():
    heard: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        heard.append(connection.recv(65536))

    with server(listen) as url:
        for asleep_at in range(1, 6):
            with over_the_wire(url, 5, WakingClock(asleep_at)) as sellsy:
                sellsy.not_after = datetime.now(UTC) + timedelta(seconds=30)
                with pytest.raises(Retryable) as caught:
                    sellsy.update_company("1", {"name": "Léo"})
                if asleep_at < 5:
                    assert "à temps" in str(caught.value)
                    assert not any(b"PUT" in each for each in heard)
    assert any(b"PUT" in each for each in heard)
