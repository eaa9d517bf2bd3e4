"""Plates held back, recoveries, and what left a list, over the API: for people, and for the machine of the source."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions, policies
from hotlists.countries import CHOICES
from hotlists.models import Departure, FeedException, Hotlist, Recovery
from portal.idempotency import idempotent
from portal.policies import require

SOURCE = {"GET": ("write",), "POST": ("write",)}


class ExceptionSerializer(serializers.ModelSerializer):
    """A plate held back, as the API shows it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    held_back_by = serializers.CharField(source="holder", read_only=True)
    let_go_by = serializers.SerializerMethodField()
    source_knows = serializers.SerializerMethodField()
    is_confirmed_since = serializers.BooleanField(
        read_only=True, default=False,
        help_text="Lists only: the source confirmed it since, in a file of whoever held it back, so it stays.",
    )  # fmt: skip

    class Meta:
        model = FeedException
        fields = ("id", "hotlist", "country", "vrm", "cause", "reason", "from_at", "held_back_by", "to_at", "let_go_by",
                  "dropped_by", "reconfirmed_by", "lifted_because", "source_knows", "told_at", "is_confirmed_since")  # fmt: skip

    def get_let_go_by(self, exception: FeedException) -> str | None:
        """A person, or the source's machine."""
        who = exception.to_by or exception.to_machine
        return str(who) if who else None

    def get_source_knows(self, exception: FeedException) -> bool:
        """Because it was told, or said so itself."""
        return bool(exception.told_at or exception.from_machine_id or exception.from_load_id)


class NewExceptionSerializer(serializers.Serializer):
    """What to hold back, and why."""

    country = serializers.ChoiceField(CHOICES, required=False, default="GB")
    vrm = serializers.CharField(max_length=20)
    cause = serializers.ChoiceField(FeedException.Cause.choices, required=False, default=FeedException.Cause.OTHER)
    reason = serializers.CharField(max_length=500)


class RecoverySerializer(serializers.ModelSerializer):
    """A vehicle that was recovered."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Recovery
        fields = ("id", "hotlist", "country", "vrm", "occurred", "reference", "recorded_at")
        read_only_fields = ("id", "recorded_at")
        extra_kwargs = {"vrm": {"max_length": 20}, "reference": {"allow_blank": False, "required": True}}

    country = serializers.ChoiceField(CHOICES, required=False, default="GB")


class DepartureSerializer(serializers.ModelSerializer):
    """A row that left."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Departure
        fields = ("id", "hotlist", "country", "vrm", "ref", "why", "was_confirmed", "left_at", "load")


class ExceptionList(generics.ListAPIView):
    """Plates of a feed that are held back, newest first; POST holds one back."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    serializer_class = ExceptionSerializer

    def get_queryset(self) -> QuerySet:
        """Those of lists that the caller may see; with `ended`, those that were let go, too."""
        if getattr(self, "swagger_fake_view", False):
            return FeedException.objects.none()
        caller = actor(self.request)
        require(policies.may_look_at_loads(caller))
        found = FeedException.objects.filter(
            hotlist__in=Hotlist.objects.visible_to(caller), hotlist__slug=self.kwargs["slug"]
        ).with_confirmation()
        if self.request.query_params.get("ended") != "true":
            found = found.filter(to_at=None)
        return found.select_related("hotlist", "from_by", "from_machine", "to_by", "to_machine")

    def paginate_queryset(self, queryset: QuerySet) -> list[FeedException]:
        """A page of them; that it was shown is recorded."""
        shown = super().paginate_queryset(queryset)
        if shown:
            actions.look_at_exceptions(shown[0].hotlist, shown, by=actor(self.request))
        return shown

    @extend_schema(parameters=[OpenApiParameter("ended", bool)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is held back now."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewExceptionSerializer, responses={201: ExceptionSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Holds a plate back, at once and through every reload."""
        given = NewExceptionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.suspend_row(_feed(request, slug), by=actor(request), **given.validated_data)
        return Response(ExceptionSerializer(made).data, status=status.HTTP_201_CREATED)


