"""Sites: proposed, edited, shown to others; and looking at where they stand, which is an act too."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import grant_access, revoke_access
from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.reviews import demand_reviews
from camera_sites.as_read import print_of, require_not_overtaken
from camera_sites.case import unfit
from camera_sites.covered import assessments_of
from camera_sites.models import Camera, CameraSite, Dpia, ReviewDemand, SiteContribution
from portal.errors import TooLate, Unfit
from portal.policies import require

# What may change once the site is live: the rest was decided on, and stays as it was decided.
EDITABLE_WHEN_LIVE = ("name", "owner_org", "operator_org", "controller", "funder", "has_signage", "owner")
# The case for it, and where it stands.
DECIDED_ON = (
    "ref", "area", "location_type", "purposes", "deployment", "deployed_until", "authority_ref", "need", "problem_profile",
    "evidence_from", "evidence_until", "alternatives", "duplication", "exceptional_case", "encircles", "not_encircling", "town_dpia",
    "proximity", "proximity_measures", "latitude", "longitude", "road", "dpia",
)  # fmt: skip
MOVED = frozenset({"latitude", "longitude", "road"})
BODIES = frozenset({"owner_org", "operator_org", "controller", "funder"})
# What a proposer writes.
WRITTEN = (*DECIDED_ON, *EDITABLE_WHEN_LIVE)


@transaction.atomic
def propose_site(*, by: User, seen_by: Iterable[User | Group] = (), **facts: Any) -> CameraSite:
    """A new proposal, seen by its proposer, its owner and `seen_by`. Without an `owner`, the proposer owns it."""
    require(policies.may_propose(by))
    now = timezone.now()
    _require_seen(facts, by=by)
    site = _fill(CameraSite(proposed_by=by, proposed_at=now), {"owner": by, **facts}, WRITTEN)
    save_new(site, "Another camera site has this reference already.")
    contribute(site, by=by)
    record(Verb.SITE_PROPOSED, target=site, by=by)
    for grantee in [*{by.pk: by, site.owner_id: site.owner}.values(), *seen_by]:
        grant_access(grantee, permission="camera_sites.view_camerasite", to=site, by=by)
    return site


@transaction.atomic
def edit_site(site: CameraSite, *, by: User, as_read: str = "", **facts: Any) -> CameraSite:
    """Changes a proposal, or what may change of a live site; whoever does has a hand in it. `as_read`, where the caller says
    what stood in these fields when they read them, is its print: Overtaken when that has passed."""
    site = locked(site, by=by)
    if site.status == CameraSite.Status.DECOMMISSIONED:
        raise TooLate("This site is decommissioned. It comes back only as a new proposal.")
    require(policies.may_edit_site(by, site))
    require_not_overtaken(as_read, print_of(site, facts))
    changed = {name: value for name, value in facts.items() if getattr(site, name) != value}
    decided = set(changed) - set(EDITABLE_WHEN_LIVE)
    if site.status != CameraSite.Status.PROPOSED and decided:
        ask = "This was decided on when the site went live. Propose a new site, or decommission this one, to change it."
        raise Unfit(
            "Where a live site stands, and why, stays as it was decided.", {name: [ask] for name in sorted(decided)}
        )
    _require_seen(changed, by=by)
    _fill(site, changed, WRITTEN)
    _save(site, "Another camera site has this reference already.")
    contribute(site, by=by)
    if MOVED & set(changed):
        review_assessments(site, by=by, trigger=ReviewDemand.Trigger.CAMERA, what="Other cameras or another place")
    if "purposes" in changed:
        review_assessments(site, by=by, trigger=ReviewDemand.Trigger.PURPOSE, what="Other purposes")
    if BODIES & set(changed):  # F-12: who pays may be why
        words = "Another body pays, answers for it or runs it"
        review_assessments(site, by=by, trigger=ReviewDemand.Trigger.BODY, what=words)
    record(Verb.SITE_EDITED, target=site, by=by, fields=", ".join(sorted(changed)) or "nothing")
    return site


@transaction.atomic
def give_access(site: CameraSite, grantee: User | Group, *, by: Actor) -> None:
    """Lets a person or a team see a site."""
    if not isinstance(by, SystemJob):
        policies.require_sight_of_site(by, site)
        require(policies.may_give_access(by, site))
    grant_access(grantee, permission="camera_sites.view_camerasite", to=site, by=by)


@transaction.atomic
def open_site(site: CameraSite, *, by: Actor) -> CameraSite:
    """Looks at one site with its precise location, which is recorded (R-120)."""
    policies.require_sight_of_site(by, site)
    require(policies.may_open_site(by, site))
    record(Verb.SITE_OPENED, target=site, by=by)
    return site


@transaction.atomic
def open_locations(sites: Iterable[CameraSite], *, by: Actor) -> list[CameraSite]:
    """Looks at where these sites stand, all at once; one event names them all. Those not the actor's to see are left out."""
    require(policies.may_open_registry(by))
    keys = [site.pk for site in sites]
    seen = list(CameraSite.objects.visible_to(by).filter(pk__in=keys))
    if seen:
        record(Verb.SITES_MAPPED, target=seen[0], by=by, also=seen[1:], count=len(seen))
    return seen


