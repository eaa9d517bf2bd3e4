"""Declared vehicles, conflicts of interest and notices in front of a person: on a phone, and readable to programs."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hotlists import actions
from hotlists.models import ConflictReport, Notice
from tests.asgi_portal import *  # noqa: F403 - fixtures
from tests.browser import faults
from tests.cast import approve

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]


@pytest.fixture
def at(page, asgi_portal, client_of):
    """at(user, path): the page on a phone, as this person, signed in, has it before them."""

    def go(user, path: str):
        page.context.clear_cookies()
        cookies = client_of(user).cookies
        page.context.add_cookies([{"name": k, "value": v.value, "url": asgi_portal} for k, v in cookies.items()])
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(asgi_portal + path)
        return page

    return go


def look_at(page, name: str) -> None:
    """Nothing wrong, nothing wider than the phone; a picture at two widths when somebody asked for pictures."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
    if folder := os.environ.get("PORTAL_PICTURES"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_vehicle_is_declared_its_listing_refused_and_the_report_acknowledged(hotlist, submitter, auditor, at):
    page = at(submitter, reverse("my_vehicles"))
    look_at(page, "my-vehicles-none")
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_at(page, "my-vehicles-problem")
    page.get_by_label("Number plate").fill("AB01 CDE")
    page.get_by_label("My own, or one that I drive").check()
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_text("You are kept from acting on this vehicle from now on.")).to_be_visible()
    look_at(page, "my-vehicles")
    page = at(submitter, reverse("entry_new", args=[hotlist.slug]))
    page.get_by_label("Number plate").fill("ABO1 CDE")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Professional standards are told of the attempt.")).to_be_visible()
    look_at(page, "conflict-refused")
    page = at(auditor, reverse("home"))
    page.get_by_role("link", name="A conflict of interest waits for your answer").click()
    look_at(page, "conflicts")
    page.get_by_role("link", name="Write an entry for it").first.click()
    look_at(page, "conflict")
    page.get_by_label("What you make of it").fill("Spoken to; the vehicle was hers to begin with.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged.")).to_be_visible()
    page = at(auditor, reverse("conflict_list") + "?show=all")
    look_at(page, "conflicts-all")
    look_at(at(auditor, reverse("declared_list")), "register")
    assert ConflictReport.objects.exclude(answer=None).count() == 1


def test_notice_waits_at_home_and_is_acknowledged(submitted_entry, superintendent, second_superintendent, dpo, at):
    version = submitted_entry(protected_activity=True)
    approve(version, by=superintendent)
    page = at(dpo, reverse("home"))
    page.get_by_role("link", name="You are told of entries that touch protected activity").click()
    look_at(page, "notices")
    page.get_by_role("link", name="Protest or assembly").click()
    expect(page.get_by_text("Where two decide, nobody reads what one decided before both have.")).to_be_visible()
    look_at(page, "notice")
    approve(version, by=second_superintendent)
    page.reload()
    page.get_by_label("What you make of it").fill("In proportion; looked at again in a week.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("No notice waits for you")).to_be_visible()
    look_at(at(dpo, reverse("notice_detail", args=[Notice.objects.get().pk])), "notice-acknowledged")
    actions.withdraw(version.entry, by=dpo, reason="wrong_vrm")
    look_at(at(dpo, reverse("notice_list") + "?show=all"), "notices-all")
