"""Saying why one looks, a story, and what witnesses said, as a browser draws them."""

import pytest
from django.urls import reverse

from accounts.actions import state_reason
from audit.models import WitnessWord
from tests.browser import faults, sign_in
from tests.cast import PASSWORD
from tests.test_lists_in_browser import look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shots(tmp_path_factory):
    """Where pictures are put for who runs it with --basetemp; a test needs none."""
    return tmp_path_factory.mktemp("shots")


def test_who_looks_at_anothers_entry_says_why_and_comes_back_to_it(page, live_server, approved_entry, dpo, shots):
    entry = approved_entry()
    here = live_server.url + reverse("entry_detail", args=[entry.pk])
    sign_in(page, live_server, dpo.username, PASSWORD)
    page.goto(here)
    assert faults(page) == []
    page.get_by_label("Answer a complaint or somebody’s request about their data").check()
    page.get_by_label("Why do you need to look?").fill("Who drives AB01 CDE complains.")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("Why do you need to look?").input_value() == "Who drives AB01 CDE complains."
    assert faults(page) == []
    page.screenshot(path=shots / "reason-problems.png", full_page=True)
    page.complaints.clear()  # a browser says of each 422 that it was one
    page.get_by_label("Case", exact=False).first.fill("COM/2026/3")
    page.get_by_label("Why do you need to look?").fill("The keeper complains.")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.wait_for_url(here)
    page.get_by_text("COM/2026/3").first.wait_for()
    look(page, live_server, [reverse("reason_state"), reverse("entry_detail", args=[entry.pk])], shots)


def test_story_and_witnesses_are_readable_at_both_widths(page, live_server, approved_entry, dpo, shots):
    entry = approved_entry()
    state_reason(by=dpo, purpose="rights", case_ref="COM/2026/3", words="The keeper complains.")
    WitnessWord.objects.create(witness="witness.example/w1", size=7, line="— w x", time=1, told=entry.created_at)
    WitnessWord.objects.create(witness="w.example/2", size=7, problem="it has seen 9 events.", told=entry.created_at)
    sign_in(page, live_server, dpo.username, PASSWORD)
    page.goto(live_server.url + reverse("log_purpose"))
    page.get_by_label("Verify that processing was lawful").check()
    page.get_by_role("button", name="Open the log").click()
    page.goto(live_server.url + reverse("entry_detail", args=[entry.pk]))
    page.get_by_role("link", name="Its whole story").click()
    page.get_by_role("heading", name="The story of entry").wait_for()
    look(page, live_server, [reverse("story", args=["hotlists.entry", entry.pk]), reverse("event_list"),
                             reverse("story", args=["case", "COM/2026/3"]), reverse("verification_list")], shots)  # fmt: skip
