"""Answers about what a matcher held long ago: they prove what they always proved, and no more."""

import pytest
from django.utils import timezone

from hotlists import actions as hotlists
from matcher_client.rows import answer
from matchers import actions
from matchers.actions import buckets
from matchers.models import Publication, RecallHolder
from tests.publishing import publish

pytestmark = pytest.mark.django_db(transaction=True)


def asked(client, role: str, revision: int) -> dict:
    """The question about a revision that the matcher says it holds."""
    return client.session.post("/api/v1/challenges/", {"hotlist": role, "revision": revision})


def answered_with_nothing(client, role: str, revision: int) -> dict:
    """What the portal makes of the answer of a matcher that says it holds no row."""
    question = asked(client, role, revision)
    receipt = {
        "challenge": question["id"],
        "hotlist": role,
        "revision": revision,
        "rows": 0,
        "buckets": {str(number): answer(bytes.fromhex(question["nonce"]), []) for number in question["buckets"]},
        "applied_at": int(timezone.now().timestamp()),
    }
    signature = client.identity.sign({**receipt, "matcher": client.identity.matcher})
    return client.session.post("/api/v1/receipts/", {**receipt, "signature": signature})


def test_the_end_of_a_list_that_was_given_again_proves_nothing_of_what_came_after(
    matcher, hotlist, approved_entry, client_for, allocate, manager, supervisor
):
    entry = approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="Agreement under review")
    publish(hotlist)
    ending = Publication.objects.get(feed=matcher.matcher.feed)
    assert client.step(), client.problem
    publish(hotlist)
    allocate(matcher, hotlist)
    publish(hotlist)
    assert client.step(), client.problem
    assert client.store.lists[hotlist.role.name].rows.count == 1
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    assert RecallHolder.objects.open().count() == 1
    told = answered_with_nothing(client, hotlist.role.name, ending.revision)
    assert told["recalls_closed"] == 0
    assert RecallHolder.objects.open().count() == 1, "the matcher still holds the row"
    assert client.step(), client.problem
    assert RecallHolder.objects.open().count() == 0


def test_whoever_asks_about_another_revision_in_between_is_asked_the_same_buckets(
    matcher, hotlist, approved_entry, monkeypatch
):
    monkeypatch.setattr(buckets, "MIN_BUCKET_BITS", 8)  # as a list of many rows has
    approved_entry()
    publish(hotlist)
    approved_entry(vrm_entered="XY50ZZZ")
    publish(hotlist)
    by, role = matcher.matcher.machine, hotlist.role.name
    first = actions.challenge(role, by=by, revision=2)
    actions.challenge(role, by=by, revision=1)
    again = actions.challenge(role, by=by, revision=2)
    assert set(first.buckets) <= set(again.buckets), "whoever tries long enough is asked what it knows"
    assert again.nonce != first.nonce
