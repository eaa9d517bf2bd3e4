"""Revisions that are told as deltas: what is known to have changed is enough, and every way to the newest leads to it."""

import datetime as dt
import importlib

import pytest
import time_machine
from django.utils import timezone

from hotlists import actions as hotlists
from hotlists.models import Load, Unpublished
from matcher_client.deltas import read, way
from matcher_client.held import HeldRows
from matcher_client.manifest import Manifest
from matchers import actions as publisher
from matchers import files
from matchers.actions import buckets, chains, publishing
from matchers.models import BucketPart, Publication, PublishedRow
from tests.cast import approve
from tests.feed_cast import *  # noqa: F403 - a list loaded from its source
from tests.feed_cast import plate, voi
from tests.publishing import PUBLISHER, followed, held, publish, rows_of


def publish_noted(hotlist):
    """As the worker does after a nudge: what is noted as changed, and no more."""
    return publisher.publish(hotlist.pk, by=PUBLISHER, as_noted=True)


def lines_at(hotlist, revision: int) -> list[str]:
    """What the database has for a revision."""
    rows = PublishedRow.objects.filter(hotlist=hotlist).at_revision(revision).in_key_order()
    return list(rows.values_list("canonical", flat=True))


def lines_of(rows: HeldRows) -> list[str]:
    return ["\x1f".join("" if part is None else str(part) for part in row) for row in rows_of(rows)]


def only_noted(hotlist) -> None:
    """Publishes what is noted; after it a comparison of the whole list finds nothing more to do."""
    [publication] = publish_noted(hotlist)
    assert publication.added or publication.removed
    assert publish(hotlist) == [], "something changed that was not noted"
    assert lines_of(followed(hotlist)) == lines_at(hotlist, publication.revision)
    assert publication.root == buckets.root_of(hotlist, publication.bucket_bits, publication.revision)


def test_every_act_on_an_entry_notes_what_it_changes(
    matcher, hotlist, approved_entry, submitter, supervisor, inspector
):
    entry, other = approved_entry(), approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    now = timezone.now()
    with time_machine.travel(now) as clock:
        for act in (
            lambda: approved_entry(vrm_entered="AB50 NEW"),
            lambda: hotlists.suspend(entry, by=supervisor, reason="Doubt."),
            lambda: hotlists.resume(entry, by=inspector, reason="No doubt."),
            lambda: hotlists.narrow(entry, by=supervisor, reason="Two cars are enough.", action="OBSERVE_REPORT"),
            lambda: another_plate(entry, submitter, supervisor),
            lambda: hotlists.withdraw(other, by=supervisor, reason="recovered"),
        ):
            clock.shift(60)
            act()
            only_noted(hotlist)
        clock.shift(dt.timedelta(days=5))
        hotlists.review(entry, by=inspector, still_necessary="Still outstanding.", source_checked="Crime log.")
        only_noted(hotlist)


def another_plate(entry, submitter, supervisor):
    """A correction: the plate was misread."""
    version = hotlists.begin_version(
        entry, by=submitter, vrm_entered="AB01 CDF", plate_confirmed_because="Read from the photograph once more."
    )
    approve(hotlists.submit(version, by=submitter), by=supervisor)


def test_every_act_on_a_feed_notes_what_it_changes(
    db, feed, loaded, add_matcher, allocate, operator, second_manager, team
):
    team.user_set.add(operator)
    loaded([voi(n) for n in range(5)])
    allocate(add_matcher(), feed)
    publish(feed)
    loaded([voi(0), voi(1), voi(2, colour="Red", markers="FI"), voi(7), voi(3)])
    only_noted(feed)
    loaded([voi(8)], mode=Load.Mode.ADD)
    only_noted(feed)
    exception = hotlists.suspend_row(feed, by=operator, country="GB", vrm=plate(1), reason="Sold.")
    only_noted(feed)
    hotlists.lift(exception, by=second_manager, reason="It is back.")
    only_noted(feed)
    hotlists.suspend_row(feed, by=operator, country="GB", vrm=plate(8), reason="Sold.")
    only_noted(feed)


