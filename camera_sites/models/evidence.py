"""What is kept about a site beside its case: who was consulted, with whom it is shared, its signs, where its cameras say they are."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from camera_sites.models.cameras import Camera
from camera_sites.models.sites import CameraSite
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class SiteConsultation(AppendOnly):
    """That people were asked about a site, what they said, and what came of it (F-12)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="consultations")
    whom = models.CharField(max_length=150)
    held_on = models.DateField()
    said = models.CharField(max_length=2000)
    outcome = models.CharField(max_length=1000, help_text="What was changed, or why nothing was.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-id"]
        triggers = append_only_triggers()
        constraints = [
            models.CheckConstraint(
                name="camera_sites_site_consultation_says_what", condition=~(Q(whom="") | Q(said="") | Q(outcome=""))
            ),
        ]


class SharingAgreement(models.Model):
    """That what a site reads goes to another body too: for which purpose, under which agreement, until when (R-121)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="sharing")
    organisation = models.CharField(max_length=100)
    is_police = models.BooleanField(default=False, help_text="A police body, or another.")
    purpose = models.CharField(max_length=300, help_text="Managed on its own for each purpose.")
    reference = models.CharField(max_length=60)
    until_at = models.DateTimeField(help_text="It lapses by itself then.")
    agreed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-agreed_at"]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_sharing_says_what",
                condition=~(Q(organisation="") | Q(purpose="") | Q(reference="")) & Q(until_at__gt=F("agreed_at")),
            ),
            models.CheckConstraint(
                name="camera_sites_sharing_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.reference}"


class SignageInspection(AppendOnly):
    """That somebody looked whether signs tell drivers that plates are read, and whom to ask (R-117)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="inspections")
    inspected_on = models.DateField()
    is_in_place = models.BooleanField()
    names_contact = models.BooleanField(default=False)
    words = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-inspected_on", "-id"]
        triggers = append_only_triggers()


class PositionCheck(AppendOnly):
    """Where a camera was surveyed to stand, where it says that it stands, and how far that is apart (R-091)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="positions")
    surveyed_latitude = models.FloatField()
    surveyed_longitude = models.FloatField()
    reported_latitude = models.FloatField()
    reported_longitude = models.FloatField()
    metres = models.PositiveIntegerField()
    tolerance = models.PositiveIntegerField(help_text="In metres, of the standards then in force.")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_at"]
        triggers = append_only_triggers()
        constraints = [
            models.CheckConstraint(
                name="camera_sites_position_on_earth",
                condition=Q(
                    surveyed_latitude__range=(-90, 90), surveyed_longitude__range=(-180, 180),
                    reported_latitude__range=(-90, 90), reported_longitude__range=(-180, 180),
                ),
            ),
        ]  # fmt: skip

    @property
    def is_beyond(self) -> bool:
        """Whether the camera is further from its place than the standards tolerate."""
        return self.metres > self.tolerance
