"""From the file to the staging table: a stream in, counts and the first problems out."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import connection
from psycopg import sql

from hotlists.feeds.archives import Unreadable
from hotlists.feeds.checks import NOTHING
from hotlists.feeds.merging import planned_for_large_sets
from hotlists.feeds.reading import Line, Reader
from hotlists.models import LoadProblem, StagedRow

KEPT_PROBLEMS = 1000  # word for word; all are counted, and all are in the file to download
_BLOCK = 2000  # rows a write to the server
_REPEATS = """
    WITH twice AS (
        SELECT country, vrm, ref, min("row") AS first FROM hotlists_stagedrow WHERE load_id = %(load)s
        GROUP BY country, vrm, ref HAVING count(*) > 1
    )
    UPDATE hotlists_stagedrow staged SET repeats = twice.first FROM twice
    WHERE staged.load_id = %(load)s AND (staged.country, staged.vrm, staged.ref) = (twice.country, twice.vrm, twice.ref)
        AND staged."row" > twice.first
"""


@dataclass
class Found:
    """What reading a file came to."""

    rows: int = 0
    good_rows: int = 0
    problems: int = 0
    with_spares: int = 0
    first_problems: list[LoadProblem] = field(default_factory=list)

    def note(self, load_id: uuid.UUID, row: int, column: str, words: str) -> None:
        """Counts a problem, and keeps it while it is one of the first."""
        self.problems += 1
        if len(self.first_problems) < KEPT_PROBLEMS:
            self.first_problems.append(LoadProblem(load_id=load_id, row=row, column=column, words=words[:300]))


def stage(load_id: uuid.UUID, reader: Reader, file: BinaryIO, *, passed: Callable[[int], None]) -> Found:
    """Copies the good rows into staging and looks for repeats. `passed` hears the bytes read so far, now and then.

    Run in a transaction; holds a block of rows and the first problems in memory, nothing else.
    """
    found = Found()
    read = 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM hotlists_stagedrow WHERE load_id = %s", [load_id])
        block: list[str] = []
        names = sql.SQL(", ").join(map(sql.Identifier, reader.columns))
        statement = sql.SQL('COPY hotlists_stagedrow (load_id, "row", {}) FROM STDIN WITH (NULL {})')
        with cursor.copy(statement.format(names, sql.Literal(NOTHING))) as copy:
            try:
                for line in reader.lines(file):
                    read += len(line.raw)
                    if line.values is not None:
                        text = f"{load_id}\t{line.row}\t" + "\t".join(line.values)
                        block.append(text.replace("\\", "\\\\") if "\\" in text else text)
                        if len(block) == _BLOCK:
                            copy.write("\n".join(block) + "\n")
                            found.good_rows += _BLOCK
                            block.clear()
                            passed(read)
                    elif line.is_row:
                        found.rows += 1
                        for column, words in line.problems:
                            found.note(load_id, line.row, column, words)
                        if not found.rows % _BLOCK:
                            passed(read)
            except Unreadable as error:
                found.rows += 1
                found.note(load_id, 1, "file", str(error))
            if block:
                copy.write("\n".join(block) + "\n")
                found.good_rows += len(block)
        found.rows += found.good_rows
        _mark_repeats(cursor, load_id, found, reader.layout.label("vrm"))
    return found


def _mark_repeats(cursor, load_id: uuid.UUID, found: Found, column: str) -> None:
    with planned_for_large_sets(cursor):
        cursor.execute(_REPEATS, {"load": load_id})
        repeats = cursor.rowcount
    if repeats:
        found.good_rows -= repeats
        found.problems += repeats
        room = max(KEPT_PROBLEMS - len(found.first_problems), 0)
        found.first_problems += [
            LoadProblem(load_id=load_id, row=row, column=column[:30], words=repeated(first))
            for row, first in repeats_of(load_id)[:room].iterator(chunk_size=KEPT_PROBLEMS)
        ]


def repeats_of(load_id: uuid.UUID):
    """(row, the earlier row that names the same vehicle), in order of rows."""
    repeated_rows = StagedRow.objects.filter(load_id=load_id, repeats__isnull=False)
    return repeated_rows.order_by("row").values_list("row", "repeats")


def repeated(first: int) -> str:
    """What is said of a row that names a vehicle again."""
    return f"Row {first} of this file names the same vehicle under the same reference."


def annotated(load_id: uuid.UUID, reader: Reader, lines: Iterator[Line]) -> Iterator[bytes]:
    """The file again, line by line, with a column of its own for the problems of each row."""
    repeats = repeats_of(load_id).iterator(chunk_size=2000)
    row_again, first = next(repeats, (0, 0))
    try:
        for line in lines:
            problems = list(line.problems)
            if line.row == row_again:
                problems.append((reader.layout.label("vrm"), repeated(first)))
                row_again, first = next(repeats, (0, 0))
            yield reader.with_problems(line, problems)
    except Unreadable as error:
        yield str(error).encode() + b"\r\n"
