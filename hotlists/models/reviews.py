"""Reviews: that somebody looked again."""

from django.db import models

from accounts.models import User
from hotlists.models.versions import EntryVersion
from portal.database import AppendOnly, append_only_triggers
from portal.ids import new_id


class Review(AppendOnly):
    """That somebody looked again and found the entry still right: moves review-by, within expiry (R-014)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey("hotlists.Entry", models.PROTECT, related_name="reviews")
    version = models.ForeignKey(EntryVersion, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    still_necessary = models.CharField(max_length=500)
    source_checked = models.CharField(max_length=200)
    review_by = models.DateTimeField(help_text="When the next review is due.")

    class Meta:
        ordering = ["reviewed_at"]
        triggers = append_only_triggers()
