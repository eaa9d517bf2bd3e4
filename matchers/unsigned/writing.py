"""How unsigned files are written: VOI rows of 16 columns, and delimited text. Streamed; each says that it proves nothing."""

import csv
import datetime as dt
import io
import itertools
import json
from collections.abc import Iterable, Iterator

from django.utils import timezone

from matcher_client.rows import FIELDS, fields_of
from matchers.unsigned.carrying import Carried, first_day, last_day
from portal.spreadsheets import harmless

CHUNK = 1 << 16
DAY = "%d/%m/%Y"
UNSIGNED = "UNSIGNED COPY: nothing proves that it is current, whole, or forgotten when it is taken back."

# what is kept here -> what older systems call it. Where their scale is finer, the more careful reading.
ACTIONS = {"STOP": "STOP", "ASSESS": "ASSESS", "OBSERVE_REPORT": "NO STOP", "SILENT": "SILENT"}
SOURCES = {"1": "B", "2": "E", "3": "D"}
INFORMATION = {"A": "2", "B": "3", "C": "4", "D": "4", "E": "5"}
HANDLING = {"P": "1", "C": "5"}
MARKING = "RESTRICTED"  # OFFICIAL-SENSITIVE
RESPONSES = {
    "IMMEDIATE": "Send somebody at once.", "WHEN_FREE": "Send somebody when a unit is free.",
    "RECORD_ONLY": "Record only: nobody is sent.", "": "",
}  # fmt: skip
TEXT_COLUMNS = ("category", "country", "plate", "effective", "expiry")


def voi(rows: Iterable[Carried], record: str) -> Iterator[bytes]:
    """Rows of 16 columns (R-011), as the portal itself takes them in; the last column says that nothing is signed.

    The format has no place above or beneath its rows. `record` is by what the log knows the file.
    """
    return _lines((_voi_row(row, record) for row in rows), ",")


def text(rows: Iterable[Carried], notes: tuple[str, ...], at: dt.datetime) -> Iterator[bytes]:
    """Category, issuing country, plate, first and last day, separated by tabs; notes after # above and beneath."""
    said = "".join(f"# {note}\r\n" for note in (UNSIGNED, *(" ".join(note.split()) for note in notes))).encode()
    yield said
    yield from _lines([TEXT_COLUMNS], "\t")
    yield from _lines((_text_row(row, at) for row in rows), "\t")
    yield said


def anpr2mqtt(rows: Iterable[Carried], notes: tuple[str, ...]) -> Iterator[bytes]:
    """The part of that program's settings in which it is told of plates. It knows no end: each alert says it in words."""
    said = "".join(f"# {note}\n" for note in (UNSIGNED, *(" ".join(note.split()) for note in notes)))
    yield said.encode()
    yield b"targets:\n  plate:\n    dangerous:\n"
    # Rows come by plate. A key twice would be no YAML, or lose the words and markers of all interests but one.
    for vrm, interests in itertools.groupby(rows, key=lambda row: row.fields[FIELDS.index("vrm")]):
        words = " Also: ".join(map(_alert, interests))
        yield f"      {_quoted(vrm)}: {_quoted(words)}\n".encode()
    yield said.encode()


def _alert(row: Carried) -> str:
    fields = fields_of("\x1f".join(row.fields))
    markers = f" Markers: {fields['markers'].replace(',', ' ')}." if fields["markers"] else ""
    return f"Only until {last_day(row.ends):{DAY}}. {fields['action']}.{markers} {information(fields)}"


def _quoted(words: str) -> str:
    """A double-quoted scalar of YAML, which a string of JSON is, but for characters beyond the first plane."""
    return json.dumps("".join(letter if ord(letter) < 0x10000 else "?" for letter in words))


def old_grade(grading: str) -> str:
    """The 5x5x5 code of a 3x5x2 grade; empty for none."""
    if len(grading) != 3:
        return ""
    source, information, handling = grading
    return SOURCES[source] + INFORMATION[information] + HANDLING[handling]


def _voi_row(row: Carried, record: str) -> list[str]:
    said = fields_of("\x1f".join(row.fields))
    is_quiet = said["response"] == "RECORD_ONLY" and said["action"] in ("STOP", "ASSESS")
    return [
        said["vrm"], row.make, row.model, row.colour, ACTIONS["OBSERVE_REPORT" if is_quiet else said["action"]],
        said["markers"].replace(",", " "), f"{said['category']} {said['priority']}", old_grade(said["grading"]),
        information(said), row.area, last_day(row.ends).strftime(DAY), said["ref"], MARKING, "", "",
        f"UNSIGNED {record}",
    ]  # fmt: skip


def information(said: dict[str, str]) -> str:
    """What to do and not, whom to ask, and what a recipient needs to judge the row by (R-017)."""
    parts = [
        RESPONSES[said["response"]], said["action_text"], f"Contact: {said['contact']}." if said["contact"] else "",
        f"{said['basis'].capitalize()}, {said['source_type']}, verified {_day(said['last_verified_at'])}"
        + (f", to be reviewed by {_day(said['review_by'])}" if said["review_by"] else "") + ".",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _text_row(row: Carried, at: dt.datetime) -> list[str]:
    said = fields_of("\x1f".join(row.fields))
    starts = int(said["starts_at"]) if said["starts_at"] else int(at.timestamp())
    effective = first_day(starts) if starts > at.timestamp() else _local(starts).date()
    return [said["category"], said["country"], said["vrm"], effective.strftime(DAY), last_day(row.ends).strftime(DAY)]


def _day(seconds: str) -> str:
    return _local(int(seconds)).strftime(DAY) if seconds else "never"


def _local(seconds: int) -> dt.datetime:
    return timezone.localtime(dt.datetime.fromtimestamp(seconds, dt.UTC))


def _lines(rows: Iterable[Iterable[str]], delimiter: str) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if out.tell() >= CHUNK:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    part = out.getvalue()
    out.seek(0)
    out.truncate()
    return part.encode()
