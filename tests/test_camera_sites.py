"""Camera sites: proposed, set live by another under an assessment in date, out of service the second it lapses."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import Camera, CameraSite, SiteDecision
from portal.errors import Refused, Stranger, TooLate, Unfit
from standards.models import StandardsProfile
from tests.cast import approved_dpia
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import site_facts

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)


def in_service(site: CameraSite, at: dt.datetime | None = None) -> bool:
    return CameraSite.objects.in_service(at or timezone.now()).filter(pk=site.pk).exists()


def last_event() -> Event:
    return Event.objects.newest_first().first()


def test_site_set_live_by_another_is_in_service_until_its_assessment_ends(proposed_site, superintendent, dpia):
    site = proposed_site()
    assert not in_service(site)
    site = actions.set_live(site, by=superintendent)
    assert in_service(site)
    assert (last_event().verb, last_event().subject_id) == (Verb.SITE_SET_LIVE, str(site.pk))
    ends = CameraSite.objects.with_service_end(timezone.now()).get().in_service_until
    assert in_service(site, ends - dt.timedelta(seconds=1))
    with time_machine.travel(ends, tick=False):
        assert not in_service(site, timezone.now())
        assert CameraSite.objects.get(pk=site.pk).status == CameraSite.Status.LIVE


def test_renewal_brings_a_lapsed_site_back_by_itself(live_site, infrastructure_lead, dpo, asset_owner, dpia):
    site = live_site()
    ends = CameraSite.objects.with_service_end(timezone.now()).get().in_service_until
    with time_machine.travel(ends + dt.timedelta(days=1), tick=False):
        assert not in_service(site)
        version = actions.begin_version(dpia, by=infrastructure_lead)
        actions.submit(version, by=infrastructure_lead)
        actions.advise(version, by=dpo, is_favourable=True, words="Still right.")
        actions.decide(version, by=asset_owner, verdict="approve", words="Still necessary.")
        assert in_service(site)


def test_service_is_right_for_a_past_moment(live_site, asset_owner):
    site = live_site()
    lived = timezone.now()
    actions.decommission(site, by=asset_owner, reason="The road was closed.")
    assert not in_service(site)
    assert in_service(site, lived)
    assert not in_service(site, site.live_at - dt.timedelta(seconds=1))


def test_stranger_finds_no_site(proposed_site, second_superintendent):
    site = proposed_site()
    for act in (
        lambda: actions.set_live(site, by=second_superintendent),
        lambda: actions.open_site(site, by=second_superintendent),
        lambda: actions.decommission(site, by=second_superintendent, reason="No."),
    ):
        with pytest.raises(Stranger):
            act()
    assert actions.open_locations([site], by=second_superintendent) == []


def test_colleague_without_the_role_is_refused_with_the_reason(proposed_site, operator, infrastructure_lead):
    site = proposed_site()
    with pytest.raises(Refused, match="role"):
        actions.set_live(site, by=operator)
    with pytest.raises(Refused, match="role"):
        actions.edit_site(site, by=operator, name="Mine")
    with pytest.raises(Refused, match="role"):
        actions.set_live(site, by=infrastructure_lead)


def test_proposer_with_the_right_to_decide_still_needs_another(proposed_site, infrastructure_lead):
    infrastructure_lead.groups.add(Group.objects.get(name="Superintendent"))
    site = proposed_site()
    infrastructure_lead.__dict__.pop("roles", None)  # held for a request, and this is another
    with pytest.raises(Refused, match="somebody else"):
        actions.set_live(site, by=infrastructure_lead)


def test_site_without_an_assessment_in_date_does_not_go_live(
    proposed_site, superintendent, infrastructure_lead, dpo, asset_owner
):
    with pytest.raises(Refused, match="No DPIA"):
        actions.set_live(proposed_site(ref="bare", dpia=None), by=superintendent)
    draft = actions.begin_dpia(by=infrastructure_lead, ref="unfinished", title="Unfinished")
    with pytest.raises(Refused, match="not approved"):
        actions.set_live(proposed_site(ref="early", dpia=draft.dpia), by=superintendent)
    short = approved_dpia(
        ref="short", author=infrastructure_lead, adviser=dpo, decider=asset_owner,
        review_due_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip
    late = proposed_site(ref="late", dpia=short)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False), pytest.raises(Refused, match="review"):
        actions.set_live(late, by=superintendent)


def test_site_without_a_camera_does_not_go_live(infrastructure_lead, superintendent, site_team, dpia):
    site = actions.propose_site(by=infrastructure_lead, seen_by=[site_team], **site_facts(dpia=dpia))
    with pytest.raises(Refused, match="No camera"):
        actions.set_live(site, by=superintendent)


def test_acts_that_come_too_late_say_so(live_site, infrastructure_lead, superintendent):
    site = live_site()
    with pytest.raises(TooLate):
        actions.set_live(site, by=superintendent)
    with pytest.raises(Refused, match="these cameras"):
        actions.add_camera(site, by=infrastructure_lead, ref="one-more")
    actions.decommission(site, by=superintendent, reason="Moved.")
    with pytest.raises(TooLate):
        actions.decommission(site, by=superintendent, reason="Moved.")
    with pytest.raises(TooLate):
        actions.edit_site(site, by=infrastructure_lead, name="Other")


def test_of_a_live_site_only_what_was_not_decided_on_may_change(live_site, infrastructure_lead):
    site = live_site()
    assert actions.edit_site(site, by=infrastructure_lead, operator_org="Northdale Council").operator_org
    with pytest.raises(Unfit) as refusal:
        actions.edit_site(site, by=infrastructure_lead, latitude=50.0, purposes=["prevention"])
    assert set(refusal.value.fields) == {"latitude", "purposes"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("purposes", []), ("purposes", ["revenue"]), ("location_type", "moon"), ("latitude", 91.0), ("longitude", 200.0), ("need", " ")],
)  # fmt: skip
def test_unfit_proposal_names_the_field(infrastructure_lead, field, value):
    with pytest.raises(Unfit) as refusal:
        actions.propose_site(by=infrastructure_lead, **site_facts(**{field: value}))
    assert set(refusal.value.fields) == {field}


def test_reference_taken_is_said(proposed_site, infrastructure_lead):
    site = proposed_site()
    with pytest.raises(Unfit, match="taken"):
        proposed_site()
    with pytest.raises(Unfit, match="taken"):
        actions.add_camera(site, by=infrastructure_lead, ref="ring-north-1")


def test_looking_at_where_a_site_stands_is_recorded(proposed_site, operator):
    first, second = proposed_site(), proposed_site(ref="ring-south")
    actions.open_site(first, by=operator)
    assert (last_event().verb, last_event().operation) == (Verb.SITE_OPENED, "consultation")
    actions.open_locations([first, second], by=operator)
    assert (last_event().verb, last_event().count) == (Verb.SITES_MAPPED, 2)
    assert {f"camera_sites.camerasite:{site.pk}" for site in (first, second)} == set(
        EventDetail.objects.get(pk=last_event().pk).subjects
    )


def test_the_log_holds_no_coordinates_nor_roads(live_site, operator):
    actions.open_site(live_site(), by=operator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body::text, '') FROM audit_eventdetail")
        words = cursor.fetchone()[0]
    assert "54.61" not in words
    assert "A9999" not in words


# --- round the actions, as the application's role -----------------------------------------------------------------


def refused(sql: str, *args) -> None:
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, args)


LIVE = """
    WITH given AS (SELECT %s::bigint AS by_id, %s::timestamptz AS at)
    UPDATE camera_sites_camerasite
    SET status = 'live', live_by_id = by_id, live_at = at, moved_by_id = by_id, moved_at = at FROM given WHERE id = %s
