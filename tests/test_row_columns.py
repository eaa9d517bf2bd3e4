"""Canonical rows as columns, held against the rows themselves."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher_client import whole
from matcher_client.rows import FIELDS, Row, canonical
from matchers import columns
from tests.loopback_portal import a_row
from tests.test_rows import ROWS


def as_rows(batches):
    return [Row(**fields) for batch in batches for fields in batch.to_pylist()]


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=12))
def test_columns_hold_what_the_lines_say(found):
    assert as_rows(columns.batches_of(map(canonical, found))) == found


def test_marks_that_mean_something_to_other_formats_mean_nothing_here():
    words = [
        '"',
        '"a", "b"',
        "a\\nb",
        "\\N",
        "\\.",
        "NULL",
        "nan",
        "#N/A",
        "0x10",
        "'",
        ",;|",
        "\ufeff",
        "é 😀",
        " ",
        "'\"'",
    ]
    found = [a_row(contact=word, action_text=word, ref=word) for word in words]
    assert as_rows(columns.batches_of(map(canonical, found))) == found


def test_times_are_numbers_or_nothing(monkeypatch):
    monkeypatch.setattr(whole, "ROWS_A_GROUP", 2)
    found = [a_row(starts_at=at, lapses_at=at) for at in (None, 0, -5, 1795000000, 2**40)]
    batches = list(columns.batches_of(map(canonical, found)))
    assert as_rows(batches) == found
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert all(tuple(batch.schema.names) == FIELDS for batch in batches)


def test_no_rows_are_no_batches():
    assert list(columns.batches_of([])) == []
