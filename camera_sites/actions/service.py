"""Sites in service: set live by another than their proposer, suspended by one, returned by a second, ended."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.sites import WRITTEN, locked
from camera_sites.as_read import print_of_proposal, require_not_overtaken
from camera_sites.models import CameraSite, SiteDecision
from camera_sites.nudges import publish_sites_soon
from camera_sites.workflow import SITE
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.matrix import Likelihood
from standards.models import StandardsProfile

Status = CameraSite.Status


@transaction.atomic
def set_live(site: CameraSite, *, by: User, words: str = "", as_read: str = "") -> CameraSite:
    """In service from now until its assessment's review date (R-113), by another than whoever proposed it.

    It is decided on the cell of the national matrix for its weightiest purpose; an exceptional one says why (R-112).
    `as_read`, where the caller says which proposal they read, is its print: Overtaken when that has been edited.
    """
    site = locked(site, by=by)
    if not SITE.may(site, Status.LIVE) or site.status != Status.PROPOSED:
        raise TooLate(f"This camera site is {site.get_status_display().lower()}, so it cannot become live.")
    require(policies.may_set_live(by, site))
    require_not_overtaken(as_read, proposal_as_read(site))
    now = timezone.now()
    decision = _decide(site, by=by, words=words.strip(), at=now)
    SITE.move(site, Status.LIVE, live_by=by, live_at=now, moved_by=by, moved_at=now)
    publish_sites_soon()
    assessments = [one for one in (site.dpia, site.town_dpia) if one]
    record(
        Verb.SITE_SET_LIVE, target=site, by=by, also=[decision, *assessments], basis=decision.get_basis_display(),
        likelihood=decision.get_likelihood_display().lower(), words=decision.words or "nothing more",
    )  # fmt: skip
    return site


@transaction.atomic
def suspend_site(site: CameraSite, *, by: User, reason: str) -> CameraSite:
    """Out of service at once, by one person, until a second returns it."""
    site = locked(site, by=by)
    if not SITE.may(site, Status.SUSPENDED):
        raise TooLate(f"This camera site is {site.get_status_display().lower()}; only a live one is suspended.")
    require(policies.may_suspend_site(by, site))
    _require_reason(reason)
    SITE.move(site, Status.SUSPENDED, moved_by=by, moved_at=timezone.now())
    publish_sites_soon()
    record(Verb.SITE_SUSPENDED, target=site, by=by, reason=reason)
    return site


@transaction.atomic
def return_site(site: CameraSite, *, by: User, reason: str) -> CameraSite:
    """Live again, by another than whoever suspended, proposed or edited it, under an assessment in date."""
    site = locked(site, by=by)
    if site.status != Status.SUSPENDED:
        raise TooLate(f"This camera site is {site.get_status_display().lower()}; only a suspended one returns.")
    require(policies.may_return_site(by, site))
    _require_reason(reason)
    SITE.move(site, Status.LIVE, moved_by=by, moved_at=timezone.now())
    publish_sites_soon()
    record(Verb.SITE_RETURNED, target=site, by=by, reason=reason)
    return site


@transaction.atomic
def decommission(site: CameraSite, *, by: User, reason: str) -> CameraSite:
    """Out of service for good, at once; a proposal is withdrawn the same way."""
    site = locked(site, by=by)
    if not SITE.may(site, Status.DECOMMISSIONED):
        raise TooLate("This camera site was decommissioned already.")
    require(policies.may_decommission(by, site))
    _require_reason(reason)
    now = timezone.now()
    SITE.move(site, Status.DECOMMISSIONED, decommissioned_by=by, decommissioned_at=now, moved_by=by, moved_at=now)
    publish_sites_soon()
    record(Verb.SITE_DECOMMISSIONED, target=site, by=by, reason=reason)
    return site


def proposal_as_read(site: CameraSite) -> str:
    """The print of all that is decided on when a site is set live."""
    return print_of_proposal(site, WRITTEN)


def _decide(site: CameraSite, *, by: User, words: str, at: dt.datetime) -> SiteDecision:
    profile = StandardsProfile.objects.in_force(at)
    likelihood = profile.likelihood(site.location_type, site.basis)
    if likelihood == Likelihood.EXCEPTIONAL and not words:
        raise Unfit(
            "The national matrix justifies this only exceptionally.", {"words": ["Say why this is such an exception."]}
        )
    return SiteDecision.objects.create(
        site=site, profile=profile, location_type=site.location_type, basis=site.basis, likelihood=likelihood, words=words,
        decided_by=by, decided_at=at, sign_in=own_session(by),
    )  # fmt: skip


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
