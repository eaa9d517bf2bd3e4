"""What asks for an assessment to be looked at before its year is over, and which of its measures were taken (R-114, R-116)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from camera_sites.models.dpias import Dpia, DpiaVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class ReviewDemandQuerySet(models.QuerySet["ReviewDemand"]):
    """Which demands."""

    def open(self) -> "ReviewDemandQuerySet":
        """Those that nobody has answered."""
        return self.filter(answered_at=None)

    def overdue(self, at: dt.datetime) -> "ReviewDemandQuerySet":
        """Those not answered in time."""
        return self.open().filter(due_at__lte=at)


class ReviewDemand(models.Model):
    """That something happened which an assessment may not have reckoned with: it is to be looked at again by a day."""

    class Trigger(models.TextChoices):
        """What happened."""

        PURPOSE = "purpose", "A new purpose"
        CAMERA = "camera", "A camera was moved or added"
        BODY = "body", "Another controller, owner, operator or funder"
        SHARING = "sharing", "A sharing agreement"
        COMPLAINT = "complaint", "A complaint"
        BREACH = "breach", "A breach"
        CRIME = "crime", "Crime has changed"
        ACCURACY = "accuracy", "A camera below the accuracy standard"
        INCIDENT = "incident", "An incident"
        SYSTEM = "system", "A system was changed"

    class Answer(models.TextChoices):
        """What came of it."""

        UNCHANGED = "unchanged", "No change needed"
        VERSION = "version", "A new version was approved"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dpia = models.ForeignKey(Dpia, models.PROTECT, related_name="demands")
    trigger = models.CharField(max_length=10, choices=Trigger)
    words = models.CharField(max_length=500)
    about = models.CharField(
        max_length=64, blank=True, help_text="The id of what it happened to; one demand is open for each."
    )
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", help_text="Who answers for the assessment.")
    due_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, help_text="Empty: not a person.")
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answer_words = models.CharField(max_length=1000, blank=True)
    version = models.ForeignKey(DpiaVersion, models.PROTECT, null=True, related_name="answered_demands")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ReviewDemandQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dpia", "trigger", "about"], condition=Q(answered_at=None) & ~Q(about=""),
                name="camera_sites_one_demand_an_event",
            ),
            models.CheckConstraint(
                name="camera_sites_demand_says_what", condition=~Q(words="") & Q(due_at__gt=F("raised_at"))
            ),
            models.CheckConstraint(
                name="camera_sites_demand_answered_by_somebody",
                condition=Q(answered_at=None, answered_by=None, answer="", version=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer="version", version__isnull=False)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer="unchanged", version=None)
                & ~Q(answer_words=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_trigger_display().lower()}: {self.dpia}"

    @property
    def is_by_hand(self) -> bool:
        """Whether a person asked for it, and not an act that brought it about."""
        return not self.about


class MeasureTaken(AppendOnly):
    """That a measure of an assessment is in place: told beside the version, which stays as it was approved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(DpiaVersion, models.PROTECT, related_name="measures_taken")
    key = models.CharField(max_length=12, help_text="Of the measure in the version's register.")
    measure = models.TextField(help_text="As the register says it: said otherwise, it is another measure.")
    evidence = models.CharField(max_length=1000, help_text="By what one can see it.")
    done_on = models.DateField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["taken_at"]
        triggers = append_only_triggers()
        verbose_name_plural = "measures taken"
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="camera_sites_measure_taken_once"),
            models.CheckConstraint(name="camera_sites_measure_shown", condition=~Q(evidence="")),
        ]
