"""From the file to a table of its good rows: a stream in, counts and the first problems out."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
from django.db import IntegrityError, connection, transaction
from psycopg import sql
from psycopg.copy import QueuedLibpqWriter
from pyarrow.csv import WriteOptions, write_csv

from hotlists.feeds import fingerprints
from hotlists.feeds.archives import Unreadable
from hotlists.feeds.blocks import Block, Blocks
from hotlists.feeds.checks import NOTHING
from hotlists.feeds.planning import planned_for_large_sets
from hotlists.feeds.reading import OPTIONAL, Reader
from hotlists.models import FeedRow, Load, LoadProblem, StagedGone, StagedRepeat, StagedRow
from portal.partitions import begin_part_aside, drop_part_aside, index_part_aside

KEPT_PROBLEMS = 1000  # word for word; all are counted, and all are in the file to download
READ = "hotlists_readrow"  # temporary: what the file holds, until it is compared with the list
TABLE = FeedRow._meta.db_table

# As the staged rows' columns; nobody else sees it, and it ends with the transaction.
_MAKE_READ = sql.SQL(
    'CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT "row" AS line, fingerprint, country, vrm, ref, make, model, colour,'
    " action, markers, reason, grading, action_text, force_area, starts_at, expires_at, reported_at, confirmed_at, marking,"
    " cad FROM hotlists_stagedrow WITH NO DATA"
).format(sql.Identifier(READ))
_COPY = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FREEZE, NULL {}{})")
_REPEATS = sql.SQL("""
    WITH twice AS (
        SELECT country, vrm, ref, min(line) AS first FROM {table} GROUP BY country, vrm, ref HAVING count(*) > 1
    ), again AS (
        DELETE FROM {table} found USING twice
        WHERE (found.country, found.vrm, found.ref) = (twice.country, twice.vrm, twice.ref) AND found.line > twice.first
        RETURNING found.line, twice.first
    )
    INSERT INTO hotlists_stagedrepeat (load_id, "row", first) SELECT %s, line, first FROM again
