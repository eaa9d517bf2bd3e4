"""Whether sites are still needed: judged every year, sooner when something happens, by another than whoever proposed (R-116)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.sign_in import open_sign_in
from camera_sites import actions
from camera_sites.models import CameraSite, NeedQuestion, NeedReview
from camera_sites.waiting import questions
from portal.errors import Refused, Stranger, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError, ProgrammingError)
JUDGED = {
    "outcome": "keep",
    "effect": "Forty stolen cars were found here.",
    "words": "Patrols would not have seen them.",
}
YEAR = 365
DUE = "The need of your camera sites is to be reviewed"


def is_due(at: dt.datetime | None = None) -> bool:
    return CameraSite.objects.due_for_need_review(at or timezone.now(), YEAR).exists()


def waits_for(user) -> set[str]:
    return {item.title for item in questions(user, timezone.now()) if item.count}


def test_a_need_is_reviewed_a_year_after_the_site_went_live_and_every_year_after(live_site, superintendent):
    site = live_site()
    end = site.live_at + dt.timedelta(days=YEAR)
    assert not is_due(end - dt.timedelta(seconds=1))
    assert is_due(end)
    with time_machine.travel(end):
        open_sign_in(superintendent, method="password")
        actions.review_need(site, by=superintendent, **JUDGED)
        assert not is_due()
        assert is_due(timezone.now() + dt.timedelta(days=YEAR))


def test_a_proposal_and_a_decommissioned_site_are_not_reviewed(proposed_site, superintendent, infrastructure_lead):
    site = proposed_site()
    later = timezone.now() + dt.timedelta(days=2 * YEAR)
    assert not is_due(later)
    with pytest.raises(Refused, match="set live"):
        actions.review_need(site, by=superintendent, **JUDGED)
    with pytest.raises(Refused, match="set live"):
        actions.ask_for_review(site, by=infrastructure_lead, trigger="crime", words="Fewer thefts.")
    actions.set_live(site, by=superintendent)
    actions.decommission(site, by=superintendent, reason="Moved.")
    assert not is_due(later)


def test_what_happens_asks_for_a_review_before_the_year_is_over(live_site, infrastructure_lead, superintendent, dpo):
    site = live_site()
    actions.ask_for_review(site, by=dpo, trigger="complaint", words="A resident asks what it is for.")
    assert is_due()
    assert DUE in waits_for(infrastructure_lead)
    assert "Camera sites whose need is yours to review" in waits_for(superintendent)
    actions.review_need(site, by=superintendent, **JUDGED)
    assert not is_due()
    assert DUE not in waits_for(infrastructure_lead)


def test_a_new_sharing_agreement_asks_by_itself(live_site, infrastructure_lead):
    site = live_site()
    actions.share_site(
        site, by=infrastructure_lead, organisation="Northdale Council", purpose="Bus lanes", reference="ISA-7",
        until_at=timezone.now() + dt.timedelta(days=90),
    )  # fmt: skip
    assert NeedQuestion.objects.get().trigger == NeedQuestion.Trigger.SHARING
    assert is_due()


def test_a_review_that_asks_for_change_waits_on_its_owners_home_page(live_site, infrastructure_lead, superintendent):
    site = live_site()
    actions.review_need(site, by=superintendent, **JUDGED | {"outcome": "remove"})
    title = "Reviews ask for your camera sites to be moved, reduced or removed"
    assert title in waits_for(infrastructure_lead)
    actions.decommission(site, by=infrastructure_lead, reason="As the review asks.")
    assert title not in waits_for(infrastructure_lead)


def test_whoever_proposed_does_not_review_by_action_nor_past_it(live_site, infrastructure_lead, superintendent):
    site = live_site()
    with pytest.raises(Refused, match="somebody else"):
        actions.review_need(site, by=infrastructure_lead, **JUDGED)
    row = {"site": site, **JUDGED, "reviewed_at": timezone.now()}
    with pytest.raises(REFUSED_BY_DATABASE, match="does not review"), transaction.atomic():
        NeedReview.objects.create(**row, reviewed_by=infrastructure_lead, sign_in=infrastructure_lead.sign_in)
    with pytest.raises(REFUSED_BY_DATABASE, match="open session"), transaction.atomic():
        NeedReview.objects.create(**row, reviewed_by=superintendent, sign_in=infrastructure_lead.sign_in)
    actions.review_need(site, by=superintendent, **JUDGED)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE camera_sites_needreview SET outcome = 'remove'")


def test_who_may_not_decide_sites_reviews_none(live_site, operator, second_superintendent, dpo):
    site = live_site()
    for who in (operator, dpo):
        with pytest.raises(Refused):
            actions.review_need(site, by=who, **JUDGED)
    with pytest.raises(Refused):
        actions.ask_for_review(site, by=operator, trigger="crime", words="Fewer thefts.")
    with pytest.raises(Stranger):
        actions.review_need(site, by=second_superintendent, **JUDGED)


@pytest.mark.parametrize("name", ["effect", "words"])
def test_a_review_says_what_it_did_and_why(live_site, superintendent, name):
    with pytest.raises(Unfit) as refusal:
        actions.review_need(live_site(), by=superintendent, **JUDGED | {name: " "})
    assert set(refusal.value.fields) == {name}


def test_pages_and_api_ask_and_review(live_site, infrastructure_lead, superintendent, client_of):
    site = live_site()
    lead, decider = client_of(infrastructure_lead), client_of(superintendent)
    asked = {"trigger": "crime", "words": "Fewer thefts since spring."}
    assert lead.post(reverse("site_question", args=[site.pk]), asked).status_code == 302
    assert b"Its need is to be reviewed" in decider.get(reverse("site_detail", args=[site.pk])).content
    assert lead.post(reverse("site_review", args=[site.pk]), JUDGED).status_code == 403
    assert decider.post(reverse("site_review", args=[site.pk]), JUDGED).status_code == 302
    assert b"Fewer thefts since spring." in decider.get(reverse("site_detail", args=[site.pk])).content
    for name, body, client, code in (
        ("api_site_question", asked, lead, 200),
        ("api_site_review", JUDGED, lead, 403),
        ("api_site_review", JUDGED, decider, 200),
    ):
        answer = client.post(reverse(name, args=[site.pk]), body, content_type="application/json")
        assert answer.status_code == code, name
    kept = lead.get(reverse("api_site_evidence", args=[site.pk])).json()
    assert [one["outcome"] for one in kept["need_reviews"]] == ["keep", "keep"]
    assert [one["trigger"] for one in kept["need_questions"]] == ["crime", "crime"]
    found = lead.get("/camera-sites/", {"wanting": "need"}).content.decode()
    assert "No site matches" in found
