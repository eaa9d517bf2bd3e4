"""What happens asks that assessments be looked at again (R-116); measures are taken beside the version that holds them."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from camera_sites import actions
from camera_sites.link_policies import may_take_measure
from camera_sites.measures import measures_of, overdue_measures
from camera_sites.models import Dpia, MeasureTaken, ReviewDemand
from camera_sites.waiting import questions
from hotlists.actions import change_hotlist
from portal.errors import Refused, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def governing(advised, asset_owner):
    """An assessment of the ring road with one measure, approved."""
    actions.decide(advised, by=asset_owner, verdict="approve", words="Yes.")
    advised.refresh_from_db()
    return advised


def waits(user, now=None):
    return {item.title: item.count for item in questions(user, now or timezone.now()) if item.count}


def test_acts_on_a_site_ask_for_a_review_of_the_assessments_that_cover_it(
    proposed_site, infrastructure_lead, superintendent
):
    site = proposed_site()
    asked = ReviewDemand.objects.open()
    assert [(one.trigger, one.owner) for one in asked] == [("camera", infrastructure_lead)]
    actions.add_camera(site, by=infrastructure_lead, ref="ring-north-2")
    actions.edit_site(site, by=infrastructure_lead, latitude=54.7)
    assert asked.all().count() == 1, "one demand is open for each thing and kind of event"
    actions.edit_site(site, by=infrastructure_lead, purposes=["serious_crime"])
    actions.share_site(site, by=infrastructure_lead, organisation="Northdale Council", purpose="Bus lanes",
                       reference="NC-1", until_at=timezone.now() + DAY)  # fmt: skip
    live = actions.set_live(site, by=superintendent)
    actions.ask_for_review(live, by=superintendent, trigger="complaint", words="A neighbour complained.")
    assert {one.trigger for one in asked.all()} == {"camera", "purpose", "sharing", "complaint"}
    actions.edit_site(live, by=infrastructure_lead, name="Ring road, north")
    assert asked.all().count() == 4, "a name is not what was assessed"
    actions.edit_site(live, by=infrastructure_lead, funder="Council")
    actions.edit_site(live, by=infrastructure_lead, controller="Another force")
    assert asked.exclude(trigger__in=["camera", "purpose", "sharing", "complaint"]).get().trigger == "body"


def test_a_camera_that_reads_badly_or_is_not_where_it_says_asks_for_a_review_once(live_site, infrastructure_lead):
    site = live_site()
    camera = site.cameras.get()
    counted = {"tested_on": timezone.localdate(), "tester": "Surveys", "method": "footage", "light": "day"}
    near = {"reported_latitude": 54.61240, "reported_longitude": -3.12345}
    before = set(ReviewDemand.objects.values_list("pk", flat=True))
    asked = ReviewDemand.objects.exclude(pk__in=before)
    good = {"visible": 2000, "captured": 1990, "read_right": 1950}
    actions.record_test(site, camera, by=infrastructure_lead, **counted, **good)
    actions.check_position(site, camera, by=infrastructure_lead, **near)
    assert not asked.exists(), "what is as it should be asks for nothing"
    for again in range(2):
        bad = {"visible": 2000, "captured": 1500 - again, "read_right": 1100}
        actions.record_test(site, camera, by=infrastructure_lead, **counted, **bad)
        actions.check_position(site, camera, by=infrastructure_lead, **near | {"reported_latitude": 54.7})
    assert sorted(asked.values_list("trigger", flat=True)) == ["accuracy", "incident"]
    assert {(one.dpia, one.owner) for one in asked} == {(site.dpia, infrastructure_lead)}
    assert Event.objects.filter(verb="dpia.review_demanded").count() == len(before) + 2
    assert not [one.words for one in asked if "54." in one.words], "where it stands is for those who may see it"


def test_what_an_assessment_is_asked_names_no_covert_site(proposed_site):
    site = proposed_site(deployment="covert", deployed_until=timezone.now() + DAY, authority_ref="URN 7")
    words = ReviewDemand.objects.get().words
    assert "covert site" in words and site.ref not in words and site.name not in words


def test_another_purpose_of_a_list_asks_for_a_review(hotlist, manager, infrastructure_lead):
    change_hotlist(hotlist, by=manager, title="Another title")
    assert not ReviewDemand.objects.exists()
    change_hotlist(hotlist, by=manager, purpose="Find vehicles used in burglaries")
    asked = ReviewDemand.objects.get()
    assert (asked.trigger, asked.dpia, asked.owner) == ("purpose", hotlist.dpia, infrastructure_lead)


def test_a_site_under_a_draft_asks_for_nothing(proposed_site, draft):
    proposed_site(dpia=draft.dpia)
    assert not ReviewDemand.objects.exists()


def test_a_review_asked_by_hand_is_answered_by_another_and_stands_on_the_home_page_until_then(
    governing, infrastructure_lead, dpo, operator
):
    with pytest.raises(Refused):
        actions.demand_review(governing.dpia, by=operator, trigger="breach", words="A laptop was lost.")
    asked = actions.demand_review(governing.dpia, by=dpo, trigger="breach", words="A laptop was lost.")
    assert waits(infrastructure_lead)["Reviews of your DPIAs were asked for"] == 1
    late = asked.due_at + DAY
    assert waits(infrastructure_lead, late)["Reviews of your DPIAs are overdue"] == 1
    assert waits(dpo, late)["Reviews of DPIAs are overdue"] == 1
    with pytest.raises(Refused):
        actions.answer_review(asked, by=dpo, words="Nothing was on it.")
    with pytest.raises(Unfit):
        actions.answer_review(asked, by=infrastructure_lead, words=" ")
    actions.answer_review(asked, by=infrastructure_lead, words="Nothing was on it.")
    with pytest.raises(TooLate):
        actions.answer_review(asked, by=infrastructure_lead, words="Again.")
    assert "Reviews of your DPIAs were asked for" not in waits(infrastructure_lead)
    assert Event.objects.filter(verb__in=["dpia.review_demanded", "dpia.review_answered"]).count() == 2


def test_an_approved_version_answers_what_was_asked_before_it_was_submitted(
    governing, infrastructure_lead, dpo, asset_owner
):
    before = actions.demand_review(governing.dpia, by=dpo, trigger="crime", words="Thefts moved to the port.")
    version = actions.begin_version(governing.dpia, by=infrastructure_lead)
    actions.submit(version, by=infrastructure_lead)
    since = actions.demand_review(governing.dpia, by=dpo, trigger="complaint", words="A driver complained.")
    actions.advise(version, by=dpo, is_favourable=True, words="Yes.")
    actions.decide(version, by=asset_owner, verdict="approve", words="Yes.")
    before.refresh_from_db()
    since.refresh_from_db()
    assert (before.answer, before.version, before.answered_by) == ("version", version, asset_owner)
    assert since.answered_at is None


def test_the_database_lets_no_review_be_answered_by_nobody(governing, dpo):
    asked = actions.demand_review(governing.dpia, by=dpo, trigger="crime", words="Thefts moved.")
    for wrong in (
        {"answered_at": timezone.now()},
        {"answer": "unchanged", "answered_at": timezone.now(), "answered_by": dpo},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewDemand.objects.filter(pk=asked.pk).update(**wrong)


def test_a_measure_is_taken_without_touching_the_version_and_leaves_the_home_page(governing, infrastructure_lead):
    late = timezone.now() + 120 * DAY
    assert waits(infrastructure_lead, late)["Measures of DPIAs for you to see to are overdue"] == 1
    with pytest.raises(Unfit):
        actions.take_measure(governing, by=infrastructure_lead, key="M1", evidence=" ", done_on=timezone.localdate())
    with pytest.raises(Unfit):
        tomorrow = timezone.localdate() + DAY
        actions.take_measure(governing, by=infrastructure_lead, key="M1", evidence="The log.", done_on=tomorrow)
    with pytest.raises(TooLate):
        actions.take_measure(
            governing, by=infrastructure_lead, key="M9", evidence="The log.", done_on=timezone.localdate()
        )
    before = governing.digest
    actions.take_measure(governing, by=infrastructure_lead, key="M1", evidence="The log.", done_on=timezone.localdate())
    governing.refresh_from_db()
    assert governing.digest == before and not governing.measure_register[0]["is_in_place"]
    assert "Measures of DPIAs for you to see to are overdue" not in waits(infrastructure_lead, late)
    with pytest.raises(TooLate):
        actions.take_measure(
            governing, by=infrastructure_lead, key="M1", evidence="Twice.", done_on=timezone.localdate()
        )


def test_a_measure_stays_in_place_in_the_next_version_only_while_it_says_the_same(
    governing, infrastructure_lead, dpo, asset_owner
):
    actions.take_measure(governing, by=infrastructure_lead, key="M1", evidence="The log.", done_on=timezone.localdate())
    version = actions.begin_version(governing.dpia, by=infrastructure_lead)
    assert [one.is_in_place for one in measures_of(version)] == [True]
    row = {**version.measure_register[0], "measure": "Three people decide"}
    version = actions.edit_version(version, by=infrastructure_lead, measure_register=[row])
    assert [one.is_in_place for one in measures_of(version)] == [False]


def test_a_measure_is_overdue_for_whoever_it_names(governing, operator, infrastructure_lead):
    late = timezone.localdate() + 120 * DAY
    overdue = overdue_measures(late, Dpia.objects.all())
    assert [one.key for one in overdue] == ["M1"]
    assert overdue[0].is_for(infrastructure_lead) and not overdue[0].is_for(operator)
    assert overdue_measures(timezone.localdate(), Dpia.objects.all()) == []


def test_pages_and_api_ask_answer_and_take(client_of, governing, infrastructure_lead, dpo):
    dpia, lead, adviser = governing.dpia, client_of(infrastructure_lead), client_of(dpo)
    asked = {"trigger": "complaint", "words": "A driver complained."}
    assert adviser.post(f"/dpias/{dpia.pk}/reviews/new/", asked).status_code == 302
    assert lead.post(f"/dpias/{dpia.pk}/reviews/new/", {"trigger": "crime", "words": ""}).status_code == 422
    demand = ReviewDemand.objects.get()
    assert "A driver complained." in lead.get(f"/dpias/{dpia.pk}/").content.decode()
    told = lead.get(f"/api/v1/dpias/{dpia.pk}/reviews/").json()
    assert [(one["trigger"], one["answer"]) for one in told] == [("complaint", "")]
    assert (
        adviser.post(
            f"/api/v1/dpias/reviews/{demand.pk}/answer/", {"words": "No."}, content_type="application/json"
        ).status_code
        == 403
    )
    assert lead.post(f"/dpias/reviews/{demand.pk}/", {"words": "It was another camera."}).status_code == 302
    today = timezone.localdate().isoformat()
    assert lead.get(f"/dpias/{dpia.pk}/measures/M1/").status_code == 200
    assert lead.get(f"/dpias/{dpia.pk}/measures/M9/").status_code == 404
    taken = {"done_on": today, "evidence": "The log of decisions."}
    api = {"content_type": "application/json", "headers": {"Idempotency-Key": "m-1"}}
    answer = lead.post(f"/api/v1/dpias/{dpia.pk}/measures/M1/", taken, **api)
    assert answer.status_code == 201, answer.content
    assert lead.get(f"/api/v1/dpias/{dpia.pk}/measures/").json()[0]["evidence"] == "The log of decisions."
    assert "The log of decisions." in lead.get(f"/dpias/{dpia.pk}/").content.decode()
    assert MeasureTaken.objects.count() == 1


def test_the_yearly_review_is_told_before_it_is_due(governing, infrastructure_lead):
    with time_machine.travel(governing.decision.review_due_at - 20 * DAY):
        assert waits(infrastructure_lead)["Your DPIAs are to be reviewed within 60 days"] == 1


def test_only_who_is_named_wrote_it_or_writes_assessments_says_that_a_measure_is_in_place(
    client_of, governing, operator, dpo, infrastructure_lead
):
    page, api = (reverse(name, args=[governing.dpia_id, "M1"]) for name in ("measure_take", "api_dpia_measure_taken"))
    given = {"done_on": timezone.localdate().isoformat(), "evidence": "The log."}
    with pytest.raises(Refused, match="names somebody else"):
        actions.take_measure(governing, by=dpo, key="M1", evidence="The log.", done_on=timezone.localdate())
    adviser = client_of(dpo)
    assert "names somebody else" in adviser.get(page).text
    assert adviser.post(page, given).status_code == 403
    assert adviser.post(api, given, content_type="application/json").status_code == 403
    assert page not in adviser.get(reverse("dpia_detail", args=[governing.dpia_id])).text
    assert page in client_of(infrastructure_lead).get(reverse("dpia_detail", args=[governing.dpia_id])).text
    assert client_of(operator).post(page, given).status_code in (403, 404)
    assert not MeasureTaken.objects.exists()
    named = {**governing.measure_register[0], "owner": dpo.username.upper()}
    version = actions.begin_version(governing.dpia, by=infrastructure_lead, measure_register=[named])
    assert may_take_measure(dpo, version, "M1")
    assert not may_take_measure(dpo, version, "M2")