def test_only_what_is_noted_is_looked_at_and_the_clock_finds_the_rest(matcher, hotlist, approved_entry, supervisor):
    entry = approved_entry()
    publish(hotlist)
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    Unpublished.objects.all().delete()  # a nudge that was lost with its note
    approved_entry(vrm_entered="XY50 ZZZ")
    [publication] = publish_noted(hotlist)
    assert (publication.added, publication.removed) == (1, 0)
    assert publish_noted(hotlist) == []
    [publication] = publisher.reconcile(by=PUBLISHER)
    assert (publication.added, publication.removed) == (0, 1)


def test_notes_of_a_list_that_nobody_has_do_not_pile_up(hotlist, approved_entry):
    approved_entry()
    assert Unpublished.objects.filter(hotlist=hotlist).exists()
    publish_noted(hotlist)
    assert not Unpublished.objects.filter(hotlist=hotlist).exists()


def test_every_past_revision_leads_to_the_newest(matcher, hotlist, approved_entry, supervisor, client_for):
    """Past merges of links, a whole file made anew, and a revision that changed no row."""
    entries = [approved_entry()]
    publish(hotlist)
    client = client_for(matcher)
    client.update()
    with time_machine.travel(timezone.now()) as clock:
        for number in range(19):
            clock.shift(60)
            if number == 11:
                clock.shift(7200)
                assert publisher.renew_whole_file(hotlist.pk, by=PUBLISHER)
            if number % 3 == 2:
                hotlists.withdraw(entries.pop(0), by=supervisor, reason="recovered")
            else:
                entries.append(approved_entry(vrm_entered=plate(number)))
            publish_noted(hotlist)
            if number in (1, 6, 17):
                publisher.refresh_timestamps(by=PUBLISHER)
                client.update()
                assert held(client) == {row.vrm for row in rows_of(followed(hotlist))}
        newest = Publication.objects.current().get()
        manifest = Manifest.read(newest.manifest)
        assert len(manifest.deltas) < 3 * chains.TOGETHER
        links = {link.revision: link for link in chains.of(newest)}
        for revision in range(1, newest.revision + 1):
            start = whole_file_of(hotlist, revision)
            steps = way(manifest.deltas, revision, whole=manifest.full_revision)
            for step in steps or ():
                link = links[step.revision]
                content = files.delta_path(hotlist.role.name, link.sha256, link.step).read_bytes()
                start = start.after(read(content, step.changes))
            assert steps is None or lines_of(start) == lines_at(hotlist, newest.revision), revision
            assert steps is not None or revision < manifest.full_revision


def whole_file_of(hotlist, revision: int) -> HeldRows:
    """The rows of a past revision."""
    written = files.write_rows(hotlist.role.name, [f"{line}\n".encode() for line in lines_at(hotlist, revision)])
    return HeldRows.read(files.list_path(hotlist.role.name, written.sha256), 4)


def test_whole_file_follows_within_the_hour_and_is_the_same_rows(
    matcher, hotlist, approved_entry, supervisor, client_for
):
    entry = approved_entry()
    approved_entry(vrm_entered="XY50 ZZZ")
    [first] = publish(hotlist)
    client = client_for(matcher)
    client.step()
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    [second] = publish_noted(hotlist)
    assert second.sha256 == first.sha256
    assert publisher.renew_whole_file(hotlist.pk, by=PUBLISHER) is None, "it is not due"
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1, minutes=1)):
        [third] = publisher.reconcile(by=PUBLISHER)
        publisher.refresh_timestamps(by=PUBLISHER)
        assert client.step(), client.problem
    assert (third.root, third.rows) == (second.root, second.rows)
    assert chains.whole_revision(third) == second.revision
    assert lines_of(whole_of(third)) == lines_at(hotlist, third.revision)
    assert held(client) == {"XY50ZZZ"}
    assert client.applied.lists[hotlist.role.name].receipt["is_right"]


def whole_of(publication) -> HeldRows:
    return HeldRows.read(files.list_path(publication.hotlist.role.name, publication.sha256), publication.bucket_bits)


