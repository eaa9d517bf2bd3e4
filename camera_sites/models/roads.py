"""The roads of the force's area, as somebody loaded them: a network at a time is in use."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class RoadNetwork(models.Model):
    """Roads out of one file. Read first and looked at; once somebody uses it, by it is judged which sites encircle a town."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=200, help_text="Where the roads are from, and their date.")
    stretches = models.PositiveIntegerField(help_text="Between two points of a road.")
    metres = models.PositiveBigIntegerField(help_text="Of road.")
    read_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    used_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    used_at = models.DateTimeField(null=True)
    idle_since = models.DateTimeField(null=True, help_text="Not in use: never yet, or since another is.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["idle_since"], name="camera_sites_one_road_network_in_use", condition=Q(idle_since=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="camera_sites_road_network_used_by_somebody",
                condition=Q(used_at=None, used_by=None, idle_since__isnull=False)
                | Q(used_at__isnull=False, used_by__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_use(self) -> bool:
        """Whether sites are judged by it."""
        return self.idle_since is None


class RoadStretch(AppendOnly):
    """Of a road of a network between two of its points, in degrees."""

    id = models.BigAutoField(primary_key=True)
    network = models.ForeignKey(RoadNetwork, models.PROTECT, related_name="+", db_index=False)
    north = models.FloatField()
    east = models.FloatField()
    to_north = models.FloatField()
    to_east = models.FloatField()
    road = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["network", "north"], name="camera_sites_road_by_north")]
        verbose_name_plural = "road stretches"

    def __str__(self) -> str:
        return self.road or "a road"
