"""The pages of matchers, and what they show on the pages of entries and lists."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hotlists import actions as hotlists
from matchers import waiting, wellness
from matchers.models import Allocation, Matcher, Publication, RecallHolder, Receipt
from portal.ids import new_id
from tests.publishing import publish


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def seen(matcher):
    """The matcher was heard of just now."""
    Matcher.objects.update(last_seen_at=timezone.now())
    return matcher.matcher


def proves(matcher, hotlist, *, is_right=True) -> Receipt:
    """A receipt for the newest revision, as if the matcher had answered."""
    newest = Publication.objects.current().get(hotlist=hotlist)
    receipt = Receipt.objects.create(
        id=new_id(), matcher=matcher, hotlist=hotlist, revision=newest.revision, rows=newest.rows, nonce=b"n" * 32,
        buckets={}, signature="", is_right=is_right, applied_at=timezone.now(), received_at=timezone.now(),
    )  # fmt: skip
    if is_right:
        RecallHolder.objects.open().update(closed_at=receipt.received_at, receipt_id=receipt.pk)
    return receipt


def test_entry_page_shows_who_holds_it_and_then_who_proved_it_forgotten(
    seen, hotlist, approved_entry, supervisor, client_of
):
    entry = approved_entry()
    address = reverse("entry_detail", args=[entry.pk])
    browser = client_of(supervisor)
    assert "No matcher holds it" in words(browser.get(address))
    publish(hotlist)
    assert "Being sent" in words(browser.get(address))
    proves(seen, hotlist)
    assert "Looking for it" in words(browser.get(address))
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    assert "Not proved forgotten" in words(browser.get(address))
    proves(seen, hotlist)
    page = words(browser.get(address))
    assert "Proved forgotten" in page
    assert "s after withdrawal" in page


def test_board_turns_red_when_a_matcher_falls_silent(seen, hotlist, approved_entry, manager, client_of):
    approved_entry()
    publish(hotlist)
    proves(seen, hotlist)
    browser = client_of(manager)
    assert "Current" in words(browser.get(reverse("matcher_list")))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        page = words(browser.get(reverse("matcher_list")))
        assert "Silent" in page
        assert [item.title for item in waiting.questions(manager, timezone.now()) if item.count] == [
            "Matchers gone silent"
        ]


def test_wrong_answer_and_a_recall_unproved_for_minutes_wait_for_the_manager(
    seen, hotlist, approved_entry, manager, supervisor
):
    entry = approved_entry()
    publish(hotlist)
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    proves(seen, hotlist, is_right=False)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=3), tick=False):
        titles = {item.title for item in waiting.questions(manager, timezone.now()) if item.count}
    assert titles == {"Withdrawn rows not proved forgotten", "Matchers that answered wrongly"}
    assert list(waiting.questions(supervisor, timezone.now())) == []


def test_manager_adds_a_matcher_gives_it_a_list_and_takes_it_away(publication_keys, hotlist, manager, client_of):
    browser = client_of(manager)
    page = words(browser.post(reverse("matcher_new"), {"name": "Ring road", "purpose": "Fixed cameras"}))
    matcher = Matcher.objects.get()
    assert matcher.machine.application.client_id in page
    assert matcher.enrol_code_hash not in page
    give = reverse("matcher_allocate", args=[matcher.pk])
    facts = {"hotlist": hotlist.pk, "purpose": "Alerts", "agreement_ref": "ISA 1", "until_at": "2026-01-01"}
    refused = browser.post(give, facts)
    assert "The end lies in the past." in words(refused)
    facts["until_at"] = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    assert browser.post(give, facts).status_code == 302
    allocation = Allocation.objects.get()
    publish(hotlist)
    detail = words(browser.get(reverse("matcher_detail", args=[matcher.pk])))
    assert "Take away" in detail
    take = reverse("allocation_revoke", args=[allocation.pk])
    assert browser.post(take, {"reason": " "}).status_code == 200, "asked again, since no reason was given"
    assert browser.post(take, {"reason": "The trial is over."}).status_code == 302
    allocation.refresh_from_db()
    assert (allocation.revoked_by, allocation.revoked_because) == (manager, "The trial is over.")
    assert browser.get(reverse("publication_list", args=[hotlist.slug])).status_code == 200


def test_colleague_is_refused_and_outsider_sees_no_list(matcher, hotlist, supervisor, outsider, manager, client_of):
    for name, args in (("matcher_list", []), ("matcher_new", []), ("matcher_detail", [matcher.matcher.pk])):
        assert client_of(supervisor).get(reverse(name, args=args)).status_code == 403
    allocation = Allocation.objects.get()
    assert client_of(outsider).get(reverse("allocation_revoke", args=[allocation.pk])).status_code == 404
    assert (
        client_of(supervisor).post(reverse("allocation_revoke", args=[allocation.pk]), {"reason": "x"}).status_code
        == 403
    )
    assert client_of(manager).get(reverse("matcher_detail", args=[matcher.matcher.pk])).status_code == 200


def test_board_asks_as_many_questions_for_ten_matchers_as_for_one(
    matcher, hotlist, approved_entry, manager, client_of, add_matcher, allocate
):
    approved_entry()
    publish(hotlist)
    browser = client_of(manager)
    address = reverse("matcher_list")
    browser.get(address)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    for number in range(9):
        allocate(add_matcher(f"Matcher {number}"), hotlist)
    publish(hotlist)
    with CaptureQueriesContext(connection) as ten:
        browser.get(address)
    assert len(ten) == len(one)


def test_health_names_a_list_that_is_not_published(matcher, hotlist, approved_entry):
    approved_entry()
    assert wellness.check() == "1 lists in force are not published yet"
    publish(hotlist)
    assert wellness.check() == ""
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert "1 feeds" in wellness.check()
