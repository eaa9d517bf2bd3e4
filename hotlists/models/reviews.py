"""Reviews: that somebody looked again; and how often an entry was hit, which they look at."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from hotlists import triggers
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class Review(AppendOnly):
    """That somebody looked again at an entry, what they found and what came of it (R-014; domain.md 5.4)."""

    class Decision(models.TextChoices):
        """What came of it."""

        RENEW = "renew", "Renew: it is still right as it is"
        AMEND = "amend", "Amend: write a new version"
        DOWNGRADE = "downgrade", "Narrow: less is enough"
        REMOVE = "remove", "Remove: it is no longer needed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="reviews")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, help_text="When it was due; later than that, it was out of force.")
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    is_necessary = models.BooleanField(default=True)
    is_accurate = models.BooleanField(default=True)
    is_proportionate = models.BooleanField(default=True)
    still_necessary = models.CharField(max_length=500, help_text="Why, in words that no earlier review used.")
    source_system = models.CharField(max_length=20, blank=True)
    source_as_of = models.DateTimeField(null=True, help_text="When the source was asked.")
    source_checked = models.CharField(max_length=200, help_text="What the source said.")
    hits_since_last = models.PositiveIntegerField(default=0)
    outcomes_since_last = models.JSONField(default=dict, help_text="How those hits ended, and how many so.")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.RENEW)
    review_by = models.DateTimeField(help_text="When the next review is due.")

    class Meta:
        ordering = ["reviewed_at"]
        triggers = [
            *append_only_triggers(),
            triggers.REVIEW_BY_ANOTHER_IN_OTHER_WORDS,
            triggers.NOBODY_REVIEWS_THEIR_OWN,
        ]
        constraints = [
            models.CheckConstraint(
                name="hotlists_review_renews_what_is_right",
                condition=~Q(decision="renew") | Q(is_necessary=True, is_accurate=True, is_proportionate=True),
            ),
            models.CheckConstraint(
                name="hotlists_review_removes_what_is_needless", condition=Q(is_necessary=True) | Q(decision="remove")
            ),
            models.CheckConstraint(
                name="hotlists_review_amends_what_is_inaccurate",
                condition=Q(is_accurate=True) | Q(decision__in=["amend", "remove"]),
            ),
        ]


class HitTally(models.Model):
    """How often matchers reported one entry, and how those hits ended; kept by whoever takes the hits in."""

    entry = models.OneToOneField("hotlists.Entry", models.PROTECT, primary_key=True, related_name="hit_tally")
    hits = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict, help_text="Outcome → how many hits.")

    def __str__(self) -> str:
        return f"{self.hits} hits on {self.entry}"
