"""Hits over the API: matchers report them; people answer them with the same verbs as the pages."""

import uuid
from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import Actor, MachineClient
from accounts.policies import holds
from camera_sites.sight import Sight
from hits import actions, policies
from hits.actions.reports import Report
from hits.limits import Limits
from hits.models import Acknowledgement, Hit, Outcome, Verification
from hotlists.api.fields import ScopeSerializer, VisibleHotlist
from matcher_client import vrm as plates
from matcher_client.scope import direction_of
from portal.api import reason_given
from portal.errors import Refused
from portal.policies import require
from standards.models import Priority


class ReportSerializer(serializers.Serializer):
    """What a matcher reports: the row that matched as it held it, and the read."""

    reference = serializers.CharField(max_length=100, help_text="The matcher's own; the same again is the same hit.")
    hotlist = serializers.CharField(max_length=33, help_text="The list's role in the publication.")
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    country = serializers.CharField(max_length=2)
    vrm = serializers.CharField(max_length=15)
    ref = serializers.CharField(max_length=100, allow_blank=True)
    version = serializers.CharField(max_length=100, allow_blank=True)
    vrm_read = serializers.CharField(max_length=30)
    country_read = serializers.CharField(max_length=3, allow_null=True, required=False, default=None)
    site = serializers.CharField(max_length=60)
    camera = serializers.CharField(max_length=60, allow_blank=True, default="")
    direction = serializers.CharField(
        max_length=20,
        allow_null=True,
        allow_blank=True,
        required=False,
        default=None,
        help_text="As the scope was judged by; null or empty: not known.",
    )
    captured_at = serializers.DateTimeField()
    confidence = serializers.FloatField(min_value=0, max_value=1)

    def validate_vrm_read(self, typed: str) -> str:
        """As plates are compared (R-150)."""
        try:
            return plates.normalise(typed)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate_direction(self, words: str | None) -> str:
        """A point of the compass; what names none counts as not known."""
        return direction_of(words)

    def validate_country_read(self, sign: str | None) -> str:
        """ISO 3166-1; a sign that is none counts as not read (decision 18)."""
        try:
            return plates.country_code(sign) if sign else ""
        except ValueError:
            return ""


class AcknowledgementSerializer(serializers.ModelSerializer):
    """Who took the hit on."""

    acknowledged_by = serializers.StringRelatedField()

    class Meta:
        model = Acknowledgement
        fields = ("acknowledged_by", "acknowledged_at")


class VerificationSerializer(serializers.ModelSerializer):
    """What a named person compared."""

    verified_by = serializers.StringRelatedField()

    class Meta:
        model = Verification
        fields = ("plate", "country", "vehicle", "source", "result", "words", "verified_by", "verified_at")
        read_only_fields = ("verified_at",)


class OutcomeSerializer(serializers.ModelSerializer):
    """How the hit ended."""

    recorded_by = serializers.StringRelatedField()

    class Meta:
        model = Outcome
        fields = ("decision", "reason", "was_stopped", "result", "had_force", "had_complaint", "words", "settled_with",
                  "recorded_by", "recorded_at")  # fmt: skip


class HitSerializer(serializers.ModelSerializer):
    """A hit, how it stands and what was made of it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    matcher = serializers.StringRelatedField()
    site = serializers.SerializerMethodField(help_text="For those who may not see sites, the area it stands in.")
    camera = serializers.CharField(source="camera_ref", read_only=True)
    urgency = serializers.IntegerField(read_only=True, help_text="0 high and escalated, 1 high, 2 medium, 3 low.")
    sightings = serializers.IntegerField(read_only=True, help_text="Open ones of the vehicle in the window (R-059).")
    is_escalated = serializers.BooleanField(read_only=True)
    is_overdue = serializers.BooleanField(read_only=True)
    is_held = serializers.BooleanField(read_only=True, help_text="Kept past its period for a case (R-081).")
    answer_due_at = serializers.DateTimeField(read_only=True)
    acknowledgement = AcknowledgementSerializer(read_only=True, allow_null=True, default=None)
    verification = VerificationSerializer(read_only=True, allow_null=True, default=None)
    outcome = OutcomeSerializer(read_only=True, allow_null=True, default=None)

    scope = ScopeSerializer(read_only=True)

    class Meta:
        model = Hit
        fields = (
            "id", "hotlist", "entry", "version", "revision", "matcher", "country", "vrm", "country_read", "vrm_read",
            "category", "action", "priority", "markers", "action_text", "contact", "response", "scope",
            "last_verified_at", "site", "camera", "direction", "captured_at", "received_at", "confidence",
            "cautions", "urgency", "sightings", "is_escalated", "is_overdue", "is_held", "answer_due_at",
            "acknowledgement", "verification", "outcome",
        )  # fmt: skip

    def get_site(self, hit: Hit) -> str:
        """As exact as the page: where cameras stand is for those who may see sites."""
        return hit.site_ref if hit.site is None or self._sight.names(hit.site) else hit.site.area

    def to_representation(self, hit: Hit) -> dict[str, Any]:
        """The camera's reference names its site."""
        told = super().to_representation(hit)
        return told if hit.site is None or self._sight.names(hit.site) else told | {"camera": ""}

    @property
    def _sight(self) -> Sight:
        if "sight" not in self.context:  # asked once for a list
            self.context["sight"] = Sight.of(self.context["request"].user)
        return self.context["sight"]


