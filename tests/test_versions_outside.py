"""A restored backup cannot lead the publisher back: what was published last is on record outside the database."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from audit.models import Event, EventDetail
from matchers import actions, versions, wellness
from matchers.models import Allocation, Feed, ListRole, Metadata, Publication, PublishedRow
from tests.publishing import PUBLISHER, held, publish

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

TABLES = ["matchers_publishedrow", "matchers_publication", "matchers_metadata", "matchers_feedlist", "matchers_listrole",
          "matchers_feed"]  # fmt: skip


@pytest.fixture
def backup(db):
    """backup(): what the database says of the publication now; the call's answer puts it back, as a restore does."""

    def take():
        kept = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT coalesce(json_agg(t), '[]') FROM {table} t")
                kept[table] = cursor.fetchone()[0]

        def restore():
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                    cursor.execute(f"DELETE FROM {table}")
                for table in reversed(TABLES):
                    rows = f"json_populate_recordset(NULL::{table}, %s)"
                    cursor.execute(f"INSERT INTO {table} SELECT * FROM {rows}", [json.dumps(kept[table])])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

        return restore

    return take


def test_below_what_was_published_nothing_is_signed_and_it_is_said_plainly(
    matcher, hotlist, approved_entry, backup, add_matcher
):
    approved_entry()
    publish(hotlist)
    restore = backup()
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    assert wellness.check() == ""
    restore()
    approved_entry(vrm_entered="AB50 CDE")
    before = list(Metadata.objects.values_list("role", "version"))
    for act in (lambda: publish(hotlist), lambda: actions.refresh_timestamps(by=PUBLISHER)):
        with pytest.raises(versions.Behind, match=r"restored from a backup.*was published at version") as refusal:
            act()
        assert refusal.value.status == 409
    assert list(Metadata.objects.values_list("role", "version")) == before
    assert "the database is older than what was published" in wellness.check()


def test_publication_is_carried_on_above_all_that_matchers_saw(
    matcher,
    hotlist,
    approved_entry,
    backup,
    client_for,
):
    approved_entry()
    publish(hotlist)
    restore = backup()
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    for _ in range(3):
        actions.refresh_timestamps(by=PUBLISHER)
    client = client_for(matcher)
    assert client.step(), client.problem
    seen = client.applied.timestamp_version, client.health()["lists"][hotlist.role.name]["revision"]
    assert held(client) == {"AB01CDE", "XY50ZZZ"}
    restore()
    call_command("resume_publication", reason="Disk failed; restored to last night.")
    assert wellness.check() == ""
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE", "XY50ZZZ"}, "the entry itself was not lost in this restore"
    now = client.applied.timestamp_version, client.health()["lists"][hotlist.role.name]["revision"]
    assert now > seen and now[1] > seen[1]
    [event] = Event.objects.filter(verb="publication.resumed")
    assert EventDetail.objects.get(pk=event.pk).body["reason"] == "Disk failed; restored to last night."
    assert publish(hotlist) == [], "and then all is as before"


def test_list_given_after_the_backup_goes_on_being_named_and_is_unloaded(
    matcher,
    hotlist,
    approved_entry,
    backup,
    client_for,
    add_matcher,
):
    approved_entry()
    actions.sign_feed(matcher.matcher.feed, by=PUBLISHER, at=timezone.now(), with_targets=True)
    versions.keep(Feed.objects.all(), [])
    restore = backup()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE"}
    role = hotlist.role.name
    restore()
    Allocation.objects.update(from_at=timezone.now() - dt.timedelta(days=1), until_at=timezone.now())
    actions.resume_publication(by=PUBLISHER, reason="Restored to before the list was given.")
    assert Feed.objects.get().lost_lists == {role: 1}
    assert client.step(), client.problem
    assert held(client) == set()


def test_list_taken_away_and_given_again_since_the_backup_is_ended_above(
    matcher,
    hotlist,
    approved_entry,
    backup,
    client_for,
    allocate,
    manager,
):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    actions.revoke(matcher.matcher.allocations.get(), by=manager, reason="A pause.")
    publish(hotlist)
    restore = backup()
    again = allocate(matcher, hotlist)
    publish(hotlist)
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE"}
    restore()
    Allocation.objects.filter(pk=again.pk).update(
        until_at=timezone.now(), from_at=timezone.now() - dt.timedelta(days=1)
    )
    actions.resume_publication(by=PUBLISHER, reason="Restored to the pause.")
    assert client.step(), client.problem
    assert held(client) == set()


def test_without_the_record_of_numbers_one_says_how_far_to_carry_on(matcher, hotlist, approved_entry, settings):
    approved_entry()
    publish(hotlist)
    Path(settings.KEYS_DIR, "published-versions.json").unlink()
    with pytest.raises(versions.Behind, match="there is no record of it in published-versions.json"):
        actions.refresh_timestamps(by=PUBLISHER)
    with pytest.raises(CommandError, match="--lead"):
        call_command("resume_publication", reason="New machine.")
    call_command("resume_publication", reason="New machine.", lead=100_000)
    assert Feed.objects.get().timestamp_version > 100_000
    assert Publication.objects.current().get().revision > 100_000
    assert actions.refresh_timestamps(by=PUBLISHER) == 1


def test_crash_before_the_commit_costs_a_number_and_no_more(matcher, hotlist, approved_entry, monkeypatch):
    approved_entry()
    publish(hotlist)
    approved_entry(vrm_entered="XY50 ZZZ")
    before = Feed.objects.get().timestamp_version, Publication.objects.count()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        publish(hotlist)
        raise KeyboardInterrupt
    assert (Feed.objects.get().timestamp_version, Publication.objects.count()) == before
    assert wellness.check() == ""
    [publication] = publish(hotlist)
    assert publication.rows == 2
    assert Feed.objects.get().timestamp_version == before[0] + 2, "what may have been seen is never signed again"


def test_record_is_on_disk_before_the_commit(matcher, hotlist, approved_entry):
    approved_entry()
    with transaction.atomic():
        publish(hotlist)
        feed, role = Feed.objects.get(), ListRole.objects.get()
        known = versions.known()
        assert known.signing[f"{feed.pk}/timestamp"] == feed.timestamp_version
        assert known.signing[f"{role.name}/revision"] == role.revision == 1
        assert known.last.get(f"{role.name}/revision") is None
    assert versions.known().last[f"{role.name}/revision"] == 1
    assert PublishedRow.objects.count() == 1
