"""What is asked only under one answer appears with it, from the keyboard too; without scripts it stands under its answer."""

import pytest
from playwright.sync_api import expect

from tests.browser import faults, sign_in
from tests.cast import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def officers(live_server, draft_entry):
    """The address of the step that says what officers do, of a draft about a missing person."""
    version = draft_entry(category="MIS-H", missing_risk="HIGH", priority="HIGH", subject="missing")
    return f"{live_server.url}/entries/{version.entry_id}/edit/officers/"


@pytest.mark.parametrize("width", [1280, 390])
def test_an_answer_reveals_what_follows_from_it(page, live_server, officers, submitter, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, submitter.username, PASSWORD)
    page.goto(officers, wait_until="networkidle")
    considered = page.get_by_role("group", name="Has directed surveillance been considered?")
    override = page.get_by_label("Why low priority is right all the same")
    expect(considered).to_be_hidden()
    expect(override).to_be_hidden()
    assert faults(page) == []
    silent = page.get_by_label("Silent", exact=False).first
    silent.focus()
    page.keyboard.press("Space")
    expect(considered).to_be_visible()
    page.keyboard.press("Tab")
    assert considered.evaluate("(group) => group.contains(document.activeElement)")
    page.get_by_label("Low", exact=True).check()
    expect(override).to_be_visible()
    override.fill("Found and safe; only to be told apart.")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("High", exact=True).check()
    expect(override).to_be_hidden()
    page.get_by_role("button", name="Save and come back later").click()
    page.get_by_text("Draft saved").wait_for()
    assert page.complaints == []


def test_without_scripts_all_of_it_stands_under_its_answer(chromium, live_server, officers, submitter):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, submitter.username, PASSWORD)
    page.goto(officers)
    expect(page.get_by_role("group", name="Has directed surveillance been considered?")).to_be_visible()
    expect(page.get_by_label("Why low priority is right all the same")).to_be_visible()
    context.close()
