"""Whole months leaving their tables: what stays is moved aside first, the rest is dropped with its table.

Each step may be taken again after a kill anywhere. Which comes next, the catalogue says: a part that was taken out has another
name. What the catalogue cannot know, that words are erased and rows counted, stands in the row and is committed with it.
"""

import datetime as dt
import hashlib
import itertools
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from psycopg import errors, sql

from portal.database.keys import Keys
from portal.partitions import BY_MONTH, GOING, KEPT, month_start, partitioned_tables, partitions_of, uuid7_floor
from retention import erasure
from retention.models import DeletionRun, DroppedMonth, LegalHold
from retention.periods import rule_at
from retention.rules import Rule
from retention.schedule import children_of
from retention.workflow import MONTH, Step

STAYS_AT_MOST = 10_000  # rows moved aside; a month of which more stay is erased row by row
TRIES, PAUSE = 200, 0.1  # for a lock that was not to be had in 50 ms
# The owner's functions, and what they are given.
FUNCTIONS = {
    "retention_keep_aside": ("text", "date", "uuid[]"),
    "retention_take_out": ("text", "date", "text[]"),
    "retention_put_in": ("text", "date"),
    "retention_free": ("text", "date"),
    "retention_put_back": ("text", "date", "uuid[]"),
    "retention_drop": ("text", "date", "text[]"),
}
WORDS = 2_000  # rows whose words are erased in one transaction


def tables_of(rule: Rule) -> list[str]:
    """Children first, itself last; empty when a month of it cannot go whole, because not all are partitioned alike."""
    tables = [apps.get_model(r.label)._meta.db_table for r in (*children_of(rule), rule)]
    by_month = set(partitioned_tables(BY_MONTH, connection=connections[erasure.RETENTION]))
    return tables if set(tables) <= by_month else []


def plan(rule: Rule, run: DeletionRun) -> Iterator[DroppedMonth]:
    """Months that this run is to take out, oldest first: all before the cut-off that hold something to erase, or nothing."""
    yield from DroppedMonth.objects.filter(run=run, label=rule.label).exclude(step__in=[Step.DROPPED, Step.CERTIFIED])
    tables = tables_of(rule)
    if not tables:
        return
    over = min(rule.cut_off(run.as_of), _database_clock())
    for part in partitions_of(tables[-1], connection=connections[erasure.RETENTION]):
        first = dt.datetime.strptime(part.removeprefix("public.").strip('"')[-8:], "y%Ym%m").replace(tzinfo=dt.UTC)
        known = DroppedMonth.objects.filter(run=run, label=rule.label, month=first.date()).exists()
        if known or month_start(first, months_later=1) > over:
            continue
        rows = in_month(erasure.rows(rule.label), first)
        if in_month(erasure.due(rule, run.as_of), first).exists():
            if len(staying(rule, run, first)) > STAYS_AT_MOST:
                continue
        elif rows.exists():
            continue
        yield DroppedMonth.objects.create(run=run, label=rule.label, month=first.date(), began=timezone.now())


def in_month(rows, first: dt.date):
    """Of these rows, those made in the month."""
    first = dt.datetime(first.year, first.month, 1, tzinfo=dt.UTC)
    return rows.filter(pk__gte=uuid7_floor(first), pk__lt=uuid7_floor(month_start(first, months_later=1)))


def staying(rule: Rule, run: DeletionRun, first: dt.date) -> list[uuid.UUID]:
    """Rows of the month that are not due, one more than may stay at most."""
    due = in_month(erasure.due(rule, run.as_of), first).filter(
        pk=OuterRef("pk")
    )  # not "id NOT IN": millions are compared at once
    stay = in_month(erasure.rows(rule.label), first).filter(~Exists(due))
    return list(stay.values_list("pk", flat=True)[: STAYS_AT_MOST + 1])


def advance(month: DroppedMonth) -> DroppedMonth:
    """Takes the next step, as far as that one is not taken yet."""
    rule = rule_at(month.label, month.run.as_of)
    if month.digest:
        return _drop(rule, month)
    if _exists(f"{part_name(tables_of(rule)[-1], month)}{GOING}"):
        return _quieten(rule, month)
    return _take_out(rule, month) if month.step == Step.HELD_COPIED else _keep_aside(rule, month)