def test_what_is_published_while_the_whole_file_is_written_is_not_lost(matcher, hotlist, approved_entry, monkeypatch):
    approved_entry()
    publish(hotlist)
    approved_entry(vrm_entered="XY50 ZZZ")
    publish_noted(hotlist)
    write_rows = files.write_rows

    def meanwhile(*args):
        monkeypatch.undo()
        approved_entry(vrm_entered="AB50 NEW")
        publish_noted(hotlist)
        return write_rows(*args)

    monkeypatch.setattr(files, "write_rows", meanwhile)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        renewed = publisher.renew_whole_file(hotlist.pk, by=PUBLISHER)
    assert chains.whole_revision(renewed) == 2 and renewed.revision == 4
    assert {row.vrm for row in rows_of(followed(hotlist))} == {"AB01CDE", "XY50ZZZ", "AB50NEW"}


@pytest.mark.parametrize("step", ["write_rows", "publish_whole_file", "_sign", "_sign_feeds"])
def test_a_whole_file_that_could_not_be_made_leaves_what_was(matcher, hotlist, approved_entry, monkeypatch, step):
    approved_entry()
    publish(hotlist)
    approved_entry(vrm_entered="XY50 ZZZ")
    [second] = publish_noted(hotlist)

    def die(*args, **kwargs):
        raise MemoryError(step)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        with monkeypatch.context() as patch:
            patch.setattr(files if step == "write_rows" else publishing, step, die)
            with pytest.raises(MemoryError):
                publisher.renew_whole_file(hotlist.pk, by=PUBLISHER)
        assert Publication.objects.current().get() == second
        assert publisher.renew_whole_file(hotlist.pk, by=PUBLISHER).revision == 3


def test_digests_that_were_kept_wrong_are_found_and_matchers_come_right(
    matcher, hotlist, approved_entry, client_for, caplog
):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    [part] = BucketPart.objects.all()
    approved = approved_entry(vrm_entered="XY50 ZZZ")
    publish_noted(hotlist)
    key = PublishedRow.objects.get(ref=approved.pk).bucket_key >> 28
    [part] = BucketPart.objects.all()
    untouched = (key + 1) % 16
    wrong = bytearray(part.digests)
    wrong[untouched * 32 : untouched * 32 + 32] = b"\x00" * 32  # as a disk might, or a fault of ours
    part.digests = bytes(wrong)
    part.save()
    approved_entry(vrm_entered="AB50 NEW")
    publish_noted(hotlist)
    assert not client.step()
    assert held(client) == {"AB01CDE"}
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        publisher.renew_whole_file(hotlist.pk, by=PUBLISHER)
        publisher.refresh_timestamps(by=PUBLISHER)
        assert client.step(), client.problem
    assert held(client) == {"AB01CDE", "XY50ZZZ", "AB50NEW"}
    assert "Digests that were kept" in caplog.text


def test_a_link_that_is_gone_from_the_disk_ends_the_chain_and_the_list_goes_out_whole(
    matcher, hotlist, approved_entry, client_for
):
    approved_entry()
    publish(hotlist)
    for number in range(chains.TOGETHER - 1):
        approved_entry(vrm_entered=plate(number))
        publish_noted(hotlist)
    for path in files.list_path(hotlist.role.name, "").parent.glob("*.3.delta.jsonl.gz"):
        path.unlink()
    approved_entry(vrm_entered="XY50 ZZZ")
    [publication] = publish_noted(hotlist)
    assert chains.whole_revision(publication) == publication.revision
    client = client_for(matcher)
    client.update()
    assert len(held(client)) == chains.TOGETHER + 1


def test_a_load_that_changes_much_goes_out_whole(db, feed, loaded, add_matcher, allocate, monkeypatch):
    monkeypatch.setattr(chains, "FEW_CHANGES", 2)
    loaded([voi(n) for n in range(5)])
    allocate(add_matcher(), feed)
    publish(feed)
    loaded([voi(n) for n in range(3, 7)])
    [publication] = publish_noted(feed)
    assert (publication.added, publication.removed) == (2, 3)
    assert publication.deltas == [] and chains.whole_revision(publication) == 2


def test_the_clock_does_not_compare_a_long_list_at_every_round(matcher, hotlist, approved_entry, monkeypatch):
    approved_entry()
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    monkeypatch.setattr(importlib.import_module("matchers.actions.reconcile"), "FEW_ROWS", 1)
    approved_entry(vrm_entered="AB50 NEW")
    Unpublished.objects.all().delete()  # lost
    assert publisher.reconcile(by=PUBLISHER) == []
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        [publication] = publisher.reconcile(by=PUBLISHER)
    assert publication.rows == 3