class ExceptionLift(APIView):
    """Lets a plate go again."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    class ExceptionLiftBody(serializers.Serializer):
        """Why."""

        reason = serializers.CharField(max_length=500)

    @extend_schema(request=ExceptionLiftBody, responses=ExceptionSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """By another person than who held it back."""
        given = self.ExceptionLiftBody(data=request.data)
        given.is_valid(raise_exception=True)
        lifted = actions.lift(_exception(request, pk), by=actor(request), **given.validated_data)
        return Response(ExceptionSerializer(lifted).data)


class ExceptionReconfirm(APIView):
    """The source's machine confirms a row that it knows to be held back."""

    permission_classes = (Has,)
    machine_scopes = {"POST": ("write",)}
    people = False

    class ExceptionReconfirmBody(serializers.Serializer):
        """What the source checked."""

        reason = serializers.CharField(max_length=500)

    @extend_schema(request=ExceptionReconfirmBody, responses=ExceptionSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The row is in force again."""
        given = self.ExceptionReconfirmBody(data=request.data)
        given.is_valid(raise_exception=True)
        ended = actions.reconfirm(_exception(request, pk), by=actor(request), **given.validated_data)
        return Response(ExceptionSerializer(ended).data)


class ExceptionsToTell(APIView):
    """What a source has to be told: plates held back of which it does not know."""

    permission_classes = (Has,)
    machine_scopes = SOURCE

    @extend_schema(
        responses=inline_serializer("ToTell", {"results": ExceptionSerializer(many=True)}),
        operation_id="exceptions_to_tell",
    )
    def get(self, request: Request, slug: str) -> Response:
        """All of it. Each stays here until it is acknowledged; taking it is recorded as a disclosure."""
        untold = actions.take_untold(_feed_of_source(request, slug), by=actor(request))
        return Response({"results": ExceptionSerializer(untold, many=True).data})

    class ToldBody(serializers.Serializer):
        """Which the source knows of now."""

        exceptions = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)

    @extend_schema(
        request=ToldBody, operation_id="exceptions_told",
        responses=inline_serializer("Told", {"results": ExceptionSerializer(many=True)}),
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """Acknowledges them."""
        given = self.ToldBody(data=request.data)
        given.is_valid(raise_exception=True)
        told = actions.mark_told(_feed_of_source(request, slug), given.validated_data["exceptions"], by=actor(request))
        return Response({"results": ExceptionSerializer(told, many=True).data})


class RecoveryCreate(APIView):
    """Records that a listed vehicle was recovered."""

    permission_classes = (Has,)
    machine_scopes = {"POST": ("write",)}

    @extend_schema(request=RecoverySerializer, responses={201: RecoverySerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Its row is held back at once; the source is told, unless it is who says so."""
        given = RecoverySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.record_recovery(_feed_of_source(request, slug), by=actor(request), **given.validated_data)
        return Response(RecoverySerializer(made).data, status=status.HTTP_201_CREATED)


class DepartureList(generics.ListAPIView):
    """Rows that left a feed, newest first, each with why: dropped and weeded are not recovered."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    serializer_class = DepartureSerializer

    def get_queryset(self) -> QuerySet:
        """Of lists that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Departure.objects.none()
        caller = actor(self.request)
        require(policies.may_look_at_departures(caller))
        return Departure.objects.visible_to(caller).filter(hotlist__slug=self.kwargs["slug"]).select_related("hotlist")

    def paginate_queryset(self, queryset: QuerySet) -> list[Departure]:
        """A page of them; that it was shown is recorded."""
        shown = super().paginate_queryset(queryset)
        if shown:
            actions.look_at_departures(shown[0].hotlist, shown, by=actor(self.request))
        return shown


def _feed(request: Request, slug: str) -> Hotlist:
    return get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)


def _feed_of_source(request: Request, slug: str) -> Hotlist:
    """A list whose source the machine speaks for, or that the person may see."""
    hotlist = get_object_or_404(Hotlist.objects.filter(kind=Hotlist.Kind.FEED), slug=slug)
    policies.require_sight_of_feed(actor(request), hotlist)
    return hotlist


def _exception(request: Request, pk: uuid.UUID) -> FeedException:
    return get_object_or_404(FeedException.objects.visible_to(actor(request)).select_related("hotlist"), pk=pk)
