"""What changed in a list since it was last published, so that a change costs what it is and not what the list is."""

import uuid

from django.db import models
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from hotlists.models.hotlists import Hotlist

FEW = 1_000  # plates, which are compared in no time


class UnpublishedQuerySet(models.QuerySet["Unpublished"]):
    """Which notes."""

    def ready_lists(self) -> list[uuid.UUID]:
        """Lists of which a few plates are noted and nothing else, the longest waiting first."""
        notes = self.order_by().values("hotlist").annotate(
            plates=Count("pk"), wholes=Count("pk", filter=Q(vrm="")), since=Min("pk")
        )  # fmt: skip
        return list(notes.filter(wholes=0, plates__lte=FEW).order_by("since").values_list("hotlist", flat=True)[:FEW])


class Unpublished(models.Model):
    """A note for the publisher: this plate of this list may have changed; without a plate, any may have.

    Written with the change and gone with the next publication. A list is compared as a whole from time to time all the same.
    """

    id = models.BigAutoField(primary_key=True)
    hotlist = models.ForeignKey(Hotlist, models.CASCADE, related_name="+")
    country = models.CharField(max_length=2, db_collation="C", blank=True)
    vrm = models.CharField(max_length=15, db_collation="C", blank=True)
    noted = models.DateTimeField(db_default=Now())

    objects = UnpublishedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"note {self.pk} for the publisher"
