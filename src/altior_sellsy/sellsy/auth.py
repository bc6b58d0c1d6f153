"""The access token: OAuth2 client credentials, one token for all workers (FACTS 1).

`single_login` may make a new token revoke the others: so one token lives in a shared store, is renewed ahead of its
end by one worker at a time, and whoever is refused first looks whether another worker has already renewed it.
"""

import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx2

from altior_sellsy import addresses
from altior_sellsy.certificates import not_recognised
from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotSent, Refused
from altior_sellsy.json_text import parsed
from altior_sellsy.sellsy.leaves import instant

TOKEN_PATH = "/oauth2/access-tokens"  # noqa: S105
_MARGIN = 300.0
_MARGIN_SHARE = 0.1
_DEFAULT_LIFE = 3600.0
DEADLINE = 10.0
"""Seconds for a token, at most."""
_MOST_BYTES = 100_000
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
"""What a header can carry."""
_ERRORS = (
    *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client"),
    *("unsupported_grant_type", "invalid_scope", "access_denied"),
)
"""RFC 6749, 5.2 and 4.1.2.1."""


@dataclass(frozen=True, slots=True)
class Credentials:
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """`client_id`: the access it belongs to: a token of replaced credentials is never used."""

    value: str = field(repr=False)
    client_id: str
    renew_at: datetime

    def dump(self) -> str:
        """As text, to be kept encrypted."""
        return json.dumps({"value": self.value, "client_id": self.client_id, "renew_at": self.renew_at.isoformat()})

    @classmethod
    def load(cls, text: str) -> "Token | None":
        """None for anything that `dump` did not write."""
        try:
            data = json.loads(text)
            renew_at = instant(data["renew_at"])
            return cls(str(data["value"]), str(data["client_id"]), renew_at) if renew_at else None
        except (ValueError, KeyError, TypeError):
            return None


class TokenStore(Protocol):
    def load(self) -> Token | None: ...
    def save(self, token: Token) -> None: ...


class MemoryTokens:
    """For one process: credentials that are being tried before they replace others, and tests."""

    def __init__(self) -> None:
        self._token: Token | None = None

    def load(self) -> Token | None:
        return self._token

    def save(self, token: Token) -> None:
        self._token = token


class SecretTokens:
    """Over the ledger's secrets: `SecretTokens(lambda: ledger.secret("sellsy_token"), …)`."""

    def __init__(self, read: Callable[[], str | None], write: Callable[[str], None]) -> None:
        self._read = read
        self._write = write

    def load(self) -> Token | None:
        text = self._read()
        return Token.load(text) if text else None

    def save(self, token: Token) -> None:
        self._write(token.dump())


class Access:
    """Gives the bearer token of one environment.

    `exclusive`: a factory of context managers, a lock shared by all workers of this environment. `deadline`: seconds
    for the whole request of a token.
    Raises Refused (the credentials are not accepted) or NotSent (no token could be had: nothing was asked of the API).
    """

    def __init__(
        self,
        http: httpx2.Client,
        login_url: str,
        credentials: Credentials,
        store: TokenStore,
        exclusive: Callable[[], AbstractContextManager[Any]],
        clock: Clock,
        deadline: float = DEADLINE,
    ) -> None:
        self._http = http
        self._deadline = deadline
        self._url = login_url.rstrip("/") + TOKEN_PATH
        self._credentials = credentials
        self._store = store
        self._exclusive = exclusive
        self._clock = clock
        self._held: Token | None = None

    @property
    def client_id(self) -> str:
        return self._credentials.client_id

    def token(self) -> str:
        if self._held is None or not self._usable(self._held):
            self._held = self._store.load()
        held = self._held
        return held.value if held is not None and self._usable(held) else self._renew(refused=None)

    def renew(self, refused: str) -> str:
        """After a 401: another worker's newer token if there is one, else a new one."""
        return self._renew(refused)

    def _renew(self, refused: str | None) -> str:
        with self._exclusive():
            kept = self._store.load()
            if kept is None or not self._usable(kept) or kept.value == refused:
                kept = self._ask()
                self._store.save(kept)
            self._held = kept
            return kept.value

    def _usable(self, token: Token) -> bool:
        return token.client_id == self.client_id and self._clock.now() < token.renew_at

    def _ask(self) -> Token:
        now = self._clock.now()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        try:
            status, content = self._post(form)
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):  # the last: of its name, by IDNA
            raise Refused(addresses.unusable("d'accès à Sellsy", self._url)) from None
        except httpx2.HTTPError as fault:
            host = addresses.host(self._url)
            raise not_recognised(fault, "Sellsy", host) or NotSent(
                f"Le service d'accès de Sellsy ne répond pas ({type(fault).__name__})."
            ) from None
        return self._read(status, content, now)

    def _post(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Other workers wait for this token: the deadline is of the whole call, and what drips is cut."""
        end, content = time.monotonic() + self._deadline, bytearray()
        headers = {"Accept": "application/json"}
        with self._http.stream("POST", self._url, json=form, headers=headers, timeout=self._deadline) as response:
            for part in response.iter_bytes():
                content += part
                if len(content) > _MOST_BYTES or time.monotonic() > end:
                    raise httpx2.ReadTimeout("deadline", request=response.request)
            return response.status_code, bytes(content)

    def _read(self, status: int, content: bytes, now: datetime) -> Token:
        try:
            data = parsed(content)
        except (ValueError, RecursionError):
            data = None
        said = data if isinstance(data, dict) else {}
        value = said.get("access_token")
        if status == 200 and isinstance(value, str) and _TOKEN.fullmatch(value):
            life = _life(said.get("expires_in"))
            ahead = min(_MARGIN, life * _MARGIN_SHARE)
            return Token(value, self.client_id, now + timedelta(seconds=life - ahead))
        error = said.get("error")
        if status == 401 or (status in (400, 403) and isinstance(error, str)):
            # Nothing else of this answer is repeated: it may hold what was sent.
            named = error if error in _ERRORS else status
            raise Refused(
                f"Sellsy refuse ces identifiants ({named}). Le secret n'étant affiché qu'une "
                "fois, supprimez l'accès dans Sellsy et recréez-en un : rien d'autre n'est perdu."
            )
        raise NotSent(f"Le service d'accès de Sellsy a répondu {status} sans donner d'accès.")


def _life(value: Any) -> float:
    """`expires_in`, trusted when it is a number of seconds; Sellsy's own example otherwise."""
    try:
        life = float(value)
    except (TypeError, ValueError):
        return _DEFAULT_LIFE
    return life if 0 < life < 10**9 else _DEFAULT_LIFE
