"""A revision that would change too much of a list waits for a second person; what people ordered never does (R-103)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from hotlists import actions as hotlists
from hotlists.models import FeedRow, Load, Unpublished
from matchers import actions as publications
from matchers.models import Halt, HeldChange, Publication, PublishedRow, Recall
from portal.errors import Refused, TooLate, Unfit
from standards.models import Number
from tests.cast import person
from tests.feed_cast import *  # noqa: F403 - fixtures
from tests.feed_cast import JOB, plate, voi
from tests.publishing import PUBLISHER, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _least(db):
    """Small lists stand for large ones: more than two rows may be too many."""
    Number.objects.filter(key="publication.change.least").update(value=2)


@pytest.fixture
def third_manager(team):
    """A list manager who had no hand in anything."""
    user = person("third_manager", ["MGR"], first_name="Third", last_name="Manager")
    team.user_set.add(user)
    return user


@pytest.fixture
def machine_loaded(checked_load, manager):
    """machine_loaded(numbers): rows that went in within the limit of loads, so that no second person saw them."""

    def make(numbers) -> Load:
        load = checked_load([voi(number) for number in numbers])
        Load.objects.filter(pk=load.pk).update(is_over_limit=False)
        actions_accept = hotlists.accept(Load.objects.get(pk=load.pk), by=manager)
        return hotlists.merge(actions_accept, by=JOB)

    return make


@pytest.fixture
def given(add_matcher, allocate, feed, loaded):
    """The feed with ten rows that a second person accepted, published to a matcher."""
    loaded([voi(number) for number in range(10)])
    allocate(add_matcher(), feed)
    publish(feed)
    return feed


def plates_of(hotlist) -> set[str]:
    return set(PublishedRow.objects.filter(hotlist=hotlist).current().values_list("vrm", flat=True))


def revision_of(hotlist) -> int:
    return Publication.objects.to_all().filter(hotlist=hotlist).latest("revision").revision


def test_the_first_filling_of_a_list_is_no_change_of_it(given):
    assert plates_of(given) == {plate(number) for number in range(10)}
    assert not Halt.objects.exists()


def test_what_empties_a_list_stops_and_matchers_keep_what_they_have(given, machine_loaded, manager):
    FeedRow.objects.filter(hotlist=given).delete()
    assert publish(given) == []
    assert plates_of(given) == {plate(number) for number in range(10)}
    halt = Halt.objects.get()
    assert (halt.added, halt.removed, halt.changed, halt.base_rows) == (0, 10, 0, 10)
    assert not Recall.objects.exists()
    event = Event.objects.get(verb="halt.begun")
    assert event.subject_id == str(given.pk)


def test_a_load_that_nobody_else_accepted_stops_and_names_who_caused_it(given, machine_loaded, manager):
    confirmed = Publication.objects.current().get().manifest["rows_verified_at"]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        load = machine_loaded([*range(10), *range(20, 25)])
        publish(given)
    assert Publication.objects.current().get().manifest["rows_verified_at"] == confirmed, (
        "what is held back confirms nothing"
    )
    halt = Halt.objects.get()
    assert (halt.added, halt.removed) == (5, 0)
    assert halt.caused_by == [manager.pk]
    assert load.file_name in halt.causes[0]


def test_what_a_second_person_accepted_as_a_load_is_not_asked_again(given, loaded):
    loaded([voi(number) for number in range(5, 25)])
    publish(given)
    assert plates_of(given) == {plate(number) for number in range(5, 25)}
    assert not Halt.objects.exists()


def test_what_a_long_merge_wrote_before_the_last_revision_was_accepted_all_the_same(
    add_matcher, allocate, feed, loaded
):
    loaded([voi(number) for number in range(10)])
    allocate(add_matcher(), feed)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20)):
        publish(feed)  # while the merge below is at it, of which it sees nothing
    loaded([voi(number) for number in range(3)])
    publish(feed)
    assert plates_of(feed) == {plate(number) for number in range(3)}
    assert not Halt.objects.exists()


def test_a_stopped_list_is_measured_once_and_not_at_each_round(given):
    FeedRow.objects.filter(hotlist=given).delete()
    for _ in range(3):
        publish(given)
    assert Halt.objects.count() == 1
    assert Event.objects.filter(verb="halt.begun").count() == 1
    assert HeldChange.objects.count() == 10


def test_what_a_person_holds_back_leaves_a_stopped_list_at_once(given, manager):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(1, 10)]).delete()
    publish(given)
    hotlists.suspend_row(given, by=manager, vrm=plate(0), country="GB", cause="recovered", reason="Found by patrol")
    assert len(publish(given)) == 1
    assert plates_of(given) == {plate(number) for number in range(1, 10)}
    assert Recall.objects.count() == 1
    assert Halt.objects.undecided().count() == 1


def test_rows_that_lapse_never_stop_anything(given):
    later = timezone.now() - dt.timedelta(seconds=1)
    FeedRow.objects.filter(hotlist=given).update(expires_at=later)
    publish(given)
    assert plates_of(given) == set()
    assert not Halt.objects.exists()


def test_another_person_releases_exactly_what_was_shown(given, third_manager):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(5)]).delete()
    publish(given)
    halt = Halt.objects.get()
    publications.release_revision(
        halt, by=third_manager, digest=halt.digest, reason="The source confirmed it by telephone."
    )
    publish(given)
    assert plates_of(given) == {plate(number) for number in range(5, 10)}
    halt.refresh_from_db()
    assert halt.ended_at is not None
    assert not HeldChange.objects.exists()
    assert Event.objects.filter(verb="halt.released", actor_id=str(third_manager.pk)).count() == 1


def test_what_changed_after_it_was_shown_is_not_released_with_it(given, third_manager):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(4)]).delete()
    publish(given)
    shown = Halt.objects.get()
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(8)]).delete()
    publish(given)
    with pytest.raises(TooLate, match="not what you were shown"):
        publications.release_revision(shown, by=third_manager, digest=shown.digest, reason="Confirmed.")
    shown.refresh_from_db()
    publications.release_revision(shown, by=third_manager, digest=shown.digest, reason="Confirmed.")
    publish(given)
    assert plates_of(given) == {plate(8), plate(9)}


def test_more_than_was_released_stops_again(given, third_manager, machine_loaded):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(3)]).delete()
    publish(given)
    halt = Halt.objects.get()
    publications.release_revision(halt, by=third_manager, digest=halt.digest, reason="Confirmed.")
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(3, 7)]).delete()
    publish(given)
    assert plates_of(given) == {plate(number) for number in range(3, 10)}
    again = Halt.objects.undecided().get()
    assert again.pk != halt.pk
    assert (again.removed, again.base_rows) == (4, 10)


def test_who_caused_it_does_not_release_it(given, machine_loaded, manager):
    machine_loaded([*range(10), *range(20, 25)])
    publish(given)
    halt = Halt.objects.get()
    with pytest.raises(Refused, match="had a hand"):
        publications.release_revision(halt, by=manager, digest=halt.digest, reason="Mine.")


def test_the_database_refuses_a_decision_by_who_caused_it(given, machine_loaded, manager):
    machine_loaded([*range(10), *range(20, 25)])
    publish(given)
    halt = Halt.objects.get()
    facts = {
        "is_released": True, "decided_by": manager, "decided_at": timezone.now(), "decided_digest": halt.digest,
        "reason": "Mine.", "sign_in": manager.sign_in,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="another than who caused it"), transaction.atomic():
        Halt.objects.filter(pk=halt.pk).update(**facts)


def test_the_database_refuses_a_decision_on_something_else(given, third_manager):
    FeedRow.objects.filter(hotlist=given).delete()
    publish(given)
    facts = {
        "is_released": True, "decided_by": third_manager, "decided_at": timezone.now(), "decided_digest": "0" * 64,
        "reason": "Blind.", "sign_in": third_manager.sign_in,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="on what was shown"), transaction.atomic():
        Halt.objects.update(**facts)


def test_a_submitter_does_not_release(given, submitter):
    FeedRow.objects.filter(hotlist=given).delete()
    publish(given)
    halt = Halt.objects.get()
    with pytest.raises(Refused):
        publications.release_revision(halt, by=submitter, digest=halt.digest, reason="Please.")


def test_a_decision_says_why(given, third_manager):
    FeedRow.objects.filter(hotlist=given).delete()
    publish(given)
    halt = Halt.objects.get()
    with pytest.raises(Unfit):
        publications.release_revision(halt, by=third_manager, digest=halt.digest, reason="  ")


def test_what_was_refused_stays_back_until_the_list_is_put_right(given, third_manager, machine_loaded):
    machine_loaded([*range(10), *range(20, 25)])
    publish(given)
    halt = Halt.objects.get()
    publications.refuse_revision(halt, by=third_manager, digest=halt.digest, reason="The file is of another force.")
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in (20, 21, 22, 23)]).delete()
    publish(given)
    assert plates_of(given) == {plate(number) for number in range(10)}, "one refused row alone is within the limit"
    FeedRow.objects.filter(hotlist=given, vrm=plate(24)).delete()
    publish(given)
    halt.refresh_from_db()
    assert halt.ended_at is not None


def test_a_list_out_of_force_goes_out_empty_though_it_is_stopped(given, manager):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(5)]).delete()
    publish(given)
    hotlists.close_hotlist(given, by=manager, reason="The scheme has ended for good.")
    publish(given)
    assert plates_of(given) == set()
    assert not Halt.objects.standing().exists()


def test_what_a_killed_publisher_began_to_stop_is_stopped_by_the_next(given, monkeypatch):
    FeedRow.objects.filter(hotlist=given).delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(given)
        raise RuntimeError("killed before the commit")
    assert not Halt.objects.exists()
    publish(given)
    assert Halt.objects.count() == 1
    assert plates_of(given) == {plate(number) for number in range(10)}


def test_entries_that_are_withdrawn_leave_at_once_however_many(matcher, hotlist, approved_entry, manager):
    entries = [approved_entry(vrm_entered=plate(number)) for number in range(6)]
    publish(hotlist)
    for entry in entries:
        hotlists.withdraw(entry, by=manager, reason="unjustified", words="No longer wanted.")
    publish(hotlist)
    assert plates_of(hotlist) == set()
    assert not Halt.objects.exists()


def test_entries_that_come_all_at_once_wait_for_who_neither_asked_nor_decided(
    matcher, hotlist, approved_entry, supervisor, submitter
):
    approved_entry(vrm_entered=plate(0))
    publish(hotlist)
    for number in range(1, 5):
        approved_entry(vrm_entered=plate(number))
    publish(hotlist)
    assert plates_of(hotlist) == {plate(0)}
    assert set(Halt.objects.get().caused_by) >= {supervisor.pk, submitter.pk}


def test_measuring_costs_the_same_number_of_queries_for_one_row_and_for_two(given):
    FeedRow.objects.filter(hotlist=given, vrm=plate(0)).delete()
    with CaptureQueriesContext(connection) as few:
        publish(given)
    FeedRow.objects.filter(hotlist=given, vrm=plate(1)).delete()
    with CaptureQueriesContext(connection) as more:
        publish(given)
    assert len(few) == len(more)


@pytest.fixture
def stopped(given) -> Halt:
    """A revision that waits: six rows went, and nothing says why."""
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(6)]).delete()
    publish(given)
    return Halt.objects.get()


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_board_list_page_and_home_say_that_a_revision_is_stopped(stopped, third_manager, asset_owner, client_of):
    browser = client_of(third_manager)
    for address in (
        reverse("matcher_list"), reverse("publication_list", args=[stopped.hotlist.slug]),
        reverse("hotlist_detail", args=[stopped.hotlist.slug]),
    ):  # fmt: skip
        assert "waits for a second person" in words(browser.get(address)), address
    for person_who_decides in (third_manager, asset_owner):
        assert "Revisions stopped" in words(client_of(person_who_decides).get(reverse("home")))


def test_page_shows_rows_to_who_decides_and_records_it(stopped, third_manager, dpo, client_of):
    page = words(client_of(third_manager).get(reverse("halt_detail", args=[stopped.pk])))
    assert "Would be removed: 6 of 6" in page
    assert "No file and no decision in the portal accounts for it" in page
    assert Event.objects.filter(verb="halt.opened", actor_id=str(third_manager.pk)).count() == 1
    other = words(client_of(dpo).get(reverse("halt_detail", args=[stopped.pk])))
    assert "Would be removed: 6" not in other
    assert "Your role does not" in other or "role" in other


def test_page_releases_and_the_list_goes_out(stopped, third_manager, client_of):
    browser = client_of(third_manager)
    answer = browser.post(
        reverse("halt_release", args=[stopped.pk]),
        {"release-digest": stopped.digest, "release-reason": "The insurer confirmed it."},
        follow=True,
    )
    assert "was released" in words(answer)
    publish(stopped.hotlist)
    assert len(plates_of(stopped.hotlist)) == 4
    assert "Released" in words(browser.get(reverse("halt_list")))


def test_page_keeps_what_was_typed_when_the_reason_is_missing(stopped, third_manager, client_of):
    answer = client_of(third_manager).post(
        reverse("halt_refuse", args=[stopped.pk]), {"refuse-digest": stopped.digest, "refuse-reason": ""}
    )
    assert answer.status_code == 200
    assert "There is a problem" in words(answer)


def test_api_releases_what_was_shown_and_nothing_else(stopped, third_manager, outsider, client_of):
    address = reverse("api_halt_release", args=[stopped.pk])
    api = client_of(third_manager)
    shown = api.get(reverse("api_halt_detail", args=[stopped.pk])).json()
    assert shown["removed"] == 6
    assert shown["state"] == "Waits for a second person"
    send = {"reason": "Confirmed.", "digest": "0" * 64}
    assert api.post(address, send, content_type="application/json").status_code == 409
    send["digest"] = shown["digest"]
    assert client_of(outsider).post(address, send, content_type="application/json").status_code == 404
    assert api.post(address, send, content_type="application/json").json()["state"] == "Being published"
    assert api.post(address, send, content_type="application/json").status_code == 409


def test_api_refuses(stopped, third_manager, client_of):
    send = {"reason": "Of another force.", "digest": stopped.digest}
    api = client_of(third_manager)
    assert (
        api.post(reverse("api_halt_refuse", args=[stopped.pk]), send, content_type="application/json").json()["state"]
        == "Refused"
    )
    assert [each["state"] for each in api.get(reverse("api_halt_list")).json()["results"]] == ["Refused"]


def test_while_a_list_is_stopped_what_is_only_noted_waits_too_and_withdrawals_do_not(stopped, manager):
    hotlist = stopped.hotlist
    hotlists.suspend_row(hotlist, by=manager, vrm=plate(8), country="GB", cause="recovered", reason="Found by patrol")
    FeedRow.objects.filter(hotlist=hotlist, vrm=plate(9)).delete()
    Unpublished.objects.create(hotlist=hotlist, country="GB", vrm=plate(9))
    publications.publish(hotlist.pk, by=PUBLISHER, as_noted=True)
    assert plates_of(hotlist) == {plate(number) for number in (*range(8), 9)}


def test_what_a_source_drops_does_not_wait_for_what_it_adds(given, machine_loaded, third_manager):
    machine_loaded([*range(10), *range(20, 25)])
    publish(given)
    halt = Halt.objects.get()
    machine_loaded([*range(9), *range(20, 25)])
    publications.publish(given.pk, by=PUBLISHER, as_noted=True)
    assert plates_of(given) == {plate(number) for number in range(9)}
    machine_loaded([*range(8), *range(20, 25)])
    publish(given)
    assert plates_of(given) == {plate(number) for number in range(8)}
    halt.refresh_from_db()
    assert (halt.added, halt.removed, halt.ended_at) == (5, 0, None)


def test_a_change_that_was_only_noted_is_measured_too(given):
    FeedRow.objects.filter(hotlist=given, vrm__in=[plate(n) for n in range(6)]).delete()
    Unpublished.objects.filter(hotlist=given).delete()
    for number in range(6):
        Unpublished.objects.create(hotlist=given, country="GB", vrm=plate(number))
    publications.publish(given.pk, by=PUBLISHER, as_noted=True)
    assert Halt.objects.get().removed == 6
    assert len(plates_of(given)) == 10
