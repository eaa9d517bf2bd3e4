"""Searching the lists for a plate, over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from hotlists import actions
from hotlists.api.entries import EntrySerializer
from hotlists.api.feeds import FeedRowSerializer
from hotlists.models import Entry


class PlateSearch(APIView):
    """Searches the lists for a plate: asks for a reason, and is recorded."""

    permission_classes = (Has,)

    class PlateSearchBody(serializers.Serializer):
        """What is searched for, and why."""

        plate = serializers.CharField(max_length=20)
        country = serializers.CharField(max_length=2, required=False, allow_null=True, default=None)
        reason = serializers.CharField(max_length=300)

    class PlateSearchAnswer(serializers.Serializer):
        """What lists hold of the plate."""

        entries = EntrySerializer(many=True)
        feed_rows = FeedRowSerializer(many=True)

    @extend_schema(request=PlateSearchBody, responses=PlateSearchAnswer)
    def post(self, request: Request) -> Response:
        """The entries found, newest first, and the rows of feeds."""
        given = self.PlateSearchBody(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        found = actions.search_plate(data["plate"], by=actor(request), reason=data["reason"], country=data["country"])
        keys = [entry.pk for entry in found.entries]
        shown = Entry.objects.filter(pk__in=keys).with_latest_version().with_force(timezone.now()).order_by("-id")
        return Response(self.PlateSearchAnswer({"entries": shown, "feed_rows": found.rows}).data)
