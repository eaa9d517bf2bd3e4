"""Sites: proposed with their cameras, set live by another, ended; and looking at where they stand, which is an act too."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import grant_access
from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.models import Camera, CameraSite, SiteContribution
from camera_sites.nudges import publish_sites_soon
from camera_sites.workflow import SITE
from portal.errors import TooLate, Unfit
from portal.policies import require

# What a proposer writes.
WRITTEN = (
    "ref", "name", "area", "location_type", "purposes", "need", "latitude", "longitude", "road", "owner_org",
    "operator_org", "controller", "funder", "has_signage", "dpia", "owner",
)  # fmt: skip
# What may change once the site is live: the rest was decided on, and stays as it was decided.
EDITABLE_WHEN_LIVE = ("name", "owner_org", "operator_org", "controller", "funder", "has_signage", "owner")


@transaction.atomic
def propose_site(*, by: User, seen_by: Iterable[User | Group] = (), **facts: Any) -> CameraSite:
    """A new proposal, seen by its proposer, its owner and `seen_by`. Without an `owner`, the proposer owns it."""
    require(policies.may_propose(by))
    now = timezone.now()
    site = _fill(CameraSite(proposed_by=by, proposed_at=now), {"owner": by, **facts}, WRITTEN)
    _save_new(site, "Another camera site has this reference already.")
    _contribute(site, by=by)
    record(Verb.SITE_PROPOSED, target=site, by=by)
    for grantee in [*{by.pk: by, site.owner_id: site.owner}.values(), *seen_by]:
        grant_access(grantee, permission="camera_sites.view_camerasite", to=site, by=by)
    return site


@transaction.atomic
def edit_site(site: CameraSite, *, by: User, **facts: Any) -> CameraSite:
    """Changes a proposal, or what may change of a live site; whoever does has a hand in it."""
    site = _locked(site, by=by)
    if site.status == CameraSite.Status.DECOMMISSIONED:
        raise TooLate("This site is decommissioned. It comes back only as a new proposal.")
    require(policies.may_edit_site(by, site))
    changed = {name: value for name, value in facts.items() if getattr(site, name) != value}
    decided = set(changed) - set(EDITABLE_WHEN_LIVE)
    if site.status == CameraSite.Status.LIVE and decided:
        ask = "This was decided on when the site went live. Propose a new site, or decommission this one, to change it."
        raise Unfit(
            "Where a live site stands, and why, stays as it was decided.", {name: [ask] for name in sorted(decided)}
        )
    _fill(site, changed, WRITTEN)
    _save(site, "Another camera site has this reference already.")
    _contribute(site, by=by)
    record(Verb.SITE_EDITED, target=site, by=by, fields=", ".join(sorted(changed)) or "nothing")
    return site


@transaction.atomic
def add_camera(
    site: CameraSite, *, by: User, ref: str, kind: str = Camera.Kind.FIXED, lane: str = "", direction: str = ""
) -> Camera:
    """One camera more in a proposal. `ref` is what its reads call it."""
    site = _locked(site, by=by)
    require(policies.may_add_camera(by, site))
    camera = Camera(
        site=site, ref=ref, kind=Camera.Kind(kind), lane=lane, direction=direction, commissioned_at=timezone.now(),
        commissioned_by=by,
    )  # fmt: skip
    _save_new(camera, "Another camera has this reference already.")
    _contribute(site, by=by)
    record(Verb.CAMERA_ADDED, target=site, by=by, also=[camera], camera=ref)
    return camera


@transaction.atomic
def set_live(site: CameraSite, *, by: User) -> CameraSite:
    """In service from now until its assessment's review date (R-113), by another than whoever proposed it."""
    site = _locked(site, by=by)
    if not SITE.may(site, CameraSite.Status.LIVE):
        raise TooLate(f"This camera site is {site.get_status_display().lower()}, so it cannot become live.")
    require(policies.may_set_live(by, site))
    SITE.move(site, CameraSite.Status.LIVE, live_by=by, live_at=timezone.now())
    publish_sites_soon()
    record(Verb.SITE_SET_LIVE, target=site, by=by, also=[site.dpia] if site.dpia else [])
    return site


@transaction.atomic
def decommission(site: CameraSite, *, by: User, reason: str) -> CameraSite:
    """Out of service for good, at once; a proposal is withdrawn the same way."""
    site = _locked(site, by=by)
    if not SITE.may(site, CameraSite.Status.DECOMMISSIONED):
        raise TooLate("This camera site was decommissioned already.")
    require(policies.may_decommission(by, site))
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    SITE.move(site, CameraSite.Status.DECOMMISSIONED, decommissioned_by=by, decommissioned_at=timezone.now())
    publish_sites_soon()
    record(Verb.SITE_DECOMMISSIONED, target=site, by=by, reason=reason)
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


def _fill(site: CameraSite, facts: dict[str, Any], allowed: tuple[str, ...]) -> CameraSite:
    unknown = set(facts) - set(allowed)
    if unknown:
        raise TypeError(f"not a field that proposers write: {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(site, name, value)
    _require_fit(site)
    return site


def _require_fit(site: CameraSite) -> None:
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
    if problems:
        raise Unfit("Some of this cannot stand in the registry.", problems)


def _save_new(thing: CameraSite | Camera, taken: str) -> None:
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


def _contribute(site: CameraSite, *, by: User) -> None:
    SiteContribution.objects.get_or_create(site=site, user=by, defaults={"contributed_at": timezone.now()})


def _locked(site: CameraSite, *, by: Actor) -> CameraSite:
    site = CameraSite.objects.select_for_update(of=("self",)).select_related("dpia", "owner").get(pk=site.pk)
    policies.require_sight_of_site(by, site)
    return site
