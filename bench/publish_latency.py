"""Seconds from an approval to the last of ten matchers enforcing it, and from a withdrawal to its end, with a million rows listed."""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from bench.cast import (
    GROUNDS,
    JOB,
    assessment,
    facts,
    fill,
    lift_the_daily_number,
    managed_list,
    plates,
    say,
    site,
    staff,
)
from bench.crowd import filled
from bench.figures import Figure
from bench.published import long_list
from bench.running import Portal, a_place_for_keys, clock
from hotlists import actions
from hotlists.models import Hotlist
from matchers.actions import publish

NAME = "publish_latency"
SMALL = 10  # rows of the list that the long one is held against
MEDIAN_LIMIT, P99_LIMIT = 1.0, 3.0  # seconds


def measure(*, quick: bool) -> Iterator[Figure]:
    """With web, worker and matchers as processes of their own. First a short list changes, then a long one; beside them
    each matcher holds a source's list."""
    matchers, beside, rows, times, times_long = (2, 1_000, 1_000, 6, 3) if quick else (10, 1_000_000, 10_000, 100, 50)
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as running:
        Path(place).chmod(0o755)
        people = staff()
        lift_the_daily_number(people)
        dpia = assessment(people)
        site(people, dpia)
        short, long = managed_list(people, dpia, "short"), managed_list(people, dpia, "long")
        source = long_list(people, dpia, "beside")
        for hotlist, number in ((short, SMALL), (long, rows)):
            fill(hotlist, people, number)
        running.enter_context(filled(source, beside))
        with a_place_for_keys(Path(place)):
            portal = Portal(running, Path(place))
            began = time.perf_counter()
            for _ in range(matchers):
                portal.add_matcher(short, long, source, by=people["manager"])
            publish(source.pk, by=JOB)
            for each, held in ((short, SMALL), (long, rows), (source, beside)):
                each.refresh_from_db()
                portal.wait_for(each, held)
            say(f"{matchers} matchers hold {beside + rows:,} rows after {time.perf_counter() - began:.0f} s")
            clocked(1, short, people, portal, SMALL)  # the first one warms everything up
            approved, withdrawn = clocked(times, short, people, portal, SMALL)
            yield from against_limits("approval", approved)
            yield from against_limits("withdrawal", withdrawn)
            approved_long, withdrawn_long = clocked(times_long, long, people, portal, rows)
            for figure, of_long, of_short in (
                ("approval_long_list", approved_long, approved),
                ("withdrawal_long_list", withdrawn_long, withdrawn),
            ):
                median, of_small = statistics.median(of_long), statistics.median(of_short)
                say(f"{figure}: {rows} rows {median:.3f} s, {SMALL} rows {of_small:.3f} s")
                yield Figure(NAME, figure, median, "s", "small", median / of_small)


def against_limits(act: str, seconds: list[float]) -> Iterator[Figure]:
    """Median and 99th percentile."""
    median = statistics.median(seconds)
    p99 = max(seconds) if len(seconds) < 100 else statistics.quantiles(seconds, n=100)[98]
    say(f"{act}: median {median:.3f} s, 99th percentile {p99:.3f} s of {len(seconds)}")
    yield Figure(NAME, f"{act}_median", median, "s", MEDIAN_LIMIT, median / MEDIAN_LIMIT)
    yield Figure(NAME, f"{act}_p99", p99, "s", P99_LIMIT, p99 / P99_LIMIT)


def clocked(
    times: int, hotlist: Hotlist, people: dict[str, User], portal: Portal, rows: int
) -> tuple[list[float], list[float]]:
    """Approves and withdraws so many entries one after the other: seconds of each until every matcher did as told. What
    an act leaves to do (receipts, hits) is done before the next."""
    approved, withdrawn = [], []
    for _ in range(times):
        version = actions.begin_entry(hotlist, by=people["author"], **facts(next(plates)))
        actions.submit(version, by=people["author"])
        portal.settle()
        approved.append(clock(
            lambda version=version: actions.decide(version, by=people["decider"], verdict="approve", **GROUNDS),
            lambda: portal.holds(hotlist, rows + 1),
        ))  # fmt: skip
        assert portal.match(version.vrm) == {True}, "held, and not matched"
        portal.settle()
        withdrawn.append(clock(
            lambda version=version: actions.withdraw(version.entry, by=people["decider"], reason="located"),
            lambda: portal.holds(hotlist, rows),
        ))  # fmt: skip
        assert portal.match(version.vrm) == {False}, "withdrawn, and still matched"
    return approved, withdrawn
