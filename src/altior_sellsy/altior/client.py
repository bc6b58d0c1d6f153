"""The port over HTTP, speaking the stand-in contract (altior/contract.py). Decides nothing; only a command that a
person waits for has readings that fail repeated (`patience`).

One call has one hard deadline (`Timing.call_deadline`): connecting and sending may take half of it, so that after it
an unanswered write has either reached Altior or never will.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import httpx2

from altior_sellsy import addresses
from altior_sellsy.altior import border
from altior_sellsy.altior.contract import API, BULK, USER_HEADER
from altior_sellsy.altior.failures import Call, failure, item_failure, unanswered, unreachable
from altior_sellsy.altior.port import (
    Answer,
    Changes,
    CustomField,
    Document,
    Establishment,
    Item,
    ListName,
    ListValue,
    Page,
    Requirements,
    Resource,
    User,
)
from altior_sellsy.certificates import certificates, not_recognised
from altior_sellsy.clock import Clock, SystemClock
from altior_sellsy.errors import NotFound, NotSent, Refused
from altior_sellsy.json_text import dumped, parsed
from altior_sellsy.patience import Patience
from altior_sellsy.timing import Timing

_Result = TypeVar("_Result")
_MOST_BYTES = 64_000_000
"""A page of a hundred records is a hundredth of it."""
_LONGEST_POLL = 30


class HttpAltior:
    """Implements altior.port.Altior. `url`: Altior's address, with or without `/api/v1`. `user`: e-mail of the
    reference user. Thread-safe. Raises Refused when the token or the e-mail cannot be sent at all."""

    def __init__(
        self,
        url: str,
        token: str,
        user: str,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._base = url.rstrip("/").removesuffix(API)
        self._host = addresses.host(self._base)
        self._user = user
        self._deadline = (timing or Timing()).call_deadline
        self._clock = clock or SystemClock()
        self.not_after: datetime | None = None
        self.patience: Patience | None = None
        self.sent = {"read": 0, "write": 0}
        """Calls that left, for reports."""
        if not (token.isascii() and token.isprintable() and token.strip()):
            raise Refused(
                "Le jeton d'accès Altior est vide ou contient un caractère interdit. Saisissez-le de nouveau."
            )
        if not (user.isascii() and user.isprintable()):
            raise Refused(f"L'adresse de l'utilisateur de référence « {user} » contient un caractère interdit.")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._http = (
            httpx2.Client(transport=transport, headers=headers)
            if transport
            else httpx2.Client(verify=certificates(), headers=headers)
        )

    def __repr__(self) -> str:
        return f"HttpAltior({self._host!r}, user={self._user!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def identity(self) -> str:
        return self._read("environnement", border.environment)

    def users(self) -> Sequence[User]:
        return self._read("utilisateurs", border.users)

    def establishments(self) -> Sequence[Establishment]:
        return self._read("etablissements", border.establishments)

    def list_values(self, name: ListName) -> Sequence[ListValue]:
        return self._read(f"parametres/{name}", border.list_values)

    def create_list_value(self, name: ListName, title: str, abbreviation: str | None) -> ListValue:
        body = {"titre": title, "abreviation": abbreviation}
        return self._write(f"parametres/{name}", body, lambda data: border.list_values([data]))[0]

    def custom_fields(self) -> Sequence[CustomField]:
        return self._read("champs-personnalises", border.custom_fields)

    def create_custom_field(self, field: CustomField) -> CustomField:
        body = {
            "section": field.section,
            "nom": field.name,
            "code": field.code,
            "type": field.type,
            "actif": field.active,
            "recherchable": field.searchable,
        }
        return self._write("champs-personnalises", body, lambda data: border.custom_fields([data]))[0]

    def requirements(self, resource: Resource) -> Requirements:
        return self._read(f"exigences/{resource}", border.requirements)

    def read(self, resource: Resource, ids: Sequence[str]) -> Sequence[Document]:
        _bounded(ids)
        return self._read(resource, border.documents, {"ids": ",".join(ids)}) if ids else ()

    def get(self, resource: Resource, id: str) -> Document:
        if not id:
            raise NotFound("Altior ne connaît pas d'enregistrement sans identifiant.")
        return self._read(f"{resource}/{quote(id, safe='')}", border.document)

    def scan(self, resource: Resource, after: str | None, limit: int = BULK) -> Page:
        query = {"limite": str(limit), **({"apres": after} if after else {})}
        return self._read(resource, border.page, query)

    def find(self, resource: Resource, key: str, values: Sequence[str]) -> Sequence[Document]:
        _bounded(values)
        body = {"cle": key, "valeurs": list(values)}
        path = f"{resource}/recherche"
        return self._call("POST", path, border.documents, body=body, write=False) if values else ()

    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        _bounded(items)
        if not items:
            return ()
        elements = []
        for item in items:
            named = {"id": item.id, "version": item.version}
            elements.append({"corps": item.body, **{key: value for key, value in named.items() if value is not None}})
        results = self._write(f"{resource}/lot", {"elements": elements}, lambda data: border.bulk(data, len(items)))
        return [_answer(result) for result in results]

    def documents(self, kind: Literal["devis", "commandes"], affaires: Sequence[str]) -> Sequence[Document]:
        _bounded(affaires)
        return self._read(kind, border.documents, {"affaires": ",".join(affaires)}) if affaires else ()

    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        seconds = min(_LONGEST_POLL, max(1, round(wait))) if wait > 0 else 0
        query = {"attente": str(seconds), **({"curseur": cursor} if cursor else {})}
        return self._call("GET", "modifications", border.changes, query=query, wait=seconds)

    def _read(self, path: str, shape: Callable[[Any], _Result], query: Mapping[str, str] | None = None) -> _Result:
        return self._call("GET", path, shape, query=query)

    def _write(self, path: str, body: Any, shape: Callable[[Any], _Result]) -> _Result:
        return self._call("POST", path, shape, body=body, write=True)

    def _call(
        self,
        method: str,
        path: str,
        shape: Callable[[Any], _Result],
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        write: bool = False,
        wait: float = 0,
    ) -> _Result:
        """One call. `shape` reads the answer, or raises UnreadableError. `wait`: what a long poll may add."""
        call = Call(method, f"{API}/{path}", self._host, write)
        if self.patience is None or write:
            return self._once(call, shape, query, body, wait)
        return self.patience.read(lambda: self._once(call, shape, query, body, wait))

    def _once(
        self, call: Call, shape: Callable[[Any], _Result], query: Mapping[str, str] | None, body: Any, wait: float
    ) -> _Result:
        response = self._send(call, query, body, wait)
        data = _json(response.content)
        if response.status_code not in (200, 201):
            raise failure(call, response.status_code, data, retry_after=_seconds(response.headers.get("retry-after")))
        try:
            return shape(data)
        except border.UnreadableError as error:
            raise unanswered(call, f"a donné une réponse incomplète ou illisible ({error})") from None

    def _send(self, call: Call, query: Mapping[str, str] | None, body: Any, wait: float) -> httpx2.Response:
        if call.write and self.not_after is not None and self._clock.now() > self.not_after:
            raise NotSent(f"Cet appel n'est plus parti à temps vers Altior ({call.path}) : il sera refait.")
        share = self._deadline / 8
        timeout = httpx2.Timeout(self._deadline / 2 + wait, pool=share, connect=share, write=share)
        end = time.monotonic() + self._deadline + wait
        self.sent["write" if call.write else "read"] += 1
        content = None if body is None else dumped(body)
        headers = {"Content-Type": "application/json"} if content else {}
        if call.write:
            headers[USER_HEADER] = self._user
        try:
            with self._http.stream(
                call.method, self._base + call.path, params=query, content=content, headers=headers, timeout=timeout
            ) as response:
                chunks, size = [], 0
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    size += len(chunk)
                    if size > _MOST_BYTES:
                        raise unanswered(call, "a donné une réponse démesurée")
                    if time.monotonic() > end:
                        raise unanswered(call, "n'a pas fini de répondre à temps")
                return httpx2.Response(response.status_code, headers=_plain(response), content=b"".join(chunks))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as fault:
            raise not_recognised(fault, "Altior", self._host) or unreachable(call) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):  # the last: of its name, by IDNA
            raise Refused(addresses.unusable("d'Altior", self._base)) from None
        except httpx2.TimeoutException:
            raise unanswered(call, "n'a pas répondu à temps") from None
        except httpx2.RequestError:
            raise unanswered(call, "a interrompu la connexion") from None


def _answer(result: border.BulkResult) -> Answer:
    if result.statut in (200, 201):
        return Answer(document=result.document, created=result.statut == 201)
    return Answer(error=item_failure(result.statut, {"erreur": result.erreur}))


def _bounded(values: Sequence[Any]) -> None:
    if len(values) > BULK:
        raise ValueError(f"at most {BULK} in one call, not {len(values)}")


def _json(content: bytes) -> Any:
    """None when it is no JSON."""
    try:
        return parsed(content)
    except (ValueError, RecursionError):
        return None


def _plain(response: httpx2.Response) -> dict[str, str]:
    """Headers without those that speak of the coding of a body already decoded."""
    return {key: value for key, value in response.headers.items() if key not in ("content-encoding", "content-length")}


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds, at most a day; None when absent or not a number."""
    return min(float(header), 86_400.0) if header and header.isascii() and header.isdigit() else None
