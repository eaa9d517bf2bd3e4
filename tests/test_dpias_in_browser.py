"""Assessments as people see them: registers drawn as a matrix, versions compared, the Commissioner consulted, on desk and telephone."""

import pytest
from django.utils import timezone

from camera_sites import actions
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import RISK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
HIGH = RISK | {"risk": "Journeys of everybody who passes are seen", "likelihood_after": 3, "severity_after": 4}
ASKED = {
    "group": "data_subjects",
    "who": "Drivers at two meetings",
    "asked_on": "2026-03-01",
    "said": "Agreed, with signs.",
}


@pytest.fixture
def consulted(draft, infrastructure_lead, dpo, asset_owner):
    """A second version, which waits at the Commissioner."""
    first = actions.submit(draft, by=infrastructure_lead)
    actions.advise(first, by=dpo, is_favourable=True, words="Proportionate.")
    actions.decide(first, by=asset_owner, verdict="approve", words="Necessary.")
    second = actions.begin_version(
        first.dpia, by=infrastructure_lead, risk_register=[*first.risk_register, HIGH], residual_risk_high=True,
        consultees=[ASKED], need="Stolen vehicles leave the ring road unseen, by night above all.",
    )  # fmt: skip
    second = actions.submit(second, by=infrastructure_lead)
    actions.send_to_commissioner(
        second, by=dpo, reference="ICO-2026-14", words="The assessment and its map.", sent_on=timezone.localdate()
    )
    return second


def look(page, live_server, path: str) -> list[str]:
    """What is wrong with a page at both widths."""
    wrong = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + path, wait_until="networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path} spills at {width}")
        wrong += faults(page)
    return wrong


def test_pages_of_an_assessment_are_sound_at_both_widths(page, live_server, consulted, dpo):
    sign_in(page, live_server, "dpo", PASSWORD)
    at = f"/dpias/{consulted.dpia_id}/"
    wrong = [
        fault
        for path in ("", "versions/1/", "versions/2/", "commissioner/", "advise/", "decide/")
        for fault in look(page, live_server, at + path)
    ]
    assert wrong == []
    assert page.complaints == []


def test_author_writes_risks_row_by_row(page, live_server, draft, infrastructure_lead):
    sign_in(page, live_server, "infrastructure_lead", PASSWORD)
    at = f"/dpias/{draft.dpia_id}/"
    assert [fault for path in ("", "edit/", "registers/") for fault in look(page, live_server, at + path)] == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}{at}registers/")
    row = page.locator("fieldset.app-row").nth(1)
    row.get_by_label("The risk").fill("Misuse by staff")
    for name, level in (("before", "4 maximum"), ("after", "1 negligible")):
        row.get_by_label(f"Likelihood {name} measures").select_option(label="2 limited")
        row.get_by_label(f"Severity {name} measures").select_option(label=level)
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(f"**{at}")
    before = page.get_by_role("table", name="Risks before measures")
    after = page.get_by_role("table", name="Risks after measures")
    assert "R2" in before.get_by_role("row").nth(1).inner_text()
    assert "R2" in after.get_by_role("row").nth(4).inner_text()
