"""Suspensions and disputes: stretches of time in which an entry is held back."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from hotlists import triggers
from portal.ids import new_id


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Which suspensions."""

    def open_at(self, at: dt.datetime) -> "SuspensionQuerySet":
        """Suspensions and disputes that hold an entry back at this moment."""
        return self.filter(from_at__lte=at).filter(Q(to_at__isnull=True) | Q(to_at__gt=at))


class Suspension(models.Model):
    """A stretch of time in which an entry is out of force though its term runs."""

    class Kind(models.TextChoices):
        """Who asked for it."""

        SUSPENSION = "suspension", "Suspended"
        DISPUTE = "dispute", "Disputed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="suspensions")
    kind = models.CharField(max_length=10, choices=Kind)
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    to_at = models.DateTimeField(null=True)
    to_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    app_may_update = ("to_at", "to_by_id", "lifted_because")

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["from_at"]
        triggers = [triggers.SUSPENSION_ENDS_ONCE]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind"], condition=Q(to_at__isnull=True), name="hotlists_suspension_one_open"
            ),
            models.CheckConstraint(
                name="hotlists_suspension_lifted_by_somebody",
                condition=Q(to_at__isnull=True, to_by__isnull=True) | Q(to_at__isnull=False, to_by__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_suspension_lifted_by_another", condition=Q(to_by__isnull=True) | ~Q(to_by=F("from_by"))
            ),
        ]

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether it holds its entry back at this moment, as `open_at` has it."""
        return self.from_at <= at and (self.to_at is None or self.to_at > at)