"""


def decided(site: CameraSite, by, at: dt.datetime, **over) -> SiteDecision:
    """The decision that going live asks for, written without the action."""
    facts = {
        "profile": StandardsProfile.objects.in_force(at), "location_type": site.location_type, "basis": site.basis,
        "likelihood": "V", "decided_by": by, "decided_at": at, "sign_in": by.sign_in, **over,
    }  # fmt: skip
    return SiteDecision.objects.create(site=site, **facts)


def test_site_cannot_be_made_live_by_its_proposer_or_editor(proposed_site, infrastructure_lead, superintendent):
    site = proposed_site()
    refused(LIVE, infrastructure_lead.pk, timezone.now(), site.pk)
    superintendent.groups.add(Group.objects.get(name="Infrastructure lead"))
    superintendent.__dict__.pop("roles", None)  # held for a request, and this is another
    actions.edit_site(site, by=superintendent, name="Edited")
    refused(LIVE, superintendent.pk, timezone.now(), site.pk)


def test_site_cannot_be_made_live_without_an_assessment_or_a_camera(
    proposed_site, infrastructure_lead, superintendent, site_team, dpia
):
    now = timezone.now()
    refused(LIVE, superintendent.pk, now, proposed_site(ref="bare", dpia=None).pk)
    draft = actions.begin_dpia(by=infrastructure_lead, ref="unfinished", title="Unfinished")
    refused(LIVE, superintendent.pk, now, proposed_site(ref="early", dpia=draft.dpia).pk)
    blind = actions.propose_site(by=infrastructure_lead, **site_facts(ref="blind", dpia=dpia))
    refused(LIVE, superintendent.pk, now, blind.pk)
    refused(LIVE, superintendent.pk, now + dt.timedelta(days=400), proposed_site(ref="late").pk)
    refused(LIVE, superintendent.pk, now, proposed_site(ref="undecided").pk)
    site, now = proposed_site(), timezone.now()
    decided(site, superintendent, now)
    with connection.cursor() as cursor:  # the same statement, where nothing forbids it
        cursor.execute(LIVE, [superintendent.pk, now, site.pk])


@pytest.mark.parametrize(
    "change",
    ["latitude = 50", "longitude = 0", "road = 'A1'", "need = 'x'", "purposes = '{prevention}'", "dpia_id = NULL",
     "status = 'proposed', live_by_id = NULL, live_at = NULL", "live_at = now()", "proposed_by_id = live_by_id"],
)  # fmt: skip
def test_live_site_stays_as_it_was_decided(live_site, change):
    refused(f"UPDATE camera_sites_camerasite SET {change} WHERE id = %s", live_site().pk)


def test_site_is_born_proposed_and_never_deleted(proposed_site, superintendent, infrastructure_lead):
    site = proposed_site()
    refused("DELETE FROM camera_sites_camerasite WHERE id = %s", site.pk)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        CameraSite.objects.create(
            **site_facts(ref="born-live"), dpia=site.dpia, owner=superintendent, proposed_by=infrastructure_lead,
            proposed_at=timezone.now(), status="live", live_by=superintendent, live_at=timezone.now(),
        )  # fmt: skip


def test_decommissioned_site_stays_so(live_site, superintendent):
    site = actions.decommission(live_site(), by=superintendent, reason="Moved.")
    refused("UPDATE camera_sites_camerasite SET status = 'live' WHERE id = %s", site.pk)
    refused("UPDATE camera_sites_camerasite SET name = 'x' WHERE id = %s", site.pk)


def test_camera_is_added_to_proposals_only_and_keeps_its_name(live_site, infrastructure_lead):
    site = live_site()
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        Camera.objects.create(
            site=site, ref="slipped-in", commissioned_at=timezone.now(), commissioned_by=infrastructure_lead
        )
    refused("UPDATE camera_sites_camera SET ref = 'other' WHERE site_id = %s", site.pk)


def test_hands_of_a_proposal_are_never_washed(proposed_site):
    refused("DELETE FROM camera_sites_sitecontribution WHERE site_id = %s", proposed_site().pk)
