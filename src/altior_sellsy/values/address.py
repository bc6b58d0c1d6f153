"""Postal addresses as one composite value: a flat dict of texts, or None when there is none.

Keys, always all seven: line_1 … line_4, postal_code, city, country (ISO code).
"""

import re
from collections.abc import Mapping

from altior_sellsy.values import country as countries
from altior_sellsy.values.text import arrived_text, clean, fold, squash

LINES = ("line_1", "line_2", "line_3", "line_4")
PARTS = (*LINES, "postal_code", "city", "country")
Address = dict[str, str | None]

_CEDEX = re.compile(r"\s*cedex(?:\s+0*([0-9]{1,2}))?$")
_SAINT = re.compile(r"\b(?:st|ste)\b")
_FRENCH_POSTCODE = re.compile(r"[0-9]{4,5}")

_LABELS = {"line_1": "la première ligne", "postal_code": "le code postal", "city": "la ville", "country": "le pays"}
_LENGTHS = {**dict.fromkeys(LINES, 250), "postal_code": 30, "city": 250}


def address(parts: Mapping[str, str | None]) -> Address | None:
    """The normal form: cleaned texts, lines moved up over blank ones, country as a code (France when none is given),
    French postcodes as five digits. None when nothing but a country is there. A country that is not recognised is kept
    as its text."""
    lines = [line for line in (clean(parts.get(name)) for name in LINES) if line]
    postal_code, city = clean(parts.get("postal_code")), clean(parts.get("city"))
    if not lines and not postal_code and not city:
        return None
    country = countries.code(parts.get("country")) or clean(parts.get("country")) or countries.FRANCE
    if postal_code and countries.is_french(country):
        bare = postal_code.replace(" ", "")
        postal_code = bare.zfill(5) if _FRENCH_POSTCODE.fullmatch(bare) else postal_code
    value: Address = dict.fromkeys(LINES)
    value.update(zip(LINES, lines, strict=False))
    return {**value, "postal_code": postal_code, "city": city, "country": country}


def same(a: object, b: object) -> bool:
    """The same place for people: case, accents, punctuation, the split into lines and «CEDEX» aside; overseas France is
    France; «St» is «Saint»."""
    if a == b:
        return True
    if not isinstance(a, dict) or not isinstance(b, dict):
        return False
    return _as_compared(a) == _as_compared(b)


def arrived(shown: object, sent: object) -> bool:
    """May `shown` be `sent` as a side rewrote it? Same place, or every part folded or cut (at least half is left)."""
    if same(shown, sent):
        return True
    if not isinstance(shown, dict) or not isinstance(sent, dict):
        return False
    return all(shown.get(part) == sent.get(part) or arrived_text(shown.get(part), sent.get(part)) for part in PARTS)


def missing_for_sellsy(value: Address) -> list[str]:
    """French names of the parts that Sellsy requires and this address lacks (rules R16)."""
    return [
        label for part, label in _LABELS.items() if not value.get(part) or len(value.get(part) or "") < _least(part)
    ]


def too_long_for_sellsy(value: Address) -> list[str]:
    """Parts over Sellsy's lengths: held, never cut silently."""
    return [part for part, most in _LENGTHS.items() if len(value.get(part) or "") > most]


def _least(part: str) -> int:
    return 1 if part == "line_1" else 2


def _as_compared(value: Mapping[str, str | None]) -> tuple[str, str, str, str | None]:
    lines = squash(" ".join(value.get(name) or "" for name in LINES))
    city = _SAINT.sub("saint", _CEDEX.sub("", fold(value.get("city") or "")).replace("sainte", "saint"))
    return lines, squash(value.get("postal_code") or ""), squash(city), countries.as_compared(value.get("country"))