""")


class _Ahead(QueuedLibpqWriter):
    """Sends to the server in a thread, so that the next lines are read meanwhile; a few MiB ahead and no more."""

    QUEUE_SIZE = 128


@dataclass
class Found:
    """What reading a file came to."""

    rows: int = 0
    good_rows: int = 0
    problems: int = 0
    label: str = ""  # what the file calls the column of plates
    is_aside: bool = False  # the good rows are a part that waits beside the list's table, and no longer in READ
    first_problems: list[LoadProblem] = field(default_factory=list)

    def note(self, load_id: uuid.UUID, row: int, column: str, words: str) -> None:
        """Counts a problem, and keeps it while it is one of the first."""
        self.problems += 1
        if len(self.first_problems) < KEPT_PROBLEMS:
            self.first_problems.append(LoadProblem(load_id=load_id, row=row, column=column, words=words[:300]))


def stage(load: Load, reader: Reader, file: BinaryIO, *, passed: Callable[[int], None]) -> Found:
    """Copies the good rows into a table without index: READ, which those that name a vehicle again are in as well.

    Of a list's first load the table is the list's part already, without repeats, and attached when the load is accepted.
    `passed` hears the bytes read so far, now and then. Run in a transaction; holds a block of lines and the first problems
    in memory, nothing else.
    """
    with connection.cursor() as cursor:
        table = None
        if load.mode != Load.Mode.REMOVE and "starts_at" not in reader.columns:
            later = [name for name in same_in_all_rows(load) if name not in reader.columns]
            table = begin_part_aside(TABLE, load.hotlist_id, later=later)
        is_aside = table is not None
        if table is None:
            table = READ
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{READ}")
            cursor.execute(_MAKE_READ)
        found = _copied(cursor, table, load, reader, file, passed)
        found.is_aside = is_aside
        found.label = reader.layout.label("vrm")[:30]
        if is_aside:
            _index(cursor, table, load, found)
    return found


def take_out_repeats(cursor: Any, table: str, load: Load, found: Found) -> None:
    """Takes the rows that name a vehicle again out of the table, and says which they are."""
    with planned_for_large_sets(cursor):
        cursor.execute(_REPEATS.format(table=sql.Identifier(table)), [load.pk])
        repeats = cursor.rowcount
    if repeats:
        found.good_rows -= repeats
        found.problems += repeats
        room = max(KEPT_PROBLEMS - len(found.first_problems), 0)
        found.first_problems += [
            LoadProblem(load=load, row=row, column=found.label, words=repeated(first))
            for row, first in repeats_of(load.pk)[:room].iterator(chunk_size=KEPT_PROBLEMS)
        ]


def forget(load: Load) -> None:
    """Nothing of the load waits any more."""
    for model in (StagedRow, StagedGone, StagedRepeat):
        model.objects.filter(load=load).delete()
    drop_part_aside(TABLE, load.hotlist_id)


def same_in_all_rows(load: Load) -> dict[str, Any]:
    """The columns of the list that hold one value in all rows of a first load, and that value."""
    agreement = load.agreement
    return {
        "category": agreement.category,
        "priority": agreement.priority,
        "contact": agreement.contact,
        "basis": agreement.fact,
        "source_type": agreement.source,
        "load_id": str(load.pk),
        "last_verified_at": None,  # when it is merged
        **dict.fromkeys(OPTIONAL),  # of files that do not say
    }


def seed_of(load: Load) -> int:
    """What the agreement says of every row, as its part of their fingerprints."""
    agreement = load.agreement
    words = (agreement.category, agreement.priority, agreement.contact, agreement.fact, agreement.source)
    return fingerprints.of_words(words)


def _copied(
    cursor: Any, table: str, load: Load, reader: Reader, file: BinaryIO, passed: Callable[[int], None]
) -> Found:
    found = Found()
    read = 0
    blocks = Blocks(reader, seed_of(load))
    with cursor.copy(_copy_into(table, blocks), writer=_Ahead(cursor)) as copy:
        try:
            for block in blocks.read(file):
                read += block.size
                if block.rows.num_rows:
                    copy.write(_as_csv(block.rows))
                    found.good_rows += block.rows.num_rows
                _note(found, load, block)
                passed(read)
        except Unreadable as error:
            found.rows += 1
            found.note(load.pk, 1, "file", str(error))
    found.rows += found.good_rows
    return found


def _copy_into(table: str, blocks: Blocks) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, blocks.names))
    may_be_null = [sql.Identifier(name) for name in OPTIONAL if name in blocks.names]
    force_null = sql.SQL(", FORCE_NULL ({})").format(sql.SQL(", ").join(may_be_null)) if may_be_null else sql.SQL("")
    return _COPY.format(sql.Identifier(table), names, sql.Literal(NOTHING), force_null)


def _as_csv(rows: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    write_csv(rows, sink, WriteOptions(include_header=False, quoting_style="needed"))
    return memoryview(sink.getvalue())


def _note(found: Found, load: Load, block: Block) -> None:
    for line in block.others:
        if line.is_row:
            found.rows += 1
            for column, words in line.problems:
                found.note(load.pk, line.row, column, words)


def _index(cursor: Any, table: str, load: Load, found: Found) -> None:
    """The unique index finds repeats, and almost no file has any; which rows they are is asked only when there are."""
    try:
        with transaction.atomic():
            index_part_aside(TABLE, load.hotlist_id, label=str(load.pk))
    except IntegrityError:
        take_out_repeats(cursor, table, load, found)
        index_part_aside(TABLE, load.hotlist_id, label=str(load.pk))


def repeats_of(load_id: uuid.UUID):
    """(row, the earlier row that names the same vehicle), in order of rows."""
    return StagedRepeat.objects.filter(load_id=load_id).order_by("row").values_list("row", "first")


def repeated(first: int) -> str:
    """What is said of a row that names a vehicle again."""
    return f"Row {first} of this file names the same vehicle under the same reference."


def annotated(load_id: uuid.UUID, reader: Reader, file: BinaryIO) -> Iterator[bytes]:
    """The file again, line by line, with a column of its own for the problems of each row."""
    repeats = repeats_of(load_id).iterator(chunk_size=2000)
    row_again, first = next(repeats, (0, 0))
    try:
        for line in reader.lines(file):
            problems = list(line.problems)
            if line.row == row_again:
                problems.append((reader.layout.label("vrm"), repeated(first)))
                row_again, first = next(repeats, (0, 0))
            yield reader.with_problems(line, problems)
    except Unreadable as error:
        yield str(error).encode() + b"\r\n"
