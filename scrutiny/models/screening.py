"""Signals: what an indicator found that looks like misuse, and what a person made of it (R-070)."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Actor, User
from portal.ids import new_id
from scrutiny import triggers
from scrutiny.models.findings import Finding
from standards.models import StandardsProfile


class SignalQuerySet(models.QuerySet["Signal"]):
    """Which signals."""

    def open(self) -> "SignalQuerySet":
        """Signals that nobody has judged."""
        return self.filter(status=Signal.Status.OPEN)

    def visible_to(self, actor: Actor) -> "SignalQuerySet":
        """All but those about oneself: who is looked at is not told so by the portal, and judges nothing of it."""
        if not isinstance(actor, User):
            return self
        return self.exclude(Q(who=actor, who__isnull=False) | Q(other=actor, other__isnull=False))

    def overdue(self, at: dt.datetime, within: dt.timedelta) -> "SignalQuerySet":
        """Signals that have waited for longer than this."""
        return self.open().filter(opened_at__lte=at - within)


class Signal(models.Model):
    """That acts of one kind came together in a way that may be misuse. It suggests; a person decides. Names no vehicle."""

    class Status(models.TextChoices):
        """What people made of it."""

        OPEN = "open", "To be judged"
        TAKEN_UP = "taken_up", "Taken up as a finding"
        DISMISSED = "dismissed", "Dismissed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    indicator = models.CharField(max_length=40, help_text="Which of scrutiny.indicators found it.")
    matter = models.CharField(max_length=200, help_text="What makes acts of this indicator one matter.")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    who = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Whose acts they are.")
    other = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Who else had a part.")
    plate_hash = models.CharField(max_length=64, blank=True, help_text="The keyed hash under which the log knows it.")
    about_label = models.CharField(max_length=80, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    act_label = models.CharField(max_length=80, help_text="The kind of record that the acts behind it are.")
    acts = ArrayField(models.UUIDField(), help_text="The newest of the acts behind it.")
    count = models.PositiveIntegerField(help_text="How many acts are behind it.")
    from_at = models.DateTimeField(help_text="The first of them.")
    until_at = models.DateTimeField(help_text="The last of them: what was told so far is not told again.")
    opened_at = models.DateTimeField()
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    judged_words = models.CharField(max_length=1000, blank=True)
    finding = models.OneToOneField(Finding, models.PROTECT, null=True, related_name="signal")

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_signals", "See signs of misuse and the acts behind them"),
            ("judge_signal", "Take up a sign of misuse, or dismiss it"),
        ]
        triggers = [triggers.JUDGED_ONCE]
        indexes = [models.Index(fields=["indicator", "matter"], name="scrutiny_signal_by_matter")]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "matter"], condition=Q(status="open"), name="scrutiny_signal_one_open_a_matter"
            ),
            models.CheckConstraint(
                name="scrutiny_signal_acts_in_order", condition=Q(from_at__lte=F("until_at"), count__gte=1)
            ),
            models.CheckConstraint(
                name="scrutiny_signal_judged_by_somebody_with_words",
                condition=Q(status="open", judged_by__isnull=True, judged_at__isnull=True, judged_words="")
                | (
                    ~Q(status="open")
                    & Q(judged_by__isnull=False, judged_at__isnull=False)
                    & ~Q(judged_words__regex=r"^\s*$")
                ),
            ),
            models.CheckConstraint(
                name="scrutiny_signal_judged_by_nobody_in_it",
                condition=Q(judged_by__isnull=True)
                | ((Q(who__isnull=True) | ~Q(judged_by=F("who"))) & (Q(other__isnull=True) | ~Q(judged_by=F("other")))),
            ),
            models.CheckConstraint(
                name="scrutiny_signal_taken_up_has_its_finding",
                condition=Q(status="taken_up", finding__isnull=False)
                | (~Q(status="taken_up") & Q(finding__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"signal {str(self.pk)[-8:]}"
