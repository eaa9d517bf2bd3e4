"""How sources write their files: each layout that comes with the portal, and every way in which a file can be malformed."""

import csv
import datetime as dt
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from hotlists.feeds.archives import Unreadable
from hotlists.feeds.checks import Limits
from hotlists.feeds.dates import FORMATS, moment
from hotlists.feeds.layouts import PRESETS, VOI_ROW, BadLayout, Layout
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.feeds.reading import LONGEST_LINE, Reader

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LIMITS = Limits("STOP", {"STOP", "ASSESS"}, {"FI"}, NOW, NOW + dt.timedelta(days=60), country="IE")
RULE = LifeCycle(dt.timedelta(hours=48), dt.timedelta(days=14), dt.timedelta(days=42), 6, dt.timedelta(days=30))
PLAIN = PRESETS["plain"][1]


def read(content: bytes, layout: Layout = VOI_ROW, limits: Limits = LIMITS, encoding: str = ""):
    """(reader, good rows as dictionaries, problems as (row, column, words)) of a file."""
    reader = Reader(limits, encoding, layout)
    good, problems = [], []
    for line in reader.lines(io.BytesIO(content)):
        if line.values is not None:
            good.append(dict(zip(reader.columns, line.values, strict=True)))
        problems += [(line.row, column, words) for column, words in line.problems]
    return reader, good, problems


