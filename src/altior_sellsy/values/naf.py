"""NAF (APE) codes: «6201z», «62.01 Z» → «62.01Z»."""

import re

from altior_sellsy.values.text import clean

_FORM = re.compile(r"([0-9]{2})\.?([0-9]{2})([A-Z])")
_SPACES = re.compile(r"\s+")


def normal(text: str | None) -> str | None:
    """The official spelling, with its point; text of another form comes back in upper case without spaces."""
    value = clean(text)
    if value is None:
        return None
    bare = _SPACES.sub("", value).upper()
    found = _FORM.fullmatch(bare)
    return f"{found[1]}.{found[2]}{found[3]}" if found else bare
