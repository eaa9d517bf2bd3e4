"""The kill switch of a matcher: stretches of time in which it is served nothing but what empties it (R-105)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from portal.ids import new_id


class StoppageQuerySet(models.QuerySet["Stoppage"]):
    """Which stoppages."""

    def open_at(self, at: dt.datetime) -> "StoppageQuerySet":
        """Those that keep a matcher from its lists at this moment."""
        return self.filter(from_at__lte=at).filter(Q(to_at__isnull=True) | Q(to_at__gt=at))


class Stoppage(models.Model):
    """A stretch of time in which a matcher is entitled to nothing. One person begins it, another ends it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matcher = models.ForeignKey("matchers.Matcher", models.PROTECT, related_name="stoppages")
    reason = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    to_at = models.DateTimeField(null=True)
    to_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_because = models.CharField(max_length=300, blank=True)

    objects = StoppageQuerySet.as_manager()

    class Meta:
        ordering = ["-from_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["matcher"], condition=Q(to_at__isnull=True), name="matchers_stoppage_one_open"
            ),
            models.CheckConstraint(name="matchers_stoppage_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="matchers_stoppage_ends_by_another",
                condition=Q(to_at__isnull=True, to_by__isnull=True, lifted_because="")
                | (
                    Q(to_at__isnull=False, to_by__isnull=False, to_at__gte=F("from_at"))
                    & ~Q(to_by=F("from_by"))
                    & ~Q(lifted_because="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"stoppage of {self.matcher}"
