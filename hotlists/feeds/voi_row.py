"""The 16-column VOI row (R-011): from the bytes of a file to checked values, a line at a time, every fault in plain words."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from hotlists.feeds import legacy
from matcher_client import vrm as plates
from standards.models import Action

COLUMNS = (
    "VRM", "make", "model", "colour", "action", "warning markers", "reason", "NIM code", "information",
    "force and area", "weed date", "PNC id", "GPMS marking", "CAD information", "spare 1", "spare 2",
)  # fmt: skip
VALUES = (
    "vrm", "ref", "make", "model", "colour", "action", "markers", "reason", "grading", "action_text", "force_area",
    "expires_at", "marking", "cad",
)  # fmt: skip
LONGEST_LINE = 1 << 16  # bytes; sixteen columns at their longest are far below

_LONDON = ZoneInfo("Europe/London")
_HEADER = {"vrm", "registration", "registrationmark", "vehicleregistrationmark", "reg", "regno", "numberplate", "plate"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ODD_IN_PLATE = re.compile(r"[^\w\s.\-·']|_")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?")
_YEAR_FIRST = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?")
_KEPT_WORDS = 4000  # of a column whose values recur, how many are remembered


class Unreadable(Exception):
    """The file is of a kind that has no rows to read; says which."""


class Line(NamedTuple):
    """One line of the file: its number as a spreadsheet counts, its bytes, and either values or what is wrong."""

    row: int
    raw: bytes
    values: tuple[str, ...] | None  # as VALUES, in PostgreSQL's spelling; None for a header, a blank or a bad row
    problems: tuple[tuple[str, str], ...] = ()  # (column, words)
    is_row: bool = True  # neither header nor blank


class Limits(NamedTuple):
    """What the list and its agreement allow a row."""

    default_action: str
    actions: Collection[str]
    markers: Collection[str]
    now: dt.datetime
    latest_end: dt.datetime
    keys_only: bool = False  # a file of removals names vehicles and nothing else


class _Recurring(dict):
    """What became of each value of a column seen before: (value, problem)."""

    def __init__(self, check: Callable[[str], str]):
        self.check = check

    def __missing__(self, text: str) -> tuple[str, str]:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        try:
            found = (self.check(text), "")
        except ValueError as error:
            found = ("", str(error))
        self[text] = found
        return found


class Reader:
    """Reads one file. Holds a line, never the file; after reading, `with_spares` says how many rows had spare columns."""

    def __init__(self, limits: Limits, encoding: str = "utf-8"):
        self.limits = limits
        self.encoding = encoding
        self.with_spares = 0
        self.checked = {  # column number -> its check; in the order of VALUES from the third on
            1: _Recurring(_at_most(50)),
            2: _Recurring(_at_most(50)),
            3: _Recurring(_at_most(30)),
            4: _Recurring(self._action),
            5: _Recurring(self._markers),
            6: _Recurring(_at_most(500)),
            7: _Recurring(_grade),
            8: _Recurring(_at_most(500)),
            9: _Recurring(_at_most(50)),
            10: _Recurring(self._weed_date),
            12: _Recurring(_marking),
            13: _Recurring(_at_most(200)),
        }

    def lines(self, file: BinaryIO) -> Iterator[Line]:
        """Each line of the file, in order. Raises Unreadable at once for a file that is no text."""
        start = file.read(4)
        file.seek(0)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
            raise Unreadable("This file is UTF-16. Save it as CSV in UTF-8 and upload it again.")
        if start == b"PK\x03\x04":
            raise Unreadable("This is a spreadsheet or a ZIP file, not text. Save it as CSV and upload that.")
        if start.startswith(b"\xef\xbb\xbf"):
            file.seek(3)
        readline = file.readline
        number = 0
        while raw := readline(LONGEST_LINE):
            number += 1
            if len(raw) == LONGEST_LINE and raw[-1:] != b"\n":
                _skip_line(file)
                words = "This line is far too long for one row. Are the line breaks missing, or a quotation mark?"
                yield Line(number, raw[:200] + b"\n", None, (("row", words),))
            else:
                yield self._line(number, raw)

    def _line(self, number: int, raw: bytes) -> Line:
        bare = raw.rstrip(b"\r\n")
        if not bare.strip():
            return Line(number, raw, None, is_row=False)
        try:
            text = bare.decode(self.encoding)
        except UnicodeDecodeError as error:
            return Line(number, raw, None, (self._undecodable(bare, error),))
        if '"' in text:
            try:
                (fields,) = csv.reader([text], strict=True)
            except (csv.Error, ValueError):
                words = "A quotation mark is opened and not closed, or stands where none may. A row is one line."
                return Line(number, raw, None, (("row", words),))
        else:
            fields = text.split(",")
        if number == 1 and re.sub(r"\W|_", "", fields[0]).lower() in _HEADER:
            return Line(number, raw, None, is_row=False)
        if len(fields) != 16:
            return Line(number, raw, None, (("row", _wrong_count(fields)),))
        if not text.isprintable() and _CONTROL.search(text):
            where = ", ".join(COLUMNS[n] for n, field in enumerate(fields) if _CONTROL.search(field)) or "row"
            return Line(
                number, raw, None, ((where[:30], "This holds control characters, which nobody can see or type."),)
            )
        return self._row(number, raw, fields)

    def _row(self, number: int, raw: bytes, fields: list[str]) -> Line:
        fields = [field.strip() for field in fields]
        problems: list[tuple[str, str]] = []
        plate = fields[0]
        if plate.isascii() and plate.isalnum() and len(plate) <= plates.MAX_LENGTH:
            vrm = plate.upper()
        else:
            vrm = self._plate(plate, problems)
        ref = fields[11]
        if len(ref) > 50:
            problems.append((COLUMNS[11], f"This has {len(ref)} characters; at most 50 are kept."))
        if fields[14] or fields[15]:
            self.with_spares += 1
        if self.limits.keys_only:
            values = (
                "",
                "",
                "",
                self.limits.default_action,
                "{}",
                "",
                "",
                "",
                "",
                self.limits.latest_end.isoformat(),
                "",
                "",
            )
        else:
            outcomes = [check[fields[column]] for column, check in self.checked.items()]
            values = tuple([value for value, _ in outcomes])
            if any(problem for _, problem in outcomes):
                problems += [(COLUMNS[column], problem)
                             for column, (_, problem) in zip(self.checked, outcomes, strict=True) if problem]  # fmt: skip
            elif values[6] and values[3] == Action.STOP and (values[6][0] == "3" or values[6][1] == "D"):
                words = "A source graded 3 or information graded D asks for assess or silent, not for stop."
                problems.append((COLUMNS[7], words))
        if problems:
            return Line(number, raw, None, tuple(problems))
        return Line(number, raw, (vrm, ref, *values))

    def _plate(self, text: str, problems: list[tuple[str, str]]) -> str:
        if not text:
            problems.append((COLUMNS[0], "The plate is missing."))
            return ""
        if _ODD_IN_PLATE.search(text):
            words = "A plate is listed whole, in letters and digits: no wildcards, no other signs."
            problems.append((COLUMNS[0], words))
            return ""
        try:
            return plates.normalise(text)
        except ValueError as error:
            problems.append((COLUMNS[0], str(error)))
            return ""

    def _action(self, text: str) -> str:
        action = legacy.ACTIONS.get(" ".join(text.upper().split())) if text else self.limits.default_action
        if action is None:
            raise ValueError(f"{_quoted(text)} is no action. Known: {', '.join(sorted(legacy.ACTIONS))}.")
        if action not in self.limits.actions:
            raise ValueError(f"The list does not allow the action {Action(action).label.lower()}.")
        return str(action)

    def _markers(self, text: str) -> str:
        codes = sorted(set(re.split(r"[\s,;/|]+", text.upper())) - {""})
        unknown = [code for code in codes if code not in legacy.MARKERS]
        if unknown:
            raise ValueError(f"{_quoted(' '.join(unknown))} is no warning marker.")
        extra = [code for code in codes if code not in self.limits.markers]
        if extra:
            raise ValueError(f"The list does not allow the warning marker {', '.join(extra)}.")
        return "{" + ",".join(codes) + "}"

    def _weed_date(self, text: str) -> str:
        if not text:
            raise ValueError("The weed date is missing. Nothing is listed without an end.")
        ends = _end_of(text)
        if ends <= self.limits.now:
            raise ValueError(f"The weed date {_quoted(text)} has passed.")
        if ends > self.limits.latest_end:
            latest = (self.limits.latest_end.astimezone(_LONDON) - dt.timedelta(days=1)).strftime("%d/%m/%Y")
            raise ValueError(f"The weed date {_quoted(text)} is later than this category allows, which is {latest}.")
        return ends.isoformat()

    def _undecodable(self, raw: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
        column = raw[: error.start].count(b",")
        where = COLUMNS[column] if column < len(COLUMNS) and b'"' not in raw else "row"
        other = "Windows-1252" if self.encoding == "utf-8" else "UTF-8"
        return where, f"A letter here is not written in {self.encoding.upper()}. Is the file in {other}?"


def _at_most(longest: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"This has {len(text)} characters; at most {longest} are kept.")
        return text

    return check


def _grade(text: str) -> str:
    if not text:
        return ""
    grade = legacy.modern_grade(text)
    if grade[1] == "E":
        raise ValueError("Information that is suspected false cannot be listed.")  # domain.md 3.3
    return grade


def _marking(text: str) -> str:
    words = " ".join(text.upper().split())
    if words.startswith(legacy.TOO_HIGH):
        raise ValueError(f"{_quoted(text)} is above what this portal may hold.")
    if words not in legacy.MARKINGS:
        raise ValueError(f"{_quoted(text)} is no protective marking.")
    return legacy.MARKINGS[words]


def _end_of(text: str) -> dt.datetime:
    """A date ends at midnight in London at the end of that day (decision 17); a time is taken as London's."""
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year, hour, minute = match.groups()
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day, hour, minute = match.groups()
    else:
        raise ValueError(f"{_quoted(text)} is no date. Write 31/12/2026 or 2026-12-31.")
    try:
        if hour is None:
            local = dt.datetime(int(year), int(month), int(day)) + dt.timedelta(days=1)
        else:
            local = dt.datetime(int(year), int(month), int(day), int(hour), int(minute))
        return local.replace(tzinfo=_LONDON).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{_quoted(text)} is no day of the calendar.") from None


def _wrong_count(fields: list[str]) -> str:
    words = f"This row has {len(fields)} columns; a VOI row has 16, separated by commas."
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(fields) < 4 and fields[0].count(sign) >= 8:
            return f"{words} It looks separated by {name}."
    return words


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and rest[-1:] != b"\n":
        pass


def _quoted(text: str) -> str:
    return f"“{text[:30]}…”" if len(text) > 30 else f"“{text}”"
