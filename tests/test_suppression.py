"""Suppression lists (decision 19): a hit on such a vehicle is on record, and exists for who keeps the list and nobody else."""

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.actions import add_machine
from accounts.models import SystemJob
from audit.models import Event
from audit.verbs import Verb
from hits import actions, live
from hits.board import Viewer
from hits.limits import Limits
from hits.models import Hit
from hits.waiting import questions
from hotlists import actions as hotlists
from hotlists.models import Entry, HitTally, Hotlist
from matchers import actions as matchers
from matchers.models import Publication
from oversight.figures import figures
from portal.errors import Refused, Stranger
from tests.cast import approve, entry_facts
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.publishing import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def suppression(hotlist, manager, superintendent, team) -> Hotlist:
    """A list of vehicles whose alerts are withheld, kept by the superintendent; the team may see the list itself."""
    made = hotlists.create_hotlist(
        by=manager, slug="protected", title="Protected people", kind=Hotlist.Kind.SUPPRESSION,
        purpose="Keep witnesses from being found", controller="Northdale Police", legal_basis="DPA 2018 Part 3",
        owner=superintendent, dpia=hotlist.dpia, categories=["SUP"], actions=["OBSERVE_REPORT"], markers=[],
        sunset_at=hotlist.sunset_at,
    )  # fmt: skip
    hotlists.give_access(made, team, by=manager)
    return made


@pytest.fixture
def suppress(suppression, submitter, second_superintendent):
    """suppress(plate): an approved entry of the suppression list."""

    def make(plate: str = "AB01 CDE", **over) -> Entry:
        facts = entry_facts(vrm_entered=plate, category="SUP", action="OBSERVE_REPORT", priority="LOW", **over)
        version = hotlists.submit(hotlists.begin_entry(suppression, by=submitter, **facts), by=submitter)
        approve(version, by=second_superintendent)
        return version.entry

    return make


@pytest.fixture
def withheld(listed, suppress, report) -> Hit:
    """A hit on a vehicle that a suppression list names."""
    entry = listed()
    suppress()
    return report(entry)


def test_withheld_hit_is_on_record_and_counted_nowhere(withheld, suppression):
    assert withheld.withheld_by == [suppression.pk]
    event = Event.objects.about("hits.hit", withheld.pk).get(verb=Verb.HIT_WITHHELD)
    for of in (withheld.hotlist, withheld.entry):
        assert event not in Event.objects.about(of._meta.label_lower, of.pk)
    assert not Event.objects.filter(verb=Verb.HIT_REPORTED).exists()
    assert not HitTally.objects.filter(hits__gt=0).exists()
    [told] = [figure for figure in figures(timezone.now()) if figure["key"] == "hits"]
    assert {row[1] for row in told["rows"]} <= {0, "0"}, told


def test_control_room_crawls_every_page_and_answer_and_meets_no_withheld_hit(
    withheld, operator, manager, submitter, supervisor, client_of
):
    for person in (operator, manager, submitter, supervisor):
        assign_perm("hotlists.view_hotlist", person, withheld.hotlist)
        assert list(Hit.objects.visible_to(person)) == []
        assert Viewer.of(person).cards() == []
        browser = client_of(person)
        for name in ("home", "board", "hit_list", "api_hit_list"):
            page = browser.get(reverse(name))
            assert page.status_code == 200, name
            assert str(withheld.pk) not in page.content.decode()
            assert "vehicle-" not in page.content.decode()
        assert "0 open hits" in browser.get(reverse("board")).content.decode()
        assert browser.get(reverse("api_hit_list")).json()["results"] == []
        looked = browser.get(reverse("hit_list"), {"plate": "AB01 CDE", "reason": "Crime 123, looking for it."})
        assert str(withheld.pk) not in looked.content.decode()
        for name in ("hit_detail", "hit_verify", "hit_outcome", "api_hit_detail"):
            assert browser.get(reverse(name, args=[withheld.pk])).status_code == 404, name
        for name in ("hit_acknowledge", "api_hit_acknowledge"):
            assert browser.post(reverse(name, args=[withheld.pk]), {}, content_type="application/json").status_code in (
                403,
                404,
            ), name
        with pytest.raises(Stranger):
            actions.open_hit(withheld, by=person)
        assert not any("withheld" in item.title for item in questions(person, timezone.now()))
        entry = browser.get(reverse("entry_detail", args=[withheld.entry_id])).content.decode()
        assert str(withheld.pk) not in entry


