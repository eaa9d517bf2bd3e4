"""The standards in force: a versioned profile of numbers and categories that two people adopt (R-001)."""

import datetime as dt
import re

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When

from portal.ids import new_id
from standards.matrix import Likelihood, LocationType, Purpose, name_of
from standards.ranks import Rank


class Action(models.TextChoices):
    """What an officer is asked to do on a hit (R-013)."""

    STOP = "STOP", "Stop"
    ASSESS = "ASSESS", "Assess"
    OBSERVE_REPORT = "OBSERVE_REPORT", "Observe and report"
    SILENT = "SILENT", "Silent"


class Priority(models.TextChoices):
    """How soon a hit must be answered (R-013)."""

    HIGH = "HIGH", "High"
    MEDIUM = "MEDIUM", "Medium"
    LOW = "LOW", "Low"


# What a category may ask of an entry beside what every entry says: the entry's field, and its words. Standards stand below
# hotlists, so a test there holds that these are its fields.
ENTRY_FIELDS = {
    "body": "body type",
    "area": "area",
    "grading": "intelligence grade (3x5x2)",
    "marker_source": "source of the markers",
    "markers": "warning markers",
    "missing_risk": "missing person’s risk grade",
    "ripa_ref": "directed-surveillance reference",
}


class ProfileQuerySet(models.QuerySet["StandardsProfile"]):
    """Which profiles."""

    def in_force(self, at: dt.datetime) -> "StandardsProfile":
        """The profile that governs at this moment. Raises DoesNotExist when none does."""
        adopted = self.filter(effective_from__lte=at).filter(Q(is_delivered=True) | Q(adopted_at__lte=at))
        return adopted.latest("effective_from")


