"""A complaint walked from the page of what it is about to its answer, and holding what is found, as a browser draws them."""

import pytest
from django.urls import reverse

from scrutiny.models import Concern
from tests.browser import sign_in
from tests.cast import PASSWORD
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.test_writing_in_browser import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_complaint_about_a_list_is_written_down_answered_and_taken_up_again(page, live_server, hotlist, dpo):
    sign_in(page, live_server, dpo.username, PASSWORD)
    page.goto(live_server.url + reverse("hotlist_detail", args=[hotlist.slug]))
    page.get_by_role("button", name="Write one down").click()
    page.get_by_text("About this hotlist").wait_for()
    looked_at(page, "concern-new")
    page.get_by_label("Complaint", exact=True).check()
    page.get_by_label("In a few words").fill("Stopped for nothing")
    page.get_by_label("What they ask, or what happened").fill("My car AB01 CDE was stopped twice.")
    page.get_by_label("Who brought it").fill("A. Example, by letter")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("What they ask").input_value() == "My car AB01 CDE was stopped twice.", (
        "nothing typed is lost"
    )
    looked_at(page, "concern-problem")
    page.complaints.clear()  # a browser says of each 422 that it was one
    page.get_by_label("What they ask, or what happened").fill("Was stopped twice.")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("heading", name="Stopped for nothing").wait_for()
    looked_at(page, "concern-open")
    page.get_by_role("button", name="Answer", exact=True).click()
    looked_at(page, "concern-answer")
    page.get_by_label("Upheld in part").check()
    page.get_by_label("What was found").fill("The second stop had no ground. An apology was sent.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Upheld in part").first.wait_for()
    looked_at(page, "concern-answered")
    page.get_by_role("button", name="Take it up again").click()
    page.get_by_label("What was found out or done").fill("Not content with the first stop either.")
    page.get_by_role("button", name="Take it up again").click()
    page.get_by_text("To be answered").first.wait_for()
    page.goto(live_server.url + reverse("concern_list"))
    looked_at(page, "concerns")
    assert [note.step for note in Concern.objects.get().notes.all()] == ["answered", "reopened"]


@pytest.mark.parametrize("kind", ["access", "correction", "breach"])
def test_the_answers_of_each_kind_are_readable(page, live_server, dpo, kind):
    sign_in(page, live_server, dpo.username, PASSWORD)
    page.goto(live_server.url + reverse("concern_new"))
    page.locator(f"[name=kind][value={kind}]").check()
    page.get_by_label("In a few words").fill("Of one kind")
    page.get_by_label("What they ask, or what happened").fill("As it says.")
    page.get_by_label("Who brought it").fill("A. Example")
    page.get_by_role("button", name="Write it down").click()
    looked_at(page, f"concern-{kind}")
    page.get_by_role("button", name="Answer", exact=True).click()
    if kind == "correction":
        page.get_by_label("Corrected or erased").check()
        page.get_by_label("Who was told").wait_for()
    looked_at(page, f"concern-{kind}-answer")


def test_hits_and_what_a_search_found_are_held_from_their_pages(page, live_server, hit, inspector):
    sign_in(page, live_server, inspector.username, PASSWORD)
    page.goto(live_server.url + reverse("hit_list"))
    page.get_by_role("button", name="Hold these for a case").click()
    page.get_by_text("1 hit.").wait_for()
    looked_at(page, "hits-hold")
    for label, words in (("Case", "R v Smith 26/114"), ("What it is needed for", "Trial in May.")):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Relevant to a criminal investigation (CPIA 1996)").check()
    page.get_by_role("button", name="Hold them").click()
    page.get_by_text("Nothing erases these hits").wait_for()
    page.goto(live_server.url + reverse("hit_list"))
    page.locator("td", has_text="Held").wait_for()
    looked_at(page, "hits-held")
    page.goto(live_server.url + reverse("plate_search"))
    page.get_by_label("Number plate").fill(hit.vrm)
    page.get_by_label("Why do you search?").fill("Trial of Smith.")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Hold these entries for a case").click()
    page.get_by_role("heading", name="Hold what was found").wait_for()
    looked_at(page, "search-hold")
