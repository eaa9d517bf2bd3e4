"""The case for a camera site: the national matrix, what stands near, encirclement, deployments that end (R-110..R-118)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import EventDetail
from camera_sites import actions
from camera_sites.case import lacking
from camera_sites.models import CameraSite, SiteDecision
from camera_sites.neighbours import metres_between, neighbours
from camera_sites.waiting import questions
from portal.errors import Refused, Unfit
from standards.models import StandardsProfile
from tests.cast import approved_dpia
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import site_facts

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)
EXCEPTIONAL = {
    "location_type": "private",
    "purposes": ["local_crime"],
    "exceptional_case": "Fuel theft by armed gangs.",
}
SOON = dt.timedelta(days=30)


def in_service(site, at=None) -> bool:
    return CameraSite.objects.in_service(at or timezone.now()).filter(pk=site.pk).exists()


def test_going_live_is_decided_on_the_cell_of_the_weightiest_purpose(proposed_site, superintendent):
    site = actions.set_live(
        proposed_site(location_type="minor", purposes=["prevention", "local_crime"]), by=superintendent
    )
    decision = site.decision
    assert (decision.basis, decision.location_type, decision.likelihood) == ("local_crime", "minor", "M")
    assert decision.profile == StandardsProfile.objects.in_force(timezone.now())


def test_an_exceptional_site_is_argued_and_signed_off_by_a_superintendent(proposed_site, superintendent, asset_owner):
    bare = proposed_site(**EXCEPTIONAL | {"exceptional_case": ""})
    with pytest.raises(Refused, match="Why this is the exception"):
        actions.set_live(bare, by=superintendent, words="It is one.")
    site = proposed_site(ref="forecourt", **EXCEPTIONAL)
    with pytest.raises(Refused, match="superintendent"):
        actions.set_live(site, by=asset_owner, words="It is one.")
    with pytest.raises(Unfit) as refusal:
        actions.set_live(site, by=superintendent)
    assert set(refusal.value.fields) == {"words"}
    assert actions.set_live(site, by=superintendent, words="It is one.").decision.likelihood == "E"


def test_who_decides_sites_sets_live_what_is_no_exception_whatever_their_rank(proposed_site, asset_owner):
    assert in_service(actions.set_live(proposed_site(), by=asset_owner))


@pytest.mark.parametrize(
    ("over", "asks"),
    [({"problem_profile": " "}, "figures"), ({"alternatives": ""}, "else was considered"), ({"encircles": None}, "enter or leave"),
     ({"proximity": ["school"]}, "visitors"), ({"encircles": True}, "town as a whole")],
)  # fmt: skip
def test_a_case_that_is_not_made_says_what_it_lacks(proposed_site, superintendent, over, asks):
    with pytest.raises(Refused, match=asks):
        actions.set_live(proposed_site(**over), by=superintendent)


def test_a_made_case_lacks_nothing(proposed_site):
    assert lacking(proposed_site(proximity=["school"], proximity_measures="Angled away."), timezone.now()) == []


def test_an_encircled_town_needs_its_own_assessment_as_long_as_the_site_stands(
    proposed_site, superintendent, infrastructure_lead, dpo, asset_owner
):
    town = approved_dpia(
        ref="dpia-town",
        author=infrastructure_lead,
        adviser=dpo,
        decider=asset_owner,
        review_due_at=timezone.now() + SOON,
    )
    site = actions.set_live(proposed_site(encircles=True, town_dpia=town), by=superintendent)
    ends = CameraSite.objects.with_service_end(timezone.now()).get().in_service_until
    assert abs(ends - (timezone.now() + SOON)) < dt.timedelta(minutes=5)
    assert in_service(site, ends - dt.timedelta(seconds=1))
    assert not in_service(site, ends)
    assert CameraSite.objects.out_of_service(ends).get() == site


def page_of(client, site) -> str:
    return " ".join(client.get(reverse("site_detail", args=[site.pk])).content.decode().split())


def test_a_site_says_which_assessment_keeps_it_out_of_service(
    proposed_site, superintendent, infrastructure_lead, dpo, asset_owner, client_of
):
    due = timezone.now() + SOON
    town = approved_dpia(
        ref="dpia-town", author=infrastructure_lead, adviser=dpo, decider=asset_owner, review_due_at=due
    )
    site = actions.set_live(proposed_site(encircles=True, town_dpia=town), by=superintendent)
    assert "The DPIA of the town as a whole" in page_of(client_of(infrastructure_lead), site)
    with time_machine.travel(due + dt.timedelta(days=3), tick=False):
        page = page_of(client_of(infrastructure_lead), site)
        assert "The DPIA of the town as a whole has lapsed" in page
        assert reverse("dpia_detail", args=[town.pk]) in page
        assert "Renew the DPIA of the town" in page
        assert "Renew the DPIA<" not in page
        assert "Out of service since" not in page  # its own assessment lapses later


def test_a_deployment_that_ended_asks_for_the_end_of_its_site_and_for_no_renewal(
    proposed_site, superintendent, infrastructure_lead, client_of
):
    until = timezone.now() + SOON
    site = actions.set_live(proposed_site(deployment="temporary", deployed_until=until), by=superintendent)
    with time_machine.travel(until - dt.timedelta(days=1), tick=False):
        page = page_of(client_of(infrastructure_lead), site)
        assert "In service, ending" in page
        assert "Renewing the DPIA brings it back" not in page
    with time_machine.travel(until + dt.timedelta(days=1), tick=False):
        page = page_of(client_of(infrastructure_lead), site)
        assert "A deployment that has ended does not return" in page
        assert "Renew the DPIA" not in page
        waiting = [item.title for item in questions(infrastructure_lead, timezone.now()) if item.count]
        assert "The deployment of your camera sites has ended: decommission them" in waiting
        assert "Your camera sites are out of service: their DPIA lapsed" not in waiting


@pytest.mark.parametrize(
    ("over", "field"),
    [({"deployment": "temporary"}, "deployed_until"),
     ({"deployment": "temporary", "deployed_until": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)}, "deployed_until"),
     ({"deployment": "covert", "deployed_until": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)}, "authority_ref"),
     ({"deployment": "temporary", "deployed_until": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "deployed_until"),
     ({"deployment": "permanent", "deployed_until": dt.datetime(2300, 1, 1, tzinfo=dt.UTC)}, "deployed_until"),
     ({"evidence_from": dt.date(1, 5, 1)}, "evidence_from"),
     ({"deployment": "floating"}, "deployment"), ({"proximity": ["pub"]}, "proximity"),
     ({"evidence_from": dt.date(2026, 5, 1), "evidence_until": dt.date(2026, 4, 1)}, "evidence_until")],
)  # fmt: skip
def test_a_deployment_says_how_long_and_by_what_authority(infrastructure_lead, over, field):
    with pytest.raises(Unfit) as refusal:
        actions.propose_site(by=infrastructure_lead, **site_facts(**over))
    assert set(refusal.value.fields) == {field}


def test_a_deployment_that_ends_takes_its_site_out_of_service_by_itself(proposed_site, superintendent):
    until = timezone.now() + SOON
    site = actions.set_live(proposed_site(deployment="temporary", deployed_until=until), by=superintendent)
    assert in_service(site, until - dt.timedelta(seconds=1))
    assert not in_service(site, until)
    late = proposed_site(ref="late", deployment="temporary", deployed_until=until)
    with time_machine.travel(until, tick=False), pytest.raises(Refused, match="ended"):
        actions.set_live(late, by=superintendent)


def test_covert_and_temporary_sites_are_left_out_of_public_totals(proposed_site, superintendent):
    actions.set_live(proposed_site(), by=superintendent)
    hidden = {"deployment": "covert", "deployed_until": timezone.now() + SOON, "authority_ref": "DSA/1"}
    actions.set_live(proposed_site(ref="hidden", **hidden), by=superintendent)
    assert CameraSite.objects.in_service(timezone.now()).count() == 2
    assert CameraSite.objects.counted_in_public().in_service(timezone.now()).count() == 1


def test_neighbours_are_found_with_their_distance_and_those_not_ones_own_are_only_counted(
    proposed_site, infrastructure_lead, second_superintendent, superintendent
):
    site = proposed_site()
    near = proposed_site(ref="near", latitude=54.62134)  # a hundredth of a degree is 1,112 m
    proposed_site(ref="far", latitude=54.7)
    gone = proposed_site(ref="gone")
    actions.decommission(gone, by=superintendent, reason="Moved.")
    found = neighbours(site, by=infrastructure_lead)
    assert ([(other.ref, metres) for other, metres in found.sites], found.others) == ([("near", 1001)], 0)
    assert neighbours(near, by=second_superintendent).others == 1
    assert neighbours(near, by=second_superintendent).sites == []


def test_near_cameras_ask_why_they_do_not_do(proposed_site, superintendent):
    proposed_site(ref="near")
    with pytest.raises(Refused, match="cameras near"):
        actions.set_live(proposed_site(duplication=""), by=superintendent)


def test_metres_agree_with_what_is_known():
    assert metres_between(55.0, -1.0, 56.0, -1.0) == pytest.approx(111_195, rel=0.005)
    assert metres_between(0.0, 0.0, 0.0, 1.0) == pytest.approx(111_195, rel=0.005)
    assert metres_between(60.0, 0.0, 60.0, 1.0) == pytest.approx(55_597, rel=0.005)
    assert metres_between(55.0, -1.0, 55.0, -1.0) == 0


# --- suspended and returned; history --------------------------------------------------------------------------------


def test_a_suspended_site_returns_by_somebody_else_and_its_history_says_when_it_was_in_service(
    live_site, superintendent, second_superintendent, site_team, asset_owner
):
    site_team.user_set.add(second_superintendent)
    site = live_site()
    moments = [timezone.now()]
    for act, by in ((actions.suspend_site, superintendent), (actions.return_site, asset_owner),
                    (actions.decommission, superintendent)):  # fmt: skip
        act(site, by=by, reason="Because.")
        moments.append(timezone.now())
    assert [in_service(site, at) for at in moments] == [True, False, True, False]
    assert not in_service(site, site.live_at - dt.timedelta(seconds=1))
    assert site.spells.count() == 2


def test_whoever_suspended_or_proposed_does_not_return(live_site, superintendent, infrastructure_lead, operator):
    site = actions.suspend_site(live_site(), by=infrastructure_lead, reason="Fault.")  # its owner
    with pytest.raises(Refused, match="role"):
        actions.return_site(site, by=infrastructure_lead, reason="Mended.")
    with pytest.raises(Refused, match="role"):
        actions.suspend_site(live_site(ref="ring-south"), by=operator, reason="Mine.")
    other = actions.suspend_site(live_site(ref="ring-east"), by=superintendent, reason="Fault.")
    with pytest.raises(Refused, match="You suspended"):
        actions.return_site(other, by=superintendent, reason="Mended.")
    actions.return_site(site, by=superintendent, reason="Mended.")
    assert "Mended." in str(EventDetail.objects.latest("pk").body)


def test_suspending_what_is_not_live_is_too_late(proposed_site, superintendent):
    with pytest.raises(Exception, match="only a live one"):
        actions.suspend_site(proposed_site(), by=superintendent, reason="No.")


def refused(sql: str, *args) -> None:
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, args)


def test_history_is_written_by_no_hand(live_site, superintendent):
    site = live_site()
    refused("DELETE FROM camera_sites_servicespell WHERE site_id = %s", site.pk)
    refused("UPDATE camera_sites_servicespell SET began_at = began_at - interval '1 day' WHERE site_id = %s", site.pk)
    actions.suspend_site(site, by=superintendent, reason="Fault.")
    refused(
        "INSERT INTO camera_sites_servicespell (site_id, began_by_id, began_at) VALUES (%s, %s, now())",
        site.pk, superintendent.pk,
    )  # fmt: skip
    refused("UPDATE camera_sites_servicespell SET ended_by_id = NULL, ended_at = NULL WHERE site_id = %s", site.pk)
    move = "UPDATE camera_sites_camerasite SET status = 'live', moved_by_id = %s, moved_at = %s WHERE id = %s"
    refused(move, superintendent.pk, timezone.now(), site.pk)
    refused(move, site.proposed_by_id, timezone.now(), site.pk)


@pytest.mark.parametrize("over", [{"likelihood": "M"}, {"basis": "local_crime"}, {"location_type": "minor"}])
def test_a_decision_names_its_own_cell(proposed_site, superintendent, over):
    now = timezone.now()
    facts = {
        "profile": StandardsProfile.objects.in_force(now), "location_type": "strategic", "basis": "serious_crime",
        "likelihood": "V", "decided_by": superintendent, "decided_at": now, "sign_in": superintendent.sign_in, **over,
    }  # fmt: skip
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        SiteDecision.objects.create(site=proposed_site(), **facts)


def test_an_exceptional_decision_by_lower_rank_is_refused_by_the_database(proposed_site, asset_owner, superintendent):
    site, now = proposed_site(**EXCEPTIONAL), timezone.now()
    facts = {
        "profile": StandardsProfile.objects.in_force(now), "location_type": "private", "basis": "local_crime",
        "likelihood": "E", "words": "It is one.", "decided_at": now,
    }  # fmt: skip
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        SiteDecision.objects.create(site=site, decided_by=asset_owner, sign_in=asset_owner.sign_in, **facts)
    SiteDecision.objects.create(site=site, decided_by=superintendent, sign_in=superintendent.sign_in, **facts)


@pytest.mark.parametrize("change", ["deployment = 'temporary'", "deployment = 'covert', deployed_until = now()",
                                    "proximity = '{pub}'"])  # fmt: skip
def test_the_database_keeps_what_a_deployment_owes(proposed_site, change):
    refused(f"UPDATE camera_sites_camerasite SET {change} WHERE id = %s", proposed_site().pk)


@pytest.mark.parametrize("change", ["encircles = NULL", "alternatives = 'x'", "deployed_until = now() + interval '1 day'",
                                    "exceptional_case = 'x'", "deployment = 'mobile'", "moved_at = now()"])  # fmt: skip
def test_the_case_of_a_live_site_stays_as_it_was_decided(live_site, change):
    refused(f"UPDATE camera_sites_camerasite SET {change} WHERE id = %s", live_site().pk)


def test_access_is_taken_from_a_team_but_not_from_whoever_answers(
    proposed_site, infrastructure_lead, site_team, operator
):
    site = proposed_site()
    actions.take_access(site, site_team, by=infrastructure_lead)
    assert not CameraSite.objects.visible_to(operator).exists()
    with pytest.raises(Refused, match="answers for"):
        actions.take_access(site, infrastructure_lead, by=infrastructure_lead)


def test_pages_lead_a_site_through_suspension_and_back(live_site, superintendent, asset_owner, client_of):
    site = live_site()
    address = f"/camera-sites/{site.pk}/"
    client_of(superintendent).post(f"{address}suspend/", {"reason": "Fault."})
    page = client_of(asset_owner).get(address).content.decode()
    assert "Suspended" in page
    assert client_of(asset_owner).post(f"{address}return/", {"reason": ""}).status_code == 422
    client_of(asset_owner).post(f"{address}return/", {"reason": "Mended."})
    assert in_service(site)


def test_the_api_offers_the_same_verbs_and_tells_the_same(
    proposed_site, superintendent, asset_owner, client_of, site_team
):
    site = proposed_site(**EXCEPTIONAL)
    address = f"/api/v1/camera-sites/{site.pk}/"

    def post(user, verb, **body):
        return client_of(user).post(f"{address}{verb}/", body, content_type="application/json")

    assert post(superintendent, "live").status_code == 422
    told = post(superintendent, "live", words="It is one.").json()
    assert (told["decision"]["likelihood"], told["basis"], told["lacking"]) == ("E", "local_crime", [])
    assert post(superintendent, "suspend", reason="Fault.").json()["is_in_service"] is False
    assert post(superintendent, "return", reason="Mended.").status_code == 403
    told = post(asset_owner, "return", reason="Mended.").json()
    assert told["is_in_service"]
    assert len(told["spells"]) == 2
    assert post(superintendent, "access/end", team=site_team.name).status_code in (200, 404)


def test_the_page_of_a_proposal_says_what_its_case_lacks_and_keeps_what_was_typed(
    proposed_site, infrastructure_lead, client_of
):
    site = proposed_site(alternatives="", encircles=None)
    page = client_of(infrastructure_lead).get(f"/camera-sites/{site.pk}/").content.decode()
    assert "What else was considered" in page
    assert "enter or leave a town" in page
    form = {"ref": "new", "name": "New", "deployment": "temporary", "need": "Typed words", "purposes": ["local_crime"]}
    answer = client_of(infrastructure_lead).post("/camera-sites/new/", form)
    assert answer.status_code == 422
    assert "Typed words" in answer.content.decode()
