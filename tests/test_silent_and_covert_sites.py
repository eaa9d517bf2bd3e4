"""Hits from sites that should be silent (R-113), and sites of which only those know who were given them (R-123)."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.actions import add_machine
from camera_sites import actions as sites
from camera_sites.case import lacking
from camera_sites.models import CameraSite
from camera_sites.neighbours import neighbours
from camera_sites.urls import api_urlpatterns, urlpatterns
from hits.models import Hit
from scrutiny import actions as scrutiny
from scrutiny.models import Finding
from scrutiny.waiting import questions as findings_of
from tests.cast import approved_dpia, person
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.site_cast import site_facts

pytestmark = pytest.mark.django_db
CAUTION = "Site not in service"


def waits_for(user) -> set[str]:
    now = timezone.now()
    return {item.title for item in findings_of(user, now) if item.count != 0}


@pytest.fixture
def lapsing_site(make_site, infrastructure_lead, dpo, asset_owner, superintendent, team) -> CameraSite:
    """A site whose own assessment lapses in two days; the list's does not."""
    dpia = approved_dpia(
        ref="dpia-two-days", author=infrastructure_lead, adviser=dpo, decider=asset_owner,
        review_due_at=timezone.now() + dt.timedelta(days=2),
    )  # fmt: skip
    site = sites.propose_site(by=infrastructure_lead, seen_by=[team], **site_facts(ref="two-days", dpia=dpia))
    sites.add_camera(site, by=infrastructure_lead, ref="two-days-1")
    return sites.set_live(site, by=superintendent)


def test_a_site_falls_silent_as_its_dpia_lapses_and_what_is_heard_then_is_one_finding(
    lapsing_site, listed, report, infrastructure_lead, operator, team, client_of
):
    lead = listed(person_confirmed="yes", review_by=timezone.now() + dt.timedelta(days=20))
    heard = {"site": "two-days", "camera": "two-days-1"}
    ends = CameraSite.objects.with_service_end(timezone.now()).get(pk=lapsing_site.pk).in_service_until
    with time_machine.travel(ends - dt.timedelta(seconds=1), tick=False):
        assert "site_not_in_service" not in report(lead, **heard).cautions
    for later in (dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(days=3)):
        with time_machine.travel(ends + later, tick=False):
            hit = report(lead, **heard)
            assert "site_not_in_service" in hit.cautions
            scrutiny.report_site_hit(hit, by=scrutiny.CLOCK)
            assert "Findings for you to answer" in waits_for(infrastructure_lead)
    assert Hit.objects.filter(site=lapsing_site).count() == 4, "every one is kept"
    assert Finding.objects.about(lapsing_site).count() == 1, "and one finding tells of them all"
    for address in ("/board/", f"/hits/{hit.pk}/"):
        assert CAUTION in client_of(operator).get(address).content.decode(), address


def test_an_answer_that_does_not_hold_is_a_finding_again_the_next_day(
    lapsing_site, listed, report, infrastructure_lead
):
    entry = listed(person_confirmed="yes")
    sites.suspend_site(lapsing_site, by=infrastructure_lead, reason="Roadworks.")
    hit = report(entry, site="two-days", camera="two-days-1")
    assert CAUTION.lower().replace(" ", "_") in hit.cautions, "a suspended site is as silent as a lapsed one"
    finding = scrutiny.report_site_hit(hit, by=scrutiny.CLOCK)
    scrutiny.close_finding(finding, by=infrastructure_lead, words="The matcher was told again.")
    assert scrutiny.report_site_hit(hit, by=scrutiny.CLOCK) is None, "not twice a day"
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        again = scrutiny.report_site_hit(report(entry, site="two-days", camera="two-days-1"), by=scrutiny.CLOCK)
    assert again.pk != finding.pk


def test_a_hit_from_a_site_of_no_registry_is_kept_and_says_so(listed, report):
    hit = report(listed(person_confirmed="yes"), site="nobody-knows")
    assert (hit.site, hit.cautions) == (None, ["site_unknown"])
    assert scrutiny.report_site_hit(hit, by=scrutiny.CLOCK) is None


def test_the_database_holds_one_finding_a_site_and_day(lapsing_site, listed, report, infrastructure_lead):
    sites.suspend_site(lapsing_site, by=infrastructure_lead, reason="Roadworks.")
    hit = report(listed(person_confirmed="yes"), site="two-days", camera="two-days-1")
    scrutiny.report_site_hit(hit, by=scrutiny.CLOCK)
    with pytest.raises(IntegrityError), transaction.atomic():
        scrutiny.open_finding(by=scrutiny.CLOCK, title="Again", words="Again.", owner=infrastructure_lead,
                              about=lapsing_site, kind=Finding.Kind.SITE_HIT)  # fmt: skip


@pytest.fixture
def covert_site(dpia, infrastructure_lead, superintendent) -> CameraSite:
    """A covert site in service, given to its proposer and to one superintendent; cameras of others stand near."""
    site = sites.propose_site(
        by=infrastructure_lead, seen_by=[superintendent],
        **site_facts(ref="unseen", name="Behind the mill", area="Northdale", road="B1234", dpia=dpia, deployment="covert",
                     authority_ref="DSA-4", deployed_until=timezone.now() + dt.timedelta(days=30)),
    )  # fmt: skip
    sites.add_camera(site, by=infrastructure_lead, ref="unseen-1")
    return sites.set_live(site, by=superintendent)


