"""Whether a proposal's case is made: what cannot stand in it, and what it still lacks before anyone may decide it."""

import datetime as dt

from django.utils import timezone

from camera_sites.encirclement import closed_by
from camera_sites.models import CameraSite, Dpia
from portal.moments import OUT_OF_REACH, is_in_reach
from standards.matrix import Likelihood
from standards.models import StandardsProfile

COVERT_ONLY = "This DPIA is kept covert, so it covers covert sites only. Choose another."
PASSING = (CameraSite.Deployment.TEMPORARY, CameraSite.Deployment.COVERT)


def unfit(site: CameraSite) -> dict[str, list[str]]:
    """What cannot stand in the registry, by field."""
    problems: dict[str, list[str]] = {}
    if not site.purposes or set(site.purposes) - set(CameraSite.Purpose.values):
        problems["purposes"] = ["Choose at least one purpose of the national matrix."]
    if site.location_type not in CameraSite.LocationType.values:
        problems["location_type"] = ["Choose the kind of place."]
    if not -90 <= (site.latitude if site.latitude is not None else 999) <= 90:
        problems["latitude"] = ["Give degrees north, between -90 and 90."]
    if not -180 <= (site.longitude if site.longitude is not None else 999) <= 180:
        problems["longitude"] = ["Give degrees east, between -180 and 180."]
    if not site.need.strip():
        problems["need"] = ["Say what problem there is, and why cameras here answer it."]
    if set(site.proximity) - set(CameraSite.Proximity.values):
        problems["proximity"] = ["Choose among what may stand near."]
    if site.evidence_from and site.evidence_until and site.evidence_until < site.evidence_from:
        problems["evidence_until"] = ["The figures end after they begin."]
    for name in ("evidence_from", "evidence_until", "deployed_until"):
        if (day := getattr(site, name)) and not is_in_reach(day):
            problems[name] = [OUT_OF_REACH]
    for name in ("dpia", "town_dpia"):
        if (named := getattr(site, name)) and named.is_covert and not site.is_covert:
            problems[name] = [COVERT_ONLY]
    return _unfit_deployment(site) | problems


def _unfit_deployment(site: CameraSite) -> dict[str, list[str]]:
    """A temporary or covert deployment ends, a covert one has its own authority (R-110, R-123)."""
    if site.deployment not in CameraSite.Deployment.values:
        return {"deployment": ["Choose how long and in what manner it stands."]}
    problems = {}
    if site.deployment in PASSING and site.deployed_until is None:
        problems["deployed_until"] = ["Say when it ends."]
    elif site.deployed_until is not None and site.deployed_until <= (site.proposed_at or timezone.now()):
        problems["deployed_until"] = ["It ends before it was proposed. Give a moment to come."]
    if site.deployment == CameraSite.Deployment.COVERT and not site.authority_ref.strip():
        problems["authority_ref"] = ["Give the authority under which it is covert."]
    if site.deployment == CameraSite.Deployment.TEMPORARY and site.deployed_until is not None and not problems:
        days = StandardsProfile.objects.in_force(timezone.now()).number("site.temporary")
        if site.deployed_until > (site.proposed_at or timezone.now()) + dt.timedelta(days=days):
            problems["deployed_until"] = [f"A temporary deployment stands for less than {days} days."]
    return problems


def likelihood_of(site: CameraSite, at: dt.datetime) -> Likelihood:
    """What the national matrix says of its place and its weightiest purpose (R-112)."""
    return StandardsProfile.objects.in_force(at).likelihood(site.location_type, site.basis)


def lacking(site: CameraSite, at: dt.datetime) -> list[str]:
    """What its case lacks before anyone may set it live, in words."""
    asks = {
        "The figures that show the need.": not site.problem_profile.strip(),
        "What else was considered, and why it would not do.": not site.alternatives.strip(),
        "Whether nobody could enter or leave a town unrecorded.": site.encircles is None,
        "Why it encircles no town, though by the roads it closes the last way into a place; or that it does.": (
            site.encircles is False and not site.not_encircling.strip() and closed_by(site) is not None
        ),
        "How visitors of what stands near are spared.": bool(site.proximity) and not site.proximity_measures.strip(),
        "Why the cameras near do not do.": not site.duplication.strip()
        and CameraSite.objects.near(site).exclude(deployment=CameraSite.Deployment.COVERT).exists(),
        "Why this is the exception: the national matrix justifies it only exceptionally.": (
            not site.exceptional_case.strip() and likelihood_of(site, at) == Likelihood.EXCEPTIONAL
        ),
        "A DPIA of the town as a whole, approved and in date: it encircles the town.": (
            bool(site.encircles) and not Dpia.objects.governing(at).filter(pk=site.town_dpia_id).exists()
        ),
        "A deployment that has not ended.": site.deployed_until is not None and site.deployed_until <= at,
    }
    return [words for words, is_lacking in asks.items() if is_lacking]
