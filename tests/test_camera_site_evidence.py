"""What is written down about a site: consultations, sharing, signs, and where its cameras say they stand (R-091, R-121)."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import PositionCheck, SiteConsultation
from portal.errors import Refused, Stranger, TooLate, Unfit
from scrutiny.actions import CLOCK, report_position
from scrutiny.models import Finding
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError, ProgrammingError)
TODAY = dt.date(2026, 1, 15)
ASKED = {
    "whom": "Residents of the ring",
    "held_on": TODAY,
    "said": "Not by the school.",
    "outcome": "Turned away from it.",
}
SHARED = {"organisation": "Northdale Council", "purpose": "Bus lane studies", "reference": "ISA-7"}


def last_event() -> Event:
    return Event.objects.newest_first().first()


def test_a_consultation_is_logged_and_its_logger_has_a_hand_in_the_proposal(proposed_site, infrastructure_lead):
    site = proposed_site()
    actions.log_consultation(site, by=infrastructure_lead, **ASKED)
    assert last_event().verb == Verb.SITE_CONSULTED
    assert site.consultations.get().said == "Not by the school."
    assert site.contributions.filter(user=infrastructure_lead).exists()


@pytest.mark.parametrize("name", ["whom", "said", "outcome"])
def test_a_consultation_says_who_what_and_what_came_of_it(proposed_site, infrastructure_lead, name):
    with pytest.raises(Unfit) as refusal:
        actions.log_consultation(proposed_site(), by=infrastructure_lead, **ASKED | {name: " "})
    assert set(refusal.value.fields) == {name}


def test_who_may_not_keep_sites_writes_nothing_down(proposed_site, operator, second_superintendent):
    site = proposed_site()
    with pytest.raises(Refused, match="role"):
        actions.log_consultation(site, by=operator, **ASKED)
    with pytest.raises(Stranger):
        actions.log_consultation(site, by=second_superintendent, **ASKED)


def test_what_is_kept_of_a_decommissioned_site_stays_as_it_is(live_site, infrastructure_lead, superintendent):
    site = actions.decommission(live_site(), by=superintendent, reason="Moved.")
    with pytest.raises(Refused, match="decommissioned"):
        actions.log_consultation(site, by=infrastructure_lead, **ASKED)


def test_a_consultation_is_never_altered(proposed_site, infrastructure_lead):
    actions.log_consultation(proposed_site(), by=infrastructure_lead, **ASKED)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        SiteConsultation.objects.update(said="All in favour.")


def test_sharing_has_a_purpose_and_an_end_and_is_ended_once(live_site, infrastructure_lead):
    site = live_site()
    until = timezone.now() + dt.timedelta(days=90)
    agreement = actions.share_site(site, by=infrastructure_lead, until_at=until, **SHARED)
    assert last_event().verb == Verb.SITE_SHARED
    assert last_event().operation == "disclosure"
    actions.end_sharing(site, agreement, by=infrastructure_lead)
    with pytest.raises(TooLate):
        actions.end_sharing(site, agreement, by=infrastructure_lead)
    with pytest.raises(Unfit, match="past"):
        actions.share_site(site, by=infrastructure_lead, until_at=timezone.now(), **SHARED)


def test_the_newest_inspection_says_whether_drivers_are_told(live_site, infrastructure_lead):
    site = live_site()
    with pytest.raises(Unfit, match="not in place"):
        actions.inspect_signs(site, by=infrastructure_lead, inspected_on=TODAY, is_in_place=False)
    actions.inspect_signs(
        site, by=infrastructure_lead, inspected_on=TODAY, is_in_place=False, words="Stolen; ordered anew."
    )
    site.refresh_from_db()
    assert not site.has_signage
    earlier = TODAY - dt.timedelta(days=9)
    actions.inspect_signs(site, by=infrastructure_lead, inspected_on=earlier, is_in_place=True, names_contact=True)
    site.refresh_from_db()
    assert not site.has_signage, "an older inspection does not overrule the newest"
    with pytest.raises(Unfit, match="has not been"):
        actions.inspect_signs(
            site, by=infrastructure_lead, inspected_on=timezone.localdate() + dt.timedelta(days=1), is_in_place=True
        )


def test_a_camera_beyond_the_tolerance_is_one_finding_for_whoever_answers(live_site, infrastructure_lead):
    site = live_site()
    camera = site.cameras.get()
    near = actions.check_position(
        site, camera, by=infrastructure_lead, reported_latitude=54.61240, reported_longitude=-3.12345
    )
    assert (near.metres, near.is_beyond) == (7, False)
    far = actions.check_position(
        site, camera, by=infrastructure_lead, reported_latitude=54.62234, reported_longitude=-3.12345
    )
    assert far.is_beyond
    assert far.metres == pytest.approx(1112, abs=2)
    finding = report_position(far, by=CLOCK)
    assert (finding.kind, finding.owner) == (Finding.Kind.POSITION, site.owner)
    assert report_position(far, by=CLOCK) is None, "one that stands is enough"
    assert "54.6" not in finding.words, "where it stands is for those who may see it"


def test_a_survey_is_kept_until_the_next_one(live_site, infrastructure_lead):
    site = live_site()
    camera = site.cameras.get()
    here = {"reported_latitude": 54.7, "reported_longitude": -3.1}
    actions.check_position(
        site, camera, by=infrastructure_lead, surveyed_latitude=54.7, surveyed_longitude=-3.1, **here
    )
    assert actions.check_position(site, camera, by=infrastructure_lead, **here).metres == 0
    with pytest.raises(Unfit):
        actions.check_position(site, camera, by=infrastructure_lead, surveyed_latitude=54.7, **here)
    with pytest.raises(Unfit) as refusal:
        actions.check_position(site, camera, by=infrastructure_lead, reported_latitude=95.0, reported_longitude=0.0)
    assert set(refusal.value.fields) == {"reported_latitude"}
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE camera_sites_positioncheck SET metres = 0")


def test_pages_write_it_down_and_show_it(live_site, infrastructure_lead, client_of):
    site = live_site()
    client, address = client_of(infrastructure_lead), f"/camera-sites/{site.pk}/"
    forms = {
        "consultations": ASKED,
        "sharing": {**SHARED, "until_at": "2099-01-01T00:00"},
        "signs": {"inspected_on": "2026-01-15", "is_in_place": "yes", "names_contact": "on"},
        "position": {
            "camera": site.cameras.get().pk,
            "reported_latitude": "54.62234",
            "reported_longitude": "-3.12345",
        },
    }
    for verb, fields in forms.items():
        assert client.get(f"{address}{verb}/").status_code == 200
        assert client.post(f"{address}{verb}/", fields).status_code == 302, verb
    page = client.get(address).content.decode()
    for words in ("Residents of the ring", "Northdale Council", "not a police body", "Too far"):
        assert words in page
    assert client.post(f"{address}sharing/end/", {"agreement": site.sharing.get().pk}).status_code == 302
    refused = client.post(f"{address}consultations/", ASKED | {"outcome": ""})
    assert refused.status_code == 422
    assert b"Not by the school." in refused.content


def test_the_api_writes_it_down_and_tells_it(live_site, infrastructure_lead, operator, client_of):
    site = live_site()
    address = f"/api/v1/camera-sites/{site.pk}/"

    def post(verb, user=infrastructure_lead, **body):
        return client_of(user).post(f"{address}{verb}/", body, content_type="application/json").status_code

    assert post("consultations", **ASKED) == 200
    assert post("consultations", user=operator, **ASKED) == 403
    assert post("sharing", **SHARED, until_at="2099-01-01T00:00:00Z") == 200
    assert post("signs", inspected_on="2026-01-15", is_in_place=True) == 200
    place = {"reported_latitude": 54.6, "reported_longitude": -3.1}
    assert post("position", camera=site.cameras.get().ref, **place) == 200
    assert post("position", camera="no-such", **place) == 422
    told = client_of(operator).get(f"{address}evidence/").json()
    kept = ("consultations", "sharing", "inspections", "positions", "need_questions")  # sharing asks for a review
    assert {name: len(rows) for name, rows in told.items()} == dict.fromkeys(kept, 1) | {"need_reviews": 0}
    assert last_event().verb == Verb.SITE_OPENED
    assert post("sharing/end", agreement=told["sharing"][0]["id"]) == 200
    assert PositionCheck.objects.get().is_beyond
