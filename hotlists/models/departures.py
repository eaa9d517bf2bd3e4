"""What left a list that a source fills, and why: dropped and weeded are not recovered (R-023)."""

from django.db import models
from django.db.models import Q

from accounts.models import Actor, MachineClient, User
from hotlists.models.hotlists import Hotlist
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class Recovery(AppendOnly):
    """Somebody entitled, or the source, says that a vehicle was recovered. Nothing else makes one "recovered" (R-023)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="recoveries")
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    occurred = models.DateTimeField(help_text="When the vehicle was recovered.")
    reference = models.CharField(max_length=100, blank=True, help_text="The crime, incident or recovery record.")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_machine = models.ForeignKey(MachineClient, models.PROTECT, null=True, related_name="+")
    load = models.ForeignKey(
        "hotlists.Load", models.PROTECT, null=True, related_name="recoveries", help_text="The file that said so."
    )
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
        indexes = [models.Index(fields=["hotlist", "vrm", "country"], name="hotlists_recovery_of_plate")]
        constraints = [
            models.CheckConstraint(
                name="hotlists_recovery_told_by_one",
                condition=Q(recorded_by__isnull=False, recorded_machine__isnull=True, load__isnull=True)
                | Q(recorded_by__isnull=True, recorded_machine__isnull=False, load__isnull=True)
                | Q(recorded_by__isnull=True, recorded_machine__isnull=True, load__isnull=False),
            ),
            models.CheckConstraint(
                name="hotlists_recovery_not_ahead", condition=Q(occurred__lte=models.F("recorded_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"recovery {str(self.pk)[-8:]} on {self.hotlist.title}"

    @property
    def plate(self) -> tuple[str, str]:
        """Country and normalised plate."""
        return self.country, self.vrm


class StagedRecovery(models.Model):
    """A vehicle that a file calls recovered, while the file waits for its decision."""

    load = models.ForeignKey("hotlists.Load", models.CASCADE, related_name="staged_recoveries")
    country = models.CharField(max_length=2)
    vrm = models.CharField(max_length=15)
    occurred = models.DateTimeField()

    def __str__(self) -> str:
        return f"staged recovery {self.pk}"


class DepartureQuerySet(models.QuerySet["Departure"]):
    """Which departures."""

    def visible_to(self, actor: Actor) -> "DepartureQuerySet":
        """Of lists that this person may see."""
        return self.filter(hotlist__in=Hotlist.objects.visible_to(actor))


class Departure(AppendOnly):
    """A row that left a list. Written by the merge that removed it, or by the job that weeds."""

    class Why(models.TextChoices):
        """What it left for."""

        DROPPED = "dropped", "Dropped by its source"
        WEEDED = "weeded", "Weeded"
        RECOVERED = "recovered", "Recovered"

    hotlist = models.ForeignKey(Hotlist, models.PROTECT, related_name="departures")
    country = models.CharField(max_length=2, db_collation="C")
    vrm = models.CharField(max_length=15, db_collation="C")
    ref = models.CharField(max_length=50, db_collation="C", blank=True)
    why = models.CharField(max_length=10, choices=Why)
    was_confirmed = models.BooleanField(null=True, help_text="Of lists with a life cycle; null of others (R-022).")
    left_at = models.DateTimeField(help_text="When it was no longer looked for.")
    load = models.ForeignKey("hotlists.Load", models.PROTECT, null=True, related_name="departures")

    objects = DepartureQuerySet.as_manager()

    class Meta:
        ordering = ["-left_at", "-id"]
        triggers = append_only_triggers()
        indexes = [models.Index(fields=["hotlist", "-left_at", "-id"], name="hotlists_departure_newest")]

    def __str__(self) -> str:
        return f"departure {self.pk} from {self.hotlist.title}"
