"""Writing an entry in front of a person: every step at two widths, from the keyboard alone, without a fault that axe knows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotlists.models import EntryVersion
from hotlists.steps import STEPS
from tests.browser import faults, sign_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def looked_at(page, name: str) -> None:
    """No fault at either width; a picture of each when somebody asked for pictures."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page) == [], f"{name} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width}"
        if folder := os.environ.get("PORTAL_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def reach(page, target) -> None:
    """With the Tab key alone."""
    for _ in range(80):
        if target.evaluate("(wanted) => wanted === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {target}")


def types(page, label: str, words: str) -> None:
    reach(page, page.get_by_label(label, exact=False).first)
    page.keyboard.type(words)


def chooses(page, group: str, answer: str) -> None:
    """A radio button, from the keyboard: Tab comes to the group, arrows go through it."""
    radios = page.get_by_role("group", name=group, exact=False).get_by_role("radio")
    wanted = page.get_by_role("group", name=group, exact=False).get_by_label(answer, exact=True)
    for _ in range(80):
        if any(radio.evaluate("(one) => one === document.activeElement") for radio in radios.all()):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(radios.count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not come to {answer}")


def onwards(page) -> None:
    reach(page, page.get_by_role("button", name="Save and continue"))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_entry_is_written_from_the_keyboard_alone_and_the_f06_marker_is_sent_back(
    page, live_server, hotlist, submitter
):
    sign_in(page, live_server, "submitter", PASSWORD)
    page.goto(f"{live_server.url}/hotlists/{hotlist.slug}/entries/new/")
    types(page, "Number plate", "ab01 cde")
    page.keyboard.press("Tab")
    expect(page.locator("#plate-look")).to_contain_text("This plate was never issued")
    types(page, "Why the plate is right", "Read off the vehicle.")
    types(page, "Make", "Ford")
    types(page, "Model", "Focus")
    types(page, "Colour", "Blue")
    looked_at(page, "writing-1-vehicle")
    onwards(page)
    chooses(page, "Category", "Priority and volume crime")
    types(page, "Why this vehicle is to be looked for", "Of interest to Public Order Unit, Sussex police")
    reach(page, page.get_by_label("Purpose"))
    page.keyboard.type("Pri")
    chooses(page, "Is that fact or assessment?", "Fact")
    types(page, "Source system", "crime")
    types(page, "Crime, incident or intelligence reference", "CR/2211/26")
    looked_at(page, "writing-2-why")
    onwards(page)
    chooses(page, "Who it is about", "Suspect")
    chooses(page, "Does it touch activity", "No")
    reach(page, page.get_by_label("Neither I nor my family"))
    page.keyboard.press("Space")
    looked_at(page, "writing-3-who")
    onwards(page)
    types(page, "What an officer should do", "Assess. Do not approach alone.")
    looked_at(page, "writing-4-officers")
    onwards(page)
    looked_at(page, "writing-5-scope")
    onwards(page)
    types(page, "Area or unit", "Northdale")
    types(page, "Contact at any hour", "Desk, 01632 960001")
    looked_at(page, "writing-6-dates")
    onwards(page)
    expect(page.get_by_role("alert")).to_contain_text("is no reason")
    looked_at(page, "writing-7-check")
    page.goto(page.url.replace("/check/", "/"))
    expect(page.get_by_text("of 6 steps are done")).to_be_visible()
    looked_at(page, "writing-8-tasks")
    page.goto(page.url + "why/")
    box = page.get_by_label("Why this vehicle is to be looked for")
    expect(box).to_have_value("Of interest to Public Order Unit, Sussex police")
    reach(page, box)
    page.keyboard.press("Control+A")
    page.keyboard.type("Left the burglary at the pharmacy in Mill Lane on Monday; plate seen on the shop's CCTV.")
    onwards(page)
    reach(page, page.get_by_role("button", name="Submit for a decision"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Submitted. Somebody else decides now")).to_be_visible()
    assert EntryVersion.objects.get().status == "submitted"
    assert len(STEPS) == 6
