"""An assessment covers sites, hotlists, matchers and systems; each site and list needs every one of its own in date (R-113)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from camera_sites import actions
from camera_sites.models import CameraSite, Coverage
from camera_sites.policies import may_set_live
from hotlists.models import Hotlist
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.cast import approved_dpia
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def further(infrastructure_lead, dpo, asset_owner):
    """further(ref, days): another assessment that governs, for so many days."""

    def make(ref="dpia-further", days=30):
        return approved_dpia(
            ref=ref, author=infrastructure_lead, adviser=dpo, decider=asset_owner, review_due_at=timezone.now() + days * DAY
        )  # fmt: skip

    return make


def approve(version, writer, adviser, controller, days):
    version = actions.submit(version, by=writer)
    actions.advise(version, by=adviser, is_favourable=True, words="Proportionate.")
    actions.decide(version, by=controller, verdict="approve", words="Yes.", review_due_at=timezone.now() + days * DAY)
    return version


def serves(site, at):
    return CameraSite.objects.in_service(at).filter(pk=site.pk).exists()


def test_a_site_is_in_service_only_while_each_of_its_assessments_is_in_date(live_site, further, infrastructure_lead):
    site, dpia, now = live_site(), further(days=30), timezone.now()
    before = CameraSite.objects.with_service_end(now).get(pk=site.pk).in_service_until
    actions.cover(dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="The back office.")
    after = timezone.now()
    until = CameraSite.objects.with_service_end(after).get(pk=site.pk).in_service_until
    assert until < before and abs(until - (after + 30 * DAY)) < dt.timedelta(minutes=5)
    assert serves(site, after) and serves(site, until - dt.timedelta(seconds=1))
    assert not serves(site, until + dt.timedelta(seconds=1))
    assert CameraSite.objects.out_of_service(until + dt.timedelta(seconds=1)).filter(pk=site.pk).exists()
    assert serves(site, now), "what was before it covered stays as it was"


def test_a_renewed_assessment_brings_the_site_back(live_site, further, infrastructure_lead, dpo, asset_owner):
    site, dpia = live_site(), further(days=30)
    actions.cover(dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="The back office.")
    later = timezone.now() + 31 * DAY
    assert not serves(site, later)
    version = actions.begin_version(dpia, by=infrastructure_lead)
    approve(version, infrastructure_lead, dpo, asset_owner, 90)
    assert serves(site, later)


def test_a_list_is_in_force_only_while_each_of_its_assessments_is_in_date(
    hotlist, further, infrastructure_lead, manager
):
    dpia = further(days=3)
    actions.cover(dpia, by=manager, kind="hotlist", subject=hotlist.pk, words="The feed behind it.")
    now = timezone.now()
    lapses = Hotlist.objects.with_lapse(now).get(pk=hotlist.pk).lapses_at
    assert lapses == dpia.versions.get().decision.review_due_at
    assert Hotlist.objects.in_force(now).filter(pk=hotlist.pk).exists()
    assert not Hotlist.objects.in_force(lapses + dt.timedelta(seconds=1)).filter(pk=hotlist.pk).exists()
    assert Hotlist.objects.with_lapse(lapses + dt.timedelta(seconds=1)).get(pk=hotlist.pk).lapses_at is None


def test_ending_takes_another_person_of_the_controller_and_says_why(
    live_site, further, infrastructure_lead, asset_owner
):
    site, dpia = live_site(), further()
    made = actions.cover(dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="The back office.")
    with pytest.raises(Refused):
        actions.uncover(made, by=infrastructure_lead, reason="Mine to end?")
    with pytest.raises(Unfit):
        actions.uncover(made, by=asset_owner, reason=" ")
    actions.uncover(made, by=asset_owner, reason="The back office was closed.")
    with pytest.raises(TooLate):
        actions.uncover(made, by=asset_owner, reason="Again.")
    assert serves(site, timezone.now() + 31 * DAY)
    assert Event.objects.filter(verb="dpia.covers_no_more").count() == 1


def test_only_an_assessment_in_date_covers_and_only_once_and_only_what_one_sees(
    live_site, further, draft, infrastructure_lead, operator
):
    site, dpia = live_site(), further()
    with pytest.raises(Unfit):
        actions.cover(draft.dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="All of it.")
    with pytest.raises(TooLate):
        actions.cover(site.dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="Its own already.")
    with pytest.raises(Refused):
        actions.cover(dpia, by=operator, kind="site", subject=site.pk, words="All of it.")
    with pytest.raises(Stranger):
        actions.cover(dpia, by=infrastructure_lead, kind="site", subject=dpia.pk, words="No such site.")
    actions.cover(dpia, by=infrastructure_lead, kind="system", name="Back office", words="Reads kept for a year.")
    with pytest.raises(TooLate):
        actions.cover(dpia, by=infrastructure_lead, kind="system", name="Back office", words="Twice.")


def test_a_proposal_with_a_lapsed_further_assessment_cannot_go_live_whoever_writes(
    proposed_site, further, infrastructure_lead, superintendent
):
    site, dpia = proposed_site(), further(days=3)
    actions.cover(dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="The back office.")
    assert may_set_live(superintendent, site)
    with time_machine.travel(timezone.now() + 4 * DAY):
        verdict = may_set_live(superintendent, site)
    assert not verdict and "covers it too" in verdict.reason


def test_the_database_keeps_what_was_covered(live_site, further, infrastructure_lead, asset_owner):
    site, dpia = live_site(), further()
    made = actions.cover(dpia, by=infrastructure_lead, kind="site", subject=site.pk, words="The back office.")
    for wrong in ({"words": "Otherwise."}, {"ended_at": timezone.now()},
                  {"ended_at": timezone.now(), "ended_by": infrastructure_lead, "ended_because": "Myself."}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Coverage.objects.filter(pk=made.pk).update(**wrong)
    with pytest.raises(Exception), transaction.atomic(), connection.cursor() as cursor:  # noqa: B017 - by trigger or by grant
        cursor.execute("DELETE FROM camera_sites_coverage")


def test_pages_and_api_tell_what_is_covered_from_both_sides(
    client_of, live_site, further, infrastructure_lead, hotlist, manager
):
    site, dpia = live_site(), further()
    client = client_of(infrastructure_lead)
    answer = client.post(f"/dpias/of/site/{site.pk}/new/", {"dpia": dpia.pk, "words": "The back office."})
    assert answer.status_code == 302 and answer["Location"] == f"/camera-sites/{site.pk}/"
    client.post("/dpias/systems/new/", {"name": "Back office 7", "dpia": dpia.pk, "words": "A year of reads."})
    actions.cover(dpia, by=manager, kind="hotlist", subject=hotlist.pk, words="The feed.")
    page = client.get(f"/dpias/{dpia.pk}/").content.decode()
    assert site.name in page and "Back office 7" in page
    assert "1 more thing" in page and hotlist.title not in page, "the lead was not given the list"
    assert dpia.title in client.get(f"/camera-sites/{site.pk}/").content.decode()
    assert "Back office 7" in client.get("/dpias/systems/").content.decode()
    assert dpia.title in client_of(manager).get(f"/hotlists/{hotlist.slug}/").content.decode()
    refs = [one["ref"] for one in client.get(f"/api/v1/dpias/of/site/{site.pk}/").json()]
    assert refs == [site.dpia.ref, dpia.ref]
    kinds = {one["kind"] for one in client.get(f"/api/v1/dpias/{dpia.pk}/coverage/").json()}
    assert {"site", "system"} <= kinds
