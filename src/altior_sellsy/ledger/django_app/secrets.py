"""Secrets at rest: AES-256-GCM, bound to their row (environment and name), so that no row can stand in for another.

Keys come from the setting `LEDGER_MASTER_KEY`: 32 bytes, or a sequence of such keys (rotation: the first encrypts,
all decrypt), or a function that returns either. Read when needed, never at import.
"""

import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from altior_sellsy.errors import Refused

_FORMAT = b"\x01"
_NONCE = 12

Keys = bytes | Sequence[bytes]


class Unreadable(Refused):
    """A secret was encrypted under another key, or its row was altered."""


def seal(environment: str, name: str, value: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return _FORMAT + nonce + AESGCM(_keys()[0]).encrypt(nonce, value.encode(), _identity(environment, name))


def unseal(environment: str, name: str, sealed: bytes) -> str:
    """Raises Unreadable, one French sentence."""
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if sealed[:1] == _FORMAT and len(nonce) == _NONCE:
        for key in _keys():
            try:
                return AESGCM(key).decrypt(nonce, body, _identity(environment, name)).decode()
            except InvalidTag:
                continue
    raise Unreadable(
        f"Le secret « {name} » de l’environnement « {environment} » ne se déchiffre pas : la clé de chiffrement "
        "(ALTIOR_SELLSY_KEY) n’est pas celle qui l’a enregistré, ou la valeur a été altérée ; "
        "remettez l’ancienne clé, ou saisissez de nouveau ce secret."
    )


def _identity(environment: str, name: str) -> bytes:
    return f"{environment}\0{name}".encode()


def _keys() -> Sequence[bytes]:
    given: Keys | Callable[[], Keys] = settings.LEDGER_MASTER_KEY
    keys = given() if callable(given) else given
    return [keys] if isinstance(keys, bytes) else keys
