"""Log files keep nothing of a row: what the database says of one is left out, whoever formats the line (R-065)."""

import logging
import sys

import pytest
from django.db import DatabaseError, connection, transaction

from portal.logs import LEFT_OUT, Around, Formatter, keep_rows_out, without_rows

ERROR = """Traceback (most recent call last):
  File "x.py", line 1, in save
psycopg.errors.CheckViolation: new row for relation "hotlists_entryversion" violates check constraint "too_long"
DETAIL:  Failing row contains (1, AB01CDE, Mill Lane
and more).
HINT:  Shorten it.
CONTEXT:  COPY hotlists_feedrow, line 3, column vrm: "AB01CDE"

The above exception was the direct cause of the following exception:
"""


def test_what_the_database_says_of_a_row_is_left_out_and_all_else_stays():
    told = without_rows(ERROR)
    for secret in ("AB01CDE", "Mill Lane", "and more"):
        assert secret not in told
    for kept in ('constraint "too_long"', "HINT:  Shorten it.", "x.py", "direct cause"):
        assert kept in told
    assert told.count(LEFT_OUT.strip()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["SELECT %s::integer", "SELECT %s::uuid", "SELECT %s::timestamptz", "SELECT %s::jsonb"]
)
@pytest.mark.parametrize("plate", ["AB01CDE", 'AB01\n"CDE'])
def test_value_that_the_database_cannot_read_is_left_out_of_its_first_line_too(asked, plate):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(asked, [plate])
    except DatabaseError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It failed", None, sys.exc_info())
    told = Formatter().format(record)
    assert "AB01" not in told and "CDE" not in told
    assert "invalid input syntax" in told and "test_logs.py" in told


@pytest.mark.parametrize("words", ["Nothing of the kind.", "", "The DETAIL: of it"])
def test_other_lines_stay_as_they_are(words):
    assert without_rows(words) == words


def test_celerys_loggers_are_covered_whatever_formats_them():
    logger, handler = logging.Logger("of celery"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    logger.addHandler(handler)
    keep_rows_out(logger)
    keep_rows_out(logger)
    assert isinstance(handler.formatter, Around)
    assert not isinstance(handler.formatter.inner, Around)
    line = handler.format(logging.LogRecord("x", logging.ERROR, "x", 1, ERROR, None, None))
    assert line.startswith("[ERROR]")
    assert "AB01CDE" not in line


def test_the_portals_own_lines_are_covered(settings):
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{Formatter.__module__}.Formatter"
    assert "AB01CDE" not in Formatter().format(logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (ERROR,), None))
