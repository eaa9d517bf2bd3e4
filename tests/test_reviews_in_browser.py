"""Reviewing, narrowing and disputing in front of a person: at a phone's width, by keyboard, and readable to programs."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hotlists import actions
from hotlists.models import Entry, Review
from tests.asgi_portal import *  # noqa: F403 - fixtures
from tests.phone import *  # noqa: F403 - fixtures
from tests.phone import look_at

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]
DAY = dt.timedelta(days=1)


def test_queue_is_reviewed_by_keyboard_from_one_to_the_next(approved_entry, at, supervisor):
    now = timezone.now()
    for letter, days in (("A", 1), ("B", 2)):
        approved_entry(
            vrm_entered=f"XY50 ZZ{letter}", review_by=now + days * DAY, expires_at=now + 20 * DAY, action="STOP",
        )  # fmt: skip
    page = at(supervisor, reverse("review_queue"))
    look_at(page, "review-queue")
    page.get_by_role("button", name="Begin with the first").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 2")).to_be_visible()
    look_at(page, "review")
    page.get_by_label("What did it say?").fill("Open, asked this morning")
    for question in ("Is it still necessary?", "Is it still accurate?", "Is it still proportionate?"):
        choice = page.get_by_role("group", name=question).get_by_label("Yes")
        choice.focus()
        page.keyboard.press("Space")
    page.get_by_label("Why?").fill("Seen again on Tuesday.")
    page.get_by_role("group", name="What follows?").get_by_label("Renew").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Record my review and go on").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Reviewed: renew.")).to_be_visible()
    expect(page.get_by_role("heading", name="Review this entry")).to_be_visible()
    assert Review.objects.count() == 1
    page.get_by_role("button", name="Record my review").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look_at(page, "review-with-problems")
    page.get_by_role("link", name="Leave it").click()
    expect(page.get_by_role("heading", name="Reviews")).to_be_visible()
    assert page.complaints == []


def test_narrowing_offers_only_less_on_a_phone(approved_entry, at, supervisor):
    entry = approved_entry(action="STOP", markers=["VI"], marker_source="Crime log 2211, graded 1AP")
    page = at(supervisor, reverse("entry_narrow", args=[entry.pk]))
    expect(page.get_by_label("Silent")).to_have_count(0)
    look_at(page, "narrow")
    page.get_by_label("Assess", exact=True).check()
    page.get_by_label("Why").fill("The driver was found unarmed.")
    page.get_by_role("button", name="Narrow now").click()
    expect(page.get_by_text("Action: Stop → Assess. The driver was found unarmed.")).to_be_visible()
    look_at(page, "narrowed")
    assert entry.terms.get(until_at=None).action == "ASSESS"


def test_dispute_and_its_lifting_on_a_phone(approved_entry, at, dpo, supervisor):
    entry = approved_entry()
    page = at(dpo, reverse("entry_dispute", args=[entry.pk]))
    look_at(page, "dispute")
    page.get_by_label("Why").fill("The keeper says that it was sold in May.")
    page.get_by_role("button", name="Dispute now").click()
    expect(page.get_by_text("Nobody looks for it until another person lifts the dispute.")).to_be_visible()
    look_at(page, "disputed")
    assert not Entry.objects.in_force(timezone.now()).exists()
    page = at(supervisor, reverse("entry_resume", args=[entry.pk]))
    look_at(page, "dispute-lift")


def test_extending_passing_on_and_ending_are_readable_on_a_phone(approved_entry, at, submitter, supervisor):
    entry = approved_entry()
    look_at(at(submitter, reverse("entry_extend", args=[entry.pk])), "extend")
    look_at(at(submitter, reverse("entry_pass_on", args=[entry.pk])), "pass-on")
    look_at(at(submitter, reverse("entry_withdraw", args=[entry.pk])), "withdraw")
    actions.withdraw(entry, by=supervisor, reason="recovered", happened_at=timezone.now() - DAY)
    page = at(submitter, reverse("entry_detail", args=[entry.pk]))
    expect(page.get_by_text("It took 1 day from what happened")).to_be_visible()
    look_at(page, "ended")
    page.get_by_role("button", name="Ask for it again").click()
    expect(page.get_by_text("A new draft, from the words of the entry that ended.")).to_be_visible()
