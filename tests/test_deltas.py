"""What leads from one revision to another: its bytes, what is refused of them, and which deltas lead on from where."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher_client import deltas
from matcher_client.deltas import Step, is_chain, merged, read, row_of, spelled, way
from matcher_client.rows import FIELDS, TIME_FIELDS, Row, canonical


def a_row(vrm: str, ref: str = "1", priority: str = "HIGH", country: str = "GB") -> Row:
    facts = {name: (None if name in TIME_FIELDS else "") for name in FIELDS}
    return Row(
        **facts | {"country": country, "vrm": vrm, "ref": ref, "priority": priority, "expires_at": 1_900_000_000}
    )


KEYS = st.tuples(st.sampled_from(["GB", "FR"]), st.sampled_from(["AB01CDE", "XY50ZZZ", "AB50"]), st.sampled_from("12é"))
CHANGES = st.dictionaries(KEYS, st.sampled_from(["HIGH", "LOW", None])).map(
    lambda found: {
        key: None if word is None else a_row(key[1], key[2], word, country=key[0]) for key, word in found.items()
    }
)


@given(CHANGES)
def test_what_is_spelled_is_read_again(changes):
    assert read(spelled(changes), len(changes)) == changes


@given(CHANGES, st.lists(CHANGES, min_size=1, max_size=5), st.data())
def test_merged_deltas_lead_to_the_same_from_anywhere_between(start, parts, data):
    stands = [start]
    for part in parts:
        stands.append(stands[-1] | part)
    together = merged(parts)
    begins = data.draw(st.sampled_from(stands))
    rows = {key: row for key, row in (begins | together).items() if row}
    assert rows == {key: row for key, row in stands[-1].items() if row}


def test_the_same_changes_are_the_same_bytes():
    one, other = a_row("AB01CDE"), a_row("XY50ZZZ")
    assert spelled({one[:3]: one, other[:3]: None}) == spelled({other[:3]: None, one[:3]: one})


def test_a_canonical_row_is_a_row_again():
    row = a_row("AB01CDE")._replace(starts_at=7, action_text="Ärger – 50 €")
    assert row_of(canonical(row).decode().removesuffix("\n")) == row


LINE = json.dumps(a_row("AB01CDE"))
BAD = {
    "neither a row nor a key": '["GB", "AB01CDE"]',
    "neither a row nor": '{"country": "GB"}',
    "no time": LINE.replace("1900000000", "true"),
    "no text": LINE.replace('"HIGH"', "7"),
    "no text as": LINE.replace('"HIGH"', '"a\\u001fb"'),
    "in order": f"{LINE}\n{LINE}",
    "more changes": f'["GB", "AA01AAA", "1"]\n{LINE}\n["GB", "XY50ZZZ", "1"]',
    "fewer changes": '["GB", "AA01AAA", "1"]',
    "too long": '["GB", "AA01AAA", "' + "x" * deltas.MAX_LINE + '"]',
}


@pytest.mark.parametrize("words", BAD)
def test_a_file_that_is_no_delta_says_why(words):
    with pytest.raises(ValueError, match=words):
        read(gzip.compress(f"{BAD[words]}\n".encode()), 2)


@pytest.mark.parametrize("content", [b"", b"not gzip", spelled({("GB", "AB01CDE", "1"): None})[:-9]])
def test_a_file_that_is_cut_or_not_packed_is_refused(content):
    with pytest.raises(ValueError, match="unpacked|fewer"):
        read(content, 1)


def test_a_bomb_is_not_unpacked_whole():
    bomb = gzip.compress(b"[" + b" " * 50_000_000)
    with pytest.raises(ValueError, match="too long"):
        read(bomb, 1)


CHAIN = [Step(2, 5, 9), Step(5, 6, 1), Step(6, 9, 1)]


@pytest.mark.parametrize(
    ("held", "expected"),
    [(9, []), (12, []), (8, [CHAIN[2]]), (6, [CHAIN[2]]), (5, CHAIN[1:]), (3, CHAIN), (2, CHAIN), (1, None)],
)
def test_the_way_on_from_a_revision(held, expected):
    assert way(CHAIN, held, whole=5) == expected


def test_without_a_delta_only_the_whole_file_leads_on():
    assert way([], 7, whole=8) is None
    assert way([], 8, whole=8) == []
    assert way([], 9, whole=8) == []
    assert way(CHAIN[2:], 5, whole=5) is None  # a gap


def test_a_chain_has_no_gap():
    assert is_chain(CHAIN)
    assert is_chain([])
    assert not is_chain([CHAIN[0], CHAIN[2]])


@pytest.mark.parametrize(
    "told", [None, {}, {"since": 1, "revision": 1, "changes": 1}, {"since": 0, "revision": True, "changes": 1},
             {"since": -1, "revision": 2, "changes": 1}, {"since": 1, "revision": 2, "changes": 0}],
)  # fmt: skip
def test_a_step_that_leads_nowhere_is_refused(told):
    with pytest.raises(ValueError, match="delta"):
        Step.read(told)
