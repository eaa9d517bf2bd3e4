"""Why a list still exists: what was put forward, who decided it, and the stretches of time in which it therefore stood."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import SignIn, User
from camera_sites.models import Dpia
from hotlists import triggers
from hotlists.models.hotlists import Hotlist
from portal.ids import new_id
from standards.models import StandardsProfile


class Justification(models.Model):
    """That a list is worth its intrusion for one more year: put forward by one person, decided by another.

    The first comes with the list; its assessment and whoever gives it to a matcher are the second eyes then.
    """

    class Status(models.TextChoices):
        """What was decided."""

        PROPOSED = "proposed", "Waits for a second person"
        APPROVED = "approved", "Justified"
        REJECTED = "rejected", "Not justified"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="justifications")
    is_first = models.BooleanField(default=False, help_text="Made with the list.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    words = models.CharField(max_length=2000)
    worth = models.JSONField(default=list, help_text="What the list held and led to, counted when it was put forward.")
    sunset_at = models.DateTimeField(help_text="Until when it is justified.")
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", null=True)
    rationale = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        triggers = [triggers.JUSTIFIED_BY_ANOTHER]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist"], condition=Q(status="proposed"), name="hotlists_justification_one_open"
            ),
            models.UniqueConstraint(
                fields=["hotlist"], condition=Q(is_first=True), name="hotlists_justification_one_first"
            ),
            models.CheckConstraint(name="hotlists_justification_says_why", condition=~Q(words="")),
            models.CheckConstraint(
                name="hotlists_justification_decided_by_another",
                condition=Q(is_first=True, status="approved", decided_by__isnull=True, decided_at__isnull=True)
                | Q(is_first=False, status="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(
                        is_first=False, status__in=["approved", "rejected"], proposed_by__isnull=False,
                        decided_by__isnull=False, decided_at__isnull=False, sign_in__isnull=False,
                    )
                    & ~Q(rationale="")
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"justification of {self.hotlist}"


class HotlistTermQuerySet(models.QuerySet["HotlistTerm"]):
    """Which stretches."""

    def governing(self, at: dt.datetime) -> "HotlistTermQuerySet":
        """What a list stood on at this moment."""
        return self.filter(from_at__lte=at).filter(Q(until_at__isnull=True) | Q(until_at__gt=at))


class HotlistTerm(models.Model):
    """A stretch of time in which a list stood on one justification and one impact assessment.

    A new justification and another assessment each close the open one and open another, so that `in_force` is right for any
    past moment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="terms")
    justification = models.ForeignKey(Justification, models.PROTECT, related_name="terms")
    dpia = models.ForeignKey(Dpia, models.PROTECT, null=True, related_name="+")
    sunset_at = models.DateTimeField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    app_may_update = ("until_at",)

    objects = HotlistTermQuerySet.as_manager()

    class Meta:
        ordering = ["from_at"]
        triggers = [triggers.LIST_TERM_OF_A_JUSTIFICATION, triggers.LIST_TERM_ENDS_ONCE]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist"], condition=Q(until_at__isnull=True), name="hotlists_listterm_one_open"
            ),
            models.CheckConstraint(
                name="hotlists_listterm_ends_after_start",
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"term of {self.hotlist} from {self.from_at}"
