"""How the terminal writes dates, numbers and amounts of time for people."""

from datetime import datetime
from zoneinfo import ZoneInfo

from altior_sellsy.preflight.findings import count, french, number
from altior_sellsy.service.wording import value

__all__ = ["count", "date", "duration", "french", "number", "value"]

PARIS = ZoneInfo("Europe/Paris")


def date(at: datetime | str | None, *, seconds: bool = False) -> str:
    """«12/03/2026 à 14:02», at Paris; «—» when there is none."""
    if not at:
        return "—"
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M:%S" if seconds else "%d/%m/%Y à %H:%M")


def duration(seconds: float) -> str:
    """«4,2 s», «3 min», «2 h 05»."""
    if seconds < 60:
        return f"{seconds:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{minutes // 60}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes % 60:02}"
