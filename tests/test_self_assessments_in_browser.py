"""The self-assessment under the camera code in front of a person, and of the public: without a fault that axe knows."""

import datetime as dt

import pytest
from django.utils import timezone

from camera_sites import actions
from camera_sites.code_principles import PRINCIPLES
from camera_sites.models import CodeGap, SelfAssessment
from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.test_writing_in_browser import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_writes_another_signs_and_the_public_reads(page, live_server, live_site, infrastructure_lead, asset_owner):
    live_site()
    begun = actions.begin_self_assessment(
        by=infrastructure_lead,
        system="Northdale ANPR",
        period_from=dt.date(2026, 1, 1),
        period_until=dt.date(2026, 12, 31),
    )
    for number in PRINCIPLES:
        compliance = {8: "part", 12: "no"}.get(number, "full")
        actions.answer_principle(begun, number, by=infrastructure_lead, compliance=compliance, statement="As the policy says.",
                                 evidence=["/dpias/", "Policy 7"])  # fmt: skip
    for number in (8, 12):
        actions.add_gap(begun, number, by=infrastructure_lead, words="Two are late.", action="Ask again.", owner=infrastructure_lead,
                        due_on=timezone.localdate() + dt.timedelta(days=30))  # fmt: skip
    base = f"{live_server.url}/camera-code/"
    page.goto(f"{live_server.url}/transparency/self-assessment/")
    looked_at(page, "code-public-empty")
    sign_in(page, live_server, infrastructure_lead.username, PASSWORD)
    gap = CodeGap.objects.first()
    for name, path in {
        "code-list": "", "code-new": "new/", "code-draft": f"{begun.pk}/", "code-principle": f"{begun.pk}/principles/8/",
        "code-gap": f"{begun.pk}/principles/8/gaps/", "code-summary": f"{begun.pk}/summary/", "code-drop": f"gaps/{gap.pk}/drop/",
        "code-sign-own": f"{begun.pk}/sign/",
    }.items():  # fmt: skip
        page.goto(base + path)
        looked_at(page, name)
    page.context.clear_cookies()
    sign_in(page, live_server, asset_owner.username, PASSWORD)
    page.goto(f"{base}{begun.pk}/")
    page.get_by_role("button", name="Sign it").click()
    page.wait_for_url("**/sign/")
    page.get_by_role("button", name="Sign it").click()
    page.wait_for_url(f"{base}{begun.pk}/")
    assert SelfAssessment.objects.get().signed_by == asset_owner
    page.get_by_role("button", name="Publish it").click()
    page.wait_for_url("**/publish/")
    page.get_by_role("button", name="Publish it").click()
    page.wait_for_url(f"{base}{begun.pk}/")
    looked_at(page, "code-signed")
    page.goto(base)
    looked_at(page, "code-list-signed")
    page.goto(f"{live_server.url}/transparency/self-assessment/")
    looked_at(page, "code-public")
    assert page.complaints == []
