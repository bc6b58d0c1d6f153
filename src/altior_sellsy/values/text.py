"""Text as people compare it: NFC, single spaces; folded for tolerant comparison."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

KEPT = 10_000
"""The same values are read several times in a pass: what was made of the last so many texts is kept."""
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


@lru_cache(KEPT)
def clean(text: str | None) -> str | None:
    """NFC, trimmed, runs of white space as one space; None when nothing is left."""
    if text is None:
        return None
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.replace("\0", ""))).strip() or None


@lru_cache(KEPT)
def fold(text: str) -> str:
    """Lower case without accents, punctuation or repeated spaces: «S.A.S. Éléonore» → «s a s eleonore»."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


@lru_cache(KEPT)
def squash(text: str) -> str:
    """`fold` without any separator: «06 12-34» and «0612.34» are alike."""
    return fold(text).replace(" ", "")


def same_text(a: Any, b: Any) -> bool:
    """Equal for people: case, accents, spaces and punctuation aside. Empty only equals empty."""
    if a == b:
        return True
    if not isinstance(a, str) or not isinstance(b, str):
        return False
    return squash(a) == squash(b) != ""


def arrived_text(shown: Any, sent: Any) -> bool:
    """May `shown` be `sent` as a side rewrote it? Equal when folded, or a folded prefix of at least half of it."""
    if same_text(shown, sent):
        return True
    if not isinstance(shown, str) or not isinstance(sent, str):
        return False
    short, whole = squash(shown), squash(sent)
    return bool(short) and len(short) * 2 >= len(whole) and whole.startswith(short)


def clean_lines(text: str | None) -> str | None:
    """As `clean`, line by line: a note keeps its lines. None when nothing is left."""
    if text is None:
        return None
    lines = "\n".join(clean(line) or "" for line in text.splitlines())
    return lines.strip("\n") or None
