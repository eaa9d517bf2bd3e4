"""Cameras of a site: added while it is proposed, described as they are changed, taken down one by one."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.sites import contribute, locked, review_assessments, save_new
from camera_sites.as_read import print_of, require_not_overtaken
from camera_sites.models import Camera, CameraSite, ReviewDemand
from camera_sites.models.cameras import PARTICULARS
from portal.errors import TooLate, Unfit
from portal.policies import require


@transaction.atomic
def add_camera(
    site: CameraSite, *, by: User, ref: str, kind: str = Camera.Kind.FIXED, lane: str = "", direction: str = ""
) -> Camera:
    """One camera more in a proposal. `ref` is what its reads call it."""
    site = locked(site, by=by)
    require(policies.may_add_camera(by, site))
    camera = Camera(
        site=site, ref=ref, kind=Camera.Kind(kind), lane=lane, direction=direction, commissioned_at=timezone.now(),
        commissioned_by=by,
    )  # fmt: skip
    save_new(camera, "Another camera has this reference already.")
    contribute(site, by=by)
    review_assessments(site, by=by, trigger=ReviewDemand.Trigger.CAMERA, what="Other cameras or another place")
    record(Verb.CAMERA_ADDED, target=site, by=by, also=[camera], camera=ref)
    return camera


@transaction.atomic
def describe_camera(site: CameraSite, camera: Camera, *, by: User, as_read: str = "", **particulars: Any) -> Camera:
    """What a camera is: any of make, model, serial, firmware, has_infrared, patch_kb and overview_kb. What was decided on stays.

    `as_read`, where the caller says what stood in these fields when they read them, is its print: Overtaken when that has passed.
    """
    site = locked(site, by=by)
    require(policies.may_keep_evidence(by, site))
    camera = _standing(site, camera)
    if unknown := set(particulars) - set(PARTICULARS):
        raise TypeError(f"not what describes a camera: {', '.join(sorted(unknown))}")
    require_not_overtaken(as_read, print_of(camera, particulars))
    given = {name: value.strip() if isinstance(value, str) else value for name, value in particulars.items()}
    changed = {name: value for name, value in given.items() if getattr(camera, name) != value}
    for name, value in changed.items():
        setattr(camera, name, value)
    camera.save(update_fields=list(changed))
    fields = ", ".join(sorted(changed))
    record(Verb.CAMERA_DESCRIBED, target=site, by=by, also=[camera], camera=camera.ref, fields=fields or "nothing")
    return camera


@transaction.atomic
def take_camera_down(site: CameraSite, camera: Camera, *, by: User, reason: str) -> Camera:
    """One camera less, for good. The last of a site that was set live goes with the site."""
    site = locked(site, by=by)
    require(policies.may_take_camera_down(by, site))
    camera = _standing(site, camera)
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    if site.status != CameraSite.Status.PROPOSED and not site.cameras.standing().exclude(pk=camera.pk).exists():
        raise Unfit(
            "It is the last camera here.", {"camera": ["It is the last camera of this site: end the site instead."]}
        )
    camera.decommissioned_at, camera.decommissioned_by = timezone.now(), by
    camera.decommissioned_why = reason.strip()
    camera.save(update_fields=["decommissioned_at", "decommissioned_by", "decommissioned_why"])
    if site.status == CameraSite.Status.PROPOSED:
        contribute(site, by=by)
    record(
        Verb.CAMERA_TAKEN_DOWN, target=site, by=by, also=[camera], camera=camera.ref, reason=camera.decommissioned_why
    )
    return camera


def _standing(site: CameraSite, camera: Camera) -> Camera:
    camera = Camera.objects.select_for_update().get(pk=camera.pk, site=site)
    if camera.decommissioned_at is not None:
        raise TooLate(f"The camera {camera.ref} was taken down.")
    return camera
