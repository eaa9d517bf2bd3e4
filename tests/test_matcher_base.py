"""The rows of a file as a matcher holds them, held against the plain statement of the rules for rows."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher_client import base
from matcher_client.held import HeldRows
from matcher_client.rows import FIELDS, TIME_FIELDS, bucket_digest, row_key
from tests.loopback_portal import a_row
from tests.publishing import rows_of
from tests.test_rows import ROWS, in_order, plain_bucket

LIMITLESS = ROWS.map(lambda row: row._replace(scope=""))


def a_file(folder, rows, rows_a_group=3):
    columns = zip(*rows, strict=True) if rows else [[] for _ in FIELDS]
    kinds = [pa.int64() if name in TIME_FIELDS else pa.string() for name in FIELDS]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    path = folder / "full.parquet"
    pq.write_table(pa.table(arrays, names=FIELDS), path, row_group_size=rows_a_group)
    return path


@settings(max_examples=40, deadline=None)
@given(st.lists(LIMITLESS, max_size=40), st.integers(min_value=0, max_value=6), st.integers(min_value=1, max_value=50))
def test_a_base_holds_the_rows_of_its_file(tmp_path_factory, found, bits, rows_a_batch):
    found = in_order(found)
    path = a_file(tmp_path_factory.mktemp("base"), found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "BATCH", rows_a_batch)
        held = base.read_base(path, bits)
    buckets = {n: [row for row in found if plain_bucket(row, bits) == n] for n in range(2**bits)}
    assert held.digests == [bucket_digest(rows) for rows in buckets.values()]
    assert held.rows_in(buckets) == buckets
    assert len(held) == len(found)
    plates = {row.vrm for row in found}
    assert sorted(held.plates()) == sorted(plates)
    for vrm in plates:
        assert held.rows_of(vrm) == tuple(row for row in found if row.vrm == vrm)
        assert held.count_of(vrm) == len(held.rows_of(vrm))
    assert held.rows_of("AB50NOT") == () and held.count_of("AB50NOT") == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(LIMITLESS, max_size=20), st.lists(LIMITLESS, max_size=20), st.sets(st.integers(min_value=0, max_value=19))
)
def test_what_changed_stands_in_place_of_the_base(tmp_path_factory, first, later, gone):
    first, later = in_order(first), in_order(later)
    held = HeldRows.read(a_file(tmp_path_factory.mktemp("base"), first), 3)
    changes = {row[:3]: None for number, row in enumerate(first) if number in gone} | {row[:3]: row for row in later}
    now = in_order(row for row in ({row[:3]: row for row in first} | changes).values() if row)
    revision = held.after(changes)
    assert revision.count == len(now)
    assert rows_of(revision) == now
    assert revision.digests == [bucket_digest(row for row in now if plain_bucket(row, 3) == n) for n in range(8)]
    assert revision.plates() == {row.vrm for row in now}
    assert [revision.rows_in(n) for n in range(8)] == [
        [row for row in now if plain_bucket(row, 3) == n] for n in range(8)
    ]
    for row in [*first, *later]:
        assert revision.rows_of(row.vrm) == tuple(each for each in now if each.vrm == row.vrm)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([a_row("AB01CDE"), a_row("AA01CDE")], "order"),
        ([a_row(), a_row()], "order"),
        ([a_row(), a_row("XY50ZZZ"), a_row("AB50CDE")], "order"),
        ([a_row(vrm="A\x1fB")], "Control characters"),
        ([a_row(contact="a\nb")], "Control characters"),
        ([a_row(contact="a\x7fb")], "Control characters"),
        ([a_row(ref=None)], "column ref has empty cells"),
        ([a_row(vrm=None)], "column vrm has empty cells"),
        ([a_row(scope='{"moon":[]}')], "moon"),
    ],
)
@pytest.mark.parametrize("rows_a_batch", [1, 10])
def test_what_cannot_be_published_is_not_read(tmp_path, monkeypatch, rows, why, rows_a_batch):
    monkeypatch.setattr(base, "BATCH", rows_a_batch)
    with pytest.raises(ValueError, match=why):
        base.read_base(a_file(tmp_path, rows), 4)


def test_text_that_is_not_utf_8_is_not_read(tmp_path):
    path = a_file(tmp_path, [a_row(contact="Desk é")])
    content = path.read_bytes()
    schema = pq.read_schema(path)
    table = pq.read_table(path)
    broken = table.set_column(12, "contact", pa.array([b"Desk \xff\xfe"]).cast(pa.binary()).view(pa.string()))
    pq.write_table(broken, path)
    assert path.read_bytes() != content and pq.read_schema(path) == schema
    with pytest.raises(ValueError, match="(?i)utf"):
        base.read_base(path, 4)


def test_a_change_of_a_plate_leaves_its_rows_of_other_countries_alone(tmp_path):
    both = in_order([a_row(country="GB"), a_row(country="IE")])
    first, second = ({plain_bucket(row, 3) for row in both if row.country == country} for country in ("GB", "IE"))
    assert first != second  # else this would try nothing
    others = [a_row(f"XY50AA{letter}") for letter in "ABCDEFGHJKLMNOPRSTUVWXYZ"]
    beside = next(row for row in others if {plain_bucket(row, 3)} == second)
    held = HeldRows.read(a_file(tmp_path, in_order([*both, beside])), 3)
    changed = held.after({row_key(both[0]): None, row_key(beside): None})
    assert [row for rows in changed.rows_in_each(range(8)).values() for row in rows] == [both[1]]
