"""Sites on a map: what lies close together is one group, what stands alone is told and the look recorded, filters as the list's."""

import datetime as dt
import json
import math
import random
import re
import subprocess
import sys
from itertools import combinations

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import CameraSite
from camera_sites.places import gathered, summary
from camera_sites.waiting import questions
from standards.models import StandardsProfile
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
BRITAIN = (-11.0, 49.0, 3.0, 61.0)


def look(client, box=BRITAIN, zoom=6, **asked):
    return client.get(reverse("api_site_places"), {"box": ",".join(map(str, box)), "zoom": zoom, **asked})


def listed(page) -> set[str]:
    """The names in the table of a page."""
    return set(re.findall(r'<th scope="row"><a [^>]*>([^<]*)<', page.content.decode()))


@pytest.fixture
def three(live_site, proposed_site):
    """Two sites a few hundred metres apart, and one far away."""
    return (
        live_site(ref="near-a", name="near-a", latitude=54.6101, longitude=-3.1202),
        proposed_site(ref="near-b", name="near-b", latitude=54.6133, longitude=-3.1251),
        proposed_site(ref="far-c", name="far-c", latitude=51.2345, longitude=0.9876, deployment="mobile"),
    )


def test_close_together_is_one_group_from_afar_and_told_apart_from_near(three, operator, client_of):
    client = client_of(operator)
    far = look(client).json()
    assert [(one["count"], one["words"]) for one in far["groups"]] == [(2, "1 in service, 1 proposed")]
    assert [site["title"].split()[0] for site in far["sites"]] == ["far-c"]
    near = look(client, box=(-3.13, 54.60, -3.11, 54.62), zoom=16).json()
    assert near["groups"] == []
    assert {site["title"].split()[0]: site["state"] for site in near["sites"]} == {
        "near-a": "In service", "near-b": "Proposed",
    }  # fmt: skip


def test_a_group_says_about_where_and_never_where_one_of_its_sites_stands(three):
    places = gathered(CameraSite.objects.all(), box=BRITAIN, zoom=6, at=timezone.now())
    group = places.groups[0]
    for site in three[:2]:
        assert (group.north, group.east) != (site.latitude, site.longitude)
    cell = 64 * 360 / (256 * 2**6)
    assert group.east / (cell / 2) == pytest.approx(round(group.east / (cell / 2)), abs=1e-3)


def test_no_two_of_what_is_drawn_are_too_close_for_a_finger_even_across_the_line_of_two_cells(proposed_site):
    box, pixel = (-3.2, 54.0, -2.8, 54.4), 360 / (256 * 2**10)
    draw = random.Random(7)
    for n in range(60):
        proposed_site(ref=f"s-{n}", latitude=draw.uniform(54.0, 54.4), longitude=draw.uniform(-3.2, -2.8))
    shown = gathered(CameraSite.objects.all(), box=box, zoom=10, at=timezone.now())
    spots = [(one.north, one.east) for one in shown.groups] + [(one.latitude, one.longitude) for one in shown.sites]
    assert len(shown.sites) > 1 < len(shown.groups)
    assert sum(one.count for one in shown.groups) + len(shown.sites) == 60
    for one, other in combinations(spots, 2):
        assert math.hypot((one[0] - other[0]) / 0.58, one[1] - other[1]) > 43.9 * pixel, (one, other)


def test_the_log_names_those_that_were_told_apart_and_no_other(three, operator, client_of):
    client = client_of(operator)
    look(client)
    event = Event.objects.filter(verb=Verb.SITES_MAPPED).newest_first().first()
    assert event.count == 1
    assert EventDetail.objects.get(pk=event.pk).subjects == [f"camera_sites.camerasite:{three[2].pk}"]
    before = Event.objects.count()
    look(client, box=(-11.0, 59.0, -10.0, 60.0))
    assert Event.objects.count() == before, "nothing was shown"


@pytest.mark.parametrize(
    ("asked", "refs"),
    [({}, {"near-a", "near-b", "far-c"}), ({"show": "in"}, {"near-a"}), ({"show": "proposed"}, {"near-b", "far-c"}),
     ({"deployment": "mobile"}, {"far-c"}), ({"q": "far"}, {"far-c"}), ({"overdue": "signs"}, {"near-a"}),
     ({"show": "ended"}, set())],
)  # fmt: skip
def test_map_list_and_api_are_narrowed_alike(three, operator, client_of, asked, refs):
    client = client_of(operator)
    for name in ("site_list", "site_map"):
        assert listed(client.get(reverse(name), asked)) == refs, name
    assert {site["ref"] for site in client.get(reverse("api_site_list"), asked).json()["results"]} == refs
    shown = look(client, **asked).json()
    assert len(shown["sites"]) + sum(one["count"] for one in shown["groups"]) == len(refs)


def test_sites_are_narrowed_to_whom_they_answer(three, operator, infrastructure_lead, superintendent, client_of):
    client = client_of(operator)
    assert len(listed(client.get(reverse("site_map"), {"owner": infrastructure_lead.pk}))) == 3
    page = client.get(reverse("site_map"), {"owner": superintendent.pk})
    assert "Select a valid choice" in page.content.decode(), "no owner of a site that one sees"
    assert client.get(reverse("api_site_list"), {"owner": superintendent.pk}).json()["results"] == []


