"""Countries by ISO code (alpha-2), read from a code or a French or English name."""

from functools import cache

from babel import Locale
from babel.core import get_global

from altior_sellsy.values.text import clean, fold

FRANCE = "FR"
OVERSEAS = frozenset({"RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF"})
"""Parts of France with a code of their own: as France when comparing (rules R10); INSEE gives them SIRETs."""

_ALIASES = {
    "france metropolitaine": "FR",
    "republique francaise": "FR",
    "reunion": "RE",
    "ile de la reunion": "RE",
    "angleterre": "GB",
    "grande bretagne": "GB",
    "great britain": "GB",
    "england": "GB",
    "uk": "GB",
    "hollande": "NL",
    "usa": "US",
    "etats unis d amerique": "US",
    "cote d ivoire": "CI",
    "republique tcheque": "CZ",
}


def code(text: str | None) -> str | None:
    """«France», «FR», «fra», «Côte d’Ivoire», «United Kingdom» → ISO code. None when empty or not recognised."""
    value = clean(text)
    if value is None:
        return None
    upper = value.upper()
    if len(upper) == 2 and upper in _territories():
        return upper
    return _names().get(fold(value))


def as_compared(value: str | None) -> str | None:
    """The code under which two addresses are compared: overseas France is France."""
    return FRANCE if value in OVERSEAS else value


def is_french(value: str | None) -> bool:
    """An unknown country counts as France: nearly all addresses without one are."""
    return value is None or as_compared(value) == FRANCE


def name(value: str | None) -> str | None:
    """The French name of a code, for people."""
    return _labels("fr").get(value) if value else None


_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def _labels(language: str) -> dict[str, str]:
    """Territory code → name, as babel gives them."""
    return {str(key): str(label) for key, label in dict(Locale(language).territories).items()}


@cache
def _territories() -> frozenset[str]:
    return frozenset(key for key in _labels("fr") if len(key) == 2 and key.isalpha()) - _NOT_COUNTRIES


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "fr"):
        for key, label in _labels(language).items():
            if key in _territories():
                names[fold(label)] = key
    for key, targets in get_global("territory_aliases").items():
        if len(key) == 3 and key.isalpha() and len(targets) == 1 and targets[0] in _territories():
            names.setdefault(fold(key), targets[0])
    return names | _ALIASES
