"""Samples: a month's acts drawn by lot, each looked at by a person who had no hand in it (R-068, R-069)."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Q

from accounts.models import User
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id
from scrutiny import triggers
from scrutiny.models.findings import Finding
from standards.models import StandardsProfile


class Area(models.TextChoices):
    """What is sampled, and certified by the year."""

    AUTHORITY = "authority", "What was listed, and by whose authority"
    SEARCH = "search", "Who searched, and why"
    HIT = "hit", "Hits on what was no longer listed"


class SampleQuerySet(models.QuerySet["Sample"]):
    """Which samples."""

    def with_progress(self) -> "SampleQuerySet":
        """Adds `size` and `answered`: how many items, and to how many of them there is an answer."""
        done = Count("items", filter=Q(items__answers__isnull=False), distinct=True)
        return self.annotate(size=Count("items", distinct=True), answered=done)


class Sample(AppendOnly):
    """One month's lot. Drawing again from its month and seed gives the same items while the records are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.DateField(unique=True, help_text="Its first day; a month in London.")
    seed = models.CharField(max_length=64)
    profile = models.ForeignKey(StandardsProfile, models.PROTECT, related_name="+")
    population = models.JSONField(help_text="Area → of how many acts it was drawn.")
    due_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=150, help_text="In words: people and the clock do.")
    drawn_by_kind = models.CharField(max_length=20)
    drawn_by_id = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        permissions = [("work_sample", "Draw the monthly sample and work through it")]
        triggers = APPEND_ONLY
        constraints = [
            models.CheckConstraint(name="scrutiny_sample_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(name="scrutiny_sample_has_its_seed", condition=Q(seed__regex=r"^[0-9a-f]{32,64}$")),
        ]

    def __str__(self) -> str:
        return f"sample of {self.month:%B %Y}"


class SampleItemQuerySet(models.QuerySet["SampleItem"]):
    """Which items."""

    def unanswered(self) -> "SampleItemQuerySet":
        """Items that nobody has worked."""
        return self.filter(answers=None)

    def workable_by(self, user: User) -> "SampleItemQuerySet":
        """Items in which this person had no hand."""
        return self.exclude(hands__contains=[user.pk])

    def of_year(self, year: int) -> "SampleItemQuerySet":
        """Items of the samples of this year's months."""
        return self.filter(sample__month__gte=dt.date(year, 1, 1), sample__month__lt=dt.date(year + 1, 1, 1))


class SampleItem(AppendOnly):
    """One act that was drawn. Named, not pointed at: what it is about is erased in its own time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    area = models.CharField(max_length=10, choices=Area)
    why = models.CharField(
        max_length=150, help_text="By lot from which stratum, or because all of its kind are looked at."
    )
    subject_label = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    hands = ArrayField(models.IntegerField(), help_text="Whose act it was: none of them works it.")

    objects = SampleItemQuerySet.as_manager()

    class Meta:
        ordering = ["sample", "number"]
        triggers = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["sample", "number"], name="scrutiny_item_number_once"),
            models.UniqueConstraint(fields=["sample", "subject_label", "subject_id"], name="scrutiny_item_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"item {self.number} of the {self.sample}"


class SampleAnswer(AppendOnly):
    """What one person found of one item. A later answer corrects an earlier one; both stay."""

    class Found(models.TextChoices):
        """Of one question."""

        YES = "yes", "Yes"
        NO = "no", "No"
        NONE = "none", "Does not apply"

    QUESTIONS = ("has_authority", "is_reasoned", "is_proportionate", "has_outcome")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(SampleItem, models.PROTECT, related_name="answers")
    has_authority = models.CharField(max_length=4, choices=Found)
    is_reasoned = models.CharField(max_length=4, choices=Found)
    is_proportionate = models.CharField(max_length=4, choices=Found)
    has_outcome = models.CharField(max_length=4, choices=Found)
    words = models.CharField(max_length=1000)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="sample_answers")

    class Meta:
        ordering = ["id"]
        triggers = [*APPEND_ONLY, triggers.NOBODY_WORKS_THEIR_OWN]
        constraints = [
            models.CheckConstraint(name="scrutiny_answer_says_what", condition=~Q(words__regex=r"^\s*$")),
            models.CheckConstraint(  # what is bad is put right by somebody, by a day
                name="scrutiny_answer_bad_opens_a_finding",
                condition=Q(finding__isnull=False)
                | ~(Q(has_authority="no") | Q(is_reasoned="no") | Q(is_proportionate="no") | Q(has_outcome="no")),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.item}"

    @property
    def is_bad(self) -> bool:
        """Whether any question was answered with no."""
        return any(getattr(self, name) == self.Found.NO for name in self.QUESTIONS)
