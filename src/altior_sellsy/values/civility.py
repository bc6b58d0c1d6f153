"""Civilities in Sellsy's codes: mr, mrs, ms. Altior has no Mademoiselle, so `ms` and `mrs` are equal when comparing and
`ms` is never rewritten (rules, mapping line C03)."""

from altior_sellsy.values.text import fold

CODES = ("mr", "mrs", "ms")

_TEXTS = {
    "mr": "mr",
    "m": "mr",
    "monsieur": "mr",
    "mrs": "mrs",
    "mme": "mrs",
    "madame": "mrs",
    "ms": "ms",
    "mlle": "ms",
    "mademoiselle": "ms",
}


def code(text: str | None) -> str | None:
    """«Madame», «Mme», «mrs» → «mrs»; None when empty or not recognised. Never guessed from a first name."""
    return _TEXTS.get(fold(text)) if text else None


def same(a: object, b: object) -> bool:
    return _as_compared(a) == _as_compared(b)


def _as_compared(value: object) -> object:
    return "mrs" if value == "ms" else value
