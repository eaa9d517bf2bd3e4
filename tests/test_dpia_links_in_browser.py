"""What assessments cover, reviews that are asked for and measures taken, as people see them on desk and telephone."""

import pytest
from django.utils import timezone

from camera_sites import actions
from camera_sites.models import Coverage, ReviewDemand
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_dpias_in_browser import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_what_a_dpia_serves_is_added_and_seen_from_both_sides(
    page, live_server, advised, asset_owner, live_site, infrastructure_lead, dpo, matcher, manager
):
    actions.decide(advised, by=asset_owner, verdict="approve", words="Necessary.")
    dpia, site = advised.dpia, live_site()
    actions.cover(dpia, by=infrastructure_lead, kind="system", name="Back office", words="A year of reads.")
    actions.cover(dpia, by=manager, kind="matcher", subject=matcher.matcher.pk, words="What it holds.")
    actions.demand_review(dpia, by=dpo, trigger="breach", words="A laptop was lost.")
    sign_in(page, live_server, "infrastructure_lead", PASSWORD)
    page.goto(f"{live_server.url}/camera-sites/{site.pk}/")
    page.get_by_role("button", name="Add an impact assessment").click()
    page.get_by_label("Impact assessment", exact=True).select_option(str(dpia.pk))
    page.get_by_label("What of it does it cover?").fill("The back office behind it.")
    page.locator("main").get_by_role("button", name="Add it").click()
    page.wait_for_url(f"**/camera-sites/{site.pk}/")
    assert page.locator("#assessments").get_by_text("The back office behind it.").count()
    demand = ReviewDemand.objects.get(dpia=dpia)
    paths = (
        f"/camera-sites/{site.pk}/", f"/dpias/{dpia.pk}/", "/dpias/systems/", "/dpias/systems/new/",
        f"/dpias/of/site/{site.pk}/new/", f"/dpias/{dpia.pk}/reviews/new/", f"/dpias/reviews/{demand.pk}/",
        f"/dpias/{dpia.pk}/measures/M1/", f"/dpias/coverage/{Coverage.objects.first().pk}/end/", "/camera-sites/?wanting=failing",
    )  # fmt: skip
    wrong = [fault for path in paths for fault in look(page, live_server, path)]
    assert wrong == []
    page.goto(f"{live_server.url}/dpias/{dpia.pk}/measures/M1/")
    page.get_by_label("In place since").fill(timezone.localdate().isoformat())
    page.get_by_label("By what can one see it?").fill("The log of decisions.")
    page.locator("main").get_by_role("button", name="It is in place").click()
    page.wait_for_url(f"**/dpias/{dpia.pk}/")
    assert page.locator("#measures").get_by_text("The log of decisions.").count()
    assert faults(page) == []
