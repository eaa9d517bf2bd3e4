"""A thousand changes of a list, from the note that they are to a signed delta: in a long list against a short one."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from bench.cast import assessment, say, staff
from bench.crowd import filled, plate
from bench.figures import Figure
from bench.published import JOB, given, long_list, publication
from hotlists.models import Hotlist, Unpublished
from matchers.actions.publishing import publish
from matchers.models import Publication
from portal.database.throwaway import admin_connection

NAME = "delta_cost"
LIMIT = 1.5  # times what it takes in the short list
SHORT = 10_000
CHANGES = 1_000
TIMES = 20  # half of them take rows away, half bring them back; fewer, and one slow write to disk decides


def measure(*, quick: bool) -> Iterator[Figure]:
    """Medians, by turns, so that both lists see the same machine."""
    rows = 50_000 if quick else 1_000_000
    people = staff()
    dpia = assessment(people)
    with tempfile.TemporaryDirectory() as place, ExitStack() as standing:
        standing.enter_context(publication(Path(place)))
        lists = {number: long_list(people, dpia, f"rows-{number}") for number in (SHORT, rows)}
        for number, hotlist in lists.items():
            standing.enter_context(filled(hotlist, number))
            given(hotlist, by=people["manager"])
            began = time.perf_counter()
            publish(hotlist.pk, by=JOB)
            say(f"{number:,} rows published in {time.perf_counter() - began:.1f} s")
        took: dict[int, list[float]] = {number: [] for number in lists}
        for turn in range(TIMES + 2):  # the first two warm everything up
            for number, hotlist in lists.items():
                seconds = changed(hotlist, range(1, CHANGES + 1), is_listed=bool(turn % 2))
                took[number] += [seconds] if turn > 1 else []
        short, long = (statistics.median(times) for times in took.values())
        say(f"{CHANGES:,} changes: {SHORT:,} rows {short:.3f} s, {rows:,} rows {long:.3f} s")
        yield Figure(NAME, "delta", long, "s", "small", long / short)
        yield Figure(NAME, "delta_of_limit", long, "s", round(LIMIT * short, 4), long / short / LIMIT)


def changed(hotlist: Hotlist, numbers: range, *, is_listed: bool) -> float:
    """Seconds to publish that these rows went, or came back, once it is noted that they did."""
    plates = [plate(number) for number in numbers]
    ends = "now() + interval '9 days'" if is_listed else "now() - interval '1 second'"
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute(
            f"UPDATE hotlists_feedrow r SET expires_at = {ends} FROM unnest(%s::text[]) AS n (vrm)"
            " WHERE r.hotlist_id = %s AND r.vrm = n.vrm",
            [plates, hotlist.pk],
        )
    Unpublished.objects.bulk_create(Unpublished(hotlist=hotlist, country="GB", vrm=vrm) for vrm in plates)
    began = time.perf_counter()
    made = publish(hotlist.pk, by=JOB, as_noted=True)
    seconds = time.perf_counter() - began
    (revision,) = made
    assert revision.added + revision.removed == len(plates), "it did not publish what changed"
    assert newest_delta(revision)["changes"] >= len(plates), "it was not told by a delta"
    return seconds


def newest_delta(revision: Publication) -> dict[str, int]:
    """The last link of its chain, as the manifest tells of it."""
    return revision.manifest["deltas"][-1]
