"""Amounts as Decimal, read from what people and both APIs write: «1 234,56 €», "1234.56", «12 000»."""

import re
from decimal import Decimal, InvalidOperation

_NOISE = re.compile(r"[\s'’]|€|euros?|eur\b", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+")


def parse(text: str | int | Decimal | None) -> Decimal | None:
    """None when empty or when it is no amount in euros. A lone comma or point is a decimal mark, as in France."""
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, int | Decimal):
        return Decimal(text)
    bare = _NOISE.sub("", text)
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    elif "," in bare and "." in bare:
        mark = max(bare.rfind(","), bare.rfind("."))
        bare = re.sub(r"[.,]", "", bare[:mark]) + "." + bare[mark + 1 :]
    else:
        bare = bare.replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def text(value: Decimal, places: int | None = None) -> str:
    """Plain digits with a point. `places`: exactly so many decimals; without: none that say nothing («4000»)."""
    if places is not None:
        return f"{value:.{places}f}"
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def blank_at_pairing(value: str | None) -> bool:
    """At the first pairing "0.00" is empty: Sellsy shows it for «no amount» (rules R26)."""
    return value is None or parse(value) == 0
