"""SIRET and SIREN: the numbers of French establishments and companies (INSEE).

`python-stdnum` knows the check digit and the exception of La Poste; it accepts all zeros, we do not.
"""

import re
from functools import lru_cache

from stdnum.fr import siret as _siret

from altior_sellsy.values.text import KEPT

LA_POSTE = "356000000"
_DIGITS = re.compile(r"[0-9]+")
_EXCEL_DECIMALS = re.compile(r"(?<=[0-9])[.,]0+$")
_SEPARATORS = re.compile(r"[\s.\-_]+")
_DOUBLED = {digit: sum(map(int, str(2 * int(digit)))) for digit in "0123456789"}


def normalise(raw: object) -> str | None:
    """Digits without separators; None when empty. What Excel turned into a number gets its leading zeros back.

    Text that is not a number of this family comes back upper-case and without separators, so that it can be shown.
    """
    if raw is None or isinstance(raw, bool):
        return None
    if isinstance(raw, str) and raw.isascii() and raw.isdigit():
        return raw  # nearly all of them, and each is read several times
    if isinstance(raw, float):
        raw = int(raw) if raw.is_integer() else repr(raw)
    if isinstance(raw, int):
        digits = str(raw) if raw >= 0 else ""
        return digits.zfill(9 if len(digits) <= 9 else 14) if digits else None
    text = _SEPARATORS.sub("", _EXCEL_DECIMALS.sub("", str(raw).strip())).upper()
    return text or None


@lru_cache(KEPT)
def is_siret(text: str | None) -> bool:
    """Fourteen digits with a right check (Luhn; La Poste: sum of digits). All zeros is no SIRET."""
    if text is None or not _digits(text, 14):
        return False
    if text.startswith(LA_POSTE):
        return bool(_siret.is_valid(text))  # an exception that is the library's to know
    return _luhn(text) and _luhn(text[:9])


@lru_cache(KEPT)
def is_siren(text: str | None) -> bool:
    """Nine digits with a right check (Luhn). All zeros is no SIREN."""
    return text is not None and _digits(text, 9) and _luhn(text)


def siren_of(siret: str | None) -> str | None:
    """The first nine digits of a valid SIRET, else None."""
    return siret[:9] if siret and is_siret(siret) else None


def _luhn(digits: str) -> bool:
    return (sum(map(int, digits[::-2])) + sum(_DOUBLED[digit] for digit in digits[-2::-2])) % 10 == 0


def _digits(text: str, length: int) -> bool:
    return len(text) == length and bool(_DIGITS.fullmatch(text)) and bool(text.strip("0"))
