"""Deciding over the API: what waits for one, what was decided, and the decision itself, which is for people."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import Actor
from accounts.policies import holds
from hotlists import actions, policies
from hotlists.api.entries import READ, VersionSerializer, verb, visible_entry
from hotlists.api.looking import LookedAt
from hotlists.listing import OTHERS, queued
from hotlists.models import Decision, Entry, EntryVersion
from portal.api import NewestFirst, reason_given
from portal.policies import require
from standards.models import Priority


def _words(help_text: str) -> serializers.CharField:
    return serializers.CharField(max_length=1000, required=False, default="", allow_blank=True, help_text=help_text)


def _decide(entry: Entry, by: Actor, data: dict[str, Any]) -> None:
    number = data.pop("version", None)
    version = get_object_or_404(entry.versions, number=number) if number else entry.versions.latest("number")
    actions.decide(version, by=by, **data)  # type: ignore[arg-type] - the policy lets only people in


EntryDecide = verb(
    "Decide",
    {
        "version": serializers.IntegerField(
            required=False, min_value=1, max_value=2**31 - 1,
            help_text="The number of the version that was read, so that no later one is decided unread.",
        ),
        "verdict": serializers.ChoiceField(Decision.Verdict.choices),
        "necessity": _words("Asked of an approval."),
        "proportionality": _words("Asked of an approval."),
        "collateral_intrusion": _words("Asked of an approval."),
        "alternatives": _words("Asked of an approval."),
        "legal_gateway": serializers.ChoiceField(
            Decision.Gateway.choices, required=False, default="", allow_blank=True, help_text="Asked of an approval."
        ),
        "conditions": _words("Asked of an approval with conditions, and of no other."),
        "rationale": _words("Asked of a rejection and of sending back."),
    },
    _decide,
)  # fmt: skip


class EntryDecisionSerializer(serializers.ModelSerializer):
    """One person's decision of one version."""

    version = serializers.IntegerField(source="version.number", read_only=True)
    rank = serializers.CharField(source="get_rank_display", read_only=True, help_text="Held when it was decided.")

    class Meta:
        model = Decision
        fields = ("id", "version", "verdict", "decided_by", "decided_at", "rank", "necessity", "proportionality",
                  "collateral_intrusion", "alternatives", "legal_gateway", "conditions", "rationale")  # fmt: skip


class EntryDecisions(APIView):
    """The decisions of an entry's versions. Where two decide, none is shown before both have spoken."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=EntryDecisionSerializer(many=True), parameters=[OpenApiParameter("reason", str)])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Oldest first."""
        entry = actions.open_entry(visible_entry(request, pk), by=actor(request), justification=reason_given(request))
        found = Decision.objects.filter(version__entry=entry).open_to(actor(request)).select_related("version")
        return Response(EntryDecisionSerializer(found.order_by("decided_at"), many=True).data)


class WaitingSerializer(VersionSerializer):
    """A version that waits for a decision, the caller's or, with the reason, others'."""

    hotlist = serializers.SlugRelatedField("slug", source="entry.hotlist", read_only=True)
    deciders_needed = serializers.SerializerMethodField()
    why_not = serializers.SerializerMethodField(help_text="Why the caller does not decide it; empty where they may.")

    class Meta(VersionSerializer.Meta):
        fields = ("entry", "hotlist", "deciders_needed", "why_not", *VersionSerializer.Meta.fields)

    def get_deciders_needed(self, version: EntryVersion) -> int:
        """How many people decide it, each blind to the others."""
        return policies.deciders_needed(version)

    def get_why_not(self, version: EntryVersion) -> str:
        """As the page says it."""
        may = policies.may_decide(actor(self.context["request"]), version)
        return "" if may else may.reason


class QueueNarrowing(serializers.Serializer):
    """What narrows the queue, in the query; as the page's filter does."""

    show = serializers.ChoiceField([OTHERS], required=False, help_text="What others decide, in place of one's own.")
    priority = serializers.ChoiceField(Priority.choices, required=False)
    category = serializers.CharField(required=False, max_length=10)
    list = serializers.CharField(required=False, max_length=60, source="hotlist", help_text="The slug of a hotlist.")


class MostUrgentFirst(NewestFirst):
    """Pages of the queue, in the order in which it is decided."""

    ordering = "urgency"


class DecisionQueue(LookedAt):
    """Versions that wait for a decision, of lists that the caller may see."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    where = "the decision queue"
    serializer_class = WaitingSerializer
    pagination_class = MostUrgentFirst

    def get_queryset(self):
        """As the page shows them."""
        if getattr(self, "swagger_fake_view", False):
            return EntryVersion.objects.none()
        by = actor(self.request)
        require(holds(by, "hotlists.decide_entry"))
        asked = QueueNarrowing(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return queued(asked.validated_data, by=by).with_hands().select_related("entry__hotlist")

    @extend_schema(parameters=[QueueNarrowing])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the caller may decide (rank, independent of its authors), the most urgent first."""
        return super().get(request, *args, **kwargs)
