"""Deciding on a telephone at night, two who decide blind to each other, and what was authorised by word of mouth."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hotlists import actions
from hotlists.models import Entry, EntryVersion
from tests.asgi_portal import *  # noqa: F403 - fixtures
from tests.cast import GROUNDS
from tests.phone import *  # noqa: F403 - fixtures
from tests.phone import look_at

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile"),
]
DAY = dt.timedelta(days=1)


def approves(page, verdict: str = "Approve") -> None:
    """Says so, with the grounds."""
    page.get_by_role("radio", name=verdict, exact=True).check()
    for label, name in (
        ("Why is it necessary?", "necessity"), ("Why is it in proportion?", "proportionality"),
        ("Who else is affected?", "collateral_intrusion"), ("What else was considered?", "alternatives"),
    ):  # fmt: skip
        page.get_by_label(label).fill(GROUNDS[name])


def test_an_inspector_approves_with_conditions_on_a_phone_from_the_queue_on(approved_entry, at, submitter, supervisor):
    entry = approved_entry()
    version = actions.begin_version(entry, by=submitter, contact_24h="Duty desk, 01632 960777")
    actions.submit(version, by=submitter)
    page = at(supervisor, reverse("decision_queue"))
    look_at(page, "decision-queue")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Decide").first.click()
    expect(page.get_by_role("heading", name="What this version changes")).to_be_visible()
    expect(page.get_by_text("01632 960777").first).to_be_visible()
    look_at(page, "decide-on-a-phone")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_role("alert")).to_be_visible()  # what is missing, said at the top, and nothing decided
    assert EntryVersion.objects.get(pk=version.pk).status == EntryVersion.Status.SUBMITTED
    approves(page, "Approve with conditions")
    page.get_by_label("On what conditions?").fill("Two cars, and not near the school.")
    for target in page.locator("main button, main input[type=radio]").all():
        box = target.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24, "too small for a thumb"
    page.get_by_role("button", name="Record my decision").click()
    page.wait_for_url(f"**{reverse('entry_detail', args=[entry.pk])}")
    decision = EntryVersion.objects.get(pk=version.pk).decisions.get()
    assert (decision.verdict, decision.conditions) == ("conditions", "Two cars, and not near the school.")
    assert decision.decided_by == supervisor


def test_of_two_who_decide_the_second_reads_nothing_of_the_first_until_both_have_spoken(
    submitted_entry, at, superintendent, second_superintendent
):
    version = submitted_entry(category="CT", purpose="counter_terrorism")
    words = "Named in two reports of the protest liaison team."
    actions.decide(version, by=superintendent, verdict="approve", **{**GROUNDS, "necessity": words})
    page = at(second_superintendent, reverse("entry_decide", args=[version.entry_id]))
    expect(page.get_by_text("Neither reads what the other decided until both have")).to_be_visible()
    look_at(page, "decide-blind")
    page.set_viewport_size({"width": 390, "height": 844})
    assert words not in page.content() and words not in at_entry(page, version)
    page.go_back()
    approves(page)
    page.get_by_role("button", name="Record my decision").click()
    page.wait_for_url(f"**{reverse('entry_detail', args=[version.entry_id])}")
    expect(page.get_by_text(words).first).to_be_attached()
    look_at(page, "decided-by-two")
    assert Entry.objects.in_force(timezone.now()).filter(pk=version.entry_id).exists()


def at_entry(page, version: EntryVersion) -> str:
    """What the entry's own page says."""
    page.goto(page.url.split("/entries/")[0] + reverse("entry_detail", args=[version.entry_id]))
    return page.content()


def test_an_emergency_is_written_down_shows_its_time_and_is_confirmed_in_writing(hotlist, at, submitter, inspector):
    page = at(submitter, reverse("emergency_new", args=[hotlist.slug]))
    look_at(page, "emergency-new")
    page.set_viewport_size({"width": 390, "height": 844})
    for label, words in (
        ("Number plate", "AB01 CDE"), ("How the plate was checked, if it is unusual (optional)", "Read out twice by the officer."),
        ("Why this vehicle is to be looked for now", "A man forced a woman into the car at Quay Street and drove north."),
        ("What an officer should do, and must not do", "Stop with two cars; he is believed to be armed."),
        ("Contact at any hour", "Control room, 01632 960001"), ("What they said", "Yes, put it on at once."),
        ("When they said so", timezone.localtime().strftime("%Y-%m-%dT%H:%M")),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Category").select_option("CRM")
    page.get_by_label("Purpose").select_option("serious")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("Neither I nor my family or colleagues").check()
    page.get_by_label("Who authorised it").select_option(inspector.username)
    page.get_by_role("button", name="Record and look for it now").click()
    page.wait_for_url("**/entries/*/")
    entry = Entry.objects.get()
    assert Entry.objects.in_force(timezone.now()).filter(pk=entry.pk).exists()
    look_at(page, "emergency-entry")

    page = at(inspector, "/")
    expect(page.get_by_text("confirm or refuse it within 3 h")).to_be_visible()
    look_at(page, "emergency-home")
    page = at(inspector, reverse("emergency_list"))
    look_at(page, "emergency-list")
