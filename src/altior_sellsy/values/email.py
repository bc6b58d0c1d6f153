"""E-mail addresses: lower case, without «mailto:». The check is about form only, as strict as Sellsy's own."""

import re
from functools import lru_cache

from altior_sellsy.values.text import KEPT, clean

_FORM = re.compile(r"[^\s@<>()\[\],;:\"\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")


def normal(text: str | None) -> str | None:
    """None when empty. Text that is no address comes back cleaned and in lower case."""
    value = clean(text)
    if value is None:
        return None
    lowered = value.lower()
    return lowered.removeprefix("mailto:").strip() or None


@lru_cache(KEPT)
def is_email(value: str | None) -> bool:
    """One address, of right form."""
    if value is None or len(value) > 250 or not _FORM.fullmatch(value):
        return False
    local = value.partition("@")[0]
    return ".." not in local and not local.startswith(".") and not local.endswith(".")
