"""Tables in parts: by month on a UUIDv7 key, or by a list's number. How they are made, and who may add a part."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping

from django.db import connection as default_connection
from django.db.migrations.operations.models import CreateModel
from django.utils import timezone

# What a table is split by.
BY_MONTH = "RANGE"  # the key is a UUIDv7, whose first 48 bits are the time
BY_VALUE = "LIST"  # the key is the number or id of what the rows belong to
ASIDE = "_aside"  # ends the name of a part that is not attached yet
GOING = "_going_aside"  # ends the name of one that was taken out, to be dropped
KEPT = "_kept_aside"  # and of what stays of it, to take its place


class CreatePartitionedModel(CreateModel):
    """CreateModel, but the table is partitioned. Written by hand in a room's first migration, in CreateModel's place.

    `partition_by` is BY_MONTH or BY_VALUE and `partition_key` the key's column, which every unique constraint of the
    table has to contain: the primary key `id` for months, a CompositePrimaryKey that starts with it for values. The
    migration depends on ("portal", "0001_partitions"). There is no default partition: a row that no partition takes is
    refused, so `ensure_partitions` runs after each migration and every day.
    """

    def __init__(self, name, fields, options=None, bases=None, managers=None, *, partition_by, partition_key="id"):
        if partition_by not in (BY_MONTH, BY_VALUE):
            raise ValueError(f"not a way to partition: {partition_by}")
        self.partition_by = partition_by
        self.partition_key = partition_key
        super().__init__(name, fields, options, bases, managers)

    def deconstruct(self):
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "partition_by": self.partition_by, "partition_key": self.partition_key}

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        whole = schema_editor.sql_create_table
        key = schema_editor.quote_name(self.partition_key)
        schema_editor.sql_create_table = f"{whole} PARTITION BY {self.partition_by} ({key})"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = whole

    def reduce(self, operation, app_label):
        """Squashing keeps it as it is: what CreateModel would fold it into is not partitioned."""
        return False

    def describe(self):
        return f"{super().describe()}, partitioned by {self.partition_by.lower()} of {self.partition_key}"


def uuid7_floor(moment: dt.datetime) -> uuid.UUID:
    """The least id that a row made at `moment` or later can have: `id >= uuid7_floor(at)` is "since `at`"."""
    milliseconds = max(0, int(moment.timestamp() * 1000))  # ids begin in 1970
    return uuid.UUID(int=milliseconds << 80)


def month_start(moment: dt.datetime, *, months_later: int = 0) -> dt.datetime:
    """The first instant of a month, in UTC, as partitions count them."""
    moment = moment.astimezone(dt.UTC)
    months = moment.year * 12 + (moment.month - 1) + months_later
    return dt.datetime(months // 12, months % 12 + 1, 1, tzinfo=dt.UTC)


def partitioned_tables(by: str, *, connection=default_connection) -> list[str]:
    """Our tables that are partitioned this way, from the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND p.partstrat = %s ORDER BY 1",
            [{BY_MONTH: "r", BY_VALUE: "l"}[by]],
        )
        return [table for (table,) in cursor.fetchall()]


def partitions_of(table: str, *, connection=default_connection) -> list[str]:
    """The parts of a table, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = to_regclass('public.' || quote_ident(%s)) ORDER BY 1",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def ensure_partitions(
    *, months_ahead: int = 3, months_behind: int = 1, now: dt.datetime | None = None, connection=default_connection
) -> list[str]:
    """Every table that is partitioned by month has its parts from `months_behind` to `months_ahead`.

    Returns the names of those that were missing. Repeatable, and safe beside itself.
    """
    first = month_start(now or timezone.now(), months_later=-months_behind).date()
    created = []
    with connection.cursor() as cursor:
        for table in partitioned_tables(BY_MONTH, connection=connection):
            cursor.execute(
                "SELECT public.portal_ensure_month_partitions(%s, %s, %s)",
                [table, first, months_behind + months_ahead + 1],
            )
            created += cursor.fetchone()[0]
    return created


def ensure_list_partition(table: str, value: int | uuid.UUID, *, connection=default_connection) -> str:
    """The part of `table` that holds the rows of `value`, made when missing. Returns its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.portal_ensure_list_partition(%s, %s)", [table, str(value)])
        return cursor.fetchone()[0]


def begin_part_aside(
    table: str, value: int | uuid.UUID, *, later: Collection[str], connection=default_connection
) -> str | None:
    """Makes the part for `value` beside `table`, without an index and to be written to until it is indexed; its name.

    Until then it has one more column, `line`: the number of the line that a row came from.
    `later` names the columns that hold the same in every row: they come when the part is attached. One that was left here
    by an earlier attempt is dropped. None when the table has a part for this value already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.portal_begin_part_aside(%s, %s, %s)", [table, str(value), list(later)])
        return cursor.fetchone()[0]


def index_part_aside(table: str, value: int | uuid.UUID, *, label: str, connection=default_connection) -> None:
    """Gives the part the table's keys and indexes, and closes it to all but its owner. IntegrityError for a repeated key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.portal_index_part_aside(%s, %s, %s)", [table, str(value), label])


def attach_part_aside(
    table: str, value: int | uuid.UUID, *, label: str, same: Mapping[str, str], connection=default_connection
) -> bool:
    """Makes the part of this label one of the table's, in a moment whatever its size; `same` is what every row holds.

    False when there is no such part, when another has its place, or when the table has other columns by now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.portal_attach_part_aside(%s, %s, %s, %s)", [table, str(value), label, json.dumps(dict(same))]
        )
        return cursor.fetchone()[0]


def drop_part_aside(table: str, value: int | uuid.UUID, *, connection=default_connection) -> bool:
    """Drops the part that was made beside the table; whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.portal_drop_part_aside(%s, %s)", [table, str(value)])
        return cursor.fetchone()[0]
