"""Whether a site is still needed: reviewed every year, and when something happens that asks for it (R-116)."""

from django.db import models
from django.db.models import Q

from accounts.models import SignIn, User
from camera_sites import need_triggers as triggers
from camera_sites.models.sites import CameraSite
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class NeedQuestion(AppendOnly):
    """That something happened which asks whether a site is still needed, before its year is over."""

    class Trigger(models.TextChoices):
        """What happened."""

        PURPOSE = "purpose", "A new purpose"
        CAMERA = "camera", "A camera was moved"
        SHARING = "sharing", "A sharing agreement"
        COMPLAINT = "complaint", "A complaint"
        BREACH = "breach", "A breach"
        CRIME = "crime", "Crime has changed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="need_questions")
    trigger = models.CharField(max_length=10, choices=Trigger)
    words = models.CharField(max_length=500)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["-raised_at"]
        triggers = append_only_triggers()
        constraints = [models.CheckConstraint(name="camera_sites_question_says_what", condition=~Q(words=""))]


class NeedReview(AppendOnly):
    """That somebody whose hand was not in the proposal judged whether a site is still needed, and what follows."""

    class Outcome(models.TextChoices):
        """What follows (5.5)."""

        KEEP = "keep", "Keep it"
        MOVE = "move", "Move it"
        REDUCE = "reduce", "Reduce its hours"
        REMOVE = "remove", "Remove it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(CameraSite, models.PROTECT, related_name="need_reviews")
    outcome = models.CharField(max_length=6, choices=Outcome)
    effect = models.CharField(max_length=2000, help_text="What the site has done against crime, in figures.")
    words = models.CharField(max_length=2000, help_text="Why that follows.")
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-reviewed_at"]
        triggers = [*append_only_triggers(), triggers.REVIEWED_BY_ANOTHER]
        constraints = [
            models.CheckConstraint(name="camera_sites_review_says_why", condition=~(Q(effect="") | Q(words="")))
        ]