@transaction.atomic
def take_access(site: CameraSite, grantee: User | Group, *, by: Actor) -> None:
    """Takes from a person or a team the sight of a site. Whoever answers for it keeps theirs."""
    site = locked(site, by=by)
    require(policies.may_take_access(by, site, grantee))
    revoke_access(grantee, permission="camera_sites.view_camerasite", to=site, by=by)


def _fill(site: CameraSite, facts: dict[str, Any], allowed: tuple[str, ...]) -> CameraSite:
    unknown = set(facts) - set(allowed)
    if unknown:
        raise TypeError(f"not a field that proposers write: {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(site, name, value)
    _require_fit(site)
    return site


def _require_seen(facts: dict[str, Any], *, by: Actor) -> None:
    """An assessment of which the proposer does not know cannot be named."""
    named = {name: facts[name] for name in ("dpia", "town_dpia") if facts.get(name)}
    seen = Dpia.objects.visible_to(by).in_bulk([dpia.pk for dpia in named.values()]) if named else {}
    if unknown := [name for name, dpia in named.items() if dpia.pk not in seen]:
        words = "There is no such assessment, or it is not yours to see."
        raise Unfit("Some of this cannot stand in the registry.", {name: [words] for name in unknown})


def _require_fit(site: CameraSite) -> None:
    if problems := unfit(site):
        raise Unfit("Some of this cannot stand in the registry.", problems)


def save_new(thing: CameraSite | Camera, taken: str) -> None:
    """Raises Unfit with `taken` where another has its reference."""
    _save(thing, taken, force_insert=True)


def _save(thing: CameraSite | Camera, taken: str, **how: Any) -> None:
    kind = type(thing)
    if kind._default_manager.filter(ref=thing.ref).exclude(pk=thing.pk).exists():
        raise Unfit("That reference is taken.", {"ref": [taken]})
    try:
        with transaction.atomic():
            thing.save(**how)
    except IntegrityError as error:
        if "_ref_" not in str(error):
            raise
        raise Unfit("That reference is taken.", {"ref": [taken]}) from error


def contribute(site: CameraSite, *, by: User) -> None:
    """Their hand is in the proposal now."""
    SiteContribution.objects.get_or_create(site=site, user=by, defaults={"contributed_at": timezone.now()})


def review_assessments(site: CameraSite, *, by: User, trigger: str, what: str) -> None:
    """What happened to a site asks whether its assessments still hold (R-116). Those who read these may not know of a covert
    site, so that none is named (R-123)."""
    words = f"{what}: {site.logged_as}."
    demand_reviews(assessments_of("site", site), by=by, trigger=trigger, words=words, about=site.pk)


def locked(site: CameraSite, *, by: Actor) -> CameraSite:
    """The site as it is now, and nobody else's to change until this is done. Raises Stranger where it is not theirs to see."""
    site = CameraSite.objects.select_for_update(of=("self",)).select_related("dpia", "owner").get(pk=site.pk)
    policies.require_sight_of_site(by, site)
    return site
