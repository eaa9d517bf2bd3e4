"""What changed in a list since it was last published, so that a change costs what it is and not what the list is."""

from django.db import models
from django.db.models.functions import Now

from hotlists.models.hotlists import Hotlist


class Unpublished(models.Model):
    """A note for the publisher: this plate of this list may have changed; without a plate, any may have.

    Written with the change and gone with the next publication. A list is compared as a whole from time to time all the same.
    """

    id = models.BigAutoField(primary_key=True)
    hotlist = models.ForeignKey(Hotlist, models.CASCADE, related_name="+")
    country = models.CharField(max_length=2, db_collation="C", blank=True)
    vrm = models.CharField(max_length=15, db_collation="C", blank=True)
    noted = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"note {self.pk} for the publisher"
