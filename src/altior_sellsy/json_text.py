"""JSON read and written at a fraction of the standard library's cost: every record passes here several times."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic_core import from_json

_HALF_A_PAIR = re.compile("[\ud800-\udfff]")


def parsed(content: bytes | str) -> Any:
    """Half of a surrogate pair, the rest of a character that some system has cut in two, is left out of its text: it
    cannot be stored, hashed or sent. Raises ValueError, or RecursionError, when it is no JSON."""
    try:
        return from_json(content)
    except ValueError:
        # Such a half, another encoding: what only the standard library takes, or its own word that it is none. One odd
        # record must not make a page of a hundred unreadable.
        return _whole(json.loads(content))


def dumped(value: Any, *, sort: bool = False) -> bytes:
    """Without spaces, as UTF-8; a mapping that is no dictionary as one. `sort`: by key, at every depth."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS if sort else None)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits
        text = json.dumps(value, ensure_ascii=False, sort_keys=sort, separators=(",", ":"), default=_plain)
        return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_A_PAIR.sub("", value)
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value
