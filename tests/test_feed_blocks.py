"""Files read a block at a time as columns come to exactly what the reader says of them line by line."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from hotlists.feeds import fingerprints
from hotlists.feeds.archives import Unreadable
from hotlists.feeds.blocks import Blocks
from hotlists.feeds.checks import Limits
from hotlists.feeds.layouts import PRESETS, VOI_ROW, Layout
from hotlists.feeds.reading import Reader
from tests.feed_cast import voi, weed_date

NOW = timezone.now()
SEED = 7


def limits(**over) -> Limits:
    """What a list allows."""
    return Limits(**{
        "default_action": "STOP", "actions": {"STOP", "ASSESS"}, "markers": {"FI", "WE"}, "now": NOW,
        "latest_end": NOW + dt.timedelta(days=400), **over,
    })  # fmt: skip


def line_by_line(content: bytes, layout: Layout, **over) -> tuple:
    """What the reader says: good rows, all other lines, rows with spare columns, why the file cannot be read."""
    reader = Reader(limits(**over), layout=layout)
    rows, others, unreadable = {}, [], ""
    try:
        for line in reader.lines(io.BytesIO(content)):
            if line.values is None:
                others.append((line.row, line.problems, line.is_row))
            else:
                rows[line.row] = dict(zip(reader.columns, line.values, strict=True))
    except Unreadable as error:
        unreadable = str(error)
    return rows, others, reader.with_spares, unreadable


def by_blocks(content: bytes, layout: Layout, at_once: int, **over) -> tuple:
    """The same by columns."""
    reader = Reader(limits(**over), layout=layout)
    blocks = Blocks(reader, SEED, at_once)
    rows, others, size, unreadable = {}, [], 0, ""
    try:
        for block in blocks.read(io.BytesIO(content)):
            size += block.size
            others += [(line.row, line.problems, line.is_row) for line in block.others]
            for row in block.rows.to_pylist():
                number, fingerprint = row.pop("line"), row.pop("fingerprint")
                parts = [fingerprints.of_value(name, value) for name, value in row.items()]
                assert fingerprint == fingerprints.signed(SEED + sum(parts))
                rows[number] = row
        assert size <= len(content)
    except Unreadable as error:
        unreadable = str(error)
    return rows, sorted(others), reader.with_spares, unreadable


def same(content: bytes, layout: Layout = VOI_ROW, at_once: int = 300, **over) -> tuple:
    """Asserts that both ways come to the same, and returns it."""
    one = line_by_line(content, layout, **over)
    assert by_blocks(content, layout, at_once, **over) == one
    return one


PLATES = st.sampled_from(["AB01CDE", "ab01 cde", " AB50-XYZ ", "AB'01.CDE", "AB01ĈDE", "AB0?CDE", "", "A" * 16, "·AB01CDE",
                          "ÀÉ", "_"])  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(["", " ", "Ford", "STOP", "assess", "SILENT", "FI", "FI WE", "ZZ", "B24", "3DP", "1AP", "D11", "E41",
                     "RESTRICTED", "SECRET", "31/12/2026", "2026-12-31", "01/02/2020", "31/02/2027", '"quoted"', 'a"b', '"',
                     "\\N", "back\\slash", "Citroën", "x" * 51, "x" * 501, "\x07", "\x85", "\u2028", "\xa0pad\xa0"]),
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip


@st.composite
def voi_lines(draw) -> str:
    """A line that is a good row, or nearly one, or none."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(["", "   ", ",", "," * 15, "," * 16, '"', "VRM,make", "\r", "x" * 70_000]))
    line = voi(draw(st.integers(0, 99))).split(",")
    line[0] = draw(PLATES) if kind > 6 else line[0]
    for column in draw(st.lists(st.integers(1, 15), max_size=3)) if kind > 3 else ():
        line[column] = draw(CELLS)
    return ",".join(line)


@settings(max_examples=250, deadline=None)
@given(st.lists(voi_lines(), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "windows-1252"]),
       st.booleans(), st.sampled_from([50, 300, 5000, 1 << 20]))  # fmt: skip
def test_columns_and_lines_agree_on_every_file(lines, end, encoding, ends_with_one, at_once):
    content = end.join(lines).encode(encoding, "replace") + (end.encode() if ends_with_one else b"")
    same(content, at_once=at_once)
    same(content, at_once=at_once, keys_only=True)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([20, 1000]))
def test_columns_and_lines_agree_on_what_is_no_list_at_all(content, at_once):
    same(voi(1).encode() + b"\n" + content + b"\n" + voi(2).encode(), at_once=at_once)
    same(content, at_once=at_once)


@pytest.mark.parametrize("preset", PRESETS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_columns_and_lines_agree_in_every_layout_that_comes_with_the_portal(preset, data):
    layout = PRESETS[preset][1]
    cells = st.one_of(CELLS, st.sampled_from([weed_date(), "01/11/2026", "20261101", "Y", "GB", "F", "AB01CDE"]))
    rows = []
    for _ in range(data.draw(st.integers(1, 8))):
        row = [data.draw(PLATES if n == layout.columns["vrm"] else cells) for n in range(len(layout.names))]
        if layout.delimiter:
            rows.append(layout.delimiter.join(row))
        else:
            rows.append(
                "".join(f"{cell:<{width}}"[:width] for cell, (_, width) in zip(row, layout.places, strict=True))
            )
    same("\n".join(rows).encode(), layout, at_once=data.draw(st.sampled_from([40, 400])))


def test_a_plain_file_is_read_as_columns_and_only_its_odd_lines_one_by_one():
    content = (
        "".join(f"{voi(n)}\n" for n in range(100))
        + voi(7, action="CHASE")
        + "\n"
        + voi(8, make='"Rolls, Royce"')
        + "\n"
    )
    asked = []

    class Watched(Reader):
        def line(self, number, raw):
            asked.append(number)
            return super().line(number, raw)

    blocks = list(Blocks(Watched(limits()), SEED).read(io.BytesIO(content.encode())))
    assert sum(block.rows.num_rows for block in blocks) == 101
    assert asked == [1, 101, 102]


def test_fingerprints_tell_rows_apart_by_all_but_their_key():
    content = "\n".join(
        [voi(1), voi(2, ref="other"), voi(3, colour="Red"), voi(4, make="Fiesta", model="Ford"), voi(5)]
    )
    table = next(
        block.rows for block in Blocks(Reader(limits()), SEED, 5000).read(io.BytesIO((voi(0) + "\n").encode()))
    )
    prints = table["fingerprint"].to_pylist()
    for block in Blocks(Reader(limits()), SEED, 5000).read(io.BytesIO(content.encode())):
        prints += block.rows["fingerprint"].to_pylist()
    assert prints[0] == prints[1] == prints[2] == prints[5]
    assert len(set(prints)) == 3
    other = (
        next(Blocks(Reader(limits()), SEED + 1, 5000).read(io.BytesIO(voi(0).encode()))).rows["fingerprint"][0].as_py()
    )
    assert other != prints[0]
