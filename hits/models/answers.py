"""What people made of a hit: who took it on, who verified it, how it ended. One row each, never changed.

Each has its hit as its key, so that its month is its hit's month and goes with it. That the hit is there, triggers hold: a
foreign key between two partitioned tables would make taking out a month read all of both.
"""

from django.db import models
from django.db.models import F, Q

from accounts.models import SignIn, User
from hits import triggers
from hits.models.hits import Hit
from portal.database import APPEND_ONLY, AppendOnly


class Acknowledgement(AppendOnly):
    """That a named person has seen the hit and takes it on (R-058)."""

    hit = models.OneToOneField(
        Hit, models.PROTECT, primary_key=True, related_name="acknowledgement", db_constraint=False
    )
    acknowledged_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        triggers = [*APPEND_ONLY, triggers.OF_A_HIT, triggers.BY_WHO_IS_SIGNED_IN["acknowledged"]]

    def __str__(self) -> str:
        return f"acknowledgement by {self.acknowledged_by}"


class Verification(AppendOnly):
    """That a named person compared plate, country and vehicle with the picture, and asked the source again (R-055)."""

    class Compared(models.TextChoices):
        """What comparing gave."""

        AGREES = "agrees", "Agrees"
        DIFFERS = "differs", "Differs"
        UNSEEN = "unseen", "Could not be seen"

    class Source(models.TextChoices):
        """What the source said."""

        WANTED = "wanted", "Still wanted"
        NOT_WANTED = "not_wanted", "No longer wanted"
        SILENT = "silent", "Could not be reached"

    class Result(models.TextChoices):
        """What follows (domain.md 5.9)."""

        CONFIRMED = "CONFIRMED", "Confirmed"
        MISREAD = "MISREAD", "Misread plate"
        WRONG_VEHICLE = "WRONG_VEHICLE", "Wrong vehicle"
        STALE = "STALE", "No longer wanted"
        CLONE = "CLONE", "Cloned plate"

    hit = models.OneToOneField(Hit, models.PROTECT, primary_key=True, related_name="verification", db_constraint=False)
    plate = models.CharField(max_length=8, choices=Compared)
    country = models.CharField(max_length=8, choices=Compared)
    vehicle = models.CharField(max_length=8, choices=Compared)
    source = models.CharField(max_length=12, choices=Source)
    result = models.CharField(max_length=15, choices=Result)
    words = models.CharField(max_length=500, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    verified_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        triggers = [
            *APPEND_ONLY,
            triggers.OF_A_HIT,
            triggers.BY_WHO_IS_SIGNED_IN["verified"],
            triggers.AFTER_ACKNOWLEDGEMENT,
        ]
        constraints = [
            models.CheckConstraint(
                name="hits_verification_confirmed_when_all_agrees",  # F-04, F-05
                condition=~Q(result="CONFIRMED")
                | Q(plate="agrees", country="agrees", vehicle="agrees", source="wanted"),
            ),
            models.CheckConstraint(
                name="hits_verification_result_follows",
                condition=Q(result__in=["CONFIRMED", "CLONE"])
                | Q(result="MISREAD", plate="differs")
                | Q(result="MISREAD", country="differs")
                | Q(result="WRONG_VEHICLE", vehicle="differs")
                | Q(result="STALE", source="not_wanted"),
            ),
        ]

    def __str__(self) -> str:
        return f"verification by {self.verified_by}: {self.get_result_display().lower()}"


class Outcome(AppendOnly):
    """What was done about the hit and what came of it; without one, the hit stays open (R-058)."""

    class Decision(models.TextChoices):
        """What was decided (domain.md 5.10)."""

        DEPLOY = "DEPLOY", "Deployed"
        BROADCAST = "BROADCAST", "Broadcast to officers"
        NOT_DEPLOYED = "NOT_DEPLOYED", "Not deployed"
        PASSED = "PASSED", "Passed to another force"
        NO_ACTION = "NO_ACTION", "No action asked for"

    class NotDeployed(models.TextChoices):
        """Why nobody was sent: asked for always (R-058)."""

        NO_UNIT = "no_unit", "No unit free"
        TOO_OLD = "too_old", "Sighting too old"
        LOST = "lost", "Location lost"
        LOW_VALUE = "low_value", "Too little at stake"
        SAFETY = "safety", "Not safe"
        OTHER_FORCE = "other_force", "Another force acts"
        FAULT = "fault", "System fault"
        NOT_CONFIRMED = "not_confirmed", "Verification did not confirm it"

    class Result(models.TextChoices):
        """What came of it."""

        NONE = "", "Nothing to report"
        ARREST = "arrest", "Arrest"
        SEIZURE = "seizure", "Vehicle seized"
        REPORT = "report", "Reported for summons"
        WORDS = "words", "Words of advice"
        FOUND_SAFE = "found_safe", "Found safe"
        NO_OFFENCE = "no_offence", "No offence"
        WRONG_VEHICLE = "wrong_vehicle", "Wrong vehicle"
        WRONG_PERSON = "wrong_person", "Wrong person"
        NOT_LOCATED = "not_located", "Not located"

    hit = models.OneToOneField(Hit, models.PROTECT, primary_key=True, related_name="outcome", db_constraint=False)
    decision = models.CharField(max_length=12, choices=Decision)
    reason = models.CharField(max_length=15, choices=NotDeployed, blank=True)
    was_stopped = models.BooleanField(default=False, help_text="Whether the vehicle was stopped.")
    result = models.CharField(max_length=15, choices=Result, blank=True, default="")
    had_force = models.BooleanField(
        default=False, db_default=False, help_text="Whether force was used or somebody was hurt."
    )
    had_complaint = models.BooleanField(
        default=False, db_default=False, help_text="Whether somebody complained there and then."
    )
    words = models.CharField(max_length=500, blank=True)
    settled_with = models.UUIDField(null=True, help_text="The later sighting of the vehicle whose outcome this shares.")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        triggers = [
            *APPEND_ONLY, triggers.OF_A_HIT, triggers.BY_WHO_IS_SIGNED_IN["recorded"],
            triggers.AFTER_ACKNOWLEDGEMENT, triggers.STOP_ONLY_VERIFIED,
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["hit"], condition=Q(had_force=True) | Q(had_complaint=True), name="hits_outcome_kept_longer"
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="hits_outcome_force_by_somebody_sent",
                condition=Q(had_force=False) | Q(decision__in=["DEPLOY", "BROADCAST", "PASSED"]),
            ),
            models.CheckConstraint(
                name="hits_outcome_not_deployed_says_why",
                condition=Q(decision="NOT_DEPLOYED") & ~Q(reason="") | ~Q(decision="NOT_DEPLOYED") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="hits_outcome_stopped_by_somebody_sent",
                condition=Q(was_stopped=False) | Q(decision__in=["DEPLOY", "BROADCAST", "PASSED"]),
            ),
            models.CheckConstraint(
                name="hits_outcome_not_settled_with_itself",
                condition=Q(settled_with__isnull=True) | ~Q(settled_with=F("hit")),
            ),
        ]

    def __str__(self) -> str:
        return f"outcome by {self.recorded_by}: {self.get_decision_display().lower()}"
