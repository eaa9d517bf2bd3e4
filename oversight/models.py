"""What oversight writes: the releases of public figures."""

from django.db import models

from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class TransparencyRelease(AppendOnly):
    """The public figures as they stood at one moment, small numbers already suppressed (R-137, R-138)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    released_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        get_latest_by = "released_at"
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"figures of {self.released_at:%d %B %Y, %H:%M}"