def test_the_page_counts_in_words_and_frames_the_map_roughly(three, operator, client_of):
    count, words, frame = summary(CameraSite.objects.all(), timezone.now())
    assert (count, words, frame) == (3, "1 in service, 2 proposed", (-3.2, 51.2, 1.0, 54.7))
    page = client_of(operator).get(reverse("site_map"), {"show": "proposed"}).content.decode()
    assert "2 camera sites</strong>: 2 proposed." in page
    assert "show=proposed" in page.split('data-places="')[1].split('"')[0], "the map asks as the list was narrowed"


@pytest.mark.parametrize(
    "asked",
    [{"box": "1,2,3"}, {"box": "3,50,1,60"}, {"box": "nan,0,1,1"}, {"zoom": "x"}, {"zoom": 99}, {"show": "moon"}],
)
def test_a_look_at_no_part_of_the_map_is_refused(operator, client_of, asked):
    answer = client_of(operator).get(reverse("api_site_places"), {"box": "-11,49,3,61", "zoom": 6, **asked})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_only_who_may_open_the_registry_looks_and_sees_their_own(three, submitter, second_superintendent, client_of):
    assert look(client_of(submitter)).status_code == 403
    assert look(client_of(second_superintendent)).json() == {"groups": [], "sites": []}
    assert look(client_of(second_superintendent)).headers["Cache-Control"] == "no-store"


def test_one_look_tells_apart_no_more_than_the_standards_say(proposed_site, operator, client_of):
    StandardsProfile.objects.in_force(timezone.now()).numbers.filter(key="site.map.pins").update(value=2)
    for n in range(4):
        proposed_site(ref=f"row-{n}", latitude=50 + 2 * n, longitude=-3)
    for zoom in (6, 16):
        shown = look(client_of(operator), zoom=zoom).json()
        assert (len(shown["sites"]), len(shown["groups"])) == (2, 2)


def test_a_look_asks_as_much_of_ten_sites_as_of_one(proposed_site, operator, client_of):
    client = client_of(operator)
    proposed_site(ref="row", longitude=0.5)
    look(client)
    with CaptureQueriesContext(connection) as one:
        look(client)
    for n in range(9):
        proposed_site(ref=f"row-{n}", latitude=50 + n, longitude=-3)
    with CaptureQueriesContext(connection) as ten:
        assert len(look(client).json()["sites"]) == 10
    assert len(one) == len(ten)


def test_signs_are_due_when_it_goes_live_and_a_year_after_each_look(
    live_site, infrastructure_lead, operator, client_of
):
    def waits():
        return {
            item.title.split(" are ")[1]
            for item in questions(infrastructure_lead, timezone.now())
            if item.count and "signs" in item.title
        }

    site, today = live_site(), timezone.localdate()
    assert waits() == {"overdue for inspection"}
    address = reverse("site_detail", args=[site.pk])
    assert b"signs are overdue" in client_of(operator).get(address).content
    actions.inspect_signs(site, by=infrastructure_lead, inspected_on=today - dt.timedelta(days=340), is_in_place=True)
    assert waits() == {"to be inspected within 30 days"}
    actions.inspect_signs(site, by=infrastructure_lead, inspected_on=today, is_in_place=True)
    assert waits() == set()
    assert b"signs are next inspected by" in client_of(operator).get(address).content


def test_a_covert_site_and_a_proposal_ask_for_no_signs(live_site, proposed_site):
    later = timezone.now() + dt.timedelta(days=9)
    live_site(ref="covert", deployment="covert", deployed_until=later, authority_ref="A1")
    proposed_site(ref="waiting")
    assert not CameraSite.objects.with_signs_to_inspect(timezone.localdate(), 365).exists()


def test_maps_ask_no_other_server_unless_one_is_set(three, operator, client_of):
    page = client_of(operator).get(reverse("site_map"))
    assert "data-tiles" not in page.content.decode()
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"].split("; ")
    with override_settings(MAP_TILES="https://tiles.example/{z}/{x}/{y}.png", MAP_TILES_CREDIT="Us"):
        assert (
            'data-tiles="https://tiles.example/{z}/{x}/{y}.png"'
            in client_of(operator).get(reverse("site_map")).content.decode()
        )


@pytest.mark.parametrize(
    ("tiles", "origins"),
    [("", []), ("https://tiles.example:8443/{z}/{x}/{y}.png", ["https://tiles.example:8443"]),
     ("https://{s}.tiles.example/{z}/{x}/{y}.png", ["https://*.tiles.example"])],
)  # fmt: skip
def test_pictures_may_come_from_the_set_server_of_tiles_and_nowhere_else(tiles, origins):
    script = "import json; from portal import settings as s; print(json.dumps(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src']))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PORTAL_MAP_TILES": tiles},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == ["'self'", "data:", *origins], done.stderr