class StandardsProfile(models.Model):
    """One edition of the numbers that NASPLE, the law and the force set. A new edition is a change of data, not of code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    effective_from = models.DateTimeField()
    source = models.CharField(max_length=300)
    is_delivered = models.BooleanField(default=False, help_text="Came with the portal, before anyone could adopt it.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        permissions = [("adopt_profile", "Adopt a standards profile that somebody else proposed")]
        constraints = [
            models.CheckConstraint(
                name="standards_profile_proposed_by_somebody",
                condition=Q(is_delivered=True) | Q(proposed_by__isnull=False, proposed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="standards_profile_adopted_by_another",
                condition=Q(adopted_by__isnull=True, adopted_at__isnull=True)
                | (Q(adopted_by__isnull=False, adopted_at__isnull=False) & ~Q(adopted_by=F("proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def number(self, key: str) -> int:
        """The number under this key, in the unit its row states. Raises Number.DoesNotExist for a key of no edition."""
        return self._numbers().filter(key=key).latest("own_first").value

    def numbers_under(self, prefix: str) -> dict[str, "Number"]:
        """Key -> number, of all whose key begins so."""
        return {number.key: number for number in self._numbers().filter(key__startswith=prefix).order_by("own_first")}

    def likelihood(self, location_type: str, purpose: str) -> Likelihood:
        """How likely a camera site of this kind is justified by this purpose (R-112); an edition without a matrix of its own
        keeps the delivered one."""
        cells = MatrixCell.objects.filter(location_type=location_type, purpose=purpose)
        own = Case(When(profile=self, then=1), default=0, output_field=models.SmallIntegerField())
        cells = cells.filter(Q(profile=self) | Q(profile__is_delivered=True)).annotate(own_first=own)
        return Likelihood(cells.latest("own_first").likelihood)

    def _numbers(self) -> models.QuerySet["Number"]:
        """Its own, and for rules that came after it was adopted the delivered edition's: two people judged the numbers that
        there were, nobody judged a new one away, and a rule that has no number would stop everything it governs."""
        own = Case(When(profile=self, then=1), default=0, output_field=models.SmallIntegerField())
        return Number.objects.filter(Q(profile=self) | Q(profile__is_delivered=True)).annotate(own_first=own)

    def changes_from(self, other: "StandardsProfile") -> list[tuple[str, str, str]]:
        """(what, there, here) in words, for every number and every fact of a category that differs."""
        return (
            self._numbers_changed_from(other) + self._categories_changed_from(other) + self._matrix_changed_from(other)
        )

    def _matrix_changed_from(self, other: "StandardsProfile") -> list[tuple[str, str, str]]:
        there = {cell.name: cell.get_likelihood_display() for cell in other.matrix.all()}
        return [
            (str(cell), there.get(cell.name, ""), cell.get_likelihood_display())
            for cell in self.matrix.all()
            if there.get(cell.name) != cell.get_likelihood_display()
        ]

    def _categories_changed_from(self, other: "StandardsProfile") -> list[tuple[str, str, str]]:
        there = {category.code: category for category in other.categories.all()}
        changes = []
        for category in sorted(self.categories.all(), key=lambda one: one.code):
            before = there[category.code].in_words() if category.code in there else {}
            for label, now in category.in_words().items():
                if before.get(label, "") != now:
                    changes.append((f"{category.name} ({category.code}): {label}", before.get(label, ""), now))
        return changes

    def _numbers_changed_from(self, other: "StandardsProfile") -> list[tuple[str, str, str]]:
        there = {number.key: f"{number.value} {number.unit}" for number in other.numbers.all()}
        here = [
            (number.key, number.meaning, f"{number.value} {number.unit}")
            for number in sorted(self.numbers.all(), key=lambda one: one.key)
        ]
        return [(meaning, there.get(key, ""), now) for key, meaning, now in here if there.get(key) != now]


class Number(models.Model):
    """One threshold of a profile, such as the days between reviews."""

    profile = models.ForeignKey(StandardsProfile, models.CASCADE, related_name="numbers")
    key = models.SlugField(max_length=60)
    value = models.IntegerField()
    unit = models.CharField(max_length=20)
    meaning = models.CharField(max_length=200)
    source = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "key"], name="standards_number_once_a_profile")]

    def __str__(self) -> str:
        return f"{self.meaning}: {self.value} {self.unit}"


class Category(models.Model):
    """A kind of vehicle of interest, with the limits that its entries keep (domain.md 3.2)."""

    profile = models.ForeignKey(StandardsProfile, models.CASCADE, related_name="categories")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    max_expiry_hours = models.PositiveIntegerField(help_text="Longest life of an entry, in hours (R-015).")
    review_hours = models.PositiveIntegerField(help_text="Longest time between reviews, in hours (R-014).")
    decider_rank = models.PositiveSmallIntegerField(choices=Rank)
    deciders = models.PositiveSmallIntegerField(default=1)
    default_action = models.CharField(max_length=20, choices=Action)
    default_priority = models.CharField(max_length=10, choices=Priority)
    is_feed = models.BooleanField(default=False, help_text="Rows come from a source system; no decision a row.")
    is_suppression = models.BooleanField(
        default=False, help_text="Alerts on these vehicles are withheld: only for lists that are never published."
    )
    needs_missing_risk = models.BooleanField(default=False)
    required_fields = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text="What an entry must say beside the usual."
    )
    reference_patterns = ArrayField(
        models.CharField(max_length=50),
        default=list,
        blank=True,
        help_text="How its reference may look: # is a number, * is anything, the rest stands for itself. None: any.",
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["profile", "code"], name="standards_category_once_a_profile"),
            models.CheckConstraint(
                name="standards_category_reviewed_within_life", condition=Q(review_hours__lte=F("max_expiry_hours"))
            ),
            models.CheckConstraint(name="standards_category_has_deciders", condition=Q(deciders__gte=1)),
            models.CheckConstraint(
                name="standards_category_feed_or_suppression", condition=Q(is_feed=False) | Q(is_suppression=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def in_words(self) -> dict[str, str]:
        """What may differ between editions, as (label, words)."""
        return {
            label: "yes" if value is True else "no" if value is False else value
            for label, value in {
                "name": self.name,
                "longest life": f"{self.max_expiry_hours} hours",
                "reviewed at least every": f"{self.review_hours} hours",
                "decided by": self.get_decider_rank_display(),
                "deciders": str(self.deciders),
                "usual action": self.get_default_action_display(),
                "usual priority": self.get_default_priority_display(),
                "loaded from a source": self.is_feed,
                "withholds alerts": self.is_suppression,
                "asks for a missing person’s risk": self.needs_missing_risk,
                "must say": ", ".join(ENTRY_FIELDS.get(name, name) for name in self.required_fields) or "nothing more",
                "reference looks like": " or ".join(self.reference_patterns) or "anything",
                "note": self.note or "none",
            }.items()
        }

    def accepts_reference(self, reference: str) -> bool:
        """Whether a source reference looks as this category asks; any does where it asks nothing (R-049)."""
        return not self.reference_patterns or any(
            re.fullmatch(_as_regex(pattern), reference.strip(), re.IGNORECASE) for pattern in self.reference_patterns
        )


class MatrixCell(models.Model):
    """One cell of the national justification matrix: how likely a purpose justifies cameras at a kind of place (R-112)."""

    profile = models.ForeignKey(StandardsProfile, models.CASCADE, related_name="matrix")
    location_type = models.CharField(max_length=12, choices=LocationType)
    purpose = models.CharField(max_length=30, choices=Purpose)
    likelihood = models.CharField(max_length=1, choices=Likelihood)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "location_type", "purpose"], name="standards_matrix_cell_once_a_profile"
            ),
            models.CheckConstraint(
                name="standards_matrix_cell_says_v_m_or_e", condition=Q(likelihood__in=["V", "M", "E"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_location_type_display()}, {self.purpose_words[:1].lower()}{self.purpose_words[1:]}"

    @property
    def purpose_words(self) -> str:
        """Its column's heading."""
        return str(self.get_purpose_display())

    @property
    def name(self) -> str:
        """What it is called where an edition names it."""
        return name_of(self.location_type, self.purpose)


def _as_regex(pattern: str) -> str:
    wild = {"#": "[0-9]+", "*": ".+"}
    return "".join(wild.get(letter, re.escape(letter)) for letter in pattern)
