"""Fields that several rooms' serializers share."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.authentication import actor
from hotlists.models import Hotlist
from hotlists.scope import POINTS, normalised


class VisibleHotlist(serializers.SlugRelatedField):
    """A list, named by its slug. One that the caller may not see answers exactly as one that does not exist."""

    def __init__(self, **kwargs):
        super().__init__("slug", queryset=Hotlist.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Hotlist]:
        """The serializer has to be given its request: without one there is nobody to see anything."""
        return Hotlist.objects.visible_to(actor(self.context["request"]))


class ScopeSerializer(serializers.Serializer):
    """Where and when a vehicle is looked for. What is left out limits nothing; an empty object: everywhere, always."""

    sites = serializers.ListField(child=serializers.CharField(max_length=30), required=False, max_length=500,
                                  help_text="References of camera sites. A read at one of these, or in one of `areas`.")  # fmt: skip
    areas = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=500)
    directions = serializers.ListField(child=serializers.ChoiceField(list(POINTS.items())), required=False, max_length=8,
                                       help_text="Towards which it drives. A read without a direction is not matched.")  # fmt: skip
    days = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7), required=False, max_length=7,
                                 help_text="1 for Monday to 7 for Sunday.")  # fmt: skip
    hours = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, max_length=2,
        help_text='From and until, such as ["22:00", "06:00"], Europe/London; past midnight it counts for the day it began.',
    )  # fmt: skip

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Kept as spelled in one way. A limit that is not understood is refused, never left out."""
        super().to_internal_value(data)
        try:
            return normalised(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, scope: dict[str, Any]) -> dict[str, Any]:
        """As it is kept."""
        return scope
