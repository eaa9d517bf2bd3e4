"""What is published of a list: what is in force, nothing else, spelled so that both sides agree."""

import datetime as dt
import json

import pytest
import time_machine
from django.utils import timezone

from hotlists import actions as hotlists
from hotlists.models import Hotlist
from matcher_client.rows import BucketDigests, Row, canonical
from matchers import actions
from matchers.actions import sign_feed
from matchers.actions.revisions import lines_of
from matchers.models import Feed, FeedList, Metadata, PublishedRow
from tests.publishing import PUBLISHER, followed, publish, rows_of


def rows(hotlist) -> list[Row]:
    """The rows of the newest revision, as a matcher reads them."""
    return rows_of(followed(hotlist))


def test_entry_in_force_is_published_with_what_its_recipient_needs(matcher, hotlist, approved_entry):
    entry = approved_entry()
    [publication] = publish(hotlist)
    [row] = rows(hotlist)
    term = entry.terms.get()
    assert (row.country, row.vrm, row.ref, row.version) == ("GB", "AB01CDE", str(entry.pk), str(term.version_id))
    assert row.lapses_at == int(term.lapses_at.timestamp())
    assert publication.manifest["rows"] == publication.rows == 1
    assert publication.manifest["list_lapses_at"] == int(publication.list_lapses_at.timestamp())


def test_root_is_that_of_the_rows_as_a_client_computes_it(matcher, hotlist, approved_entry):
    for vrm in ("AB01CDE", "XY50ZZZ"):
        approved_entry(vrm_entered=vrm)
    approved_entry(vrm_entered="AB50ABC", action_text=r"Ask \N for C:\new\\table, then \. stop")
    [publication] = publish(hotlist)
    digests = BucketDigests(publication.bucket_bits)
    for row in rows(hotlist):
        digests.add(row)
    assert (digests.root(), digests.count) == (publication.root, publication.rows)
    assert [bytes(line) for line in lines_of(hotlist, 1)] == [canonical(row) for row in rows(hotlist)]


def test_publishing_twice_does_nothing(matcher, hotlist, approved_entry):
    approved_entry()
    publish(hotlist)
    signed = Metadata.objects.count()
    assert publish(hotlist) == []
    assert Metadata.objects.count() == signed


def test_draft_suspended_withdrawn_overdue_and_expired_entries_are_not_published(
    matcher, hotlist, approved_entry, submitted_entry, supervisor
):
    submitted_entry(vrm_entered="AB50AAA")
    hotlists.suspend(approved_entry(vrm_entered="AB50BBB"), by=supervisor, reason="Plate may be misread.")
    hotlists.withdraw(approved_entry(vrm_entered="AB50CCC"), by=supervisor, reason="recovered")
    kept = approved_entry(vrm_entered="AB50DDD", review_by=timezone.now() + dt.timedelta(days=28))
    short = approved_entry(vrm_entered="AB50EEE")
    [publication] = publish(hotlist)
    assert {row.vrm for row in rows(hotlist)} == {"AB50DDD", "AB50EEE"}
    assert publication.refused == {"unapproved": 1, "suspension": 1}
    with time_machine.travel(short.terms.get().review_by, tick=False):
        [second] = publish(hotlist)
        assert {row.ref for row in rows(hotlist)} == {str(kept.pk)}
        assert second.refused["overdue"] == 2
    with time_machine.travel(short.terms.get().expires_at, tick=False):
        [third] = publish(hotlist)
        assert rows(hotlist) == []
        assert third.refused["expired"] == 3


def test_entry_that_starts_within_one_offline_life_goes_out_early_with_its_start(matcher, hotlist, approved_entry):
    now = timezone.now()
    soon = approved_entry(vrm_entered="AB50AAA", starts_at=now + dt.timedelta(hours=23))
    approved_entry(vrm_entered="AB50BBB", starts_at=now + dt.timedelta(hours=25))
    publish(hotlist)
    [row] = rows(hotlist)
    assert row.ref == str(soon.pk)
    assert row.starts_at >= (now + dt.timedelta(hours=23)).timestamp()


