"""What a day of publication weighs for ten thousand matchers, reckoned from sizes that are measured; beside full daily files."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from bench.cast import assessment, say, staff
from bench.crowd import filled
from bench.delta_cost import changed
from bench.figures import Figure
from bench.full_build import VARIED
from bench.published import JOB, given, long_list, publication
from hotlists.models import Hotlist
from matchers.actions.publishing import publish
from matchers.models import Metadata, Publication

NAME = "traffic"
MATCHERS = 10_000
CHANGES_AN_HOUR = 1_000
HEADERS = 500  # bytes of a request and its answer beside the answer's body
GIGABYTE = 10**9
MINUTES_A_DAY = 24 * 60  # the timestamp is signed anew each minute, and fetched by all


def measure(*, quick: bool) -> Iterator[Figure]:
    """Changes that are published one by one, and the same changes as one load an hour."""
    rows = 20_000 if quick else 1_000_000
    people = staff()
    hotlist = long_list(people, assessment(people), "traffic")
    filling = filled(hotlist, rows, ref=VARIED["ref"], action=VARIED["action"])
    with tempfile.TemporaryDirectory() as place, publication(Path(place)), filling:
        given(hotlist, by=people["manager"])
        publish(hotlist.pk, by=JOB)
        whole = newest(hotlist).length
        one = [one_revision(hotlist, range(number, number + 1)) for number in range(1, 33)]
        many = one_revision(hotlist, range(100, 100 + CHANGES_AN_HOUR))
        timestamp = size_of("timestamp") + HEADERS
        daily = MATCHERS * (whole + HEADERS) / GIGABYTE
        say(
            f"a whole file {whole:,} bytes; fetched after one change {mean(one):,.0f}, after {CHANGES_AN_HOUR} {many:,}"
        )
        for figure, revisions, bytes_each in (
            ("one_by_one", 24 * CHANGES_AN_HOUR, mean(one)),
            ("one_load_an_hour", 24, many),
        ):
            a_day = MATCHERS * (revisions * bytes_each + MINUTES_A_DAY * timestamp) / GIGABYTE
            as_fresh = MATCHERS * revisions * whole / GIGABYTE
            say(f"{figure}: {a_day:,.1f} GB a day; full files once a day {daily:,.1f}, as often {as_fresh:,.0f}")
            yield Figure(NAME, figure, a_day, "GB/day", "daily files", a_day / daily)


def one_revision(hotlist: Hotlist, numbers: range) -> int:
    """Bytes that a matcher which was current fetches when these rows went."""
    changed(hotlist, numbers, is_listed=False)
    delta = newest_delta_length(newest(hotlist))
    documents = [size_of(name) for name in ("timestamp", "snapshot", hotlist.role.name)]
    return sum(size + HEADERS for size in (*documents, delta))


def newest(hotlist: Hotlist) -> Publication:
    """Its newest revision."""
    return Publication.objects.filter(hotlist=hotlist, feed=None).order_by("revision").last()


def newest_delta_length(revision: Publication) -> int:
    """Bytes of the delta that leads to it from the revision before."""
    return revision.deltas[-1][-1]


def size_of(role: str) -> int:
    """Bytes of the newest document of a role."""
    return len(Metadata.objects.filter(role=role).order_by("version").last().body)
