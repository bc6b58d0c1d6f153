"""What another system says in its errors, fit for a sentence that people read and for the ledger. Pure."""

from typing import Any

LONGEST = 200
"""Characters kept of one text: some proxies say a whole page."""
MOST_FIELDS = 100
"""Fields kept of one error."""


def one_line(value: Any) -> str:
    """Text, or a number, in one printable line; "…" for anything that holds others."""
    if isinstance(value, dict | list):
        return "…"
    text = "" if value is None else _text(value)
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 2 * LONGEST]).split())
    return line if len(line) <= LONGEST and len(text) <= 2 * LONGEST else f"{line[:LONGEST]}…"


def _text(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits
        return "…"
