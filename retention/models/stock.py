"""What is kept, by class, as it stood on a day."""

from django.db import models

from portal.database import APPEND_ONLY, AppendOnly
from portal.ids import new_id


class Stocktake(AppendOnly):
    """How each kind of record stood against its period at a moment: how many there are, the disk they take, how old the oldest
    is, what is late and what soon goes. Counts and dates only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=150)
    lines = models.JSONField(help_text="By class that is erased on its own; see `retention.stock`.")
    outlook = models.PositiveSmallIntegerField(help_text="How many days ahead it looked.")
    bytes = models.PositiveBigIntegerField(help_text="The whole database.")
    late = models.PositiveBigIntegerField(
        help_text="Records past their period for longer than the grace, by no one's leave."
    )
    waiting = models.PositiveBigIntegerField(
        help_text="Records past their period that go only when a person releases them."
    )

    class Meta:
        ordering = ["-id"]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"stocktake {str(self.pk)[-8:]}"
