"""Reading a file a block at a time: lines that are plainly in order are judged as columns, all others one by one.

What is plain is judged as `Reader` judges it, cell by cell, only that a cell that recurs in a block is judged once. A line
of which this is not certain goes to the reader itself, so that there is one place that says what is wrong with a row.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hotlists.feeds import fingerprints
from hotlists.feeds.checks import Recurring
from hotlists.feeds.reading import LONGEST_LINE, Line, Reader
from matcher_client import vrm as plates
from standards.models import Action

_CONTROLS = bytes({*range(32), 127} - {10, 13})
_ODD = r'["\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]'
_PLAIN_PLATE = "^[A-Za-z0-9 .'-]+$"


class Block(NamedTuple):
    """Some lines of the file: the good rows as a table, the other lines as they are."""

    size: int  # bytes
    rows: pa.Table  # line, fingerprint, and the reader's columns in their order
    others: list[Line]  # in the order of the file


class Blocks:
    """Reads one file with a reader, `at_once` bytes at a time. `seed` is the part of the fingerprint that all rows share."""

    def __init__(self, reader: Reader, seed: int, at_once: int = 1 << 20):
        self.at_once = at_once
        self.reader, self.columns = reader, reader.columns
        self.names = ("line", "fingerprint", *self.columns)
        read_from = 2 + len(reader.rest)
        self.fixed = dict(zip(self.columns[2:read_from], reader.rest, strict=True))
        checks = zip(
            self.columns[read_from:], reader.cells, strict=False
        )  # one more, in a file that tells of recoveries
        self.cells = [(at, _Known(name, check)) for name, (at, check) in checks]
        self.seed = seed
        self.base = fingerprints.signed(seed + sum(fingerprints.of_value(*pair) for pair in self.fixed.items()))
        # A row whose values depend on one another is for the reader alone.
        self.has_plain_rows = bool(reader.layout.delimiter) and not reader.is_judged_whole and not reader.fixed_problems

    def read(self, file: BinaryIO) -> Iterator[Block]:
        """The blocks of the file, in order. Raises Unreadable, as the reader does."""
        number = 1
        for block in _whole_lines(self.reader.opened(file), self.at_once):
            read = self._by_columns(block, number) if self.has_plain_rows and number > 1 else None
            yield read or self._by_line(block, number)
            number += block.count(b"\n")

    def _by_line(self, block: bytes, number: int) -> Block:
        lines = list(self.reader.numbered(io.BytesIO(block), number))
        return self._block(len(block), None, lines)

    def _by_columns(self, block: bytes, number: int) -> Block | None:
        """None when not even its lines are certain."""
        size, layout = len(block), self.reader.layout
        if block.count(b"\r") != block.count(b"\r\n"):
            return None
        is_ascii = block.isascii()
        if not is_ascii:
            try:
                block = block.decode(self.reader.encoding).encode()
            except UnicodeDecodeError:
                return None
        lines = pc.split_pattern(pa.array([block.removesuffix(b"\n")], pa.binary()).cast(pa.string()), "\n").values
        if pc.max(pc.binary_length(lines)).as_py() > LONGEST_LINE // 2:
            return None
        lines = pc.ascii_rtrim(lines, "\r")
        is_plain = pc.equal(pc.count_substring(lines, layout.delimiter), len(layout.names) - 1)
        allowed = _CONTROLS.replace(b"\t", b"") if layout.delimiter == "\t" else _CONTROLS
        if not is_ascii or b'"' in block or len(block.translate(None, allowed)) != size:
            odd = _ODD.replace(r"\x1f", r"\x08\x0a-\x1f") if layout.delimiter == "\t" else _ODD
            is_plain = pc.and_(is_plain, pc.invert(pc.match_substring_regex(lines, odd)))
        numbers = pc.add(pc.indices_nonzero(is_plain).cast(pa.int64()), number)
        table, is_certain = self._judged(pc.filter(lines, is_plain), numbers)
        certain = pc.filter(table["line"], is_certain) if table is not None else numbers[:0]
        rest = self._rest(lines, number, certain)
        return self._block(size, pc.filter(table, is_certain) if table is not None else None, rest)

    def _rest(self, lines: pa.Array, number: int, certain: pa.Array) -> list[Line]:
        """The lines that the reader has to look at itself."""
        if len(certain) == len(lines):
            return []
        done = set(certain.to_pylist())
        encoding = self.reader.encoding
        return [
            self.reader.line(number + n, lines[n].as_py().encode(encoding) + b"\n")
            for n in range(len(lines))
            if number + n not in done
        ]

    def _judged(self, lines: pa.Array, numbers: pa.Array) -> tuple[pa.Table | None, pa.Array]:
        """The rows of lines that have as many columns as they should, and of which it is certain that they are good."""
        if not len(lines):
            return None, pa.array([], pa.bool_())
        reader, width = self.reader, len(self.reader.layout.names)
        cells = pc.split_pattern(lines, reader.layout.delimiter).values
        starts = pa.array(range(0, len(cells), width), pa.int64())

        def column(n: int) -> pa.Array:
            return pc.take(cells, pc.add(starts, n))

        vrm, certain = _plates(pc.utf8_trim_whitespace(column(reader.at_vrm)))
        if reader.at_ref is None:
            ref = _all("", len(lines))
        else:
            ref = pc.utf8_trim_whitespace(column(reader.at_ref))
            certain = pc.and_(certain, pc.less_equal(pc.utf8_length(ref), 50))
        columns: dict[str, Any] = {"line": numbers, "fingerprint": None, "vrm": vrm, "ref": ref}
        fingerprint = _all(self.base, len(lines))
        for at, known in self.cells:
            values, parts, is_good = known.judged(column(at))
            columns[known.name] = values
            fingerprint = pc.add(fingerprint, parts)
            if is_good is not None:
                certain = pc.and_(certain, is_good)
        for name, value in self.fixed.items():
            columns[name] = _all(value, len(lines))
        columns["fingerprint"] = fingerprint
        if not reader.limits.keys_only:
            certain = pc.and_(certain, pc.invert(_needs_care(columns)))
        if reader.has_order:
            certain = pc.and_(certain, pc.less(columns["starts_at"], columns["expires_at"]))
        if reader.spares:
            kept = [pc.not_equal(pc.utf8_trim_whitespace(column(at)), "") for at in reader.spares]
            is_kept = kept[0]
            for more in kept[1:]:
                is_kept = pc.or_(is_kept, more)
            reader.with_spares += pc.sum(pc.and_(is_kept, certain)).as_py() or 0
        return pa.table([columns[name] for name in self.names], names=self.names), certain

    def _block(self, size: int, table: pa.Table | None, lines: list[Line]) -> Block:
        rows = [line for line in lines if line.values is not None]
        others = [line for line in lines if line.values is None]
        if rows or table is None:
            given = [[line.row for line in rows], [self._fingerprint(line) for line in rows]]
            given += [list(column) for column in zip(*(line.values for line in rows), strict=True)] or [
                [] for _ in self.columns
            ]
            kinds = [pa.int64(), pa.int64(), *(pa.string() for _ in self.columns)]
            more = pa.table([pa.array(*pair) for pair in zip(given, kinds, strict=True)], names=self.names)
            table = more if table is None else pa.concat_tables([table, more])
        return Block(size, table, others)

    def _fingerprint(self, line: Line) -> int:
        pairs = zip(self.columns, line.values or (), strict=True)
        return fingerprints.signed(self.seed + sum(fingerprints.of_value(*pair) for pair in pairs))


class _Known:
    """What became of each cell of a column that was seen before: its value, its part of the fingerprint, whether it is good."""

    def __init__(self, name: str, check: Recurring):
        self.name, self.check = name, check
        self.seen: dict[str, tuple[str, int, bool]] = {}

    def judged(self, cells: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array | None]:
        """The values, their parts of the fingerprint, and which of them are good; None for all of them."""
        coded = cells.dictionary_encode()
        if len(self.seen) > 10_000:
            self.seen.clear()
        found = [self.seen.get(text) or self._look(text) for text in coded.dictionary.to_pylist()]
        at = coded.indices
        values = pc.take(pa.array([value for value, _, _ in found], pa.string()), at)
        parts = pc.take(pa.array([part for _, part, _ in found], pa.int64()), at)
        if all(is_good for _, _, is_good in found):
            return values, parts, None
        return values, parts, pc.take(pa.array([is_good for _, _, is_good in found], pa.bool_()), at)

    def _look(self, text: str) -> tuple[str, int, bool]:
        value, problem = self.check[text.strip()]
        found = self.seen[text] = (value, fingerprints.of_value(self.name, value), not problem)
        return found


def _whole_lines(file: BinaryIO, at_once: int) -> Iterator[bytes]:
    """The file in blocks that end where a line ends. Of a line that is far too long only the beginning is held."""
    rest = b""
    first = True
    while chunk := file.read(at_once):
        rest, end = rest + chunk, 0
        if first and (end := rest.find(b"\n") + 1):  # the first line may be a header, and begins with the file's mark
            yield rest[:end]
            rest, first = rest[end:], False
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LONGEST_LINE:
            rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest


def _plates(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Plates in capitals without what stands between their characters, and which of them are certain."""
    certain = pc.match_substring_regex(cells, _PLAIN_PLATE)
    marks = pc.ascii_upper(pc.replace_substring_regex(cells, "[ .'-]+", ""))
    length = pc.binary_length(marks)
    return marks, pc.and_(certain, pc.and_(pc.greater(length, 0), pc.less_equal(length, plates.MAX_LENGTH)))


def _needs_care(columns: dict[str, Any]) -> pa.Array:
    """Rows whose grade may be too low for their action."""
    is_low = pc.match_substring_regex(columns["grading"], "^(3|.D)")
    return pc.and_(is_low, pc.equal(columns["action"], str(Action.STOP)))


def _all(value: Any, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string() if isinstance(value, str) else pa.int64()), rows)
