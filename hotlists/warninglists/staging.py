"""From a file to the plates of an edition: a stream into a table of its own, compared set-wise, then merged in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from hotlists.models import WarninglistEdition
from hotlists.warninglists.files import BadRow, File
from portal.errors import Unfit

_MAKE = """
    CREATE TEMPORARY TABLE hotlists_warninglistread
        (line integer, country text COLLATE "C", plate text COLLATE "C", key text, note text) ON COMMIT DROP
"""
_COPY = "COPY hotlists_warninglistread (line, country, plate, key, note) FROM STDIN"
_REPEATS = """
    WITH twice AS (
        SELECT country, plate, min(line) AS first FROM hotlists_warninglistread GROUP BY country, plate HAVING count(*) > 1
    )
    DELETE FROM hotlists_warninglistread again USING twice
    WHERE (again.country, again.plate) = (twice.country, twice.plate) AND again.line > twice.first
    RETURNING again.line, again.plate, again.country, again.note, twice.first
"""
_COMPARE = """
    SELECT count(*) FILTER (WHERE old.plate IS NULL), count(*) FILTER (WHERE new.plate IS NULL),
        count(*) FILTER (WHERE old.note <> new.note), count(new.plate),
        count(*) FILTER (WHERE left(new.key, 1) IN ('<', '>'))
    FROM hotlists_warninglistread new FULL JOIN (
        SELECT country, plate, note FROM hotlists_warninglistitem WHERE edition_id = %s
    ) old USING (country, plate)
"""
_MERGE = """
    INSERT INTO hotlists_warninglistitem (edition_id, country, plate, key, note)
    SELECT %s, country, plate, key, note FROM hotlists_warninglistread ORDER BY country, plate
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an edition holds, by the standards."""

    items: int
    patterns: int
    bad: int


@dataclass(slots=True)
class Found:
    """What reading a file came to, beside an edition that is there."""

    sha256: str = ""
    added: int = 0
    removed: int = 0
    changed: int = 0
    count: int = 0
    patterns: int = 0
    bad: list[BadRow] = field(default_factory=list)


def stage(chunks: Iterable[bytes], *, least_known: int, limits: Limits, compared_with: object | None) -> Found:
    """Reads the file into a table that ends with the transaction. Raises Unfit for what is no such file, or holds too much."""
    found, file = Found(), File(chunks, least_known=least_known)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.hotlists_warninglistread")
        cursor.execute(_MAKE)
        good = patterns = 0
        with cursor.copy(_COPY) as copy:
            for row in file.rows():
                if isinstance(row, BadRow):
                    found.bad.append(row)
                else:
                    copy.write_row((row.number, row.country, row.plate, row.key, row.note))
                    good += 1
                    patterns += row.key[0] in "<>"
                _require_room(good, patterns, len(found.bad), limits)
        if not good:
            raise unfit(
                "This file names no plate that can be read." if found.bad else "This file has headings and no rows."
            )
        cursor.execute("ANALYZE hotlists_warninglistread")
        cursor.execute(_REPEATS)
        found.bad += [
            BadRow(line, "plate", f"Row {first} names this plate already.", [plate, country, note])
            for line, plate, country, note, first in cursor.fetchall()
        ]
        _require_room(good, patterns, len(found.bad), limits)
        found.bad.sort(key=lambda row: row.number)
        cursor.execute(_COMPARE, [compared_with])
        found.added, found.removed, found.changed, found.count, found.patterns = cursor.fetchone()
    found.sha256 = file.sha256
    return found


def merge(edition: WarninglistEdition) -> None:
    """What was staged becomes the plates of this edition."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGE, [edition.pk])


def unfit(words: str) -> Unfit:
    """Of a file."""
    return Unfit("This file cannot be taken.", {"file": [words]})


def _require_room(good: int, patterns: int, bad: int, limits: Limits) -> None:
    if good > limits.items:
        raise unfit(f"At most {limits.items:,} plates are taken.")
    if patterns > limits.patterns:
        raise unfit(f"At most {limits.patterns:,} patterns with ? or * are taken.")
    if bad > limits.bad:
        raise unfit(
            f"More than {limits.bad:,} rows cannot be read, so this is hardly the right file. Look at its columns."
        )