PLACES = ("unseen", "Behind the mill", "B1234", "54.61234", "DSA-4")


def test_a_hit_from_a_covert_site_names_it_to_those_alone_who_were_given_it(
    covert_site, listed, report, operator, superintendent, client_of
):
    hit = report(listed(person_confirmed="yes"), site="unseen", camera="unseen-1")
    for address in ("/board/", f"/hits/{hit.pk}/", "/hits/", f"/api/v1/hits/{hit.pk}/", "/api/v1/hits/"):
        told = client_of(operator).get(address)
        assert told.status_code == 200, address
        assert not [place for place in PLACES if place in told.content.decode()], address
    assert "Northdale" in client_of(operator).get(f"/hits/{hit.pk}/").content.decode()
    assert "Behind the mill" in client_of(superintendent).get(f"/hits/{hit.pk}/").content.decode()
    assert client_of(superintendent).get(f"/api/v1/hits/{hit.pk}/").json()["site"] == "unseen"


def test_an_entry_scoped_to_a_covert_site_counts_it_for_those_who_were_not_given_it(
    covert_site, listed, report, operator, superintendent, client_of
):
    hit = report(listed(person_confirmed="yes", scope={"sites": ["unseen"]}), site="unseen", camera="unseen-1")
    told = client_of(operator).get(f"/hits/{hit.pk}/").content.decode()
    assert "At 1 site" in told
    assert "unseen" not in told
    assert "At unseen" in client_of(superintendent).get(f"/hits/{hit.pk}/").content.decode()


def test_a_finding_about_a_covert_site_does_not_name_it(
    covert_site, listed, report, infrastructure_lead, auditor, client_of
):
    sites.suspend_site(covert_site, by=infrastructure_lead, reason="Ended early.")
    finding = scrutiny.report_site_hit(
        report(listed(person_confirmed="yes"), site="unseen", camera="unseen-1"), by=scrutiny.CLOCK
    )
    assert not [
        place for place in PLACES if place in client_of(auditor).get(f"/findings/{finding.pk}/").content.decode()
    ]


def test_machines_that_may_read_do_not_see_covert_sites(covert_site, site, administrator):
    machine, _ = add_machine(by=administrator, name="Registry reader", scopes=["read"])
    assert list(CameraSite.objects.visible_to(machine)) == [site]


def test_a_covert_site_near_is_not_given_away_by_counting(covert_site, dpia, infrastructure_lead, asset_owner):
    near = sites.propose_site(by=infrastructure_lead, **site_facts(ref="beside", dpia=dpia, duplication=""))
    assert not [words for words in lacking(near, timezone.now()) if "cameras near" in words]
    assert [other.ref for other, _ in neighbours(near, by=infrastructure_lead).sites] == ["unseen"]
    told = neighbours(near, by=asset_owner)
    assert (told.sites, told.others) == ([], 0)


def addresses(patterns: list[URLPattern], prefix: str, pk: uuid.UUID) -> list[str]:
    return [
        prefix + str(pattern.pattern).replace("<uuid:pk>", str(pk))
        for pattern in patterns
        if str(pattern.pattern).startswith("camera-sites/<uuid:pk>/")
    ]


def test_every_address_of_a_site_refuses_whoever_was_not_given_it(
    covert_site, second_superintendent, asset_owner, dpo, operator, manager, submitter, client_of
):
    """Whatever the role may do to other sites; by page and API, looking and acting."""
    found = addresses(urlpatterns, "/", covert_site.pk) + addresses(api_urlpatterns, "/api/v1/", covert_site.pk)
    assert len(found) > 30
    for user in (second_superintendent, asset_owner, dpo, operator, manager, submitter):
        client = client_of(user)
        for address in found:
            for method in ("get", "post", "patch"):
                answer = getattr(client, method)(address, {}, content_type="application/json")
                assert answer.status_code in (403, 404, 405), f"{user} {method} {address}: {answer.status_code}"
                assert not [place for place in PLACES if place in answer.content.decode()], f"{user} {address}"


def test_the_infrastructure_lead_proposes_and_decides_nothing(
    dpia, superintendent, team, infrastructure_lead, client_of
):
    """Not even of a site that somebody else proposed."""
    colleague = person("second_lead", ["INF"])
    site = sites.propose_site(by=colleague, seen_by=[infrastructure_lead], **site_facts(ref="theirs", dpia=dpia))
    sites.add_camera(site, by=colleague, ref="theirs-1")
    client = client_of(infrastructure_lead)
    for name in ("site_live", "site_return", "site_review"):
        page = client.post(
            reverse(name, args=[site.pk]), {"reason": "x", "outcome": "keep", "effect": "x", "words": "x"}
        )
        assert page.status_code in (403, 409), name
        answer = client.post(
            reverse("api_site_set_live" if name == "site_live" else f"api_{name}", args=[site.pk]),
            {"reason": "x", "outcome": "keep", "effect": "x", "words": "x"}, content_type="application/json",
        )  # fmt: skip
        assert answer.status_code in (403, 409), name
