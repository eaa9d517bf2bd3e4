"""What taking a month of hits out of its tables and dropping it costs, beside a month a thousand times smaller."""

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from bench import old_hits
from bench.cast import say
from bench.figures import Figure
from hits.models import Hit
from retention import erasure, months
from retention.models import DroppedMonth
from retention.schedule import BY_LABEL
from retention.workflow import Step

NAME = "retention_drop"
LARGE, SMALL = dt.datetime(2024, 3, 1, tzinfo=dt.UTC), dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
WITH_LOCKS = (Step.DETACHED, Step.DROPPED)  # the steps that take locks others could wait for


def measure(*, quick: bool) -> Iterator[Figure]:
    """Seconds of the steps that lock, large to small, without what the disk takes once the locks are gone."""
    large, small = (200_000, 2_000) if quick else (10_000_000, 10_000)
    old_hits.write(LARGE, large)
    old_hits.write(SMALL, small)
    # Roles and plans are warm by then, as they are on any night but the first.
    old_hits.write(dt.datetime(2024, 1, 1, tzinfo=dt.UTC), 100)
    took: dict[dt.date, dict[str, float]] = defaultdict(dict)
    given_back: dict[dt.date, float] = {}
    run = old_hits.a_run()
    for month in list(months.plan(BY_LABEL["hits.Hit"], run)):
        with _commits() as commits:
            _take(month, took[month.month], commits)
        given_back[month.month] = sum(commits)
    assert not Hit.objects.exists()
    of_large, of_small = (sum(took[day.date()][step] for step in WITH_LOCKS) for day in (LARGE, SMALL))
    for day, number in ((LARGE, large), (SMALL, small)):
        steps = ", ".join(f"{step} {seconds:.3f} s" for step, seconds in took[day.date()].items())
        say(f"{number:,} hits: {steps}; files given back in {given_back[day.date()]:.3f} s")
    assert DroppedMonth.objects.get(month=LARGE).erased == large
    yield Figure(NAME, "taken out and dropped", of_large, "s", "small", of_large / of_small)
    yield Figure(NAME, "longest step that locks", 1000 * max(took[LARGE.date()][step] for step in WITH_LOCKS), "ms", 200,
                 1000 * max(took[LARGE.date()][step] for step in WITH_LOCKS) / 200)  # fmt: skip


def _take(month: DroppedMonth, took: dict[str, float], commits: list[float]) -> None:
    while month.step != Step.DROPPED:
        began, before = time.perf_counter(), sum(commits)
        month = months.advance(month)
        took[month.step] = took.get(month.step, 0) + time.perf_counter() - began - (sum(commits) - before)


@contextmanager
def _commits() -> Iterator[list[float]]:
    """Seconds of each commit: there PostgreSQL lets go of its locks, and only then has the disk forget the files."""
    connection, took = connections[erasure.RETENTION], []
    real = connection._commit

    def timed() -> None:
        began = time.perf_counter()
        real()
        took.append(time.perf_counter() - began)

    connection._commit = timed
    try:
        yield took
    finally:
        connection._commit = real
