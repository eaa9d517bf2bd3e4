"""What an assessment covers beside those that name it as their first: sites, hotlists, matchers and systems (R-113)."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import User
from camera_sites import coverage_triggers as triggers
from camera_sites.covert_triggers import COVERT_DPIAS_COVER_COVERT_SITES
from camera_sites.models.dpias import Dpia
from portal.ids import new_id


class CoverageQuerySet(models.QuerySet["Coverage"]):
    """Which."""

    def standing(self, at: dt.datetime) -> "CoverageQuerySet":
        """Those that stood at this moment, past or not."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), covered_at__lte=at)

    def with_end(self, at: dt.datetime) -> "CoverageQuerySet":
        """Adds `ends_at`: when the assessment lapses that governed at this moment; null where none did."""
        governing = Dpia.objects.governing(at).filter(pk=OuterRef("dpia_id"))
        return self.annotate(ends_at=Subquery(governing.values("review_due_at")[:1]))

    def lapsed(self, at: dt.datetime) -> "CoverageQuerySet":
        """Those that stood while their assessment was not in date."""
        return self.standing(at).exclude(dpia__in=Dpia.objects.governing(at).values("pk"))


def further_ends(kind: str, at: dt.datetime) -> dict[str, Any]:
    """Annotations of whatever is of this kind: `is_uncovered`, whether one of its further assessments is not in date, and
    `further_ends_at`, when the first of them lapses; null where there is none."""
    own = Coverage.objects.filter(kind=kind, subject=OuterRef("pk"))
    return {
        "is_uncovered": Exists(own.lapsed(at)),
        "further_ends_at": Subquery(
            own.standing(at).with_end(at).order_by(F("ends_at").asc(nulls_first=True)).values("ends_at")[:1]
        ),
    }


class Coverage(models.Model):
    """That an assessment covers something, from when until when. Written once, and ended once by another."""

    class Kind(models.TextChoices):
        """What is covered."""

        SITE = "site", "Camera site"
        HOTLIST = "hotlist", "Hotlist"
        MATCHER = "matcher", "Matcher"
        SYSTEM = "system", "System"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dpia = models.ForeignKey(Dpia, models.PROTECT, related_name="coverage")
    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.UUIDField(null=True, help_text="Its id. Empty: a system, which has only its name.")
    name = models.CharField(max_length=100, blank=True, help_text="Of a system.")
    words = models.CharField(max_length=500, help_text="What of it the assessment covers.")
    covered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    covered_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        ordering = ["covered_at", "id"]
        triggers = [triggers.COVERAGE_IS_WRITTEN_ONCE, COVERT_DPIAS_COVER_COVERT_SITES]
        indexes = [models.Index(fields=["kind", "subject"], name="camera_sites_coverage_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["dpia", "kind", "subject"], condition=Q(ended_at=None, subject__isnull=False),
                name="camera_sites_covered_once",
            ),
            models.UniqueConstraint(
                fields=["dpia", "name"], condition=Q(ended_at=None, kind="system"), name="camera_sites_system_covered_once"
            ),
            models.CheckConstraint(
                name="camera_sites_coverage_names_one_thing",
                condition=Q(kind="system", subject=None) & ~Q(name="") | ~Q(kind="system") & Q(subject__isnull=False, name=""),
            ),
            models.CheckConstraint(name="camera_sites_coverage_says_what", condition=~Q(words="")),
            models.CheckConstraint(
                name="camera_sites_coverage_ended_by_another",
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | Q(ended_at__gte=F("covered_at"), ended_by__isnull=False)
                & ~Q(ended_by=F("covered_by"))
                & ~Q(ended_because=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.dpia.ref} of a {self.get_kind_display().lower()}"
