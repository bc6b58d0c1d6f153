"""Intra-community VAT numbers: form only. They are never invented (rules R11): associations and companies «en franchise
en base» have none, so the computed French key only serves to warn."""

import re

from altior_sellsy.values.siret import is_siren

_SEPARATORS = re.compile(r"[\s.\-_/]+")
_FRENCH = re.compile(r"FR[0-9A-HJ-NP-Z]{2}[0-9]{9}")
_ANY = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
_SWISS = re.compile(r"CHE[0-9]{9}(MWST|TVA|IVA)?")


def normalise(text: str | None) -> str | None:
    """Upper case without separators; None when empty."""
    if text and text.isascii() and text.isalnum():
        return text.upper()
    return _SEPARATORS.sub("", text or "").upper() or None


def is_vat(number: str | None) -> bool:
    """Right form: country prefix and 2 to 13 characters; France: a key of 2 characters and 9 digits."""
    if not number:
        return False
    if number.startswith("FR"):
        return bool(_FRENCH.fullmatch(number))
    return bool(_ANY.fullmatch(number) or _SWISS.fullmatch(number))


def french_number(siren: str) -> str:
    """What the number of this SIREN would be: key = (12 + 3 × (SIREN mod 97)) mod 97."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def disagrees(number: str | None, siren: str | None) -> bool:
    """Does a French number contradict a valid SIREN, by its digits or by its computed key? A key with letters is not
    computed. Only ever a warning."""
    if not number or not siren or not is_siren(siren) or not _FRENCH.fullmatch(number):
        return False
    if number[4:] != siren:
        return True
    return number[2:4].isdigit() and number != french_number(siren)
