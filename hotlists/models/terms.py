"""The stretches of time in which versions govern their entries, and what was narrowed in them."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from accounts.models import User
from hotlists import triggers
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id
from standards.models import Action


class TermQuerySet(models.QuerySet["Term"]):
    """Which terms."""

    def governing(self, at: dt.datetime) -> "TermQuerySet":
        """Terms that were the entry's latest word at this moment."""
        return self.filter(from_at__lte=at).filter(Q(until_at__isnull=True) | Q(until_at__gt=at))

    def running(self, at: dt.datetime) -> "TermQuerySet":
        """Terms that have started and not lapsed at this moment."""
        return self.filter(starts_at__lte=at, lapses_at__gt=at)


class Term(models.Model):
    """A stretch of time in which one approved version governs its entry: what of it holds, and the dates that end it.

    Approval, review and narrowing each close the open term and open another, so that `in_force` is right for any past
    moment. What a term asks for is what its version asks for, or less.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="terms")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="terms")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    action = models.CharField(max_length=20, choices=Action)
    markers = ArrayField(models.CharField(max_length=4), default=list)
    scope = models.JSONField(default=dict, blank=True)
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
        triggers = [triggers.TERM_OF_AN_APPROVED_VERSION, triggers.TERM_ENDS_ONCE, triggers.TERM_WITHIN_SIZE]
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
            models.CheckConstraint(
                name="hotlists_term_scope_is_sound",
                condition=models.Func(
                    F("scope"), function="public.hotlists_scope_is_sound", output_field=models.BooleanField()
                ),
            ),
            models.CheckConstraint(name="hotlists_term_asks_for_something", condition=Q(action__in=Action.values)),
        ]


class Narrowing(AppendOnly):
    """That one person made less of an entry at once, and why. What became less stands in the term it began."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="narrowings")
    term = models.OneToOneField(Term, models.PROTECT, related_name="narrowing")
    narrowed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    narrowed_at = models.DateTimeField()
    what = models.CharField(max_length=300, help_text="What became less, in words: “Stop → Assess”.")
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["narrowed_at"]
        triggers = append_only_triggers()
        constraints = [models.CheckConstraint(name="hotlists_narrowing_says_why", condition=~Q(reason=""))]
