"""Periods of the schedule over the API: what was changed, changing it, the other office's yes or no."""

import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from portal.idempotency import idempotent
from portal.policies import require
from retention import actions, policies
from retention.api import READ, ReasonSerializer
from retention.models import PeriodChange


class PeriodSerializer(serializers.ModelSerializer):
    """A change of a period; `version` numbers the rule once it is in force."""

    list_id = serializers.UUIDField(required=False, allow_null=True)
    months = serializers.IntegerField(min_value=1, max_value=1200)

    class Meta:
        model = PeriodChange
        validators = ()  # the action says what waits already
        fields = ("id", "label", "list_id", "list_name", "months", "months_before", "version", "status", "reason", "proposed_by",
                  "proposed_as", "proposed_at", "decided_by", "decided_as", "decided_at", "decision_reason")  # fmt: skip
        read_only_fields = ("id", "list_name", "months_before", "version", "status", "proposed_by", "proposed_as", "proposed_at",
                            "decided_by", "decided_as", "decided_at", "decision_reason")  # fmt: skip


class PeriodList(generics.ListAPIView):
    """Changes of periods, newest first; POST makes one: shorter holds at once, longer waits for the other office."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = PeriodSerializer

    def get_queryset(self):
        """All of them."""
        if getattr(self, "swagger_fake_view", False):
            return PeriodChange.objects.none()
        require(policies.may_see_runs(actor(self.request)))
        return PeriodChange.objects.all()

    @extend_schema(request=PeriodSerializer, responses={201: PeriodSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A change."""
        require(policies.may_change_periods(actor(request)))
        given = PeriodSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        change = actions.change_period(facts.pop("label"), by=actor(request), **facts)
        return Response(PeriodSerializer(change).data, status=status.HTTP_201_CREATED)


class PeriodAgree(APIView):
    """The other office's yes."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=PeriodSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The longer period governs from now on."""
        require(policies.may_see_runs(actor(request)))
        change = actions.agree_period(get_object_or_404(PeriodChange, pk=pk), by=actor(request))
        return Response(PeriodSerializer(change).data)


class PeriodDecline(APIView):
    """The other office's no, or the proposer's second thought."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=ReasonSerializer, responses=PeriodSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """With the reason."""
        require(policies.may_see_runs(actor(request)))
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        change = actions.decline_period(
            get_object_or_404(PeriodChange, pk=pk), by=actor(request), **given.validated_data
        )
        return Response(PeriodSerializer(change).data)
