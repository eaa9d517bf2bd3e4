"""Bytes that are sealed: as RFC 8785 spells them, whichever way they were made."""

import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.seal import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_words_are_spelled_alike_from_any_json(words):
    assert canonical.from_json(json.dumps(words)) == rfc8785.dumps(json.loads(json.dumps(words)))
    assert canonical.from_json(json.dumps(words, ensure_ascii=False, indent=1)) == rfc8785.dumps(
        json.loads(json.dumps(words))
    )


@given(st.dictionaries(st.sampled_from(["actor", "at", "count", "verb"]), TEXT | st.none()))
def test_leaves_are_spelled_so_too(facts):
    assert canonical.leaf_of(**facts) == rfc8785.dumps({"v": canonical.VERSION, **facts})


def test_keys_are_ordered_by_halves_of_letters():
    words = {"\N{GRINNING FACE}": 1, "\ufb33": 2}  # by letters the other way round
    assert canonical.from_json(json.dumps(words, ensure_ascii=False)) == rfc8785.dumps(words)
    assert canonical.from_json(json.dumps(words)) == rfc8785.dumps(words), "escaped too"
