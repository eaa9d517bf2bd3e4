"""What people decided of an entry, and the stretches of time that follow from it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from accounts.models import SignIn, User
from hotlists import triggers
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import StandardsProfile
from standards.ranks import Rank


class Decision(AppendOnly):
    """One person's decision of one version, in their own session, with the rank they held at that moment (R-040)."""

    class Verdict(models.TextChoices):
        """What was decided."""

        APPROVE = "approve", "Approve"
        REJECT = "reject", "Reject"
        RETURN = "return", "Send back for changes"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField(choices=Rank)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+")
    rationale = models.CharField(max_length=1000)
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["decided_at"]
        triggers = [*append_only_triggers(), triggers.DECISION_BY_ANOTHER_OF_RANK]
        constraints = [
            models.UniqueConstraint(fields=["version", "decided_by"], name="hotlists_decision_once_a_person"),
            models.CheckConstraint(name="hotlists_decision_says_why", condition=~Q(rationale="")),
        ]


class TermQuerySet(models.QuerySet["Term"]):
    """Which terms."""

    def governing(self, at: dt.datetime) -> "TermQuerySet":
        """Terms that were the entry's latest word at this moment."""
        return self.filter(from_at__lte=at).filter(Q(until_at__isnull=True) | Q(until_at__gt=at))

    def running(self, at: dt.datetime) -> "TermQuerySet":
        """Terms that have started and not lapsed at this moment."""
        return self.filter(starts_at__lte=at, lapses_at__gt=at)


class Term(models.Model):
    """A stretch of time in which one approved version governs its entry, with the dates that end it.

    Approval and review each close the open term and open another, so that `in_force` is right for any past moment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="terms")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="terms")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    review_by = models.DateTimeField()
    expires_at = models.DateTimeField()
    emergency_ends_at = models.DateTimeField(null=True)
    lapses_at = models.GeneratedField(
        expression=Least("expires_at", "review_by", "emergency_ends_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    app_may_update = ("until_at",)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["from_at"]
        triggers = [triggers.TERM_OF_AN_APPROVED_VERSION, triggers.TERM_ENDS_ONCE]
        indexes = [models.Index(fields=["lapses_at"], name="hotlists_term_by_lapse")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(until_at__isnull=True), name="hotlists_term_one_open"
            ),
            models.CheckConstraint(
                name="hotlists_term_ends_after_start",
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
            ),
            models.CheckConstraint(
                name="hotlists_term_reviewed_within_life", condition=Q(review_by__lte=F("expires_at"))
            ),
        ]


class Review(AppendOnly):
    """That somebody looked again and found the entry still right: moves review-by, within expiry (R-014)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="reviews")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    still_necessary = models.CharField(max_length=500)
    source_checked = models.CharField(max_length=200)
    review_by = models.DateTimeField(help_text="When the next review is due.")

    class Meta:
        ordering = ["reviewed_at"]
        triggers = append_only_triggers()


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
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind"], condition=Q(to_at__isnull=True), name="hotlists_suspension_one_open"
            ),
            models.CheckConstraint(
                name="hotlists_suspension_lifted_by_somebody",
                condition=Q(to_at__isnull=True, to_by__isnull=True) | Q(to_at__isnull=False, to_by__isnull=False),
            ),
        ]
