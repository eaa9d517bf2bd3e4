"""What is written down about a site: consultations, sharing, inspections of signs, positions of cameras."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.sites import contribute, locked, review_assessments
from camera_sites.models import (
    Camera,
    CameraSite,
    NeedQuestion,
    PositionCheck,
    ReviewDemand,
    SharingAgreement,
    SignageInspection,
    SiteConsultation,
)
from camera_sites.neighbours import metres_between
from camera_sites.nudges import report_position_soon
from portal.errors import TooLate, Unfit
from portal.moments import is_in_reach, short
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def log_consultation(
    site: CameraSite, *, by: User, whom: str, held_on: dt.date, said: str, outcome: str
) -> SiteConsultation:
    """Who was asked, what they said, and what came of it. Whoever logs it for a proposal has a hand in that."""
    site = _to_keep(site, by=by)
    _require_words({"whom": whom, "said": said, "outcome": outcome})
    _require_past("held_on", held_on)
    done = SiteConsultation.objects.create(
        site=site, whom=whom.strip(), held_on=held_on, said=said.strip(), outcome=outcome.strip(), recorded_by=by,
        recorded_at=timezone.now(),
    )  # fmt: skip
    if site.status == CameraSite.Status.PROPOSED:
        contribute(site, by=by)
    record(Verb.SITE_CONSULTED, target=site, by=by, also=[done], whom=done.whom)
    return done


@transaction.atomic
def share_site(
    site: CameraSite, *, by: User, organisation: str, purpose: str, reference: str, until_at: dt.datetime,
    is_police: bool = False,
) -> SharingAgreement:  # fmt: skip
    """What the site reads goes to another body too, for one purpose, until it lapses (R-121)."""
    site = _to_keep(site, by=by)
    _require_words({"organisation": organisation, "purpose": purpose, "reference": reference})
    now = timezone.now()
    if until_at <= now or not is_in_reach(until_at):
        raise Unfit("It lies in the past.", {"until_at": ["Give a moment in the future."]})
    agreement = SharingAgreement.objects.create(
        site=site, organisation=organisation.strip(), is_police=is_police, purpose=purpose.strip(),
        reference=reference.strip(), until_at=until_at, agreed_by=by, agreed_at=now,
    )  # fmt: skip
    if site.status == CameraSite.Status.PROPOSED:
        contribute(site, by=by)
    else:
        NeedQuestion.objects.create(
            site=site, trigger=NeedQuestion.Trigger.SHARING, words=f"Shared with {agreement.organisation}.", raised_by=by,
            raised_at=now,
        )  # fmt: skip
    review_assessments(site, by=by, trigger=ReviewDemand.Trigger.SHARING, what="Its reads go to another body too")
    record(
        Verb.SITE_SHARED, target=site, by=by, also=[agreement], organisation=agreement.organisation,
        purpose=agreement.purpose, until_at=short(until_at),
    )  # fmt: skip
    return agreement


@transaction.atomic
def end_sharing(site: CameraSite, agreement: SharingAgreement, *, by: User) -> SharingAgreement:
    """Ends an agreement before it lapses."""
    site = _to_keep(site, by=by)
    agreement = SharingAgreement.objects.select_for_update().get(pk=agreement.pk, site=site)
    if agreement.ended_at:
        raise TooLate("This agreement was ended already.")
    agreement.ended_by, agreement.ended_at = by, timezone.now()
    agreement.save(update_fields=["ended_by", "ended_at"])
    record(Verb.SITE_SHARING_ENDED, target=site, by=by, also=[agreement], organisation=agreement.organisation)
    return agreement


@transaction.atomic
def inspect_signs(
    site: CameraSite,
    *,
    by: User,
    inspected_on: dt.date,
    is_in_place: bool,
    names_contact: bool = False,
    words: str = "",
) -> SignageInspection:
    """Somebody looked at the signs. The newest inspection says whether drivers are told."""
    site = _to_keep(site, by=by)
    _require_past("inspected_on", inspected_on)
    if not is_in_place and not words.strip():
        raise Unfit("The signs are not in place.", {"words": ["Say what is missing, and what is done about it."]})
    done = SignageInspection.objects.create(
        site=site, inspected_on=inspected_on, is_in_place=is_in_place, names_contact=names_contact and is_in_place,
        words=words.strip(), recorded_by=by, recorded_at=timezone.now(),
    )  # fmt: skip
    newest = site.inspections.first()
    if newest == done and site.has_signage != is_in_place:
        site.has_signage = is_in_place
        site.save(update_fields=["has_signage"])
    record(Verb.SIGNS_INSPECTED, target=site, by=by, also=[done], found="in place" if is_in_place else "missing")
    return done


@transaction.atomic
def check_position(
    site: CameraSite, camera: Camera, *, by: User, reported_latitude: float, reported_longitude: float,
    surveyed_latitude: float | None = None, surveyed_longitude: float | None = None,
) -> PositionCheck:  # fmt: skip
    """Where the camera says that it stands, against where it was surveyed: as last time, or where its site stands.

    Beyond the tolerance of the standards a finding is opened for whoever answers for the site (R-091).
    """
    site = _to_keep(site, by=by)
    last = camera.positions.first()
    given = (surveyed_latitude, surveyed_longitude)
    if (given[0] is None) != (given[1] is None):
        raise Unfit("A survey gives both.", {"surveyed_latitude": ["Give both degrees, or neither."]})
    known = (last.surveyed_latitude, last.surveyed_longitude) if last else (site.latitude, site.longitude)
    north, east = known if given[0] is None or given[1] is None else (given[0], given[1])
    _require_on_earth(surveyed_latitude=north, surveyed_longitude=east, reported_latitude=reported_latitude,
                      reported_longitude=reported_longitude)  # fmt: skip
    now = timezone.now()
    check = PositionCheck.objects.create(
        camera=Camera.objects.get(pk=camera.pk, site=site), surveyed_latitude=north, surveyed_longitude=east,
        reported_latitude=reported_latitude, reported_longitude=reported_longitude,
        metres=round(metres_between(north, east, reported_latitude, reported_longitude)),
        tolerance=StandardsProfile.objects.in_force(now).number("site.position"), checked_by=by, checked_at=now,
    )  # fmt: skip
    if check.is_beyond:
        review_assessments(
            site, by=by, trigger=ReviewDemand.Trigger.INCIDENT, what="A camera that is not where it says"
        )
        report_position_soon(check)
    record(Verb.POSITION_CHECKED, target=site, by=by, also=[camera, check], camera=camera.ref, metres=check.metres)
    return check


def _to_keep(site: CameraSite, *, by: User) -> CameraSite:
    site = locked(site, by=by)
    require(policies.may_keep_evidence(by, site))
    return site


def _require_words(given: dict[str, str]) -> None:
    if empty := [name for name, words in given.items() if not words.strip()]:
        raise Unfit("Some of this is missing.", {name: ["This cannot be empty."] for name in empty})


def _require_past(field: str, day: dt.date) -> None:
    if day > timezone.localdate() or not is_in_reach(day):
        raise Unfit("That day has not been.", {field: ["Give a day that has been."]})


def _require_on_earth(**degrees: float) -> None:
    off = [name for name, value in degrees.items() if not abs(value) <= (90 if name.endswith("latitude") else 180)]
    if off:
        raise Unfit("No such place.", {name: ["Give degrees that are on the map."] for name in off})
