"""Deletion runs and the certificates they end with."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class DeletionRun(models.Model):
    """One pass over the schedule: what is past its period at one fixed moment, counted first and then erased."""

    class Status(models.TextChoices):
        """How far it is."""

        PREVIEWED = "previewed", "Previewed"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        FAILED = "failed", "Ended with problems"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREVIEWED)
    as_of = models.DateTimeField(help_text="Periods are counted back from here, however long the run takes.")
    counted = models.JSONField(default=list, help_text="What the preview counted, by class.")
    previewed_by = models.CharField(max_length=150)
    previewed_at = models.DateTimeField()
    started_by = models.CharField(max_length=150, blank=True)
    started_by_kind = models.CharField(max_length=20, blank=True)
    started_by_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    released = ArrayField(
        models.CharField(max_length=80), default=list,
        help_text="Classes that go only when a person releases them, and that whoever started it did release.",
    )  # fmt: skip
    finished_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list, help_text="Classes that could not be erased, and why.")

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_runs", "See the retention schedule, runs, certificates and holds"),
            ("run_retention", "Preview and start deletion runs"),
        ]
        constraints = [
            models.CheckConstraint(
                name="retention_run_started_by_somebody",
                condition=Q(status="previewed", started_at__isnull=True, started_by="")
                | (~Q(status="previewed") & Q(started_at__isnull=False) & ~Q(started_by="")),
            ),
            models.CheckConstraint(
                name="retention_run_released_by_a_person",
                condition=Q(released=[]) | (~Q(status="previewed") & Q(started_by_kind="user")),
            ),
            models.CheckConstraint(
                name="retention_run_finished_at_a_moment",
                condition=Q(status__in=["previewed", "running", "paused"], finished_at__isnull=True)
                | Q(status__in=["done", "failed"], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"deletion run {str(self.pk)[-8:]}"

    @property
    def is_by_the_clock(self) -> bool:
        """Whether nobody looked at its preview."""
        return self.started_by_kind == "job"

    @property
    def has_ended(self) -> bool:
        """Whether it has its certificate."""
        return self.finished_at is not None

    @property
    def tone(self) -> str:
        """As `components/status` colours its state."""
        tones = {"running": "waiting", "paused": "lapsing", "done": "in-force", "failed": "stopped"}
        return tones.get(self.status, "none")

    @property
    def took(self) -> dt.timedelta | None:
        """How long it ran, pauses included."""
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None

    @property
    def throughput(self) -> int | None:
        """Rows that it erased a second, all that went with them included; None where it erased nothing or has not ended."""
        took = self.took
        if took is None or not self.certificate.erased:
            return None
        return max(1, round(self.certificate.erased / max(took.total_seconds(), 0.001)))

    @property
    def erased_so_far(self) -> int:
        """Records that are gone while it is under way."""
        lengths = self.batches.annotate(
            number=models.Func(F("ids"), function="cardinality", output_field=models.IntegerField())
        )
        in_batches = lengths.aggregate(all=models.Sum("number"))["all"] or 0
        return in_batches + (self.months.aggregate(all=models.Sum("erased"))["all"] or 0)

    @property
    def due(self) -> int:
        """Records that the preview found due, leaving aside what goes with them."""
        return sum(line["due"] for line in self.counted)

    @property
    def goes(self) -> int:
        """Records of which it was started to erase: due, and released where that is asked for."""
        return sum(line["due"] for line in self.counted if not line.get("asks") or line["label"] in self.released)

    @property
    def last_seen_at(self) -> dt.datetime | None:
        """When it last got on: a batch, a month, or its start."""
        last = self.batches.aggregate(at=models.Max("erased_at"))["at"]
        month = self.months.aggregate(at=models.Max(Coalesce("ended", "began")))["at"]
        return max(filter(None, (last, month, self.started_at)), default=None)

    @property
    def held(self) -> int:
        """Records past their period that a hold keeps."""
        return sum(line["held"] for line in self.counted)


class ErasedBatch(models.Model):
    """Which ids a run erased in one transaction; written in that very transaction, kept until they are certified."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(DeletionRun, models.PROTECT, related_name="batches")
    label = models.CharField(max_length=80)
    ids = ArrayField(models.CharField(max_length=64))
    with_them = models.JSONField(default=dict, help_text="How many rows of other classes went with them, by class.")
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{len(self.ids)} of {self.label}"


class DroppedMonth(models.Model):
    """One month of one kind of record that a run takes out of its table whole. Where it stands, the catalogue says."""

    class Step(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", "Planned"
        HELD_COPIED = "held_copied", "What stays is moved aside"
        DETACHED = "detached", "Out of its table"
        QUIET = "quiet", "Counted; its words are erased"
        DROPPED = "dropped", "Dropped"
        CERTIFIED = "certified", "Certified"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(DeletionRun, models.PROTECT, related_name="months")
    label = models.CharField(max_length=80)
    month = models.DateField(help_text="Its first day.")
    step = models.CharField(max_length=12, choices=Step, default=Step.PLANNED)
    kept = models.PositiveIntegerField(default=0, help_text="Rows that stay: under hold, or not past their period.")
    erased = models.PositiveBigIntegerField(null=True)
    with_them = models.JSONField(default=dict, help_text="How many rows of other classes went with them, by class.")
    told_to = models.UUIDField(null=True, help_text="Up to here, the words of the log about them are erased.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 over `label:id` and a line feed of each.")
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "label", "month"], name="retention_month_once_a_run"),
            models.CheckConstraint(
                name="retention_month_counted_before_dropped",
                condition=Q(step__in=["planned", "held_copied", "detached"], erased__isnull=True, digest="")
                | (Q(step__in=["quiet", "dropped", "certified"], erased__isnull=False) & ~Q(digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} of {self.label}"


class Certificate(AppendOnly):
    """That a run erased so many records of each class: counts, rules and a digest, and nothing of what they held (R-065)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.OneToOneField(DeletionRun, models.PROTECT, related_name="certificate")
    as_of = models.DateTimeField()
    lines = models.JSONField(
        help_text="By class: rule, period, cut-off, how many, what went with them, digest of the ids."
    )
    erased = models.PositiveBigIntegerField()
    digest = models.CharField(
        max_length=64, help_text="SHA-256 over `label:id` and a line feed of each record, sorted bytewise."
    )
    issued_for = models.CharField(max_length=150, help_text="Who started the run.")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"certificate {str(self.pk)[-8:]}"
