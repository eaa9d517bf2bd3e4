"""A camera site's whole life in front of the people whose work it is, at a desk and on a phone: proposed, assessed, live, ended."""

import re

import pytest
from playwright.sync_api import expect

from camera_sites.models import CameraSite, Dpia
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS

pytestmark = pytest.mark.django_db(transaction=True)
CASE = {
    "Reference": "mill-lane", "Name": "Mill Lane", "Area": "Northdale", "The need": "Stolen cars leave by Mill Lane.",
    "Figures that show the need": "Two in three of last year passed here.", "Alternatives considered": "Patrols, in spring.",
    "Degrees north": "54.61234", "Degrees east": "-3.12345", "Data controller": "Chief Constable of Northdale",
    "Owner of the cameras": "Northdale Police", "Operator": "Northdale Police",
}  # fmt: skip


@pytest.fixture
def as_person(chromium, live_server):
    """as_person(user, width): a page of that person's own browser, signed in."""
    contexts = []

    def make(user, width: int):
        context = chromium.new_context(viewport={"width": width, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(9_000)
        sign_in(page, live_server, user.username, PASSWORD)
        return page

    yield make
    for context in contexts:
        context.close()


def presses(page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).last.click()


def good(page, width: int) -> None:
    assert faults(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize("width", [1280, 390])
def test_a_site_goes_from_proposal_to_its_end_by_the_hands_of_four(
    as_person, live_server, width, infrastructure_lead, dpo, asset_owner, superintendent, site_team
):
    url = live_server.url
    author = as_person(infrastructure_lead, width)
    author.goto(f"{url}/dpias/new/")
    good(author, width)
    author.locator("[name=ref]").fill("dpia-mill")
    author.locator("[name=title]").fill("Mill Lane")
    for name, words in CONTENTS.items():
        author.locator(f"[name={name}]").fill(words)
    presses(author, "Save draft")
    author.wait_for_url("**/dpias/*-*/**")
    dpia = Dpia.objects.get(ref="dpia-mill")

    author.goto(f"{url}/camera-sites/new/")
    good(author, width)
    for label, words in CASE.items():
        author.get_by_label(label, exact=True).or_(author.get_by_label(f"{label} (optional)", exact=True)).fill(words)
    author.locator("[name=location_type][value=strategic]").check()
    author.locator("[name=purposes][value=serious_crime]").check()
    author.locator("[name=encircles][value=false]").check()
    author.locator("[name=dpia]").select_option(str(dpia.pk))
    author.locator(f"[name=seen_by][value='{site_team.pk}']").check()
    presses(author, "Propose this site")
    author.wait_for_url("**/cameras/new/")
    good(author, width)
    author.get_by_label("Reference", exact=True).fill("mill-lane-1")
    presses(author, "Add this camera")
    site = CameraSite.objects.get(ref="mill-lane")
    author.wait_for_url(f"**/camera-sites/{site.pk}/")
    expect(author.get_by_text("Its DPIA is not approved")).to_be_visible()
    good(author, width)

    decider = as_person(superintendent, width)
    decider.goto(f"{url}/camera-sites/{site.pk}/live/")
    expect(decider.get_by_text("Not yours to do now")).to_be_visible()
    expect(decider.get_by_role("button", name="Set it live")).to_have_count(0)

    _assess(author, dpia, as_person(dpo, width), as_person(asset_owner, width), url, width)
    decider.reload()
    good(decider, width)
    presses(decider, "Set it live")
    decider.wait_for_url(f"**/camera-sites/{site.pk}/")
    expect(decider.locator(".app-state").first).to_contain_text("In service")
    good(decider, width)

    author.goto(f"{url}/camera-sites/{site.pk}/decommission/")
    author.get_by_label("Why", exact=True).fill("The road was closed.")
    presses(author, "End it now")
    author.wait_for_url(f"**/camera-sites/{site.pk}/")
    expect(author.get_by_text("It comes back only as a new proposal").first).to_be_visible()
    good(author, width)
    assert CameraSite.objects.get().status == CameraSite.Status.DECOMMISSIONED


def _assess(author, dpia, adviser, decider, url: str, width: int) -> None:
    """The risks written, the version submitted, advised on and approved."""
    author.goto(f"{url}/dpias/{dpia.pk}/registers/")
    good(author, width)
    row = author.locator("[name^='risk_register-0-']")
    assert row.count()
    for name, value in {"risk": "Wrongful stop", "affected": "Drivers"}.items():
        author.locator(f"[name=risk_register-0-{name}]").fill(value)
    for name in ("likelihood_before", "severity_before", "likelihood_after", "severity_after"):
        author.locator(f"[name=risk_register-0-{name}]").select_option("2" if "before" in name else "1")
    author.locator("main form button[type=submit]").first.click()
    author.wait_for_url(f"**/dpias/{dpia.pk}/")
    author.get_by_role("button", name=re.compile("^Submit")).first.click()
    expect(author.get_by_text(re.compile("waits for the data protection officer", re.IGNORECASE)).first).to_be_visible()
    adviser.goto(f"{url}/dpias/{dpia.pk}/advise/")
    good(adviser, width)
    adviser.locator("[name=is_favourable][value=yes]").check()
    adviser.locator("[name=words]").fill("Proportionate.")
    adviser.locator("main form button[type=submit]").last.click()
    adviser.wait_for_url(f"**/dpias/{dpia.pk}/")
    decider.goto(f"{url}/dpias/{dpia.pk}/decide/")
    good(decider, width)
    decider.locator("[name=verdict][value=approve]").check()
    decider.locator("[name=words]").fill("Necessary.")
    decider.locator("main form button[type=submit]").last.click()
    decider.wait_for_url(f"**/dpias/{dpia.pk}/")
