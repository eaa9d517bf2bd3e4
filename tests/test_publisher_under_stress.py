"""The publisher when two run at once, when it dies half way, and when the list is long."""

import datetime as dt
import threading
import tracemalloc

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.utils import timezone

from hotlists import actions as hotlists
from hotlists.models import FeedRow, Hotlist
from matcher_client import whole
from matcher_client.rows import BucketDigests, Row, canonical
from matchers import files, metadata
from matchers.actions import publishing
from matchers.files import list_path
from matchers.models import Feed, FeedList, Metadata, Publication, PublishedRow, Recall, RecallHolder
from matchers.sources import wanted
from tests.cast import GROUNDS, entry_facts
from tests.feed_cast import *  # noqa: F403 - a list loaded from its source
from tests.feed_cast import plate, voi
from tests.publishing import publish


def approve_one(hotlist, submitter, supervisor, vrm: str):
    version = hotlists.submit(hotlists.begin_entry(hotlist, by=submitter, **entry_facts(vrm_entered=vrm)), by=submitter)
    hotlists.decide(version, by=supervisor, verdict="approve", **GROUNDS)
    return version.entry


@pytest.mark.django_db(transaction=True)
def test_two_lists_published_at_the_same_instant_sign_every_version_once(
    matcher, hotlist, allocate, manager, team, dpia, submitter, supervisor, inspector
):
    facts = {name: getattr(hotlist, name) for name in ("kind", "purpose", "controller", "legal_basis", "owner", "dpia",
             "categories", "actions", "markers", "sunset_at")}  # fmt: skip
    second = hotlists.create_hotlist(by=manager, slug="second", title="Second", **facts)
    hotlists.give_access(second, team, by=manager)
    allocate(matcher, second)
    problems = []

    def work(which: Hotlist, barrier: threading.Barrier) -> None:
        try:
            barrier.wait(10)
            publish(which)
        except Exception as problem:  # noqa: BLE001 - told by the test's own thread
            problems.append(problem)
        finally:
            connection.close()

    rounds = 100
    entries = [approve_one(which, submitter, supervisor, plate(0)) for which in (hotlist, second)]
    for number in range(rounds):
        for entry in entries if number else []:  # out and in again: every round has something to publish
            hotlists.suspend(entry, by=supervisor, reason="Doubt.") if number % 2 else hotlists.resume(
                entry, by=inspector, reason="No doubt."
            )
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=work, args=[which, barrier]) for which in (hotlist, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert problems == []
    feed = Feed.objects.get()
    signed = list(Metadata.objects.filter(role="snapshot").order_by("version").values_list("version", flat=True))
    assert signed == list(range(1, feed.snapshot_version + 1))
    assert feed.snapshot_version >= 2 * rounds
    assert {p.rows for p in Publication.objects.current()} == {0}
    assert Publication.objects.count() == 2 * rounds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["write_delta", "list_role", "targets", "snapshot", "timestamp", "wake_after_commit"])
def test_publisher_that_dies_leaves_the_old_revision_and_the_next_run_the_new(
    matcher, hotlist, approved_entry, monkeypatch, step
):
    approved_entry()
    publish(hotlist)
    approved_entry(vrm_entered="XY50 ZZZ")
    if step == "targets":  # only a feed that carries something else gets new ones
        FeedList.objects.update(until_at=timezone.now())
    before = state()
    where = {"write_delta": files, "wake_after_commit": publishing}.get(step, metadata)
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise MemoryError(step)

        patch.setattr(where, step, die)
        with pytest.raises(MemoryError):
            publish(hotlist)
    assert state() == before
    [publication] = publish(hotlist)
    assert (publication.revision, publication.rows) == (2, 2)


def state() -> tuple:
    return (
        list(Publication.objects.values_list("revision", "rows")),
        list(PublishedRow.objects.values_list("vrm", "since_revision", "until_revision")),
        list(Metadata.objects.order_by("pk").values_list("role", "version")),
        list(Feed.objects.values_list("snapshot_version", "timestamp_version")),
    )


# --- Lists loaded from a source ---------------------------------------------------------------------


def spelled_plainly(row: FeedRow) -> Row:
    """A second statement of how a feed's row is published."""
    seconds = row.starts_at.timestamp()
    return Row(
        country=row.country, vrm=row.vrm, ref=wanted.clean(row.ref), version="", category=row.category,
        action=row.action, priority=row.priority, basis=row.basis, grading=row.grading,
        source_type=wanted.clean(row.source_type), markers=",".join(sorted(set(row.markers))),
        action_text=wanted.clean(row.action_text), contact=wanted.clean(row.contact), response="", scope="",
        last_verified_at=int(row.last_verified_at.timestamp()), starts_at=-int(-seconds // 1), review_by=None,
        expires_at=int(row.expires_at.timestamp()), lapses_at=int(row.expires_at.timestamp()),
    )  # fmt: skip


def test_rows_spelled_by_the_database_are_those_spelled_by_the_client(db, feed, loaded, add_matcher, allocate):
    loaded([voi(0, markers="FI"), voi(1, information="Ärger – 50 € “quoted”"), voi(2, ref=""), voi(3, nim="")])
    FeedRow.objects.filter(vrm=plate(3)).update(
        action_text="two\nlines\tand \x7f more  ", markers=["WE", "FI"], contact=" spaced ",
        starts_at=timezone.now().replace(microsecond=999999) - dt.timedelta(days=1),
    )  # fmt: skip
    allocate(add_matcher(), feed)
    [publication] = publish(feed)
    expected = sorted(canonical(spelled_plainly(row)) for row in FeedRow.objects.all())
    assert (
        sorted(line.encode() + b"\n" for line in PublishedRow.objects.values_list("canonical", flat=True)) == expected
    )
    digests = BucketDigests(publication.bucket_bits)
    for row in pq.read_table(list_path(feed.role.name, publication.sha256)).to_pylist():
        digests.add(Row(**row))
    assert digests.root() == publication.root


def test_row_held_back_leaves_and_the_rest_stays(db, feed, loaded, add_matcher, allocate, manager):
    loaded([voi(0), voi(1)])
    made = add_matcher()
    allocate(made, feed)
    publish(feed)
    made.matcher.last_seen_at = timezone.now()
    made.matcher.save()
    hotlists.suspend_row(feed, by=manager, country="GB", vrm=plate(0), reason="Insured after all.")
    [publication] = publish(feed)
    assert (publication.rows, publication.refused) == (1, {"held_back": 1})
    assert Recall.objects.get().row.vrm == plate(0)
    assert RecallHolder.objects.get().matcher == made.matcher


def test_long_list_is_published_without_being_held_in_memory(db, feed, loaded, add_matcher, allocate, monkeypatch):
    monkeypatch.setattr(whole, "ROWS_A_GROUP", 2_000)
    loaded([voi(0)])
    allocate(add_matcher(), feed)
    publish(feed)
    peaks = []
    for rows in (4_000, 16_000):
        loaded([voi(number) for number in range(rows)])
        tracemalloc.start()
        [publication] = publish(feed)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert publication.rows == rows
    assert pq.ParquetFile(list_path(feed.role.name, publication.sha256)).num_row_groups == 8
    assert peaks[1] < 1.25 * peaks[0], (
        peaks
    )  # four times the rows, of which neither rows nor notes are held; digests are