def part_name(table: str, month: DroppedMonth) -> str:
    """As the database names the part of this month."""
    return f"{table}_y{month.month:%Y}m{month.month:%m}"


# --- The steps ----------------------------------------------------------------------------------------


def _keep_aside(rule: Rule, month: DroppedMonth) -> DroppedMonth:
    """Copies of what stays, ready to take the month's place."""
    ids = staying(rule, month.run, month.month)
    with transaction.atomic(), transaction.atomic(using=erasure.RETENTION):
        for table in tables_of(rule):
            _call("retention_keep_aside", table, month.month, ids)
    MONTH.move(month, Step.HELD_COPIED, kept=len(ids))
    return month


def _take_out(rule: Rule, month: DroppedMonth) -> DroppedMonth:
    """The month leaves with its children, and what stays takes its place, in one transaction.

    No hold is placed meanwhile; one that was placed since the copies were made has them made again.
    """

    def swap() -> bool:
        with transaction.atomic(using=erasure.RETENTION), connections[erasure.RETENTION].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [erasure.HOLDS])
            held = erasure.held_among(rule, in_month(erasure.rows(rule.label, erasure.RETENTION), month.month))
            tables = tables_of(rule)
            if not held <= (aside := _aside(rule, month)) or len(aside) != month.kept:
                return False
            for table in tables:
                _call("retention_take_out", table, month.month, _through(rule, table))
            for table in reversed(tables):
                _call("retention_put_in", table, month.month)
        return True

    try:
        is_out = patiently(swap)
    except IntegrityError as problem:
        is_out = _unless_held(problem)
    if not is_out:
        return _keep_aside(rule, month)
    MONTH.move(month, Step.DETACHED)
    return month


def _quieten(rule: Rule, month: DroppedMonth) -> DroppedMonth:
    """Out of sight of all: what a hold reached after all goes back, the words about the rest are erased, the rest is counted."""
    if month.step != Step.DETACHED:  # killed between the swap and saying so
        month.step = Step.DETACHED
        month.save(update_fields=["step"])
    tables = tables_of(rule)
    for table in tables:
        patiently(lambda table=table: _call("retention_free", table, month.month))
    _put_back(rule, month)
    while rule.leaves_traces and (ids := _next_ids(rule, month, WORDS)):
        with transaction.atomic(using=erasure.RETENTION):
            gone: Counter[str] = Counter()
            for one in (rule, *children_of(rule)):
                if one.leaves_traces:
                    gone += erasure.erase_traces(one, Keys.listed(apps.get_model(one.label), ids))
            month.with_them = dict(Counter(month.with_them) + gone)
            month.told_to = ids[-1]
            month.save(update_fields=["with_them", "told_to"], using=erasure.RETENTION)
    sha, number = hashlib.sha256(), 0
    for key in _ids(rule, month):
        number += 1
        sha.update(f"{rule.label}:{key}\n".encode())
    for child, table in zip(children_of(rule), tables[:-1], strict=True):
        going = f"{part_name(table, month)}{GOING}"
        count = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(going))
        month.with_them[child.label] = _one(count) if _exists(going) else 0
    MONTH.move(month, Step.QUIET, erased=number, digest=sha.hexdigest(), with_them=month.with_them)
    return month


def _drop(rule: Rule, month: DroppedMonth) -> DroppedMonth:
    """Its tables, children first. A hold that came since is refused by the database, and the month counted again."""

    def drop() -> None:
        with transaction.atomic(using=erasure.RETENTION):
            for table in tables_of(rule):
                _call("retention_drop", table, month.month, _through(rule, table))

    try:
        patiently(drop)
    except IntegrityError as problem:
        _unless_held(problem)
        DroppedMonth.objects.filter(pk=month.pk).update(step=Step.DETACHED, digest="", erased=None)
        month.refresh_from_db()
        return month
    MONTH.move(month, Step.DROPPED, ended=timezone.now())
    return month


# --- What they are made of ----------------------------------------------------------------------------


