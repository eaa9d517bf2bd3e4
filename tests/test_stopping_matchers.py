"""The kill switch of a matcher, a later end of an allocation, and the page of the root of trust (R-105, R-101)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from matchers import actions, waiting
from matchers.models import Allocation, FeedList, Publication, RecallHolder, Stoppage
from portal.errors import Refused, TooLate, Unfit
from tests.cast import person
from tests.publishing import held, publish


@pytest.fixture
def second_manager(team):
    """A list manager who may start again what the first stopped."""
    user = person("second_manager", ["MGR"], first_name="Second", last_name="Manager")
    team.user_set.add(user)
    return user


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.django_db(transaction=True)
def test_a_stopped_matcher_empties_itself_proves_it_and_gets_its_lists_back_by_another(
    matcher, hotlist, approved_entry, client_for, manager, second_manager
):
    approved_entry(vrm_entered="AB01 CDE")
    publish(hotlist)
    client = client_for(matcher)
    client.step()
    assert held(client) == {"AB01CDE"}
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen from the car.")
    publish(hotlist)
    ending = Publication.objects.get(feed=matcher.matcher.feed)
    assert ending.rows == 0
    client.step()
    assert held(client) == set()
    assert not RecallHolder.objects.open().exists()
    publish(hotlist)
    assert FeedList.objects.get().unloaded_at is not None
    actions.restart_matcher(matcher.matcher, by=second_manager, reason="Found in the boot, seals whole.")
    publish(hotlist)
    client.step()
    assert held(client) == {"AB01CDE"}


@pytest.mark.django_db(transaction=True)
def test_from_that_second_it_is_served_no_rows_though_the_publisher_has_not_run(
    matcher, hotlist, approved_entry, client_for, manager
):
    approved_entry(vrm_entered="AB01 CDE")
    publish(hotlist)
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen from the car.")
    client = client_for(matcher)
    client.step()
    assert client.problem != ""
    assert held(client) == set()


@pytest.mark.django_db
def test_who_stopped_it_does_not_start_it_again(matcher, manager):
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    with pytest.raises(Refused, match="somebody else"):
        actions.restart_matcher(matcher.matcher, by=manager, reason="Found.")


@pytest.mark.django_db
def test_the_database_refuses_that_one_person_stops_and_starts(matcher, manager):
    stoppage = actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    with pytest.raises(IntegrityError, match="ends_by_another"), transaction.atomic():
        Stoppage.objects.filter(pk=stoppage.pk).update(to_at=timezone.now(), to_by=manager, lifted_because="Found.")


@pytest.mark.django_db
def test_stopping_twice_is_refused_and_recorded_once(matcher, manager):
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    with pytest.raises(Refused, match="already"):
        actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    assert Event.objects.filter(verb="matcher.stopped").count() == 1


@pytest.mark.django_db
def test_nothing_to_start_is_too_late_and_stopping_says_why(matcher, manager, submitter):
    with pytest.raises(TooLate):
        actions.restart_matcher(matcher.matcher, by=manager, reason="Why not.")
    with pytest.raises(Unfit):
        actions.stop_matcher(matcher.matcher, by=manager, reason=" ")
    with pytest.raises(Refused):
        actions.stop_matcher(matcher.matcher, by=submitter, reason="Stolen.")


@pytest.mark.django_db
def test_a_stopped_matcher_is_given_no_other_list(matcher, manager, hotlist):
    actions.revoke(Allocation.objects.get(), by=manager, reason="Mistake.")
    actions.stop_matcher(matcher.matcher, by=manager, reason="Stolen.")
    with pytest.raises(Refused, match="was stopped"):
        actions.allocate(
            matcher.matcher, hotlist, by=manager, purpose="x", agreement_ref="y",
            until_at=timezone.now() + dt.timedelta(days=3),
        )  # fmt: skip


@pytest.mark.django_db
def test_pages_stop_and_start_a_matcher(matcher, manager, second_manager, client_of):
    browser = client_of(manager)
    address = reverse("matcher_stop", args=[matcher.matcher.pk])
    assert "has to prove" in words(browser.get(address))
    assert "was stopped" in words(browser.post(address, {"reason": "Stolen."}, follow=True))
    page = words(browser.get(reverse("matcher_detail", args=[matcher.matcher.pk])))
    assert "Stopped" in page
    assert "You stopped it, so somebody else has to start it again." in page
    other = client_of(second_manager)
    answer = other.post(reverse("matcher_restart", args=[matcher.matcher.pk]), {"reason": "Found."}, follow=True)
    assert "started again" in words(answer)


@pytest.mark.django_db
def test_api_stops_and_starts_a_matcher(matcher, manager, second_manager, submitter, client_of):
    stop, start = (reverse(f"api_matcher_{verb}", args=[matcher.matcher.pk]) for verb in ("stop", "restart"))
    send = {"reason": "Stolen."}
    assert client_of(submitter).post(stop, send, content_type="application/json").status_code == 403
    assert client_of(manager).post(stop, send, content_type="application/json").status_code == 200
    assert client_of(manager).post(start, send, content_type="application/json").status_code == 403
    assert client_of(second_manager).post(start, send, content_type="application/json").status_code == 200
    assert client_of(second_manager).post(start, send, content_type="application/json").status_code == 409


@pytest.mark.django_db
def test_an_allocation_is_prolonged_with_a_reason_to_a_later_end_of_at_most_a_year(matcher, manager, client_of):
    allocation = Allocation.objects.get()
    later = timezone.now() + dt.timedelta(days=90)
    with pytest.raises(Unfit):
        actions.prolong(allocation, by=manager, until_at=later, reason="")
    with pytest.raises(Unfit):
        actions.prolong(allocation, by=manager, until_at=timezone.now() + dt.timedelta(days=2), reason="Still needed.")
    with pytest.raises(Unfit):
        actions.prolong(
            allocation, by=manager, until_at=timezone.now() + dt.timedelta(days=500), reason="Still needed."
        )
    api = client_of(manager)
    send = {"until_at": later.isoformat(), "reason": "The operation goes on."}
    address = reverse("api_allocation_prolong", args=[allocation.pk])
    assert api.post(address, send, content_type="application/json").status_code == 200
    allocation.refresh_from_db()
    assert allocation.until_at == later
    assert allocation.prolonged_by == manager
    assert Event.objects.filter(verb="list.prolonged").count() == 1


@pytest.mark.django_db
def test_an_allocation_that_is_over_is_not_prolonged(matcher, manager):
    allocation = actions.revoke(Allocation.objects.get(), by=manager, reason="Mistake.")
    with pytest.raises(Refused, match="anew"):
        actions.prolong(allocation, by=manager, until_at=timezone.now() + dt.timedelta(days=90), reason="Still needed.")


@pytest.mark.django_db
def test_home_shows_a_list_that_is_about_to_end_and_the_page_prolongs_it(matcher, manager, client_of):
    Allocation.objects.update(until_at=timezone.now() + dt.timedelta(days=40))

    def shown() -> bool:
        return any("lose soon" in item.title and item.count for item in waiting.questions(manager, timezone.now()))

    assert not shown()
    Allocation.objects.update(until_at=timezone.now() + dt.timedelta(days=10))
    assert shown()
    day = (timezone.localdate() + dt.timedelta(days=200)).isoformat()
    address = reverse("allocation_prolong", args=[Allocation.objects.get().pk])
    answer = client_of(manager).post(address, {"until_at": day, "reason": "Goes on."}, follow=True)
    assert "until the new end" in words(answer)
    assert not shown()


@pytest.mark.django_db
def test_root_page_is_for_who_sees_to_it_and_warns_in_time(
    publication_keys, infrastructure_lead, administrator, submitter, client_of
):
    address = reverse("root_of_trust")
    for who in (infrastructure_lead, administrator):
        page = words(client_of(who).get(address))
        assert "In date" in page
        assert "Needed to sign the next" in page
    assert client_of(submitter).get(address).status_code == 403
    with time_machine.travel(publication_keys.expires_at - dt.timedelta(days=30), tick=False):
        item = next(
            each for each in waiting.questions(infrastructure_lead, timezone.now()) if "root of trust" in each.title
        )
        assert item.url == address
    facts = client_of(administrator).get(reverse("api_root_of_trust")).json()
    assert facts["threshold"] == 2
    assert len(facts["holders"]) == 3
