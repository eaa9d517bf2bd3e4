"""Tests of how well cameras read: counts, and the intervals in which the true rates lie (R-090, R-094)."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Greatest, Least, NullIf, Sqrt

from accounts.models import User
from camera_sites.limits import AccuracyLimits
from camera_sites.models.cameras import Camera
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import StandardsProfile


def _share(part: str, whole: str, sign: int) -> Any:
    """One end of the Wilson interval of a share; of nothing, the share lies anywhere between 0 and 1.

    GREATEST passes over the null that an empty whole gives. The outer two mend what floats leave over.
    """
    k, n, z = Cast(F(part), models.FloatField()), Cast(F(whole), models.FloatField()), F("z")
    scatter = Greatest(k * (n - k) / NullIf(n, Value(0.0)), Value(0.0))
    spread = Value(float(sign)) * z * Sqrt(scatter + z * z / Value(4.0))
    return Least(Greatest((k + z * z / Value(2.0) + spread) / (n + z * z), Value(0.0)), Value(1.0))


def _bound(part: str, whole: str, sign: int) -> models.GeneratedField:
    return models.GeneratedField(
        expression=_share(part, whole, sign), output_field=models.FloatField(), db_persist=True
    )


class AccuracyTestQuerySet(models.QuerySet["AccuracyTest"]):
    """Which tests."""

    def newest(self) -> "AccuracyTestQuerySet":
        """Of each camera the newest by day and the newest by night: those by which it is judged."""
        later = AccuracyTest.objects.filter(camera=models.OuterRef("camera"), light=models.OuterRef("light")).filter(
            Q(tested_on__gt=models.OuterRef("tested_on"))
            | Q(tested_on=models.OuterRef("tested_on"), pk__gt=models.OuterRef("pk"))
        )
        return self.exclude(models.Exists(later))

    def failing(self, limits: AccuracyLimits) -> "AccuracyTestQuerySet":
        """Those that show a camera that stands to be below the standards: the whole interval is, or its clock or delivery."""
        return self.filter(camera__decommissioned_at=None).filter(
            Q(capture_high__lt=limits.capture) | Q(read_high__lt=limits.read) | Q(clock_offset_ms__gt=limits.clock)
            | Q(clock_offset_ms__lt=-limits.clock) | Q(latency_p95_ms__gt=limits.latency)
        )  # fmt: skip


class AccuracyTest(AppendOnly):
    """That somebody counted how many plates a camera captured of those to be seen, and how many of these it read right."""

    class Method(models.TextChoices):
        """How the truth was known."""

        FOOTAGE = "footage", "Compared with footage by eye"
        ROADSIDE = "roadside", "Counted at the roadside"
        VEHICLES = "vehicles", "Test vehicles with known plates"

    class Light(models.TextChoices):
        """In which light: cameras that read well by day may not by night."""

        DAY = "day", "By day"
        NIGHT = "night", "By night"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="accuracy_tests", db_index=False)
    tested_on = models.DateField()
    tester = models.CharField(max_length=100, help_text="The person or firm that counted.")
    method = models.CharField(max_length=10, choices=Method)
    light = models.CharField(max_length=5, choices=Light)
    visible = models.PositiveIntegerField(help_text="Plates that a person could read: the sample.")
    captured = models.PositiveIntegerField()
    read_right = models.PositiveIntegerField(help_text="Of those captured.")
    z = models.FloatField(help_text="Of the confidence that the standards then asked for.")
    capture_low = _bound("captured", "visible", -1)
    capture_high = _bound("captured", "visible", +1)
    read_low = _bound("read_right", "captured", -1)
    read_high = _bound("read_right", "captured", +1)
    clock_offset_ms = models.IntegerField(null=True, help_text="Ahead of a traceable source, in milliseconds.")
    latency_p95_ms = models.PositiveIntegerField(
        null=True, help_text="Nineteen in twenty reads were delivered so soon."
    )
    words = models.CharField(max_length=500, blank=True)
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AccuracyTestQuerySet.as_manager()

    class Meta:
        ordering = ["-tested_on", "-id"]
        triggers = append_only_triggers()
        indexes = [models.Index(fields=["camera", "light", "-tested_on", "-id"], name="camera_sites_test_newest")]
        constraints = [
            models.CheckConstraint(
                name="camera_sites_test_counts_fit",
                condition=Q(visible__gte=1, captured__lte=F("visible"), read_right__lte=F("captured")),
            ),
            models.CheckConstraint(name="camera_sites_test_by_somebody", condition=~Q(tester="")),
            models.CheckConstraint(name="camera_sites_test_confidence", condition=Q(z__gte=1, z__lte=5)),
        ]

    def __str__(self) -> str:
        return f"test of {self.camera} on {self.tested_on:%d %B %Y}"

    @property
    def capture_rate(self) -> float:
        """Captured of those to be seen."""
        return self.captured / self.visible

    @property
    def read_rate(self) -> float | None:
        """Read right of those captured; none where nothing was captured."""
        return self.read_right / self.captured if self.captured else None