def test_machine_that_reads_meets_none_either(withheld, administrator):
    machine, _ = add_machine("Reader", by=administrator, scopes=["read"])
    assert not Hit.objects.visible_to(machine).exists()


def test_open_boards_are_told_nothing_of_it(
    listed, suppress, report, operator, monkeypatch, django_capture_on_commit_callbacks
):
    entry, told = listed(), []
    monkeypatch.setattr(live, "_publish", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        shown = report(entry)
    assert told == [shown]
    suppress()
    with django_capture_on_commit_callbacks(execute=True):
        hidden = report(entry)
    assert told == [shown]
    assert not Hit.objects.of_same_vehicle(shown).filter(pk=hidden.pk).exists()
    at = timezone.now()
    [card] = Hit.objects.shown().with_urgency(at, Limits.in_force(at))
    assert card.sightings == 1, "the sighting that is withheld does not escalate the other"
    assert len(Viewer.of(operator).cards()) == 1
    assert Viewer.of(operator).changed_since(shown.pk) == {f"vehicle-{shown.hotlist_id}-GB-AB01CDE"}


def test_who_keeps_the_list_sees_it_and_only_then(
    withheld, suppression, superintendent, second_superintendent, client_of
):
    browser = client_of(superintendent)
    assert list(Hit.objects.visible_to(superintendent)) == [withheld]
    assert "Withheld" in browser.get(reverse("hit_list")).content.decode()
    assert browser.get(reverse("hit_detail", args=[withheld.pk])).status_code == 200
    assert any("withheld" in item.title for item in questions(superintendent, timezone.now()))
    assert list(Hit.objects.visible_to(second_superintendent)) == []
    Hotlist.objects.filter(pk=suppression.pk).update(deputy=second_superintendent)
    assert list(Hit.objects.visible_to(second_superintendent)) == [withheld]


def test_only_while_it_is_in_force_and_by_the_plate_listed_or_read(listed, suppress, report, inspector):
    entry = listed()
    assert report(entry).withheld_by == []
    first = suppress()
    assert report(entry).withheld_by
    assert report(entry, vrm_read="AB01CDF").withheld_by, "the plate listed is named"
    hotlists.suspend(first, by=inspector, reason="No longer needed.")
    assert report(entry).withheld_by == []
    suppress("XY50 ZZZ")
    assert report(entry).withheld_by == []
    assert report(entry, vrm_read="XY50ZZZ").withheld_by, "the plate read is named"


def test_suppression_list_is_never_published(suppress, suppression, matcher, manager):
    suppress()
    with pytest.raises(Refused, match="never published"):
        matchers.allocate(
            matcher.matcher,
            suppression,
            by=manager,
            purpose="Anything",
            agreement_ref="MA/1",
            until_at=suppression.sunset_at,
        )
    publish(suppression)
    assert not Publication.objects.filter(hotlist=suppression).exists()


def test_the_api_counts_what_was_withheld_for_who_keeps_the_list_alone(
    withheld, suppression, superintendent, second_superintendent, operator, manager, outsider, client_of
):
    def told(user):
        return client_of(user).get(reverse("api_hit_withheld"))

    assert told(superintendent).json() == [{"hotlist": suppression.slug, "count": 1}]
    for other in (second_superintendent, operator, manager):  # who see the list, and do not keep it
        assert told(other).json() == []
    assert told(outsider).json() == []
    Hotlist.objects.filter(pk=suppression.pk).update(deputy=second_superintendent)
    assert told(second_superintendent).json() == [{"hotlist": suppression.slug, "count": 1}]


def test_a_list_that_withheld_nothing_counts_none(suppression, superintendent):
    assert Hit.objects.withheld_counts(superintendent) == {suppression.slug: 0}
    assert Hit.objects.withheld_counts(add_machine("reader", by=SystemJob("tests"), scopes=["read"])[0]) == {}
