"""What matchers prove: challenges, signed receipts, and recalls that only a right answer closes."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hotlists.models import Hotlist
from matchers.models.matchers import Matcher
from matchers.models.publications import PublishedRow
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class Challenge(models.Model):
    """A question to which only who holds the rows knows the answer. One open at a time; answered, it is gone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matcher = models.ForeignKey(Matcher, models.CASCADE, related_name="challenges")
    hotlist = models.ForeignKey(Hotlist, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    nonce = models.BinaryField(max_length=32)
    buckets = ArrayField(models.PositiveIntegerField())
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matcher", "hotlist"], name="matchers_challenge_one_open")]


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Which receipts."""

    def right(self) -> "ReceiptQuerySet":
        """Those that proved what they said."""
        return self.filter(is_right=True)

    def latest_each(self) -> "ReceiptQuerySet":
        """The newest for each matcher and list."""
        return self.order_by("matcher_id", "hotlist_id", "-id").distinct("matcher_id", "hotlist_id")

    def given_by(self, at: dt.datetime) -> "ReceiptQuerySet":
        """Those given up to a past moment: with `right().latest_each()`, what each matcher provably held then."""
        return self.filter(received_at__lte=at)


class Receipt(AppendOnly):
    """A matcher's signed statement of what it holds, and whether it was right."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matcher = models.ForeignKey(Matcher, models.PROTECT, related_name="receipts", db_index=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="+", db_index=False)
    revision = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    nonce = models.BinaryField(max_length=32)
    buckets = models.JSONField(help_text="Bucket -> what was answered.")
    signature = models.CharField(max_length=128)
    is_right = models.BooleanField()
    wrong_buckets = ArrayField(models.PositiveIntegerField(), default=list)
    applied_at = models.DateTimeField()
    received_at = models.DateTimeField()
    log = models.TextField(blank=True, help_text="The longest checkpoint of our log that the matcher has seen.")
    is_log_ours = models.BooleanField(
        null=True, help_text="Whether that is how our log stood; empty when it told of none."
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        triggers = APPEND_ONLY
        ordering = ["-id"]
        indexes = [models.Index(fields=["matcher", "hotlist", "-id"], name="matchers_receipt_by_copy")]

    def __str__(self) -> str:
        return f"receipt of {self.matcher} for revision {self.revision} of {self.hotlist}"


class RecallQuerySet(models.QuerySet["Recall"]):
    """Which recalls."""

    def of_entry(self, hotlist_id: object, ref: str) -> "RecallQuerySet":
        """Recalls of what was published for one entry, or one source reference."""
        return self.filter(row__hotlist_id=hotlist_id, row__ref=ref)


class Recall(AppendOnly):
    """That a row which matchers may hold is no longer to be looked for, or not as it stood (R-018)."""

    class Reason(models.TextChoices):
        """Why the row was taken back."""

        REMOVED = "removed", "Removed"
        CORRECTED = "corrected", "Corrected"
        LAPSED = "lapsed", "Lapsed"

    id = models.BigAutoField(primary_key=True)
    row = models.OneToOneField(PublishedRow, models.PROTECT, related_name="recall")
    revision = models.PositiveIntegerField(help_text="The first revision without the row.")
    reason = models.CharField(max_length=10, choices=Reason)
    opened_at = models.DateTimeField()

    objects = RecallQuerySet.as_manager()

    class Meta:
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["opened_at"], name="matchers_recall_by_opening")]

    def __str__(self) -> str:
        return f"recall of a row of {self.row.hotlist}"


class RecallHolderQuerySet(models.QuerySet["RecallHolder"]):
    """Which copies under recall."""

    def open(self) -> "RecallHolderQuerySet":
        """Copies not yet proved forgotten."""
        return self.filter(closed_at=None)

    def open_since(self, moment: dt.datetime) -> "RecallHolderQuerySet":
        """Copies not proved forgotten though they were recalled before this moment."""
        return self.open().filter(recall__opened_at__lt=moment)


class RecallHolder(models.Model):
    """One matcher's copy of a recalled row: open until a right answer for the row's bucket proves it gone."""

    id = models.BigAutoField(primary_key=True)
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="holders")
    matcher = models.ForeignKey(Matcher, models.PROTECT, related_name="recalled_copies", db_index=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    receipt_id = models.UUIDField(
        null=True, help_text="The receipt that proved it; no key, since receipts go by month."
    )

    objects = RecallHolderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["matcher", "hotlist"], condition=Q(closed_at__isnull=True), name="matchers_holder_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["recall", "matcher"], name="matchers_holder_once"),
            models.CheckConstraint(
                name="matchers_holder_closed_by_a_receipt",
                condition=Q(closed_at__isnull=True, receipt_id__isnull=True)
                | Q(closed_at__isnull=False, receipt_id__isnull=False),
            ),
        ]
