"""From the bytes of a source's file to checked values, a line at a time, every fault in plain words."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

from hotlists.feeds import shapes
from hotlists.feeds.archives import Unreadable, unpacked
from hotlists.feeds.checks import CONFIRMED, NOTHING, Checks, Limits, Recurring, plate
from hotlists.feeds.layouts import VOI_ROW, Layout
from matcher_client import vrm as plates
from portal.spreadsheets import harmless
from standards.models import Action

VALUES = (  # in what order a line has them comes from its layout; which there are does not
    "vrm", "ref", "country", "make", "model", "colour", "action", "markers", "reason", "grading", "action_text",
    "force_area", "expires_at", "marking", "cad",
)  # fmt: skip
OPTIONAL = ("starts_at", "reported_at", "confirmed_at")  # a line has them only when its file says them
LONGEST_LINE = 1 << 16  # bytes; the columns of a row at their longest are far below
MOST_RECOVERIES = 100_000

_TOO_LONG = "This line is far too long for one row. Are the line breaks missing, or a quotation mark?"
_QUOTES = "A quotation mark is opened and not closed, or stands where none may. A row is one line."
_BACKWARDS = "It ends before it starts."
_GRADED_LOW = "A source graded 3 or information graded D asks for assess or silent, not for stop."


class Line(NamedTuple):
    """One line of the file: its number as a spreadsheet counts, its bytes, and either values or what is wrong."""

    row: int
    raw: bytes
    values: (
        tuple[str, ...] | None
    )  # as Reader.columns, in PostgreSQL's spelling; None for a header, a blank or a bad row
    problems: tuple[tuple[str, str], ...] = ()  # (column, words)
    is_row: bool = True  # neither header nor blank nor left out by rule


class Recovered(NamedTuple):
    """A vehicle of which the source says that it was recovered, and when."""

    country: str
    vrm: str
    ref: str
    at: str


class Reader:
    """Reads one file by its layout. Holds a line, never the file.

    After reading, `with_spares` says how many rows had spare columns, `weeded` how many a life cycle has ended, and
    `recovered` which vehicles the source calls recovered: neither of the last two is listed.
    """

    def __init__(self, limits: Limits, encoding: str = "", layout: Layout = VOI_ROW):
        self.limits, self.layout = limits, layout
        self.encoding = encoding or layout.encoding
        self.size = 0  # bytes to read, where the file itself does not say
        self.with_spares = self.weeded = 0
        self.recovered: list[Recovered] = []
        self.heading = 0  # the row that names the columns, if there is one
        self._prepare(Checks(layout, limits))

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Each line of the file, in order; a ZIP archive is read as the one file in it. Raises Unreadable."""
        yield from self.numbered(self.opened(file), 1)

    def opened(self, file: BinaryIO) -> BinaryIO:
        """The text to read, which is in the file or is the file. Raises Unreadable."""
        self._require_ends()
        file, self.size = unpacked(file)
        return file

    def numbered(self, file: BinaryIO, first: int) -> Iterator[Line]:
        """The lines of a part of the file, of which the first has this number."""
        readline = file.readline
        number = first - 1
        while raw := readline(LONGEST_LINE):
            number += 1
            if number == 1:
                raw = _without_mark(raw)
            if len(raw) == LONGEST_LINE and raw[-1:] != b"\n":
                _skip_line(file)
                yield Line(number, raw[:200] + b"\n", None, (("row", _TOO_LONG),))
            else:
                yield self.line(number, raw)

    def with_problems(self, line: Line, problems: Iterable[tuple[str, str]]) -> bytes:
        """The line again, with one more column that says what is wrong with it."""
        bare = line.raw.rstrip(b"\r\n")
        if not bare.strip():
            return b"\r\n"
        words = "; ".join(f"{column}: {text}" for column, text in problems)
        if line.row == self.heading:
            words = "problems"
        if not self.layout.delimiter:
            return f"{bare.decode(self.encoding, 'replace'):<{self.width}} {words}\r\n".encode(self.encoding, "replace")
        cell = harmless(words).replace('"', '""').encode(self.encoding, "replace")
        return bare + self.layout.delimiter.encode() + b'"' + cell + b'"\r\n'

    def _prepare(self, checks: Checks) -> None:
        """What is the same for every row is worked out once."""
        layout, keys_only = self.layout, self.limits.keys_only
        self.at_vrm, self.at_ref = layout.columns["vrm"], layout.columns.get("ref")
        names = [name for name in (*VALUES, *OPTIONAL) if name not in ("vrm", "ref")]
        read = [name for name in names if name in layout.columns and (not keys_only or name == "country")]
        rest = [name for name in names if name not in read and (name in VALUES or name in layout.fixed)]
        self.columns = ("vrm", "ref", *rest, *read)
        self.recovered_last = "recovered_at" in layout.columns
        if self.recovered_last:  # it is looked at, and is no column of the list
            read = [*read, "recovered_at"]
        self.cells = [(layout.columns[name], Recurring(checks.of(name))) for name in read]
        self.labels = [layout.label(name) for name in read]
        self.fixed_problems: tuple[tuple[str, str], ...] = ()
        values = []
        for name in rest:
            text = layout.fixed.get(name)
            if text is None or (keys_only and name != "country"):
                values.append(checks.absent(name))
            else:
                value, problem = Recurring(checks.of(name))[text]
                values.append(value)
                if problem:
                    self.fixed_problems += ((layout.label(name)[:30], problem),)
        self.rest = tuple(values)
        self.spares = [n for n, name in enumerate(layout.names)
                       if name.lower().startswith("spare") and n not in layout.columns.values()]  # fmt: skip
        self.at = {name: n for n, name in enumerate(self.columns)}
        self.ends: dict[tuple[str, str, str], str] = {}
        self.has_order = "starts_at" in read
        self.is_judged_whole = self.recovered_last or (
            not keys_only and (self.limits.life_cycle is not None or "confirmed_at" in self.columns)
        )
        self.width = max((first + length for first, length in layout.places), default=0)
        self.now = self.limits.now.astimezone(dt.UTC).isoformat()
        self.dialect: dict[str, Any] = {"delimiter": layout.delimiter or ",", "strict": True}

    def line(self, number: int, raw: bytes) -> Line:
        """One line that is not too long."""
        bare = raw.rstrip(b"\r\n")
        if not bare.strip():
            return Line(number, raw, None, is_row=False)
        try:
            text = bare.decode(self.encoding)
        except UnicodeDecodeError as error:
            return Line(number, raw, None, (shapes.undecodable(self.layout, self.encoding, bare, error),))
        layout = self.layout
        if not layout.delimiter:
            if text[self.width :].strip():
                return Line(
                    number, raw, None, (("row", f"This row is longer than the {self.width} characters of the layout."),)
                )
            fields = [text[first : first + length] for first, length in layout.places]
        elif '"' in text:
            try:
                (fields,) = csv.reader([text], **self.dialect)
            except (csv.Error, ValueError):
                return Line(number, raw, None, (("row", _QUOTES),))
        else:
            fields = text.split(layout.delimiter)
        if number == 1 and layout.header != "no" and shapes.is_heading(layout, fields):
            self.heading = number
            return Line(number, raw, None, is_row=False)
        if len(fields) != len(layout.names):
            return Line(number, raw, None, (("row", shapes.wrong_count(layout, fields)),))
        if not text.isprintable() and (where := shapes.with_controls(layout, fields, text)):
            return Line(
                number, raw, None, ((where[:30], "This holds control characters, which nobody can see or type."),)
            )
        return self._row(number, raw, fields)

    def _row(self, number: int, raw: bytes, fields: list[str]) -> Line:
        fields = [field.strip() for field in fields]
        problems: list[tuple[str, str]] = list(self.fixed_problems)
        vrm = fields[self.at_vrm]
        if vrm.isascii() and vrm.isalnum() and len(vrm) <= plates.MAX_LENGTH:
            vrm = vrm.upper()
        else:
            try:
                vrm = plate(vrm)
            except ValueError as error:
                problems.append((self.layout.label("vrm"), str(error)))
        ref = fields[self.at_ref] if self.at_ref is not None else ""
        if len(ref) > 50:
            problems.append((self.layout.label("ref"), f"This has {len(ref)} characters; at most 50 are kept."))
        for spare in self.spares:
            if fields[spare]:
                self.with_spares += 1
                break
        outcomes = [check[fields[column]] for column, check in self.cells]
        values = (vrm, ref, *self.rest, *[value for value, _ in outcomes])
        if any(problem for _, problem in outcomes):
            problems += [(label, problem)
                         for label, (_, problem) in zip(self.labels, outcomes, strict=True) if problem]  # fmt: skip
        elif self.limits.keys_only:
            if self.recovered_last and not problems:  # why it is removed
                self._note_recovery(values[:-1], values[-1])
                return Line(number, raw, values[:-1])
        else:
            grade = values[self.at["grading"]]
            if grade and values[self.at["action"]] == Action.STOP and (grade[0] == "3" or grade[1] == "D"):
                problems.append((self.layout.label("grading"), _GRADED_LOW))
            if self.is_judged_whole and not problems:
                return self._judged_whole(number, raw, list(values))
            if self.has_order and values[self.at["starts_at"]] >= values[self.at["expires_at"]]:
                problems.append((self.layout.label("starts_at"), _BACKWARDS))
        if problems:
            return Line(number, raw, None, tuple((label[:30], words) for label, words in problems))
        return Line(number, raw, values)

    def _judged_whole(self, number: int, raw: bytes, values: list[str]) -> Line:
        """A row whose end follows from when it was reported and whether that was confirmed (R-022)."""
        at = self.at
        if self.recovered_last:
            recovered = values.pop()
            if self._note_recovery(values, recovered):
                return Line(number, raw, None, is_row=False)
        reported = values[at["reported_at"]] if "reported_at" in at else NOTHING
        confirmed = values[at["confirmed_at"]] if "confirmed_at" in at else NOTHING
        if confirmed == CONFIRMED:
            if reported == NOTHING:
                words = "This is confirmed, but neither the day of that nor the day of report is said."
                return Line(number, raw, None, ((self.layout.label("confirmed_at")[:30], words),))
            confirmed = values[at["confirmed_at"]] = reported
        if self.limits.life_cycle is not None:
            key = (reported, confirmed, values[at["expires_at"]])
            ends = self.ends.get(key) or self._end(*key)
            if ends <= self.now:
                self.weeded += 1
                return Line(number, raw, None, is_row=False)
            values[at["expires_at"]] = ends
        if self.has_order and values[at["starts_at"]] >= values[at["expires_at"]]:
            return Line(number, raw, None, ((self.layout.label("starts_at")[:30], _BACKWARDS),))
        return Line(number, raw, tuple(values))

    def _note_recovery(self, values: Sequence[str], at: str) -> bool:
        """Whether the row calls its vehicle recovered; then that is remembered."""
        if at == NOTHING:
            return False
        if len(self.recovered) == MOST_RECOVERIES:
            raise Unreadable(f"This file names more than {MOST_RECOVERIES:,} recovered vehicles.")
        self.recovered.append(Recovered(values[self.at["country"]], values[0], values[1], at))
        return True

    def _end(self, reported: str, confirmed: str, weed: str) -> str:
        ends = self.limits.life_cycle.ends(
            dt.datetime.fromisoformat(reported), is_confirmed=confirmed != NOTHING
        ).isoformat()
        if weed != NOTHING and self.layout.has("expires_at"):
            ends = min(ends, weed)
        if len(self.ends) > 4 * MOST_RECOVERIES:
            self.ends.clear()
        self.ends[reported, confirmed, weed] = ends
        return ends

    def _require_ends(self) -> None:
        """R-015: nothing is read whose end nobody would know."""
        if self.limits.life_cycle is not None and not self.layout.has("reported_at"):
            raise Unreadable(
                "Rows of this list end a set time after they were reported, and the import profile names no column that "
                "says when that was."
            )
        if self.limits.life_cycle is None and not self.layout.has("expires_at"):
            raise Unreadable(
                "The import profile names no column that says when a row ends, and the agreement sets no life cycle."
            )


def _without_mark(raw: bytes) -> bytes:
    """The first line without its byte order mark. Unreadable when the file is no text that can be read line by line."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4]:
        raise Unreadable("This file is UTF-16. Save it as CSV in UTF-8 and upload it again.")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and rest[-1:] != b"\n":
        pass