def zipped(*members: tuple[str, bytes]) -> bytes:
    """An archive of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def test_plates_with_a_country_and_an_end_are_read():
    _, good, problems = read(b"plate,country,expiry\r\nAB01 CDE,,24/11/2026\r\nXY50ZZZ,D,2026-11-30\r\n", PLAIN)
    assert problems == []
    assert [(row["vrm"], row["country"], row["expires_at"]) for row in good] == [
        ("AB01CDE", "IE", "2026-11-25T00:00:00+00:00"), ("XY50ZZZ", "DE", "2026-12-01T00:00:00+00:00"),
    ]  # fmt: skip
    assert (good[0]["action"], good[0]["marking"], good[0]["ref"]) == ("STOP", "OFFICIAL-SENSITIVE", "")


def test_semicolons_with_first_and_last_day_are_read():
    layout = PRESETS["semicolons"][1]
    row = 'AB01CDE;GB;Ford;Focus;Blue;"Keeper; unknown";01/12/2026;05/12/2026;R1\n'
    _, good, problems = read(row.encode(), layout)
    assert problems == []
    assert (good[0]["reason"], good[0]["starts_at"], good[0]["expires_at"], good[0]["ref"]) == (
        "Keeper; unknown", "2026-12-01T00:00:00+00:00", "2026-12-06T00:00:00+00:00", "R1",
    )  # fmt: skip
    _, good, problems = read(row.replace("05/12", "30/11").encode(), layout)
    assert problems == [(1, "effective", "It ends before it starts.")]


def test_tabs_with_first_and_last_day_are_read():
    _, good, problems = read(b"AB01CDE\tGB\tNo keeper\tA\t01/12/2026\t05/12/2026\tR1\n", PRESETS["tabs"][1])
    assert problems == []
    assert (good[0]["action"], good[0]["starts_at"]) == ("ASSESS", "2026-12-01T00:00:00+00:00")
    _, good, problems = read(b"AB01CDE\tGB\tNo\x07keeper\tA\t01/12/2026\t05/12/2026\tR1\n", PRESETS["tabs"][1])
    assert problems[0][:2] == (1, "reason")


def test_an_extract_of_fixed_width_is_read_and_its_rows_end_by_the_life_cycle():
    layout = PRESETS["fixed-width"][1]
    line = f"{'AB01CDE':15}{'FORD':20}{'FOCUS':20}{'BLUE':15}{{}}{'':8}{'R1':20}\n"
    confirmed = f"{'XY50ZZZ':15}{'':20}{'':20}{'':15}2024022920240301R2\n"
    limits = LIMITS._replace(life_cycle=RULE)
    reader, good, problems = read((line.format("20261101") + confirmed).encode(), layout, limits)
    assert problems == []
    assert [(row["vrm"], row["ref"], row["expires_at"]) for row in good] == [
        ("AB01CDE", "R1", "2026-12-13T00:00:00+00:00"), ("XY50ZZZ", "R2", "2030-03-01T00:00:00+00:00"),
    ]  # fmt: skip
    reader, good, problems = read(line.format("20261011").encode(), layout, limits)  # day 42 was 22 November, 00:00
    assert (reader.weeded, good, problems) == (1, [], [])
    _, good, problems = read((line.format("20261101").rstrip("\n") + "beyond\n").encode(), layout, limits)
    assert "longer" in problems[0][2]
    with pytest.raises(Unreadable, match="no life cycle"):
        read(line.format("20261101").encode(), layout)


def test_a_bare_yes_is_confirmed_from_the_day_of_report_and_needs_one():
    layout = Layout(names=("a", "b", "c"), columns={"vrm": 0, "reported_at": 1, "confirmed_at": 2})
    limits = LIMITS._replace(life_cycle=RULE)
    _, good, problems = read(
        b"AB01CDE,01/11/2026,Y\nXY50ZZZ,01/11/2026,n\nXY50ZZY,,Y\nXY50ZZX,23/11/2026,\n", layout, limits
    )
    assert (good[0]["confirmed_at"], good[0]["expires_at"]) == (
        "2026-11-01T00:00:00+00:00",
        "2032-11-01T00:00:00+00:00",
    )
    assert good[1]["expires_at"] == "2026-12-13T00:00:00+00:00"
    assert [(row, column) for row, column, _ in problems] == [(3, "b"), (4, "b")]
    with pytest.raises(Unreadable, match="reported"):
        read(b"AB01CDE,,24/11/2026\n", PLAIN, limits)


def test_what_the_source_calls_recovered_is_told_apart_and_never_listed():
    layout = Layout(names=("a", "b", "c"), columns={"vrm": 0, "expires_at": 1, "recovered_at": 2})
    reader, good, problems = read(b"AB01CDE,24/11/2026,\nXY50ZZZ,24/11/2026,21/11/2026\n", layout)
    assert problems == []
    assert [row["vrm"] for row in good] == ["AB01CDE"]
    assert [(found.country, found.vrm, found.at) for found in reader.recovered] == [
        ("IE", "XY50ZZZ", "2026-11-21T00:00:00+00:00")
    ]


def test_a_file_of_removals_says_which_were_recovered():
    layout = Layout(names=("a", "b", "c"), columns={"vrm": 0, "expires_at": 1, "recovered_at": 2})
    reader, good, problems = read(b"AB01CDE,,\nXY50ZZZ,,21/11/2026\n", layout, LIMITS._replace(keys_only=True))
    assert problems == []
    assert [row["vrm"] for row in good] == ["AB01CDE", "XY50ZZZ"]
    assert [found.vrm for found in reader.recovered] == ["XY50ZZZ"]


def test_codes_mean_what_the_source_says_they_mean():
    codes = {"actions": {"9": "ASSESS"}, "sources": {"B": "2"}, "markings": {"amber": "OFFICIAL"}}
    layout = Layout.from_data(VOI_ROW.as_data() | {"codes": codes})
    row = b"AB01CDE,,,,9,,,B24,,,24/11/2026,R1,Amber,,,\n"
    _, good, problems = read(row, layout)
    assert problems == []
    assert (good[0]["action"], good[0]["grading"], good[0]["marking"]) == ("ASSESS", "2AC", "OFFICIAL")
    assert {column for _, column, _ in read(row)[2]} == {"action", "GPMS marking"}
    with pytest.raises(BadLayout, match="no meaning"):
        Layout.from_data(VOI_ROW.as_data() | {"codes": {"actions": {"9": "RAM"}}})


def test_what_is_the_same_for_every_row_is_checked_as_a_cell_is():
    layout = Layout.from_data(PLAIN.as_data() | {"fixed": {"make": "Ford", "action": "assess"}})
    assert read(b"AB01CDE,,24/11/2026\n", layout)[1][0]["action"] == "ASSESS"
    layout = Layout.from_data(PLAIN.as_data() | {"fixed": {"action": "SILENT"}})
    assert read(b"AB01CDE,,24/11/2026\n", layout)[2][0][1] == "Action"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": {"make": 1}}, "columns"),
        ({"columns": {"vrm": 1, "expires_at": 1}}, "columns"),
        ({"columns": {"vrm": 1, "expires_at": 9}}, "columns"),
        ({"columns": {"vrm": 1, "country": 2}}, "columns"),
        ({"columns": {"vrm": 1, "expires_at": 3, "owner": 2}}, "columns"),
        ({"fixed": {"vrm": "AB01CDE"}}, "fixed"),
        ({"fixed": {"country": "GB"}}, "fixed"),
        ({"delimiter": "x"}, "delimiter"),
        ({"delimiter": ""}, "places"),
        ({"delimiter": "", "places": [[1, 0], [2, 3], [5, 3]]}, "places"),
        ({"encoding": "utf-7"}, "encoding"),
        ({"header": "perhaps"}, "header"),
        ({"dates": "stardate"}, "dates"),
        ({"names": ["plate", "", "expiry"]}, "names"),
        ({"names": None}, "names"),
        ({"codes": {"secrets": {"A": "B"}}}, "codes"),
        ({"owner": "me"}, "owner"),
    ],
)  # fmt: skip
def test_a_layout_that_nothing_could_be_read_by_says_which_field_is_wrong(change, field):
    with pytest.raises(BadLayout) as found:
        Layout.from_data(PLAIN.as_data() | change)
    assert field in found.value.faults


@pytest.mark.parametrize("preset", PRESETS)
def test_a_layout_is_stored_and_read_back_as_it_was(preset):
    layout = PRESETS[preset][1]
    assert Layout.from_data(layout.as_data()) == layout


def test_columns_that_moved_stop_a_file_whose_header_is_checked():
    layout = Layout.from_data(PLAIN.as_data() | {"header": "yes"})
    assert len(read(b"Plate;,Country,EXPIRY \nAB01CDE,,24/11/2026\n", layout)[1]) == 1
    with pytest.raises(Unreadable, match="Column 2 is headed “expiry”"):
        read(b"plate,expiry,country\nAB01CDE,24/11/2026,\n", layout)
    without = Layout.from_data(PLAIN.as_data() | {"header": "no"})
    assert read(b"plate,country,expiry\n", without)[2][0][0] == 1


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("usual", "31/12/2026"), ("usual", "31.12.2026"), ("usual", "2026-12-31"), ("usual", "20261231"), ("usual", "31-Dec-2026"),
        ("yyyymmdd", "20261231"), ("ddmmyyyy", "31122026"), ("ddmmyy", "311226"), ("ddmmyy", "31/12/26"),
        ("month-first", "12/31/2026"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_its_source_writes_it_and_ends_at_midnight(style, text):
    assert moment(text, style, end_of_day=False) == dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
    assert moment(text, style, end_of_day=True) == dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def test_a_time_is_londons_unless_it_names_its_zone():
    summer = dt.datetime(2026, 7, 1, 11, 30, tzinfo=dt.UTC)
    for text in ("01/07/2026 12:30", "2026-07-01T11:30:00Z", "2026-07-01T13:30+02:00", "2026-07-01 12:30:00"):
        assert moment(text, "usual", end_of_day=True) == summer
    for style in FORMATS:
        for text in ("", "00/00/0000", "99999999", "31/02/2026", "31/12/2026 24:61", "x"):
            with pytest.raises(ValueError, match="no da"):
                moment(text, style, end_of_day=True)


# --- Malformed files -------------------------------------------------------------------------------------

ROW = b"AB01CDE,,24/11/2026\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("AB01CDE,,24/11/2026".encode("utf-16"), "UTF-16"),
        ("AB01CDE,,24/11/2026".encode("utf-16-le"), "UTF-16"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (zipped(), "0 files"),
        (zipped(("a.csv", ROW), ("b.csv", ROW)), "2 files"),
        (zipped(("a.zip", zipped(("a.csv", ROW)))), "another archive"),
        (zipped(("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")), "spreadsheet"),
        (zipped(("a.csv", b"0" * (300 << 20))), "far more"),
        (zipped(("a.csv", bytes(range(48, 58)) * 9000 + b"\n" + ROW * 100))[:-200], "damaged"),
    ],
    ids=["utf-16", "utf-16 without mark", "no archive", "empty", "two", "nested", "spreadsheet", "bomb", "cut"],
)
def test_a_file_without_rows_to_read_says_what_it_is(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content, PLAIN)


def test_an_archive_that_lies_about_its_size_or_is_corrupt_is_not_read_further():
    content = bytearray(zipped(("a.csv", ROW * 20000)))
    where = content.index(b"a.csv") + 5
    content[where + 40 : where + 60] = b"\xff" * 20
    with pytest.raises(Unreadable, match="damaged"):
        read(bytes(content), PLAIN)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"0\n" * (40 << 20)) + packer.flush()
    small = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0x21, 0, len(packed), 10, 1, 0) + b"a" + packed
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0x21, 0, len(packed), 10, 1, 0, 0, 0, 0, 0, 0
    )
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central) + 1, len(small), 0)
    with pytest.raises(Unreadable):
        read(small + central + b"a" + end, PLAIN)


def test_a_locked_archive_is_refused():
    content = bytearray(zipped(("a.csv", ROW)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="password"):
        read(bytes(content), PLAIN)


def test_an_archive_of_one_text_is_read_as_that_text():
    reader, good, problems = read(zipped(("folder/", b""), ("folder/a.csv", ROW * 3)), PLAIN)
    assert (len(good), problems, reader.size) == (3, [], len(ROW) * 3)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b"AB01CDE,\x00,24/11/2026", "country"),
        (b"AB01CDE,,24/11/2026\r,", "row"),
        (b'"AB01CDE,,24/11/2026', "row"),
        (b'AB01CDE,"x"y,24/11/2026', "row"),
        (b"AB01CDE,,24/11/2026,", "row"),
        (b"AB01CDE;;24/11/2026", "row"),
        (b"\xff\xfe\xfd,,24/11/2026", "plate"),
        ("AB01CDE,\u2028,24/11/2026".encode(), "country"),
        (b"AB?1CDE,,24/11/2026", "plate"),
        (b",,24/11/2026", "plate"),
        (b"AB01CDE,ZZZ,24/11/2026", "country"),
        (b"AB01CDE,,", "expiry"),
        (b"AB01CDE,,24/11/2020", "expiry"),
        (b"AB01CDE,,24/11/2030", "expiry"),
    ],
)  # fmt: skip
def test_a_malformed_row_is_told_of_by_row_and_column_and_the_next_is_read(line, column):
    _, good, problems = read(ROW + line + b"\n" + ROW, PLAIN)
    assert [(row, where) for row, where, _ in problems] == [(2, column)]
    assert len(good) == 2


def test_a_line_without_end_costs_no_memory_and_the_next_is_read():
    _, good, problems = read(b"x" * (100 << 20) + b"\n" + ROW, PLAIN)
    assert [(row, words[:23]) for row, _, words in problems] == [(1, "This line is far too lo")]
    assert len(good) == 1
    assert LONGEST_LINE < 1 << 20


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-15", "cp850"])
def test_letters_are_read_in_the_encoding_of_the_profile(encoding):
    layout = Layout.from_data(VOI_ROW.as_data() | {"encoding": encoding})
    row = "AB01CDE,Citroën,,,,,,,,,24/11/2026,,,,,\n"
    assert read(row.encode(encoding), layout)[1][0]["make"] == "Citroën"
    assert read(b"\xef\xbb\xbf" + row.encode(), VOI_ROW)[1][0]["vrm"] == "AB01CDE"


# --- What a layout writes is read back -------------------------------------------------------------------

WORDS = some.text("AZaz09éßŒœ€ .,;|\"'-/()&", max_size=14).map(str.strip)


def written(layout: Layout, row: dict[str, str]) -> bytes:
    """A line as a source with this layout would write it."""
    cells = ["" for _ in layout.names]
    for target, text in row.items():
        if target in layout.columns:
            cells[layout.columns[target]] = text
    if not layout.delimiter:
        line = " " * max(first + length for first, length in layout.places)
        for (first, length), text in zip(layout.places, cells, strict=True):
            line = line[:first] + f"{text[:length]:{length}}" + line[first + length :]
        return f"{line}\n".encode(layout.encoding)
    out = io.StringIO()
    csv.writer(out, delimiter=layout.delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue().encode(layout.encoding)


@pytest.mark.parametrize("preset", PRESETS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data())
def test_any_row_that_a_layout_writes_is_read_back_equal(preset, data):
    layout = PRESETS[preset][1]
    days = some.dates(dt.date(2026, 11, 23), dt.date(2026, 12, 30))
    past = some.dates(dt.date(2026, 10, 20), dt.date(2026, 11, 21))
    style = "%Y%m%d" if layout.dates == "yyyymmdd" else "%d/%m/%Y"
    row = {"vrm": data.draw(some.text("ABCDEFG0123456789", min_size=1, max_size=15))}
    for target in ("make", "model", "colour", "reason", "action_text", "force_area", "cad", "ref"):
        row[target] = data.draw(WORDS)
    ends = data.draw(days)
    row |= {"country": data.draw(some.sampled_from(["GB", "IE", "DE"])), "expires_at": ends.strftime(style),
            "starts_at": data.draw(past).strftime(style), "reported_at": data.draw(past).strftime(style)}  # fmt: skip
    limits = LIMITS._replace(life_cycle=RULE if layout.has("reported_at") else None)
    _, good, problems = read(written(layout, row), layout, limits)
    assert problems == []
    for target, text in row.items():
        if target in layout.columns and not target.endswith("_at"):
            assert good[0][target] == text
        elif target in layout.columns:
            assert good[0][target][:10].replace("-", "") >= "20261019"
    if "expires_at" in layout.columns:
        assert good[0]["expires_at"][:10] == str(ends + dt.timedelta(days=1))
