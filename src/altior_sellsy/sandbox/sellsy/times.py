"""Sellsy's times: whole seconds, answered in the account's own time with its offset."""

from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
Second = int
"""Seconds since 1970: what is stored and compared."""


def local(second: Second) -> datetime:
    return datetime.fromtimestamp(second, PARIS)


def iso(second: Second) -> str:
    """«2024-06-25T12:27:23+02:00»."""
    return local(second).isoformat()


def second_of(text: str) -> Second:
    """From ISO 8601 with an offset; fractions are cut."""
    return int(datetime.fromisoformat(text).timestamp())
