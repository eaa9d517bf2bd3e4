"""How long signatures last, and that a portal that stood still, or a matcher that was away, comes right by itself."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from hotlists import actions as hotlists
from matchers import actions, keys
from matchers.models import Feed, ListRole, Metadata
from tests.publishing import PUBLISHER, held, publish

pytestmark = pytest.mark.django_db(transaction=True)


def later(**length) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**length), tick=True)


def newest(role: str) -> Metadata:
    return Metadata.objects.filter(role=role).latest("version")


def test_documents_last_as_long_as_is_said(matcher, hotlist, approved_entry):
    approved_entry()
    publish(hotlist)
    lives = {role: newest(role).expires_at - newest(role).signed_at for role in ("timestamp", "snapshot", "targets")}
    week = dt.timedelta(days=7)
    assert lives == {"timestamp": dt.timedelta(minutes=10), "snapshot": week, "targets": week}
    assert newest(hotlist.role.name).expires_at - newest(hotlist.role.name).signed_at == week


def test_at_half_its_life_everything_is_signed_anew_though_nothing_changed(
    matcher, hotlist, approved_entry, client_for
):
    approved_entry()
    publish(hotlist)
    roles = (hotlist.role.name, "targets", "snapshot")
    before = {role: newest(role).version for role in roles}
    with later(days=3):
        actions.reconcile(by=PUBLISHER)
        actions.refresh_timestamps(by=PUBLISHER)
        assert {role: newest(role).version for role in roles} == before
    with later(days=3, hours=13):
        actions.reconcile(by=PUBLISHER)
        actions.refresh_timestamps(by=PUBLISHER)
        after = {role: newest(role).version for role in roles}
        assert all(after[role] > before[role] for role in roles)
        actions.reconcile(by=PUBLISHER)
        actions.refresh_timestamps(by=PUBLISHER)
        assert {role: newest(role).version for role in roles} == after
        client = client_for(matcher)
        assert client.update()
        assert held(client) == {"AB01CDE"}


def test_portal_down_for_30_minutes_matching_goes_on_and_for_25_hours_the_copy_is_gone(
    matcher, hotlist, approved_entry, client_for
):
    approved_entry()
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    with later(minutes=30):
        assert not client.step()
        assert client.problem.startswith("Refused (freeze)")
        assert client.health()["stale_since"]
        client.discard_outlived()
        assert list(client.store.held.matching("AB01CDE", client.now()))
        actions.refresh_timestamps(by=PUBLISHER)
        assert client.step(), client.problem
        assert client.health()["stale_since"] is None
    with later(hours=26):
        assert not list(client.store.held.matching("AB01CDE", client.now()))
        client.discard_outlived()
        assert held(client) == set()
        assert client.health()["lists"] == {}


@pytest.mark.parametrize("first", ["reconcile", "refresh_timestamps"])
def test_portal_that_was_stopped_for_a_month_and_more_comes_up_by_itself(
    matcher, hotlist, approved_entry, client_for, allocate, add_matcher, first
):
    made = add_matcher("Another force")
    allocate(made, hotlist, until_at=timezone.now() + dt.timedelta(days=300))
    approved_entry()
    publish(hotlist)
    client = client_for(made)
    assert client.step(), client.problem
    with later(days=45):
        # Retention may run before the publisher does: everything but the root has been out of date for a month.
        Metadata.objects.exclude(role="root").filter(expires_at__lt=timezone.now() - dt.timedelta(days=31)).delete()
        rounds = ["reconcile", "refresh_timestamps"] if first == "reconcile" else ["refresh_timestamps", "reconcile"]
        for act in rounds:
            getattr(actions, act)(by=PUBLISHER)
        client.discard_outlived()
        assert client.step(), client.problem
        assert held(client) == set(), "its entry expired meanwhile"
        assert hotlist.role.name in client.store.lists


def test_list_whose_key_is_missing_holds_no_other_list_up(
    matcher, hotlist, approved_entry, allocate, manager, team, dpia, settings, tmp_path, client_for
):
    facts = {name: getattr(hotlist, name) for name in ("kind", "purpose", "controller", "legal_basis", "owner", "dpia",
             "categories", "actions", "markers", "sunset_at")}  # fmt: skip
    second = hotlists.create_hotlist(by=manager, slug="second", title="Second", **facts)
    hotlists.give_access(second, team, by=manager)
    allocate(matcher, second)
    publish(second)
    for path in (settings.KEYS_DIR / "lists").glob(f"{second.role.name}*.pem"):
        path.unlink()
    ListRole.objects.filter(hotlist=hotlist).update(compared_at=timezone.now())  # the other is tried first
    approved_entry()
    hotlists.change_hotlist(second, by=manager, title="Second, renamed")
    with pytest.raises(ExceptionGroup) as problems:
        actions.reconcile(by=PUBLISHER)
    assert [type(problem) for problem in problems.value.exceptions] == [keys.NoSigner]
    client = client_for(matcher)
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE"}


def test_feeds_are_signed_by_a_process_that_holds_no_key_of_a_list(
    matcher, hotlist, approved_entry, settings, tmp_path, client_for
):
    approved_entry()
    publish(hotlist)
    settings.LIST_KEYS_DIR = str(tmp_path / "of another process")
    feed = Feed.objects.get()
    actions.sign_feed(feed, by=PUBLISHER, at=timezone.now(), with_targets=True)
    with pytest.raises(keys.NoSigner):
        keys.of_list(hotlist.role.name, hotlist.role.key_id)
    client = client_for(matcher)
    assert client.step(), client.problem
    assert held(client) == {"AB01CDE"}