def test_list_whose_assessment_lapsed_publishes_no_rows(matcher, hotlist, approved_entry, manager, allocate):
    approved_entry()
    publish(hotlist)
    hotlists.change_hotlist(hotlist, by=manager, dpia=None)
    [publication] = publish(hotlist)
    assert (publication.rows, rows(hotlist)) == (0, [])
    assert not publication.is_ending


def test_list_given_to_nobody_is_not_published(publication_keys, hotlist, approved_entry):
    approved_entry()
    assert publish(hotlist) == []
    assert not PublishedRow.objects.exists()


def test_another_sunset_is_a_new_revision_of_the_same_file(matcher, hotlist, approved_entry, manager, asset_owner):
    approved_entry()
    [first] = publish(hotlist)
    until = timezone.now() + dt.timedelta(days=100)
    proposed = hotlists.propose_justification(hotlist, by=manager, words="Found nine of ten.", sunset_at=until)
    hotlists.decide_justification(proposed, by=asset_owner, verdict="approve", rationale="It is worth it.")
    hotlist = Hotlist.objects.get(pk=hotlist.pk)
    [second] = publish(hotlist)
    assert second.revision == first.revision + 1
    assert (second.sha256, second.root) == (first.sha256, first.root)
    assert second.manifest["list_lapses_at"] == int(hotlist.sunset_at.timestamp())


def test_rows_of_any_past_revision_can_be_told(matcher, hotlist, approved_entry, supervisor):
    first_entry = approved_entry(vrm_entered="AB50AAA")
    [first] = publish(hotlist)
    approved_entry(vrm_entered="AB50BBB")
    [second] = publish(hotlist)
    hotlists.withdraw(first_entry, by=supervisor, reason="recovered")
    [third] = publish(hotlist)
    held = [
        set(PublishedRow.objects.of_revision(publication).values_list("vrm", flat=True))
        for publication in (first, second, third)
    ]
    assert held == [{"AB50AAA"}, {"AB50AAA", "AB50BBB"}, {"AB50BBB"}]


def test_published_rows_cannot_be_rewritten(matcher, hotlist, approved_entry):
    approved_entry()
    publish(hotlist)
    for change in ({"canonical": "another"}, {"since_revision": 9}, {"vrm": "XY50ZZZ"}):
        with pytest.raises(Exception, match="permission denied"):
            from django.db import transaction

            with transaction.atomic():
                PublishedRow.objects.update(**change)


def test_words_with_line_breaks_are_published_on_one_line(matcher, hotlist, approved_entry):
    approved_entry(action_text="Assess first.\r\nStop only if safe.\t Call.")
    publish(hotlist)
    [row] = rows(hotlist)
    assert row.action_text == "Assess first. Stop only if safe. Call."


def test_versions_of_a_feed_only_grow(matcher, hotlist, approved_entry):
    seen = []
    for vrm in ("AB50AAA", "AB50BBB", "AB50CCC"):
        approved_entry(vrm_entered=vrm)
        publish(hotlist)
        feed = Feed.objects.get()
        seen.append((feed.snapshot_version, feed.timestamp_version))
    assert seen == sorted(set(seen))


def test_snapshot_goes_on_naming_an_ended_list_after_its_documents_were_erased(
    matcher, hotlist, approved_entry, manager
):
    approved_entry()
    publish(hotlist)
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="The trial is over.")
    publish(hotlist)
    FeedList.objects.update(unloaded_at=timezone.now())
    Metadata.objects.filter(role=hotlist.role.name).delete()
    feed = sign_feed(matcher.matcher.feed, by=PUBLISHER, at=timezone.now(), with_targets=True)
    body = Metadata.objects.get(feed=feed, role="snapshot", version=feed.snapshot_version).body
    assert json.loads(bytes(body))["signed"]["meta"][f"{hotlist.role.name}.json"]["version"] == 2
