"""What a source has to be reminded of, and how long lists took to let go, over the API."""

import datetime as dt

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions, policies
from hotlists.latency import removals
from hotlists.models import FeedRow, Hotlist
from portal.policies import require
from standards.models import StandardsProfile


class ReminderSerializer(serializers.ModelSerializer):
    """A report that its source had to confirm by now."""

    class Meta:
        model = FeedRow
        fields = ("country", "vrm", "ref", "reported_at", "expires_at")


class Reminders(APIView):
    """Reports that the source of a list had to confirm by now; for who loads it, and for the machine of the source."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("write",)}

    @extend_schema(
        responses=inline_serializer("ToRemind", {"results": ReminderSerializer(many=True)}), operation_id="to_remind"
    )
    def get(self, request: Request, slug: str) -> Response:
        """The oldest first, at most as many as one export takes; taking them is recorded as a disclosure."""
        hotlist = get_object_or_404(Hotlist.objects.filter(kind=Hotlist.Kind.FEED), slug=slug)
        policies.require_sight_of_feed(actor(request), hotlist)
        taken = actions.take_reminders(hotlist, by=actor(request))
        return Response({"results": ReminderSerializer(taken, many=True).data})


class RemovalTimesSerializer(serializers.Serializer):
    """The removals of one list in one month: from what happened to the end of the entry."""

    hotlist = serializers.CharField(source="slug")
    month = serializers.DateField(help_text="Its first day.")
    count = serializers.IntegerField()
    late = serializers.IntegerField(help_text="That took longer than the aim.")
    median_seconds = serializers.SerializerMethodField()
    ninety_fifth_seconds = serializers.SerializerMethodField()
    worst_seconds = serializers.SerializerMethodField()

    def get_median_seconds(self, row) -> int:
        """Half took no longer."""
        return int(row.median.total_seconds())

    def get_ninety_fifth_seconds(self, row) -> int:
        """Of a hundred 95 took no longer."""
        return int(row.ninety_fifth.total_seconds())

    def get_worst_seconds(self, row) -> int:
        """The longest."""
        return int(row.worst.total_seconds())


class RemovalTimes(APIView):
    """How long lists took to let go, by month and list (R-024). It names no vehicle."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(
        parameters=[OpenApiParameter("list", str, description="The slug of a hotlist.")],
        responses=RemovalTimesSerializer(many=True), operation_id="removal_times",
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Of the last twelve months, newest first."""
        require(policies.may_see_removals(actor(request)))
        now = timezone.now()
        aim = dt.timedelta(hours=StandardsProfile.objects.in_force(now).number("removal.target"))
        slug = request.query_params.get("list", "")[:60].replace("\0", "")
        return Response(RemovalTimesSerializer(removals(actor(request), now, aim, hotlist=slug), many=True).data)
