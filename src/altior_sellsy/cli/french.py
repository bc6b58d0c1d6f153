"""How the terminal writes dates, numbers and amounts of time for people."""

import re

from altior_sellsy.preflight.findings import count, number
from altior_sellsy.preflight.findings import french as typography
from altior_sellsy.service.wording import date, value

__all__ = ["count", "date", "duration", "french", "number", "printable", "value"]

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """A record may be named anything: what would command the terminal, or turn its lines round, is not printed."""
    return _UNPRINTABLE.sub("", text)


def french(text: str) -> str:
    return typography(printable(text))


def duration(seconds: float) -> str:
    """«4,2 s», «3 min», «2 h 05»."""
    if seconds < 60:
        return f"{seconds:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{minutes // 60}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes % 60:02}"
