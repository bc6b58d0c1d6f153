"""Reads what the standard library reads, and refuses what it refuses; writes what it writes."""

import json
import math
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.json_text import dumped, parsed

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
FINITE = SCALARS.filter(lambda one: one not in (math.inf, -math.inf))


def trees(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(trees(SCALARS), st.booleans())
def test_the_same_values_as_the_standard_library(value: object, escaped: bool) -> None:
    content = json.dumps(value, ensure_ascii=escaped).encode()
    assert repr(parsed(content)) == repr(json.loads(content))


@pytest.mark.parametrize("content", ['{"name": "é"}'.encode("utf-16"), b'{"a": 1, "a": 2}'])
def test_what_is_odd_is_read_all_the_same(content: bytes) -> None:
    assert parsed(content) == json.loads(content)


def test_what_is_left_of_a_character_cut_in_two_is_left_out() -> None:
    """Nobody could store, hash or send it."""
    cut = parsed(b'{"n\\udc00om": ["L\\u00e9o \\ud83d", "\\ud83d\\ude00", 1]}')
    assert cut == {"nom": ["Léo ", "😀", 1]}
    assert parsed(dumped(cut)) == cut


@given(trees(FINITE), st.booleans())
def test_written_as_the_standard_library_writes_it_and_read_again(value: object, sort: bool) -> None:
    text = json.dumps(value, ensure_ascii=False, sort_keys=sort, separators=(",", ":")).encode()
    assert repr(parsed(dumped(value, sort=sort))) == repr(json.loads(text))
    if "e" not in repr(value):  # exponents of numbers are spelt otherwise
        assert dumped(value, sort=sort) == text


def test_a_mapping_is_written_as_an_object_and_another_thing_refused() -> None:
    assert dumped({"a": MappingProxyType({"b": None})}) == b'{"a":{"b":null}}'
    with pytest.raises(TypeError):
        dumped({"a": object()})


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"data": [1, 2', b'{"a": 1} x', b"\xff", b"[1,]"])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(content)


def test_a_nest_without_end_is_refused() -> None:
    with pytest.raises((ValueError, RecursionError)):
        parsed(b"[" * 100_000)
