"""The installation's encryption key, and what is derived from it."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from altior_sellsy.errors import ConnectorError
from altior_sellsy.options import options
from altior_sellsy.refusals import why

KEY_BYTES = 32
HOW_TO = "Donnez 32 octets en base64, par exemple le résultat de « openssl rand -base64 32 »."


class BadKey(ConnectorError):
    """The encryption key is missing or unreadable. `str(error)` is one French sentence."""


def master_key() -> bytes:
    """The key that encrypts: the first of `master_keys`."""
    return master_keys()[0]


def master_keys() -> list[bytes]:
    """Keys of 32 bytes: the first encrypts, all decrypt (separated by commas or spaces, so that a key can be renewed).

    `ALTIOR_SELLSY_KEY`, else, with the embedded database, the file `key` of the data folder (made when missing, 0600).
    """
    chosen = options()
    if chosen.key:
        return _decode(chosen.key.get_secret_value(), "ALTIOR_SELLSY_KEY")
    if chosen.database_url:
        raise BadKey(f"ALTIOR_SELLSY_KEY manque : elle est obligatoire avec ALTIOR_SELLSY_DATABASE_URL. {HOW_TO}")
    return _kept(Path(os.path.realpath(chosen.data)) / "key")


def derived_secret(purpose: str) -> str:
    """A secret of its own for one purpose (sessions, forms), as text; knowing it does not give the key away."""
    return hmac.new(master_key(), purpose.encode(), hashlib.sha256).hexdigest()


def _kept(file: Path) -> list[bytes]:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under another name, then linked: processes that start together end with one and the same key.
        draft = file.with_name(f".key.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    try:
        return _decode(file.read_text(), f"le fichier « {file} »")
    except OSError as error:
        raise BadKey(f"La clé de chiffrement « {file} » est illisible ({why(error)}) : vérifiez ses droits.") from error


def _decode(text: str, where: str) -> list[bytes]:
    keys = [_decoded(part) for part in text.replace(",", " ").split()]
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise BadKey(f"La clé de chiffrement donnée par {where} n'est pas valable. {HOW_TO}")
    return keys


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return b""
