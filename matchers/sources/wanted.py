"""The tables into which a source puts the rows a list should publish and those it refuses, and how a row is spelled there."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from matcher_client.rows import Row, canonical

WANTED = "matchers_wanted"
REFUSED = "matchers_refused"
PLATES = "matchers_plates"
COLUMNS = ("country", "vrm", "ref", "version", "canonical", "lapses_at")

_SPACE = re.compile(r"[\x00-\x20\x7f]+")


def create(cursor: Any) -> None:
    """Both tables, empty, and this transaction's own."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{WANTED}, pg_temp.{REFUSED}")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE {REFUSED} (
            country text COLLATE "C" NOT NULL,
            vrm text COLLATE "C" NOT NULL,
            ref text COLLATE "C" NOT NULL,
            reason text NOT NULL
        ) ON COMMIT DROP;
        CREATE TEMPORARY TABLE {WANTED} (
            country text COLLATE "C" NOT NULL,
            vrm text COLLATE "C" NOT NULL,
            ref text COLLATE "C" NOT NULL,
            version text NOT NULL,
            canonical text NOT NULL,
            lapses_at bigint,
            PRIMARY KEY (country, vrm, ref)
        ) ON COMMIT DROP
        """
    )


def create_plates(cursor: Any, plates: Iterable[tuple[str, str]]) -> None:
    """The plates to look at, in a table of this transaction's own."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{PLATES}")
    cursor.execute(
        f'CREATE TEMPORARY TABLE {PLATES} (country text COLLATE "C", vrm text COLLATE "C", PRIMARY KEY (country, vrm))'
        " ON COMMIT DROP"
    )
    with cursor.copy(f"COPY {PLATES} FROM STDIN") as copy:
        for plate in set(plates):
            copy.write_row(plate)
    cursor.execute(f"ANALYZE {PLATES}")


def copy_in(cursor: Any, rows: list[Row]) -> None:
    """Adds rows that were made in Python."""
    with cursor.copy(f"COPY {WANTED} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((row.country, row.vrm, row.ref, row.version, spelled(row), row.lapses_at))


def refuse(cursor: Any, reason: str, keys: QuerySet[Any]) -> None:
    """Adds keys, as values of country, plate and reference, that are refused for this reason."""
    sql, params = keys.query.sql_with_params()
    cursor.execute(
        f"INSERT INTO {REFUSED} SELECT country, vrm, ref, %s FROM ({sql}) keys (country, vrm, ref)",  # noqa: S608
        [reason, *params],
    )


def spelled(row: Row) -> str:
    """The canonical row, without the end of its line."""
    return canonical(row).decode().removesuffix("\n")


def clean(text: str) -> str:
    """Words as a row can hold them: line breaks and other control characters become one space."""
    return _SPACE.sub(" ", text).strip(" ")


def clean_sql(column: str) -> str:
    """The same, as SQL: words are looked at first, since nearly all are clean and rewriting costs three times as much."""
    rewritten = rf"btrim(regexp_replace({column}, '[\x01-\x20\x7f]+', ' ', 'g'), ' ')"
    return rf"CASE WHEN {column} ~ '[\x01-\x1f\x7f]|  |^ | $' THEN {rewritten} ELSE {column} END"
