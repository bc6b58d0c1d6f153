"""Phone numbers in one normal form: E.164, with `;ext=12` for «poste 12».

French first. Sellsy and Altior hold free text; a text that is no valid number is kept as cleaned text, never refused.
The region never depends on another field of the record: a phone must not seem edited because an address was.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from altior_sellsy.values.text import KEPT, clean, squash

REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM")
"""Region FR rejects overseas numbers (0262, 0590, 0692 …): each is tried in turn."""

_EXTENSION = re.compile(
    r"[\s,;(]*(?:;ext=|(?:\bposte\b|\bextension\b|\bext\b\.?|\bp\.)\s*(?:n[°o]\s*)?:?)\s*([0-9]{1,7})\s*\)?$",
    re.IGNORECASE,
)
_OVERSEAS = re.compile(r"0(?:26[239]|59[046]|63[89]|69[0-7])")
"""How overseas numbers begin: some of them pass for valid ones of region FR too."""
_PLAIN = re.compile(r"(\+33|0)[ .-]?([1-9](?:[ .-]?[0-9]){8})")
"""How French numbers are most often written."""
_UNSPACED = str.maketrans("", "", " .-")
_FRENCH_CODES = frozenset(phonenumbers.country_code_for_region(region) for region in REGIONS)


def _landline_or_mobile() -> re.Pattern[str]:
    """Of the mainland, as the library knows them."""
    france = phonenumbers.PhoneMetadata.metadata_for_region("FR")
    shapes = (france.fixed_line, france.mobile) if france else ()
    return re.compile("|".join(one.national_number_pattern or "(?!)" for one in shapes if one))


_LANDLINE_OR_MOBILE = _landline_or_mobile()


@lru_cache(KEPT)
def normal(text: str | None, region: str = "FR") -> str | None:
    """«01 44 41 91 91 poste 12» → «+33144419191;ext=12». None when empty; cleaned text when it is no number."""
    whole = clean(text)
    if whole is None:
        return None
    found = _EXTENSION.search(whole)
    extension = f";ext={found[1]}" if found else ""
    bare = whole[: found.start()] if found else whole
    if region == "FR" and (digits := _plain(bare)):
        return f"+33{digits}{extension}"
    number = _parse(bare, region)
    if number is None:
        return whole
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


def show(value: str | None, region: str = "FR") -> str | None:
    """For people: French numbers in national form («01 44 41 91 91», «0262 20 12 34»), others international; reading it
    again with `normal` gives the same value."""
    if value is None or not value.startswith("+"):
        return value
    bare, _, extension = value.partition(";ext=")
    suffix = f" poste {extension}" if extension else ""
    if region == "FR" and (digits := _plain(bare)):
        return " ".join(("0" + digits)[place : place + 2] for place in range(0, 10, 2)) + suffix
    number = _parse(bare, region)
    if number is None:
        return value
    if number.country_code in _FRENCH_CODES:
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        if normal(national, region) == bare:
            return national + suffix
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) + suffix


def same(a: object, b: object) -> bool:
    """Equal as numbers; texts that are no numbers are equal without separators."""
    if a == b:
        return True
    if not isinstance(a, str) or not isinstance(b, str):
        return False
    left, right = normal(a), normal(b)
    return left is not None and right is not None and (left == right or squash(left) == squash(right) != "")


def _plain(text: str) -> str | None:
    """The nine digits of a plain mainland number, as the library would find them, a hundred times faster. None: let
    the library look."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    digits = found[2].translate(_UNSPACED)
    return digits if _LANDLINE_OR_MOBILE.fullmatch(digits) and not _OVERSEAS.match("0" + digits) else None


def _parse(text: str, region: str) -> PhoneNumber | None:
    if any(letter.isalpha() for letter in text):  # «01 44 41 91 91 (Mme Durand)»: the words would be lost
        return None
    regions: tuple[str, ...] = (region, *REGIONS)
    if region == "FR" and _OVERSEAS.match(squash(text)):
        regions = (*REGIONS[1:], "FR")
    for candidate in dict.fromkeys(regions):
        try:
            number = phonenumbers.parse(text, candidate)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(number):
            return number
    return None
