"""Published files and documents go once no matcher can ask for them: they hold what was withdrawn since."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from hotlists import actions as hotlists
from hotlists.models import Hotlist
from matchers import actions, files
from matchers.actions import chains
from matchers.models import Metadata, Publication
from tests.publishing import PUBLISHER, held, publish


def in_hours(hours: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(hours=hours), tick=False)


def test_file_of_a_withdrawn_plate_goes_when_no_matcher_can_ask_for_it(
    matcher, hotlist, approved_entry, supervisor, db
):
    entry = approved_entry()
    approved_entry(vrm_entered="XY50 ZZZ")
    [first] = publish(hotlist)
    old = files.list_path(hotlist.role.name, first.sha256)
    with in_hours(40):
        actions.prune(by=PUBLISHER)  # it is named, however old it is
        assert old.exists()
        hotlists.withdraw(entry, by=supervisor, reason="recovered")
        publish(hotlist)
        second = actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
        actions.prune(by=PUBLISHER)
        assert old.exists(), "a matcher that asked a moment ago may still want it"
    life = Hotlist.objects.get(pk=hotlist.pk).offline_life_hours
    with in_hours(40 + life):
        assert actions.prune(by=PUBLISHER) == 0
        assert old.exists()
    with in_hours(40 + life + 2):
        assert actions.prune(by=PUBLISHER) == 1
        assert not old.exists()
        assert files.list_path(hotlist.role.name, second.sha256).exists()
        assert actions.prune(by=PUBLISHER) == 0
    assert Event.objects.get(verb="publication.pruned").count == 1


def test_superseded_documents_go_and_the_newest_and_all_roots_stay(matcher, hotlist, approved_entry, db):
    for vrm in ("AB50AAA", "AB50BBB", "AB50CCC"):
        approved_entry(vrm_entered=vrm)
        publish(hotlist)
    newest = set(Metadata.objects.newest().values_list("role", "version"))
    assert Metadata.objects.count() > len(newest)
    actions.prune(by=PUBLISHER)
    assert Metadata.objects.count() > len(newest)
    with in_hours(26):
        actions.prune(by=PUBLISHER)
        assert set(Metadata.objects.values_list("role", "version")) == newest
        actions.refresh_timestamps(by=PUBLISHER)
        assert publish(hotlist) == []


def test_what_a_crash_left_half_written_goes(matcher, hotlist, settings, db):
    left = Path(settings.PUBLICATION_DIR) / "tmpabc.part"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"AB01CDE")
    actions.prune(by=PUBLISHER)
    assert left.exists(), "it may be being written"
    with in_hours(26):
        actions.prune(by=PUBLISHER)
        assert not left.exists()


def test_sites_in_use_stay(matcher, hotlist, settings, db):
    actions.publish_sites(by=PUBLISHER)
    with in_hours(200):
        actions.prune(by=PUBLISHER)
        assert len(list((Path(settings.PUBLICATION_DIR) / "targets").glob("*.sites.json"))) == 1


@pytest.mark.django_db(transaction=True)
def test_matcher_that_was_off_for_a_week_fetches_what_there_is_after_pruning(
    matcher, hotlist, approved_entry, client_for, supervisor
):
    entry = approved_entry()
    approved_entry(vrm_entered="XY50 ZZZ")
    publish(hotlist)
    client = client_for(matcher)
    assert client.step(), client.problem
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    with time_machine.travel(timezone.now() + dt.timedelta(days=7), tick=True):
        actions.reconcile(by=PUBLISHER)
        actions.refresh_timestamps(by=PUBLISHER)
        assert actions.prune(by=PUBLISHER) >= 1
        client.discard_outlived()
        assert held(client) == set()
        assert client.step(), client.problem
        assert held(client) == {"XY50ZZZ"}
        assert Publication.objects.current().get().rows == 1


def test_link_that_names_what_went_goes_though_the_list_does_not_change_any_more(
    matcher, hotlist, approved_entry, supervisor, db
):
    entry = approved_entry()
    for letter in "ABCDEFGH":  # a whole file that is longer than the link
        approved_entry(vrm_entered=f"XY50 ZZ{letter}")
    publish(hotlist)
    hotlists.withdraw(entry, by=supervisor, reason="recovered")
    publish(hotlist)
    [link] = chains.of(Publication.objects.current().get(hotlist=hotlist))[-1:]
    path = files.delta_path(hotlist.role.name, link.sha256, link.step)
    life = Hotlist.objects.get(pk=hotlist.pk).offline_life_hours
    with in_hours(2):
        actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
        actions.prune(by=PUBLISHER)
        assert path.exists(), "a matcher that was away for an hour follows it"
    with in_hours(life + 3):
        assert actions.renew_whole_file(hotlist.pk, by=PUBLISHER)
        assert chains.of(Publication.objects.current().get(hotlist=hotlist)) == []
        assert actions.renew_whole_file(hotlist.pk, by=PUBLISHER) is None, "once"
        actions.prune(by=PUBLISHER)
    with in_hours(2 * life + 6):
        actions.prune(by=PUBLISHER)
        assert not path.exists()
