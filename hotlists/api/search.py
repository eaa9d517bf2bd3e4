"""Searching the lists for plates, over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions
from hotlists.api.entries import EntrySerializer
from hotlists.api.feeds import FeedRowSerializer
from hotlists.forms.search import LIKENESSES
from hotlists.patterns import Likeness


class MatchedVersionSerializer(serializers.Serializer):
    """A version of an entry that fits what was searched for."""

    number = serializers.IntegerField()
    vrm = serializers.CharField()
    country = serializers.CharField()
    governs = serializers.BooleanField(help_text="Whether this version is the entry's latest word.")


class FoundEntrySerializer(EntrySerializer):
    """An entry, and which of its versions fit."""

    matched = MatchedVersionSerializer(many=True)
    matches_now = serializers.BooleanField(help_text="False when only an earlier version of the entry fits.")

    class Meta(EntrySerializer.Meta):
        fields = (*EntrySerializer.Meta.fields, "matched", "matches_now")


class PlateSearchBody(serializers.Serializer):
    """What is searched for, and why."""

    plate = serializers.CharField(max_length=30, help_text="`?` is one unknown character, `*` any number of them.")
    likeness = serializers.ChoiceField(LIKENESSES, required=False, default=Likeness.EXACT.value)
    country = serializers.CharField(max_length=2, required=False, allow_null=True, default=None)
    reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="",
        help_text="May be left out while a stated reason stands (`reasons/`).",
    )  # fmt: skip

    def validate_likeness(self, given: str) -> Likeness:
        """As the action takes it."""
        return Likeness(given)

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes, with the plate first."""
        given = dict(self.validated_data)
        return {"typed": given.pop("plate"), **given}


class PlateSearchAnswer(serializers.Serializer):
    """What lists hold of the plate."""

    entries = FoundEntrySerializer(many=True)
    feed_rows = FeedRowSerializer(many=True, source="rows")
    has_more_entries = serializers.BooleanField(help_text="More entries fit than are shown.")
    has_more_feed_rows = serializers.BooleanField(
        source="has_more_rows", help_text="More rows of feeds fit than are shown."
    )
    only_known_forms = serializers.BooleanField(
        help_text="The pattern left so much open that only marks of a form known in the United Kingdom were looked for."
    )


class PlateSearch(APIView):
    """Searches the lists for a plate, for part of one, or for what looks like one: asks for a reason, and is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=PlateSearchBody, responses=PlateSearchAnswer)
    def post(self, request: Request) -> Response:
        """The entries found, newest first, and the rows of feeds, by plate."""
        given = PlateSearchBody(data=request.data)
        given.is_valid(raise_exception=True)
        found = actions.search_plate(by=actor(request), **given.asked)
        return Response(PlateSearchAnswer(found).data)
