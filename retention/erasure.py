"""Which records are past their period, and erasing them in batches: children first, held ones never, traces with them."""

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.models import Count as CountOf
from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils import timezone

from audit.models import ColumnChange, EventDetail
from portal.database import AppendOnly
from portal.database.keys import Keys
from portal.partitions import uuid7_floor
from retention.models import DeletionRun, ErasedBatch, LegalHold
from retention.periods import schedule_at
from retention.rules import ITS_ID, Elsewhere, Fate, Rule, months_before
from retention.schedule import UNPROVED, children_of

RETENTION = "retention"  # the way into the database that may delete what is append-only
BATCH = 200  # to begin with
FEWEST, MOST = 20, 10_000
SECONDS = 0.08  # a batch is to take: nobody waits for its locks for more than 0.2 s, even where the next takes half as long again
CANDIDATES = 50_000
HOLDS = 7_300_001  # advisory lock: a hold is placed before a batch or after it, never inside it
LOOKED_UP = 32  # subjects of the log at once
_WORDS = """
    DELETE FROM audit_eventdetail d USING (
        SELECT array_agg(subject)::varchar[] AS subjects
        FROM unnest(%(subjects)s::varchar[]) WITH ORDINALITY AS listed (subject, n) GROUP BY n / %(at_once)s
    ) looked_up
    WHERE d.subjects && looked_up.subjects AND NOT d.subjects && %(held)s::varchar[]
"""
OUTSTANDING = "outstanding: "  # before whose copies were not proved gone, among what a batch notes
PASS = 7_300_002  # advisory lock: one worker at a time carries out a run


@dataclass(frozen=True, slots=True)
class Count:
    """One class as it stands at a moment: due to go, kept by a hold, kept by something that points at it."""

    rule: Rule
    due: int
    held: int
    blocked: int
    with_it: dict[str, int]


def classes(at: dt.datetime) -> list[Rule]:
    """The kinds that are erased on their own, in the order in which they go, with the periods that governed at a moment."""
    return [rule for rule in schedule_at(at) if rule.fate == Fate.ERASE]


def rows(label: str, using: str = "default") -> models.QuerySet:
    """All rows of a kind."""
    return apps.get_model(label)._base_manager.using(using)


