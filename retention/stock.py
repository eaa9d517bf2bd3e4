"""How one kind of record stands against its period: the oldest, what is late, what soon goes, rows and disk.

Asked of the same rows that would go. What the database does not answer in SECONDS is left open, and the pages say so.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from django.db.models import Q
from psycopg.errors import QueryCanceled

from portal.partitions import month_start
from retention import erasure
from retention.rules import ITS_ID, Elsewhere, Rule, months_before
from retention.schedule import children_of

SECONDS = 30  # for one question about one class
SCANNED = 64 << 20  # bytes: the rows of larger tables are taken from the catalogue's estimate
NIGHT = dt.timedelta(days=1)  # what ends at once goes by the night after

# The tables, and where they have parts these; of one that is partitioned itself, nothing is on disk.
SIZES = """
    WITH ours AS (SELECT name, ('public.' || quote_ident(name))::regclass AS relid FROM unnest(%s::text[]) AS t(name)), leaves AS (
        SELECT name, relid FROM ours
        UNION SELECT name, p.relid FROM ours, LATERAL pg_partition_tree(ours.relid) p WHERE p.isleaf
    )
    SELECT sum(pg_total_relation_size(relid))::bigint, coalesce(sum(pg_table_size(relid)) FILTER (WHERE name = %s), 0)::bigint,
        coalesce(sum(c.reltuples) FILTER (WHERE name = %s AND c.reltuples > 0), 0)::bigint
    FROM leaves JOIN pg_class c ON c.oid = relid
"""


def line(rule: Rule, now: dt.datetime, *, outlook: dt.timedelta, grace: dt.timedelta) -> dict[str, Any]:
    """One class as it stands. Numbers that could not be had in time are None."""
    as_of_then = now + outlook
    late = _asked(lambda: erasure.due(rule, now).count())
    soon = _asked(lambda: erasure.due(rule, as_of_then).count())
    oldest = _asked(lambda: oldest_kept(rule, now))
    ends = ends_at(rule, oldest) if oldest else None
    stayed = _asked(lambda: erasure.past(rule, now).filter(erasure.held_now(rule)).count())
    number, is_estimate, size = rows_and_bytes(rule)
    return {
        "label": rule.label,
        "months": rule.months,
        "asks": rule.asks,
        "oldest": oldest.isoformat() if oldest else None,
        "ends": ends.isoformat() if ends else None,
        "due": late,
        "soon": None if late is None or soon is None else max(0, soon - late),
        "late": _asked(lambda: erasure.due(rule, now - grace).count()) if late != 0 else 0,
        "held": stayed,
        "rows": number,
        "is_estimate": is_estimate,
        "bytes": size,
    }


def oldest_kept(rule: Rule, now: dt.datetime) -> dt.datetime | None:
    """When the period of the oldest record began that neither a hold nor what points at it keeps; None where none has begun."""
    any_age = replace(rule, months=0, by_month=False, shorter=(), where=rule.where & _has_begun(rule))
    found = erasure.due(any_age, now)
    if rule.since == ITS_ID:
        first = found.order_by("pk").values_list("pk", flat=True).first()
        return moment_in(first) if first else None
    return found.order_by("since").values_list("since", flat=True).first()


def ends_at(rule: Rule, since: dt.datetime) -> dt.datetime:
    """When a record whose period began then has to go, by the period for all."""
    if rule.by_month:
        return months_before(month_start(since, months_later=1), -rule.months)
    return months_before(since, -rule.months)


def moment_in(key: Any) -> dt.datetime:
    """When a UUIDv7 was made."""
    return dt.datetime.fromtimestamp((key.int >> 80) / 1000, dt.UTC)


def rows_and_bytes(rule: Rule) -> tuple[int | None, bool, int]:
    """(how many, whether that is the catalogue's estimate, the disk they and what goes with them take)."""
    table = apps.get_model(rule.label)._meta.db_table
    tables = [table, *(apps.get_model(child.label)._meta.db_table for child in children_of(rule))]
    of_all, of_own, estimate = _asked(lambda: _sizes(tables)) or (0, 0, 0)
    if of_own > SCANNED:
        return estimate, True, of_all
    return _asked(lambda: erasure.rows(rule.label).count()), False, of_all


def _sizes(tables: list[str]) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [tables, tables[0], tables[0]])
        return cursor.fetchone()


def whole_database() -> int:
    """Bytes on disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _has_begun(rule: Rule) -> Q:
    """Spares looking elsewhere for the moment of rows that have none yet."""
    if not isinstance(rule.since, Elsewhere):
        return Q()
    columns: list[models.Field] = [apps.get_model(rule.label)._meta.get_field(name) for _, name in rule.since.match]
    return Q(**{f"{column.name}__isnull": False for column in columns if column.null})


def _asked(question: Callable[[], Any]) -> Any:
    """The answer; None when it took too long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
                [f"{SECONDS}s"],
            )
            (usual, _) = cursor.fetchone()
            answer = question()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
            return answer
    except OperationalError as problem:
        if isinstance(problem.__cause__, QueryCanceled):
            return None
        raise
