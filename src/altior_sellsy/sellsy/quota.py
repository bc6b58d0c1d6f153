"""Sellsy's call limits as windows of the ledger (FACTS 2). Pure. No figures are published: the account tells them."""

from collections.abc import Mapping

from altior_sellsy.ledger.port import Window
from altior_sellsy.sellsy.models import QuotaUse

SECOND, MINUTE, DAY, MONTH = 1, 60, 86_400, 30 * 86_400

_LINES = {"api_rate_seconds": SECOND, "api_rate_minutes": MINUTE, "api_rate_days": DAY, "api_rate_months": MONTH}
_HEADERS = {
    "X-Quota-Remaining-By-Second": SECOND,
    "X-Quota-Remaining-By-Minute": MINUTE,
    "X-Quota-Remaining-By-Day": DAY,
    "X-Quota-Remaining-By-Month": MONTH,
}
_PAUSES = ((MONTH, 3600.0), (DAY, 900.0), (MINUTE, 15.0), (SECOND, 2.0))
_PAUSE = 5.0


def windows(quotas: Mapping[str, QuotaUse]) -> list[Window]:
    """The limits that GET /quotas tells; a line without a limit is no window."""
    found = ((seconds, quotas.get(line)) for line, seconds in _LINES.items())
    return [Window(seconds, use.limit) for seconds, use in found if use is not None and use.limit]


def remaining(headers: Mapping[str, str]) -> dict[int, int]:
    """Seconds of the window → calls left, as an answer says it; may be negative. Unnamed windows are left out."""
    left = {}
    for header, seconds in _HEADERS.items():
        try:
            left[seconds] = int(headers[header])
        except (KeyError, ValueError):
            continue
    return left


def pause(left: Mapping[int, int]) -> float:
    """Seconds to wait after a 429 that names no delay, by the longest window that it shows used up."""
    return next((wait for seconds, wait in _PAUSES if left.get(seconds, 1) <= 0), _PAUSE)
