"""Lists that change at the same time go out in one commit: each feed is signed once for all of them."""

import threading

import pytest
from django.db import connection, transaction

from hotlists import actions as hotlists
from hotlists.models import Unpublished
from matchers import actions as publisher
from matchers import files
from matchers.locks import lock_list
from matchers.models import Feed
from tests.cast import approve, entry_facts
from tests.publishing import PUBLISHER, publish


@pytest.fixture
def second(hotlist, manager, team, matcher, allocate):
    """Another list of the same matcher."""
    facts = {name: getattr(hotlist, name) for name in ("kind", "purpose", "controller", "legal_basis", "owner", "dpia",
             "categories", "actions", "markers", "sunset_at")}  # fmt: skip
    made = hotlists.create_hotlist(by=manager, slug="second", title="Second", **facts)
    hotlists.give_access(made, team, by=manager)
    allocate(matcher, made)
    return made


@pytest.fixture
def both_changed(hotlist, second, approved_entry, submitter, supervisor):
    """Both were published, and each has one more entry since, of which it was noted."""
    publish(hotlist)
    publish(second)
    Unpublished.objects.all().delete()
    approved_entry()
    begun = hotlists.begin_entry(second, by=submitter, **entry_facts(vrm_entered="XY50 ZZZ"))
    approve(hotlists.submit(begun, by=submitter), by=supervisor)
    assert set(Unpublished.objects.ready_lists()) == {hotlist.pk, second.pk}
    return hotlist, second


def snapshots() -> int:
    return Feed.objects.get().snapshot_version


def test_what_is_noted_of_other_lists_goes_out_in_the_same_commit(both_changed):
    before = snapshots()
    made = publisher.publish_ready(both_changed[0].pk, by=PUBLISHER)
    assert {each.hotlist for each in made} == set(both_changed)
    assert [each.rows for each in made] == [1, 1]
    assert snapshots() == before + 1
    assert not Unpublished.objects.exists()


def test_one_of_the_others_that_cannot_be_published_holds_nothing_up(both_changed, monkeypatch):
    asked, second = both_changed
    write = files.write_delta

    def fail(role, *given):
        if role == second.role.name:
            raise OSError("no space left")
        return write(role, *given)

    monkeypatch.setattr(files, "write_delta", fail)
    assert [each.hotlist for each in publisher.publish_ready(asked.pk, by=PUBLISHER)] == [asked]
    assert Unpublished.objects.filter(hotlist=second).exists(), "its note is lost"
    monkeypatch.undo()
    assert [each.hotlist for each in publisher.publish_ready(second.pk, by=PUBLISHER)] == [second]


def test_list_of_which_anything_may_have_changed_waits_for_its_own_turn(both_changed):
    asked, second = both_changed
    Unpublished.objects.create(hotlist=second)
    assert [each.hotlist for each in publisher.publish_ready(asked.pk, by=PUBLISHER)] == [asked]


@pytest.mark.django_db(transaction=True)
def test_list_that_somebody_is_at_is_left_to_them(both_changed):
    asked, second = both_changed
    held, done = threading.Event(), threading.Event()

    def build() -> None:
        try:
            with transaction.atomic():
                lock_list(second.pk)
                held.set()
                done.wait(30)
        finally:
            connection.close()

    builder = threading.Thread(target=build)
    builder.start()
    try:
        assert held.wait(10)
        assert [each.hotlist for each in publisher.publish_ready(asked.pk, by=PUBLISHER)] == [asked]
    finally:
        done.set()
        builder.join()
