"""Passing several on, a linked interest, what a source owes and how long removals took, as a browser draws them at both widths."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from hotlists import actions
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import plate, voi

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_no_fault_that_a_program_finds_and_nothing_spills_over(
    page, live_server, width, approved_entry, hotlist, feed, agreement, loaded, manager, second_manager, submitter
):
    entries = [approved_entry(vrm_entered=plate(n)) for n in range(3)]
    ended = approved_entry(vrm_entered=plate(9))
    happened = timezone.now() - dt.timedelta(hours=14)
    actions.withdraw(ended, by=submitter, reason="located", happened_at=happened)
    loaded([voi(1)])
    bulk = actions.choose_entries(hotlist, by=manager, add=[entry.pk for entry in entries])
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, manager.username, PASSWORD)

    def looked_at(name: str) -> None:
        page.wait_for_load_state("networkidle")
        if folder := os.environ.get("PORTAL_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        assert faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    page.goto(f"{live_server.url}{reverse('entries_choose', args=[hotlist.slug])}")
    looked_at("choose")
    page.get_by_role("button", name="Pass them on to another owner").click()
    looked_at("owner")
    page.get_by_label("New owner").select_option(label="Second Manager")
    page.get_by_label("Why").fill("Left the team.")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_text("Now Submitter Test").first.wait_for()
    looked_at("owner-planned")
    page.get_by_role("button", name="Pass 3 entries on").click()
    page.get_by_text("3 entries passed on").wait_for()
    looked_at("owner-done")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Given back").wait_for()
    looked_at("owner-undone")
    assert bulk.rows.count() == 3
    for name, address in {
        "link": reverse("entry_link", args=[entries[0].pk]),
        "removals": reverse("removal_list"),
        "to-remind": reverse("reminder_list", args=[feed.slug]),
        "lists": reverse("hotlist_list"),
    }.items():
        page.goto(f"{live_server.url}{address}")
        looked_at(name)
    assert page.complaints == []
