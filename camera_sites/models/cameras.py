"""The cameras of a site."""

import datetime as dt

from django.db import models

from accounts.models import User
from camera_sites import site_triggers as triggers
from camera_sites.limits import AccuracyLimits
from camera_sites.models.sites import CameraSite
from portal.ids import new_id


class CameraQuerySet(models.QuerySet["Camera"]):
    """Which cameras."""

    def overdue_for_test(self, at: dt.datetime, limits: AccuracyLimits) -> "CameraQuerySet":
        """Cameras of live sites whose accuracy was not tested lately enough, or never (R-090)."""
        return self.filter(site__status=CameraSite.Status.LIVE).exclude(
            accuracy_tests__tested_on__gt=limits.tested_since(at)
        )


class Camera(models.Model):
    """One camera of a site."""

    class Kind(models.TextChoices):
        """How it is mounted."""

        FIXED = "fixed", "Fixed"
        MOBILE = "mobile", "Mobile"
        PTZ = "ptz", "Pan, tilt and zoom"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="cameras")
    ref = models.SlugField(max_length=40, unique=True, help_text="As reads name it.")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.FIXED)
    lane = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    commissioned_at = models.DateTimeField()
    commissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        triggers = [triggers.CAMERA_IS_PART_OF_THE_PROPOSAL, triggers.CAMERA_STAYS_AT_ITS_SITE]

    def __str__(self) -> str:
        return self.ref