def patiently(act: Callable[[], object]) -> object:
    """Does it, again and again while a lock is not to be had at once: nobody ever queues behind it for long."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except OperationalError as problem:
            if not isinstance(problem.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
                raise
            time.sleep(PAUSE)
    return act()


def _unless_held(problem: IntegrityError) -> bool:
    """False when the database refused because of a hold; raises what else it refused for."""
    if isinstance(problem.__cause__, errors.RestrictViolation):
        return False
    raise problem


def _aside(rule: Rule, month: DroppedMonth) -> set[uuid.UUID]:
    """Keys of the copies that were made of what stays."""
    model = apps.get_model(rule.label)
    aside = f"{part_name(model._meta.db_table, month)}{KEPT}"
    if not _exists(aside):
        return set()
    query = sql.SQL("SELECT {key} FROM public.{table}")
    return set(_keys(query.format(key=sql.Identifier(model._meta.pk.column), table=sql.Identifier(aside)), []))


def _call(function: str, *arguments: object) -> object:
    of = sql.SQL(", ").join(sql.SQL("%s::{}").format(sql.SQL(kind)) for kind in FUNCTIONS[function])
    return _one(sql.SQL("SELECT public.{}({})").format(sql.Identifier(function), of), arguments)


def _keys(query: sql.Composed, arguments: Sequence[object] | dict[str, object]) -> list[uuid.UUID]:
    with connections[erasure.RETENTION].cursor() as cursor:
        cursor.execute(query, arguments)
        return [id for (id,) in cursor.fetchall()]


def _one(query: str | sql.Composed, arguments: Sequence[object] = ()) -> Any:
    with connections[erasure.RETENTION].cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchone()[0]


def _exists(table: str) -> bool:
    return bool(_one("SELECT to_regclass('public.' || quote_ident(%s)) IS NOT NULL", (table,)))


def _database_clock() -> dt.datetime:
    return _one("SELECT date_trunc('day', now())")


def _through(rule: Rule, table: str) -> list[str]:
    """Columns of the table through which a hold on something else holds its rows."""
    model = apps.get_model(rule.label)
    if table != model._meta.db_table:
        return []
    return [model._meta.get_field(name).column for name in rule.held_through]


def _ids(rule: Rule, month: DroppedMonth, *, after: uuid.UUID | None = None, page: int = 50_000) -> Iterator[uuid.UUID]:
    """Keys of what was taken out, in order."""
    model = apps.get_model(rule.label)
    going, key = f"{part_name(model._meta.db_table, month)}{GOING}", model._meta.pk.column
    query = sql.SQL("SELECT {key} FROM public.{going} WHERE {key} > %s ORDER BY 1 LIMIT %s")
    query = query.format(key=sql.Identifier(key), going=sql.Identifier(going))
    while True:
        found = _keys(query, [after or uuid.UUID(int=0), page])
        if not found:
            return
        yield from found
        after = found[-1]


def _next_ids(rule: Rule, month: DroppedMonth, number: int) -> list[uuid.UUID]:
    return list(itertools.islice(_ids(rule, month, after=month.told_to, page=number), number))


def _put_back(rule: Rule, month: DroppedMonth) -> None:
    """What is under a hold that was placed after the month was taken out: on what its rows belong to, say."""
    model = apps.get_model(rule.label)
    going, key = f"{part_name(model._meta.db_table, month)}{GOING}", model._meta.pk.column
    held = list(LegalHold.objects.open().values_list("object_id", flat=True))
    columns = (key, *_through(rule, model._meta.db_table))
    any_of = [sql.SQL("{} = ANY (%(held)s)").format(sql.Identifier(column)) for column in columns]
    if rule.label == "audit.EventDetail":
        any_of.append(sql.SQL("subjects && %(words)s::varchar[]"))
    query = sql.SQL("SELECT {key} FROM public.{going} WHERE {any_of}").format(
        key=sql.Identifier(key), going=sql.Identifier(going), any_of=sql.SQL(" OR ").join(any_of)
    )
    ids = _keys(query, {"held": held, "words": erasure.words_of_holds()})
    if not ids:
        return

    def put() -> None:
        with transaction.atomic(using=erasure.RETENTION):
            for table in reversed(tables_of(rule)):
                _call("retention_put_back", table, month.month, ids)

    patiently(put)
    month.kept += len(ids)
    month.save(update_fields=["kept"])
