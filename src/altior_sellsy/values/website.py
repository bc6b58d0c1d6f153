"""Web addresses, kept without scheme: Sellsy answers «www.sellsy.fr» to «https://www.sellsy.fr» (FACTS, section 5)."""

import re

from altior_sellsy.values.text import clean

_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*://", re.IGNORECASE)


def normal(text: str | None) -> str | None:
    """Without scheme, host in lower case, no slash at the end: «HTTPS://Www.Sellsy.FR/» → «www.sellsy.fr»."""
    value = clean(text)
    if value is None:
        return None
    host, slash, path = _SCHEME.sub("", value).strip("/ ").partition("/")
    return clean(host.lower() + slash + path)


def with_scheme(value: str | None) -> str | None:
    """What is written to a side that wants a URL."""
    return f"https://{value}" if value else None


def same(a: object, b: object) -> bool:
    """Equal but for scheme, «www.», case and the slash at the end."""
    if a == b:
        return True
    if not isinstance(a, str) or not isinstance(b, str):
        return False
    left, right = normal(a), normal(b)
    return left is not None and right is not None and _bare(left) == _bare(right)


def _bare(value: str) -> str:
    return value.casefold().removeprefix("www.")
