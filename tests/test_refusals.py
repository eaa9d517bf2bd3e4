"""What a list holds and does not publish: on record row by row, with its reason, as long as that holds (R-016)."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from hotlists import actions as hotlists
from hotlists.models import FeedRow
from matchers import actions as matchers_actions
from matchers.models import Refusal
from tests.feed_cast import *  # noqa: F403 - a list loaded from its source
from tests.feed_cast import plate, voi
from tests.publishing import PUBLISHER, publish


def standing(hotlist) -> set[tuple[str, str]]:
    """Plates and reasons that hold now."""
    return set(Refusal.objects.filter(hotlist=hotlist).standing().values_list("vrm", "reason"))


def test_each_refused_entry_is_on_record_until_its_reason_is_gone(
    matcher, hotlist, approved_entry, submitted_entry, supervisor, inspector
):
    submitted_entry(vrm_entered="AB50AAA")
    stopped = approved_entry(vrm_entered="AB50BBB")
    hotlists.suspend(stopped, by=supervisor, reason="Plate may be misread.")
    approved_entry(vrm_entered="AB50CCC")
    [publication] = publish(hotlist)
    assert publication.refused == {"unapproved": 1, "suspension": 1}
    assert standing(hotlist) == {("AB50AAA", "unapproved"), ("AB50BBB", "suspension")}
    found = Refusal.objects.get(vrm="AB50BBB")
    assert (found.ref, found.get_reason_display()) == (str(stopped.pk), "Suspended")
    hotlists.resume(stopped, by=inspector, reason="Read well.")
    [publication] = matchers_actions.publish(hotlist.pk, by=PUBLISHER, as_noted=True)
    assert publication.refused == {"unapproved": 1}
    found.refresh_from_db()
    assert found.until_at is not None
    assert standing(hotlist) == {("AB50AAA", "unapproved")}


def test_refusal_that_goes_on_is_written_once(matcher, hotlist, submitted_entry):
    submitted_entry()
    publish(hotlist)
    since = Refusal.objects.get().since_at
    publish(hotlist)
    assert Refusal.objects.get().since_at == since


def test_feeds_say_what_is_held_back_past_its_end_or_said_twice(db, feed, loaded, add_matcher, allocate, manager):
    loaded([voi(0), voi(1), voi(2, ref="A B"), voi(3)])
    row = FeedRow.objects.get(vrm=plate(2))
    facts = {field.attname: getattr(row, field.attname) for field in FeedRow._meta.concrete_fields}
    FeedRow.objects.create(**facts | {"ref": "A\tB"})  # which is spelled alike, since a row holds no tab
    FeedRow.objects.filter(vrm=plate(3)).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    hotlists.suspend_row(feed, by=manager, country="GB", vrm=plate(0), reason="Insured after all.")
    allocate(add_matcher(), feed)
    [publication] = publish(feed)
    assert publication.refused == {"held_back": 1, "duplicate": 1, "expired": 1}
    assert standing(feed) == {(plate(0), "held_back"), (plate(2), "duplicate"), (plate(3), "expired")}


def test_what_was_refused_is_never_rewritten(matcher, hotlist, submitted_entry):
    submitted_entry()
    publish(hotlist)
    for sql in ("UPDATE matchers_refusal SET reason = 'expired'", "DELETE FROM matchers_refusal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_page_shows_them_by_reason_and_says_so_in_the_log(
    matcher, hotlist, approved_entry, submitted_entry, supervisor, client_of
):
    entry = submitted_entry(vrm_entered="AB50AAA").entry
    hotlists.suspend(approved_entry(vrm_entered="AB50BBB"), by=supervisor, reason="Plate may be misread.")
    publish(hotlist)
    page = client_of(supervisor).get(reverse("refusal_list", args=[hotlist.slug])).content.decode()
    assert "AB50 AAA" in page
    assert reverse("entry_detail", args=[entry.pk]) in page
    page = (
        client_of(supervisor).get(reverse("refusal_list", args=[hotlist.slug]) + "?reason=suspension").content.decode()
    )
    assert "AB50 AAA" not in page
    assert "AB50 BBB" in page
    assert [event.count for event in Event.objects.filter(verb="refusals.shown").order_by("id")] == [2, 1]


def test_api_says_the_same(matcher, hotlist, submitted_entry, supervisor, client_of):
    submitted_entry(vrm_entered="AB50AAA")
    publish(hotlist)
    [found] = client_of(supervisor).get(reverse("api_refusal_list", args=[hotlist.slug])).json()["results"]
    assert (found["vrm"], found["reason"], found["words"]) == ("AB50AAA", "unapproved", "Waits for approval")
    empty = client_of(supervisor).get(reverse("api_refusal_list", args=[hotlist.slug]) + "?reason=expired").json()
    assert empty["results"] == []


@pytest.mark.parametrize("name", ["refusal_list", "api_refusal_list"])
def test_whoever_has_no_sight_of_the_list_has_none_of_them(
    matcher, hotlist, submitted_entry, infrastructure_lead, client_of, name
):
    submitted_entry()
    publish(hotlist)
    assert client_of(infrastructure_lead).get(reverse(name, args=[hotlist.slug])).status_code == 404
    assert Client().get(reverse(name, args=[hotlist.slug])).status_code in (302, 401)
