"""OAuth2 client credentials (FACTS 1): the token endpoint's own errors, lifetimes, `single_login`, scopes."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from altior_sellsy.sandbox.sellsy.errors import ApiError
from altior_sellsy.sandbox.sellsy.state import State


class Tokens:
    """Access tokens given out and the instants at which they end."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}

    def issue(self, now: float, lifetime: float, *, single: bool) -> str:
        """A new token; with `single` the former ones are revoked."""
        if single:
            self._ends.clear()
        token = secrets.token_urlsafe(32)
        self._ends[token] = now + lifetime
        return token

    def valid(self, token: str, now: float) -> bool:
        return self._ends.get(token, 0) > now

    def revoke_all(self) -> None:
        self._ends.clear()


async def answer_token_request(request: Request, state: State, tokens: Tokens) -> JSONResponse:
    """`POST /oauth2/access-tokens`, JSON or form body, credentials in the body or as HTTP Basic."""
    body = await _credentials(request)
    client = state.settings.client
    if body is None:
        return _refused(400, "invalid_request", "The request is malformed")
    if body.get("client_id") != client.id or body.get("client_secret") != client.secret:
        return _refused(401, "invalid_client", "Client authentication failed")
    if body.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type", "The authorization grant type is not supported")
    if client.type != "personal":
        return _refused(401, "unauthorized_client", "Only personal clients may use this grant type")
    lifetime = state.switches.token_lifetime
    token = tokens.issue(state.clock(), lifetime, single=client.single_login)
    return JSONResponse({"token_type": "Bearer", "expires_in": lifetime, "access_token": token})


def scopes_of(state: State) -> frozenset[str]:
    return frozenset(state.settings.client.scopes) - frozenset(state.switches.scopes_removed)


def authorise(state: State, tokens: Tokens, header: str | None) -> frozenset[str]:
    """The scopes of the caller. Raises ApiError 401."""
    if not header:
        raise ApiError(401, 'Missing "Authorization" header')
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not tokens.valid(token, state.clock()):
        raise ApiError(401, "The access token is invalid or has expired")
    staff = state.settings.staff(state.settings.client.staff_id)
    if staff is None or staff.status != "ok":
        raise ApiError(401, "The user is blocked")
    return scopes_of(state)


def _refused(status: int, error: str, description: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


async def _credentials(request: Request) -> Mapping[str, Any] | None:
    fields: dict[str, Any]
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            fields = await request.json()
        except ValueError:
            return None
        if not isinstance(fields, dict):
            return None
    else:
        fields = dict(await request.form())
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            identifier, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        fields = {"client_id": identifier, "client_secret": secret, **fields}
    return fields
