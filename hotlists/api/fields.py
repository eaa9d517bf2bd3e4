"""Fields that several rooms' serializers share."""

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.authentication import actor
from hotlists.models import Hotlist


class VisibleHotlist(serializers.SlugRelatedField):
    """A list, named by its slug. One that the caller may not see answers exactly as one that does not exist."""

    def __init__(self, **kwargs):
        super().__init__("slug", queryset=Hotlist.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Hotlist]:
        """The serializer has to be given its request: without one there is nobody to see anything."""
        return Hotlist.objects.visible_to(actor(self.context["request"]))
