"""The pages people stand in all day: with lists as full as a large force's, against the same pages with next to nothing."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bench.cast import assessment, facts, fill, managed_list, plates, staff
from bench.crowd import filled, plate
from bench.feed_first_load import feed, manager, say
from bench.figures import Figure
from bench.pages import signed_in, timed, without_files
from hotlists import actions
from hotlists.models import Contribution, Entry, EntryVersion, Hotlist
from portal.database.throwaway import admin_connection
from standards.models import StandardsProfile

NAME = "hotlist_pages"
LIMIT = 100.0  # ms of the server, the median
FEW = 20
PAGES = {
    "list": "/entries/",
    "list_in_force": "/entries/?state=in-force&order=lapse",
    "list_by_reference": "/entries/?category=CRM&ref=CR/1/",
    "queue": "/decisions/",
    "search": "/search/",
}


def measure(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds of the server, and the number of queries, of each page."""
    entries, rows = (1_000, 100_000) if quick else (20_000, 2_000_000)
    without_files()
    people = staff()
    hotlist = managed_list(people, assessment(people))
    one = manager("bench.one")
    source = feed(one, manager("bench.two"), "many-rows")
    actions.give_access(source, people["decider"], by=one)
    began = time.perf_counter()
    crowd(hotlist, people, FEW)
    with filled(source, FEW):
        small = asked(people["decider"])
    crowd(hotlist, people, entries - FEW)
    with filled(source, rows):
        say(f"{entries:,} entries and {rows:,} rows made in {time.perf_counter() - began:.0f} s")
        large = asked(people["decider"])
    for page, (took, queries) in large.items():
        before, queries_before = small[page]
        say(f"  {page:18} {took:6.1f} ms and {queries} queries; with {FEW}: {before:6.1f} ms and {queries_before}")
        assert queries == queries_before > 0, page
        yield Figure(NAME, page, took, "ms", LIMIT, took / LIMIT)
        yield Figure(NAME, f"{page}_grows", took, "ms", "small", took / before)


def crowd(hotlist: Hotlist, people: dict[str, User], number: int) -> None:
    """So many entries: nine of ten in force, the tenth waiting."""
    waiting = number // 10
    fill(hotlist, people, number - waiting)
    now, author = timezone.now(), people["author"]
    profile = StandardsProfile.objects.in_force(now)
    entries = Entry.objects.bulk_create(
        Entry(hotlist=hotlist, owner=author, created_by=author, created_at=now) for _ in range(waiting)
    )
    versions = EntryVersion.objects.bulk_create(
        EntryVersion(
            entry=entry, number=1, profile=profile, vrm=plate, vrm_skeleton=plate, vrm_classes=["NEVER_ISSUED"],
            written_by=author, written_at=now, **facts(plate),
        )
        for entry, plate in zip(entries, plates, strict=False)
    )  # fmt: skip
    Contribution.objects.bulk_create(Contribution(version=one, user=author, contributed_at=now) for one in versions)
    EntryVersion.objects.filter(pk__in=[one.pk for one in versions]).update(
        status=EntryVersion.Status.SUBMITTED, submitted_by=author, submitted_at=now
    )
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute("ANALYZE")


def asked(user: User) -> dict[str, tuple[float, int]]:
    """(median ms, queries) of each page, once it is warm."""
    client = signed_in(user)
    answers = {}
    for page, address in PAGES.items():
        given = {"plate": plate(7)[:4] + "*", "reason": "Measuring"} if page == "search" else None

        def ask(address: str = address, given: dict | None = given) -> None:
            answer = client.post(address, given) if given else client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            assert not given or f"{plate(7)[:4]} ".encode() in answer.content, "not found"  # as printed, not as typed

        answers[page] = timed(ask)
    return answers
