"""What the quality gate keeps from matchers, row by row, and why (R-016)."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Actor
from hotlists.models import Hotlist, Suspension
from portal.database import AppendOnly, append_only_triggers

WHY = {
    "unapproved": "Waits for approval",
    "overdue": "Overdue for review",
    "expired": "Expired",
    "emergency_ended": "Never confirmed in writing",
    **dict(Suspension.Kind.choices),
    "held_back": "Held back by a person",
    "duplicate": "Said more than once by its source",
}


class RefusalQuerySet(models.QuerySet["Refusal"]):
    """Which refusals."""

    def standing(self) -> "RefusalQuerySet":
        """Those that hold now."""
        return self.filter(until_at=None)

    def by_reason(self) -> list[tuple[str, str, int]]:
        """How many for each reason that there is: reason, words, number."""
        counts = dict(self.order_by().values_list("reason").annotate(models.Count("pk")))
        return [(reason, words, counts[reason]) for reason, words in WHY.items() if counts.get(reason)]

    def visible_to(self, actor: Actor) -> "RefusalQuerySet":
        """Of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))


class Refusal(AppendOnly):
    """One row that a list holds and that is not published, for one reason, as long as that holds."""

    id = models.BigAutoField(primary_key=True)  # written by the thousand, inside the database
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=100, db_collation="C", help_text="The entry, or the reference of its source.")
    reason = models.CharField(max_length=20, choices=WHY)
    since_at = models.DateTimeField(help_text="When it was found.")
    until_at = models.DateTimeField(null=True, help_text="When it was found to hold no more.")

    app_may_update = ("until_at",)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers(app_may_update=("until_at",))
        indexes = [models.Index(fields=["hotlist", "reason", "country", "vrm"], name="matchers_refusal_by_reason")]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist", "country", "vrm", "ref", "reason"],
                condition=Q(until_at__isnull=True),
                name="matchers_refusal_once",
            ),
            models.CheckConstraint(
                name="matchers_refusal_ends_after_start",
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("since_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} in {self.hotlist}"