class FilterSerializer(serializers.Serializer):
    """What narrows the list of hits."""

    plate = serializers.CharField(max_length=20, required=False, help_text="Needs `reason`.")
    reason = serializers.CharField(max_length=200, required=False)
    hotlist = VisibleHotlist(required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False)
    state = serializers.ChoiceField(["open", "closed", "caution"], required=False)
    since = serializers.DateField(required=False)


REPORTED = inline_serializer("HitReported", {"id": serializers.UUIDField()})


class HitList(generics.ListAPIView):
    """Hits of the lists that the caller may see; a matcher POSTs what it matched."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",), "POST": ("matcher",)}
    serializer_class = HitSerializer

    def get_queryset(self):
        """Newest first; looking is recorded."""
        if getattr(self, "swagger_fake_view", False):
            return Hit.objects.none()
        asked = FilterSerializer(data=self.request.GET, context={"request": self.request})
        asked.is_valid(raise_exception=True)
        found = actions.past_hits(by=actor(self.request), **asked.validated_data)
        now = timezone.now()
        return found.with_urgency(now, Limits.in_force(now)).with_story()

    @extend_schema(parameters=[FilterSerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hits, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=ReportSerializer, responses={201: REPORTED, 200: REPORTED})
    def post(self, request: Request) -> Response:
        """Reports a hit: 201, or 200 when this reference was reported before."""
        machine = actor(request)
        if not isinstance(machine, MachineClient):
            raise Refused("Only a matcher reports hits.")
        given = ReportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        hit, is_new = actions.report(Report(role=facts.pop("hotlist"), **facts), by=machine)
        return Response({"id": hit.pk}, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class WithheldHits(APIView):
    """How many hits the suppression lists withheld that the caller keeps: a number, and nothing of what was seen."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(
        responses=inline_serializer(
            "WithheldCount", {"hotlist": serializers.CharField(), "count": serializers.IntegerField()}, many=True
        ),
        operation_id="hits_withheld",
    )
    def get(self, request: Request) -> Response:
        """One for each list that they keep; none for anybody else."""
        require(holds(actor(request), "hotlists.view_entries"))
        counts = Hit.objects.withheld_counts(actor(request))
        return Response([{"hotlist": slug, "count": count} for slug, count in counts.items()])


class HitDetail(APIView):
    """One hit; opening it is recorded."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(responses=HitSerializer, parameters=[OpenApiParameter("reason", str)])
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The hit as it stands."""
        hit = actions.open_hit(_hit(request, pk), by=actor(request), justification=reason_given(request))
        return Response(HitSerializer(hit, context={"request": request}).data)


def _hit(request: Request, pk: uuid.UUID) -> Hit:
    who, now = actor(request), timezone.now()
    require(policies.may_see(who))
    hits = Hit.objects.visible_to(who).with_urgency(now, Limits.in_force(now)).with_story()
    return get_object_or_404(hits, pk=pk)


def _verb(name: str, fields: dict[str, serializers.Field], act: Callable[[Hit, Actor, dict[str, Any]], object]):
    """A view for one verb on a hit: the body's fields, and what it does with (hit, who calls, body)."""
    shape = type(inline_serializer(f"Hit{name}Body", fields))

    class View(APIView):
        """Does it, and shows the hit as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=shape, responses=HitSerializer, operation_id=f"hits_{name.lower()}")
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)
            act(_hit(request, pk), actor(request), dict(given.validated_data))
            return Response(HitSerializer(_hit(request, pk), context={"request": request}).data)

    View.__name__ = View.__qualname__ = f"Hit{name}"
    return View


def _words() -> serializers.CharField:
    return serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


def _with_earlier() -> serializers.BooleanField:
    return serializers.BooleanField(default=False, help_text="The vehicle's earlier open sightings too.")


HitAcknowledge = _verb(
    "Acknowledge", {"with_earlier": _with_earlier()}, lambda hit, by, data: actions.acknowledge(hit, by=by, **data)
)
HitVerify = _verb(
    "Verify",
    {
        "plate": serializers.ChoiceField(Verification.Compared.choices),
        "country": serializers.ChoiceField(Verification.Compared.choices),
        "vehicle": serializers.ChoiceField(Verification.Compared.choices),
        "source": serializers.ChoiceField(Verification.Source.choices),
        "result": serializers.ChoiceField(Verification.Result.choices),
        "words": _words(),
    },
    lambda hit, by, data: actions.verify(hit, by=by, **data),
)
HitOutcome = _verb(
    "Outcome",
    {
        "decision": serializers.ChoiceField(Outcome.Decision.choices),
        "reason": serializers.ChoiceField(Outcome.NotDeployed.choices, required=False, default="", allow_blank=True),
        "was_stopped": serializers.BooleanField(default=False),
        "had_force": serializers.BooleanField(default=False),
        "had_complaint": serializers.BooleanField(default=False),
        "result": serializers.ChoiceField(Outcome.Result.choices, required=False, default="", allow_blank=True),
        "words": _words(),
        "with_earlier": _with_earlier(),
    },
    lambda hit, by, data: actions.record_outcome(hit, by=by, **data),
)
