"""Accuracy tests and reviews of need in front of a person: drawn, written down, and without a fault that axe knows."""

import datetime as dt

import pytest
from django.utils import timezone

from camera_sites import actions
from camera_sites.models import AccuracyTest
from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_writing_in_browser import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_test_is_written_down_and_drawn_beside_those_before(
    page, live_server, live_site, infrastructure_lead, superintendent
):
    site = live_site()
    camera = site.cameras.get()
    for ago, light, captured in ((400, "day", 1991), (200, "day", 1985), (190, "night", 1975), (20, "night", 1890)):
        actions.record_test(
            site, camera, by=infrastructure_lead, tested_on=timezone.localdate() - dt.timedelta(days=ago), tester="Surveys",
            method="footage", light=light, visible=2000, captured=captured, read_right=captured - 40, clock_offset_ms=-12,
            latency_p95_ms=900,
        )  # fmt: skip
    actions.ask_for_review(site, by=infrastructure_lead, trigger="complaint", words="A resident asks what it is for.")
    sign_in(page, live_server, infrastructure_lead.username, PASSWORD)
    address = f"{live_server.url}/camera-sites/{site.pk}/"
    for name, path in {
        "site-accuracy": "", "site-test": "tests/", "site-question": "question/", "site-review": "review/"
    }.items():  # fmt: skip
        page.goto(address + path)
        looked_at(page, name)
    for name, path in {"tests-import": "tests/import/", "registry-failing": "?wanting=failing"}.items():
        page.goto(f"{live_server.url}/camera-sites/{path}")
        looked_at(page, name)
    page.goto(f"{address}tests/")
    for label, words in {
        "When": timezone.localdate().isoformat(), "Who counted": "Northdale Surveys", "Plates that a person could read": "2000",
        "Of these the camera captured": "1995", "Of these it read right": "1960",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    for choice in ("Compared with footage by eye", "By night"):
        page.get_by_label(choice).check()
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_url(address)
    assert AccuracyTest.objects.count() == 5
    assert page.locator(".app-chart").count() == 2
    assert page.locator("h3", has_text="Meets the standard").is_visible()
    assert page.complaints == []
