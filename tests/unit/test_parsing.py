"""Reads what the standard library reads, and refuses what it refuses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.parsing import parsed

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES, st.booleans())
def test_the_same_values_as_the_standard_library(value: object, escaped: bool) -> None:
    content = json.dumps(value, ensure_ascii=escaped).encode()
    assert repr(parsed(content)) == repr(json.loads(content))


@pytest.mark.parametrize("content", [b'{"name": "\\ud83d"}', '{"name": "é"}'.encode("utf-16"), b'{"a": 1, "a": 2}'])
def test_what_is_odd_is_read_all_the_same(content: bytes) -> None:
    assert parsed(content) == json.loads(content)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"data": [1, 2', b'{"a": 1} x', b"\xff", b"[1,]"])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(content)


def test_a_nest_without_end_is_refused() -> None:
    with pytest.raises((ValueError, RecursionError)):
        parsed(b"[" * 100_000)