def wait_for_batches() -> None:
    """What keeps a record, such as a hold, comes before a batch of deletion or after it, never beside it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLDS])


def past(rule: Rule, as_of: dt.datetime, using: str = "default") -> models.QuerySet:
    """Rows past their period, held or not."""
    if rule.since == ITS_ID:
        return rows(rule.label, using).filter(rule.where, pk__lt=uuid7_floor(rule.cut_off(as_of)))
    return rows(rule.label, using).filter(rule.where).annotate(since=_since(rule)).filter(rule.ended(as_of))


def _since(rule: Rule) -> Combinable:
    if isinstance(rule.since, str):
        return F(rule.since)
    if isinstance(rule.since, Elsewhere):
        there = {lookup: OuterRef(column) for lookup, column in rule.since.match}
        found = rows(rule.since.label).filter(**there).order_by(rule.since.field)
        return Subquery(found.values(rule.since.field)[:1])
    return rule.since


def under_hold(rule: Rule) -> Q:
    """Which rows of this kind a hold keeps: one on the row, or on what it belongs to."""
    kept = Q(pk__in=_held_ids(rule.label)) if rule.may_be_held else Q(pk__in=[])
    for name in rule.held_through:
        model = apps.get_model(rule.label)._meta.get_field(name).related_model
        kept |= Q(**{f"{name}__in": _held_ids(model._meta.label)})
    return kept


def held_among(rule: Rule, found: models.QuerySet) -> set[Any]:
    """Keys of those of these rows that a hold keeps, looked up by the holds, which are few, and not row by row."""
    if rule.label == "audit.EventDetail":
        return set(found.filter(_mentions_what_is_held()).values_list("pk", flat=True))
    kinds = {name: apps.get_model(rule.label)._meta.get_field(name).related_model for name in rule.held_through}
    paths = {"pk": apps.get_model(rule.label)} if rule.may_be_held else {}
    held: set[Any] = set()
    for path, model in (paths | kinds).items():
        if ids := list(_held_ids(model._meta.label)):
            held.update(found.filter(Keys.listed(model, ids).among(path)).values_list("pk", flat=True))
    return held


def _held_ids(label: str) -> models.QuerySet:
    return LegalHold.objects.open().filter(label=label).values_list("object_id", flat=True)


def _is_pointed_at(rule: Rule) -> Q:
    """Rows to which something still points that outlives them."""
    any_of = Q(pk__in=[])
    paths = {rule.label: "", **{child.label: f"__{child.path}" for child in children_of(rule)}}
    for name in rule.blocked_by:
        label, _, field = name.rpartition(".")
        pointed = apps.get_model(label)._meta.get_field(field).related_model
        any_of |= Q(Exists(rows(label).filter(**{f"{field}{paths[pointed._meta.label]}": OuterRef("pk")})))
    return any_of


def due(rule: Rule, as_of: dt.datetime, using: str = "default") -> models.QuerySet:
    """Rows that are to go now."""
    found = past(rule, as_of, using).exclude(held_now(rule))
    if rule.blocked_by:
        found = found.exclude(_is_pointed_at(rule))
    for more in rule.longer:
        limit = {f"{more.since}__gte": months_before(as_of, more.months)}
        found = found.exclude(
            Exists(rows(more.label, using).filter(more.where, **limit, **{more.path: OuterRef("pk")}))
        )
    return found


def held_now(rule: Rule) -> Q:
    """Which rows of this kind a hold keeps, in whatever way."""
    return _mentions_what_is_held() if rule.label == "audit.EventDetail" else under_hold(rule)


def count(rule: Rule, as_of: dt.datetime) -> Count:
    """The true numbers of a class, asked of the same rows that would go."""
    going, late = due(rule, as_of), past(rule, as_of)
    keys = going.values("pk")
    with_it = {
        child.label: rows(child.label).filter(**{f"{child.path}__in": keys}).count() for child in children_of(rule)
    }
    held = late.filter(under_hold(rule)).count() if rule.may_be_held or rule.held_through else 0
    number = going.count()
    return Count(rule, number, held, late.count() - held - number, with_it)


def candidates(rule: Rule, as_of: dt.datetime) -> Iterator[list[str]]:
    """Keys of what is due, in order, some at a time; looked up without a lock, so each batch asks again.

    In order of the key, and each time from where the last ended: what is deleted leaves its place in the index until the next
    vacuum, and a search from the start would step over all of it again for each batch.
    """
    found = due(rule, as_of).order_by("pk").annotate(as_text=Cast("pk", TextField())).values_list("as_text", flat=True)
    some = list(found[:CANDIDATES])
    while some:
        yield some
        some = list(found.filter(pk__gt=some[-1])[:CANDIDATES])


def erase_batch(rule: Rule, run: DeletionRun, first: str, last: str) -> int:
    """Erases what is due between two keys, both included, with all that goes with it, and notes the ids, in one transaction.

    Returns how many went. Killed inside, nothing of it happened. Does not wait for the disk: a server that goes down forgets
    the rows' going and the note of it alike, and a certificate, which does wait, takes all before it to the disk.
    """

    def between(label: str, path: str) -> models.QuerySet:
        """So that of a table in months one is looked through."""
        return rows(label, RETENTION).filter(**{f"{path}__gte": first, f"{path}__lte": last})

    with transaction.atomic(using=RETENTION), connections[RETENTION].cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLDS])
        keys = Keys.of(due(rule, run.as_of, RETENTION).filter(pk__gte=first, pk__lte=last).order_by())
        if not keys:
            return 0
        with_them: Counter[str] = Counter()
        for child in children_of(rule):
            found = between(child.label, child.path).filter(keys.among(child.path))
            if child.leaves_traces:
                with_them += erase_traces(child, Keys.of(found))
            with_them += _unproved(child, found)
            with_them[child.label] += _delete(found)
        if rule.leaves_traces:
            with_them += erase_traces(rule, keys)
        gone = _delete(between(rule.label, "pk").filter(keys.among("pk")))
        if gone != keys.number:  # nothing partly: the transaction is rolled back
            raise IntegrityError(f"{keys.number - gone} rows of {rule.label} did not go")
        ErasedBatch.objects.using(RETENTION).create(
            run_id=run.pk, label=rule.label, ids=keys.named(), with_them=dict(with_them), erased_at=timezone.now()
        )
    return gone


def erase_class(rule: Rule, run: DeletionRun, *, size: int = BATCH, goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Erases all of a class that is due, batch by batch, each as large as fits into the time a lock may be held.

    `goes_on` is asked between two batches; False when it said no.
    """
    for some in candidates(rule, run.as_of):
        while some:
            if not goes_on():
                return False
            began = time.perf_counter()
            batch, some = some[:size], some[size:]
            erase_batch(rule, run, batch[0], batch[-1])
            took = time.perf_counter() - began
            size = max(min(FEWEST, size), min(MOST, size * 3 // 2, int(size * SECONDS / took)))
    return True


def _unproved(child: Rule, found: models.QuerySet) -> Counter[str]:
    """Copies of these that nobody proved gone, by who had them: what goes must not take that with it unsaid (R-083)."""
    if child.label not in UNPROVED:
        return Counter()
    proved, holder = UNPROVED[child.label]
    by_holder = found.filter(**{proved: None}).order_by().values(holder).annotate(copies=CountOf("pk"))
    return Counter({f"{OUTSTANDING}{name}": copies for name, copies in by_holder.values_list(holder, "copies")})


def _delete(queryset: models.QuerySet) -> int:
    """One DELETE, without signals: column differences must not be written of what is erased."""
    return queryset._raw_delete(queryset.db)


def erase_traces(rule: Rule, keys: Keys) -> Counter[str]:
    """The words of events about these rows, and their column differences; the events stay, with their commitments."""
    if not keys:
        return Counter()
    model = apps.get_model(rule.label)
    gone = Counter({EventDetail._meta.label: _delete_words(keys.spelled(f"{model._meta.label_lower}:"))})
    if not issubclass(model, AppendOnly):  # of what never changes, there are no differences
        kind = ContentType.objects.db_manager(RETENTION).get_for_model(model, for_concrete_model=False)
        changes = ColumnChange.objects.using(RETENTION).filter(content_type=kind, object_pk__in=keys.as_texts())
        gone[ColumnChange._meta.label] = _delete(changes)
    return gone


def _delete_words(subjects: str) -> int:
    """The words about any of these subjects, but not what is about something held too.

    By the index, some at a time: of thousands PostgreSQL would read all of the log, and of those that it is to look up at once it
    holds each against each. 10 000 take 30 ms so, where they took 500, and minutes without the index.
    """
    with connections[RETENTION].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_WORDS, {"subjects": subjects, "at_once": LOOKED_UP, "held": words_of_holds()})
        gone = cursor.rowcount
        cursor.execute("SET LOCAL enable_seqscan = on")
    return gone


def _mentions_what_is_held() -> Q:
    """Words that are about a held record too stay with it."""
    held = words_of_holds()
    return Q(subjects__overlap=held) if held else Q(pk__in=[])


def words_of_holds() -> list[str]:
    """What is held, as the log names it."""
    return [hold.key for hold in LegalHold.objects.open().of_records().only("label", "object_id")]


@contextmanager
def one_at_a_time():
    """Yields whether this is the only worker at it; the lock goes with the connection, however that ends."""
    with connections[RETENTION].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PASS])
        is_ours = cursor.fetchone()[0]
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [PASS])


def digest(keys: Iterable[str]) -> str:
    """SHA-256 over `label:id` and a line feed of each record, sorted bytewise. The ids are random and say nothing."""
    sha = hashlib.sha256()
    for key in sorted(key.encode() for key in keys):
        sha.update(key + b"\n")
    return sha.hexdigest()
