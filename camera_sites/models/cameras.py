"""The cameras of a site."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models import User
from camera_sites import site_triggers as triggers
from camera_sites.limits import AccuracyLimits
from camera_sites.models.sites import CameraSite
from portal.ids import new_id

PARTICULARS = ("make", "model", "serial", "firmware", "has_infrared", "patch_kb", "overview_kb")  # what may change


class CameraQuerySet(models.QuerySet["Camera"]):
    """Which cameras."""

    def standing(self) -> "CameraQuerySet":
        """Those that were not taken down."""
        return self.filter(decommissioned_at=None)

    def overdue_for_test(self, at: dt.datetime, limits: AccuracyLimits) -> "CameraQuerySet":
        """Cameras of live sites whose accuracy was not tested lately enough, or never (R-090)."""
        return (
            self.standing()
            .filter(site__status=CameraSite.Status.LIVE)
            .exclude(accuracy_tests__tested_on__gt=limits.tested_since(at))
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
    make = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    firmware = models.CharField(max_length=40, blank=True)
    has_infrared = models.BooleanField(null=True, help_text="Sees plates by night; null: not known.")
    patch_kb = models.PositiveSmallIntegerField(null=True, help_text="Kilobytes of a plate's picture (R-093).")
    overview_kb = models.PositiveSmallIntegerField(null=True, help_text="Kilobytes of an overview (R-093).")
    commissioned_at = models.DateTimeField()
    commissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decommissioned_at = models.DateTimeField(null=True)
    decommissioned_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decommissioned_why = models.CharField(max_length=500, blank=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        triggers = [triggers.CAMERA_IS_PART_OF_THE_PROPOSAL, triggers.CAMERA_STAYS_AT_ITS_SITE]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_camera_taken_down_by_somebody",
                condition=Q(decommissioned_at=None, decommissioned_by=None, decommissioned_why="")
                | Q(decommissioned_at__isnull=False, decommissioned_by__isnull=False) & ~Q(decommissioned_why=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref
