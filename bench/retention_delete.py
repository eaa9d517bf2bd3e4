"""Hits deleted in batches with all that retention does besides, beside one plain DELETE of the same rows."""

import datetime as dt
import time
from collections.abc import Iterator

from django.db import connections, transaction

from bench import old_hits
from bench.cast import say
from bench.figures import Figure
from hits.models import Acknowledgement, Hit, Outcome
from retention import erasure
from retention.models import ErasedBatch
from retention.schedule import BY_LABEL

NAME = "retention_delete"
MONTH = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
LOCKED = 200  # ms: the longest that a batch may hold its locks


class _Undone(Exception):
    """So that the plain DELETE leaves the rows to us."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Rows a second, and the longest batch."""
    number = 20_000 if quick else 1_000_000
    old_hits.write(MONTH, number)
    plain = number / _plainly()
    batches: list[float] = []
    real = erasure.erase_batch

    def timed(*args):
        began = time.perf_counter()
        gone = real(*args)
        batches.append(time.perf_counter() - began)
        return gone

    erasure.erase_batch = timed
    began = time.perf_counter()
    try:
        erasure.erase_class(BY_LABEL["hits.Hit"], old_hits.a_run())
    finally:
        erasure.erase_batch = real
    ours = number / (time.perf_counter() - began)
    assert not Hit.objects.exists()
    assert sum(len(batch.ids) for batch in ErasedBatch.objects.all()) == number
    longest = 1000 * max(batches)
    say(
        f"{number:,} hits: {ours:,.0f}/s in {len(batches)} batches, the longest {longest:.0f} ms; plain DELETE {plain:,.0f}/s"
    )
    yield Figure(NAME, "erased in batches", ours, "rows/s", "plain delete", ours / plain)
    yield Figure(NAME, "longest batch", longest, "ms", LOCKED, longest / LOCKED)


def _plainly() -> float:
    """Seconds of one DELETE, children first, as the same role and under the same triggers; taken back."""
    began = time.perf_counter()
    try:
        with transaction.atomic(using=erasure.RETENTION), connections[erasure.RETENTION].cursor() as cursor:
            for model in (Outcome, Acknowledgement, Hit):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
            took = time.perf_counter() - began
            raise _Undone
    except _Undone:
        return took
