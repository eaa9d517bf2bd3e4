"""Findings: what somebody, or the portal itself, found that has to be put right, by whom and by when (R-071)."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class FindingQuerySet(models.QuerySet["Finding"]):
    """Which findings."""

    def open(self) -> "FindingQuerySet":
        """Findings that nobody has answered."""
        return self.filter(status=Finding.Status.OPEN)

    def overdue(self, at: dt.datetime) -> "FindingQuerySet":
        """Open findings past the day by which they were to be answered."""
        return self.open().filter(due_at__lte=at)

    def awaiting_retest(self) -> "FindingQuerySet":
        """Findings that were answered, but nobody has looked whether the answer holds."""
        return self.filter(status=Finding.Status.CLOSED)

    def about(self, thing: models.Model) -> "FindingQuerySet":
        """Findings about this record."""
        return self.filter(source_label=thing._meta.label, source_id=str(thing.pk))


class Finding(models.Model):
    """Something to be put right, with who answers for it and until when."""

    class Status(models.TextChoices):
        """What people decided; being overdue is a predicate."""

        OPEN = "open", "Open"
        CLOSED = "closed", "Answered, to be tested again"
        SETTLED = "settled", "Settled"

    class Kind(models.TextChoices):
        """How it was found."""

        BY_HAND = "by_hand", "Found by a person"
        SITE_HIT = "site_hit", "Hit from a site not in service"
        POSITION = "position", "Camera not where it says"
        ACCURACY = "accuracy", "Camera below the accuracy standard"
        LAPSE = "lapse", "In use without a DPIA in date"
        LOG = "log", "Audit log not as sealed"
        SAMPLE = "sample", "Found in a monthly sample"
        SIGNAL = "signal", "Sign of misuse taken up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    title = models.CharField(max_length=150)
    words = models.CharField(max_length=1000)
    source_label = models.CharField(max_length=80, blank=True, help_text="The kind of record it is about.")
    source_id = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="findings")
    due_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150, help_text="Who opened it, in words: people and jobs do.")
    opened_by_kind = models.CharField(max_length=20)
    opened_by_id = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_on = models.DateField(help_text="The day in London.")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_findings", "See findings"),
            ("work_finding", "Open findings and answer them"),
            ("test_finding", "Test the answers that others gave to findings"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_label", "source_id", "opened_on"],
                condition=Q(kind="site_hit"),
                name="scrutiny_finding_once_a_site_and_day",
            ),
            models.CheckConstraint(name="scrutiny_finding_due_after_opening", condition=Q(due_at__gt=F("opened_at"))),
            models.CheckConstraint(
                name="scrutiny_finding_closed_by_somebody",
                condition=Q(status="open", closed_by__isnull=True, closed_at__isnull=True)
                | (~Q(status="open") & Q(closed_by__isnull=False, closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="scrutiny_finding_settled_by_another",
                condition=(~Q(status="settled") & Q(settled_by__isnull=True, settled_at__isnull=True))
                | (
                    Q(status="settled", settled_by__isnull=False, settled_at__isnull=False)
                    & ~Q(settled_by=F("closed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"finding {str(self.pk)[-8:]}: {self.title}"


class FindingNote(AppendOnly):
    """One step of the work on a finding, in words."""

    class Step(models.TextChoices):
        """What was done."""

        NOTED = "noted", "Noted"
        CLOSED = "closed", "Answered"
        REOPENED = "reopened", "Tested again: the answer does not hold"
        SETTLED = "settled", "Tested again: the answer holds"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="notes")
    step = models.CharField(max_length=10, choices=Step)
    words = models.CharField(max_length=1000)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = APPEND_ONLY
        constraints = [models.CheckConstraint(name="scrutiny_note_says_something", condition=~Q(words=""))]

    def __str__(self) -> str:
        return f"{self.get_step_display().lower()} by {self.noted_by}"
