"""A file of a warninglist, as a stream: plates in, normalised rows and what is wrong with the others out."""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hotlists.countries import code_of
from hotlists.models.warninglists import WILD, key_of
from hotlists.patterns import parse
from matcher_client import vrm as plates
from portal.errors import Unfit

COLUMNS = ("plate", "country", "note")
LONGEST_LINE = 1 << 16  # characters
NOTE = 300
_ENDS = re.compile(r"\r\n|\n|\r")  # of lines, as each kind of machine writes them
_BETWEEN = " -.·\u00a0"  # what people put into a plate that they write
_QUOTES = "A quotation mark is opened and not closed, or stands where none may. A row is one line."
_NAMES = {"vrm": "plate", "registration": "plate", "mark": "plate", "comment": "note", "remarks": "note"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be loaded."""

    number: int
    country: str
    plate: str
    key: str
    note: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot, as it stood there."""

    number: int
    column: str
    words: str
    cells: list[str]


class File:
    """Read once, from its first byte to its last. After that `sha256` and `headings` say what it was."""

    def __init__(self, chunks: Iterable[bytes], *, least_known: int) -> None:
        self._chunks = chunks
        self._least_known = least_known
        self._digest = hashlib.sha256()
        self.headings: list[str] = []

    @property
    def sha256(self) -> str:
        """Of all that was read."""
        return self._digest.hexdigest()

    def rows(self) -> Iterator[Row | BadRow]:
        """Row after row, numbered as a spreadsheet counts. Raises Unfit for what is no such file."""
        lines = self._lines()
        first = next(lines, "")
        delimiter = max(",;\t", key=first.count)
        self.headings = [_heading(cell) for cell in _cells(first, delimiter) or []]
        if "plate" not in self.headings:
            raise _unfit("The first line has to name the columns: plate, and if you like country and note.")
        if any(self.headings.count(name) > 1 for name in COLUMNS):
            raise _unfit("A column is there twice. Name plate, country and note once each.")
        places = {name: self.headings.index(name) for name in COLUMNS if name in self.headings}
        for number, line in enumerate(lines, 2):
            cells = _cells(line, delimiter)
            if cells is None:
                yield BadRow(number, "row", _QUOTES, [line])
            elif any(map(str.strip, cells)):
                yield self._read(number, cells, places)

    def _read(self, number: int, cells: list[str], places: dict[str, int]) -> Row | BadRow:
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        country = said.get("country") or "GB"
        code = country if country == "GB" else code_of(country)
        if not code:
            return BadRow(number, "country", "No such country. Write its two-letter code, such as GB.", cells)
        note = said.get("note", "")
        if len(note) > NOTE:
            return BadRow(number, "note", f"A note has at most {NOTE} characters; this has {len(note)}.", cells)
        try:
            plate = self._plate(said["plate"])
        except ValueError as error:
            return BadRow(number, "plate", str(error), cells)
        return Row(number, code, plate, key_of(plate), note)

    def _plate(self, typed: str) -> str:
        if strange := [sign for sign in typed if not sign.isalnum() and sign not in _BETWEEN and sign not in WILD]:
            raise ValueError(f"A plate has letters and digits; this has “{strange[0]}”.")
        if not any(sign in typed for sign in WILD):
            return plates.normalise(typed)
        pattern = parse(typed)
        if pattern.known < self._least_known:
            raise ValueError(f"A pattern gives at least {self._least_known} letters or digits.")
        if len(pattern.typed) > plates.MAX_LENGTH * 2:
            raise ValueError("This pattern is too long.")
        return pattern.typed

    def _lines(self) -> Iterator[str]:
        decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        rest = ""
        try:
            for chunk in self._chunks:
                self._digest.update(chunk)
                if b"\0" in chunk:
                    raise _unfit("This is no text in UTF-8. Save it as “CSV UTF-8” and send it again.")
                text = rest + decode(chunk)
                held = "\r" if text.endswith("\r") else ""  # half of an end of line, perhaps
                *lines, rest = _ENDS.split(text.removesuffix("\r") if held else text)
                rest += held
                if len(rest) > LONGEST_LINE:
                    raise _unfit("A line of this file is too long for a list of plates.")
                yield from lines
            if rest := (rest + decode(b"", True)).rstrip("\r"):
                yield rest
        except UnicodeDecodeError as error:
            raise _unfit("This is no text in UTF-8. Save it as “CSV UTF-8” and send it again.") from error


def _cells(line: str, delimiter: str) -> list[str] | None:
    """A row is one line; None where a quotation mark is opened and not closed, or stands where none may."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _heading(cell: str) -> str:
    name = cell.strip().lower()
    return _NAMES.get(name, name)


def _unfit(words: str) -> Unfit:
    return Unfit("This file cannot be taken.", {"file": [words]})
