"""The pages of the registry of camera sites: with as many cameras as the whole country has, against the same with next to none."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from accounts.models import Team, User
from bench.cast import assessment, staff
from bench.feed_first_load import say
from bench.figures import Figure
from bench.pages import signed_in, timed, without_files
from camera_sites.models import Camera, CameraSite, Coverage, Dpia, SiteDecision, SiteGroupAccess
from portal.database.throwaway import admin_connection
from standards.models import StandardsProfile

NAME = "registry_pages"
LIMIT = 200.0  # ms of the server, the median
FEW = 20
PAGES = {
    "registry": "/camera-sites/",
    "registry_last_page": "/camera-sites/?page=last",
    "registry_in_service": "/camera-sites/?show=in",
    "registry_untested": "/camera-sites/?wanting=untested",
    "registry_by_name": "/camera-sites/?q=Site+1",
    "registry_api": "/api/v1/camera-sites/",
    "map": "/camera-sites/map/",
    "map_of_the_country": "/api/v1/camera-sites/places/?zoom=6&box=-11,49,6,61",
    "map_of_a_street": "/api/v1/camera-sites/places/?zoom=15&box=-5.01,49.99,-4.97,50.01",
}

SHOWN = (b"bench-", b">Site ", b'"count"')  # a reference, a name, a group on the map


def measure(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds of the server, and the number of queries, of each page; one camera a site, the hardest case."""
    cameras = 2_000 if quick else 20_000
    without_files()
    people = staff()
    dpia, further = assessment(people), assessment(people, "bench-further")
    group, _ = Group.objects.get_or_create(name="Benchmark")  # groups outlive a run
    Team.objects.get_or_create(group=group, defaults={"unit": "Benchmark"})
    group.user_set.add(*people.values())
    began = time.perf_counter()
    crowd(people, (dpia, further), group, range(FEW))
    pages = PAGES | {"assessment": f"/dpias/{further.pk}/", "under_an_assessment": f"/camera-sites/?dpia={further.pk}"}
    small = asked(people["chief"], pages)
    crowd(people, (dpia, further), group, range(FEW, cameras))
    say(f"{cameras:,} cameras made in {time.perf_counter() - began:.0f} s")
    large = asked(people["chief"], pages)
    for page, (took, queries) in large.items():
        before, queries_before = small[page]
        say(f"  {page:20} {took:6.1f} ms and {queries} queries; with {FEW}: {before:6.1f} ms and {queries_before}")
        assert queries == queries_before > 0, page
        yield Figure(NAME, page, took, "ms", LIMIT, took / LIMIT)
        yield Figure(NAME, f"{page}_grows", took, "ms", "small", took / before)


def crowd(people: dict[str, User], dpias: tuple[Dpia, Dpia], group: Group, numbers: range) -> None:
    """A site with a camera for each number: nine of ten live, the tenth proposed; all seen by one team, and each under two
    assessments: the one that it names, and one that covers it too."""
    dpia, further = dpias
    now, builder, chief = timezone.now(), people["builder"], people["chief"]
    sites = CameraSite.objects.bulk_create(
        CameraSite(
            ref=f"bench-{number:05}", name=f"Site {number}", area=f"Area {number % 40}", location_type="major",
            purposes=["serious_crime"], need="Measuring.", problem_profile="Measuring.", alternatives="None.",
            encircles=False, latitude=50 + number % 900 / 100, longitude=-5 + number // 900 / 10, road="B1",
            owner_org="Nobody", operator_org="Nobody", controller="Nobody", dpia=dpia, owner=builder, proposed_by=builder,
            proposed_at=now,
        )
        for number in numbers
    )  # fmt: skip
    Camera.objects.bulk_create(
        Camera(
            site=site, ref=f"{site.ref}-c", lane="1", direction="north", commissioned_at=now, commissioned_by=builder
        )
        for site in sites
    )
    see = Permission.objects.get(content_type__app_label="camera_sites", codename="view_camerasite")
    SiteGroupAccess.objects.bulk_create(
        SiteGroupAccess(content_object=site, group=group, permission=see) for site in sites
    )
    Coverage.objects.bulk_create(
        Coverage(dpia=further, kind="site", subject=site.pk, words="Measuring.", covered_by=builder, covered_at=now)
        for site in sites
    )
    live = [site for number, site in enumerate(sites) if number % 10]
    profile = StandardsProfile.objects.in_force(now)
    SiteDecision.objects.bulk_create(
        SiteDecision(
            site=site, profile=profile, location_type="major", basis="serious_crime", likelihood="V", decided_by=chief,
            decided_at=now, sign_in=chief.sign_in,
        )
        for site in live
    )  # fmt: skip
    CameraSite.objects.filter(pk__in=[site.pk for site in live]).update(
        status=CameraSite.Status.LIVE, live_by=chief, live_at=now, moved_by=chief, moved_at=now
    )
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute("ANALYZE")


def asked(user: User, pages: dict[str, str]) -> dict[str, tuple[float, int]]:
    """(median ms, queries) of each page, once it is warm."""
    client = signed_in(user)
    answers = {}
    for page, address in pages.items():

        def ask(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            assert any(sign in answer.content for sign in SHOWN), "nothing shown"

        answers[page] = timed(ask)
    return answers
