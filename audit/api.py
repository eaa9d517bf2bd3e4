"""The log over the API. The purpose is given with each call, and recorded with it (R-063)."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import policies
from audit.actions import ask_to_verify, consult
from audit.exports import TYPE, Asked, asked_for, exported
from audit.forms import LogForm
from audit.models import Event, Verification, WitnessWord
from audit.purposes import Purpose
from audit.reading import in_words, narrowed
from audit.sentences import Told, tell
from portal.api import NewestFirst
from portal.policies import require


class EventSerializer(serializers.Serializer):
    """One event as the API tells it."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    operation = serializers.CharField()
    sentence = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.CharField()
    actor_kind = serializers.CharField()
    actor_id = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)
    correlation_id = serializers.CharField()
    commitment = serializers.CharField(help_text="SHA-256 over the salt and the words, in hexadecimal.")
    words = serializers.DictField(help_text="Empty where they were erased.")


class MayKnock(BasePermission):
    """People, whom the policy judges, and machines whose token carries a scope of the view."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """A token that was not given the scope is refused before the policy is asked."""
        if getattr(request.user, "actor_kind", "") == "machine":
            return any(request.auth.allow_scopes([scope]) for scope in view.machine_scopes.get(request.method, ()))
        return bool(request.user and request.user.is_authenticated)


PARAMETERS = [
    OpenApiParameter("purpose", str, required=True, enum=Purpose.values),
    *(
        OpenApiParameter(name, str)
        for name in ("who", "operation", "verb", "about", "plate", "country", "since", "until")
    ),
    OpenApiParameter("cursor", str),
    OpenApiParameter("page_size", int),
]


class EventPages(NewestFirst):
    """Newest first, `results` told as sentences."""

    page_size = 100


class EventList(APIView):
    """The log."""

    permission_classes = (MayKnock,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(parameters=PARAMETERS, responses=EventSerializer(many=True), operation_id="events_list")
    def get(self, request: Request) -> Response:
        """Newest first, narrowed as asked. Raises 422 without one of the four purposes."""
        require(policies.may_read_log(request.user))
        form = LogForm({name: value for name, value in request.query_params.items() if name in LogForm.base_fields})
        if not form.is_valid():
            raise ValidationError(form.errors)
        asked = form.cleaned_data
        plate = (asked["country"], asked["plate"]) if asked["plate"] else None
        purpose = request.query_params.get("purpose", "")
        consult(by=request.user, purpose=purpose, what=in_words(asked), plate=plate)
        pages = EventPages()
        events: list[Event] = pages.paginate_queryset(narrowed(asked, form.span), request, view=self) or []
        return pages.get_paginated_response([as_told(one) for one in tell(events, request.user)])


class ExportSerializer(serializers.Serializer):
    """What is taken out, for whom and for which of the four purposes."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    recipient = serializers.CharField(max_length=150)
    event = serializers.UUIDField(required=False, help_text="One event alone: the proof of it.")
    who = serializers.CharField(required=False)
    operation = serializers.CharField(required=False)
    verb = serializers.CharField(required=False)
    about = serializers.CharField(required=False)
    plate = serializers.CharField(required=False)
    country = serializers.CharField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class Export(APIView):
    """Part of the log, with what proves it. The format is in docs/log-export-format.md."""

    permission_classes = (MayKnock,)
    machine_scopes = {"POST": ("read",)}

    @extend_schema(
        request=ExportSerializer, responses={(200, TYPE): OpenApiTypes.BINARY}, operation_id="log_export_create"
    )
    def post(self, request: Request) -> HttpResponseBase:
        """The file, as lines of JSON. 400 without a purpose and a recipient, 409 while nothing is sealed."""
        require(policies.may_read_log(request.user))
        asked = ExportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        narrow = LogForm({name: value for name, value in request.data.items() if name in LogForm.base_fields})
        if not narrow.is_valid():
            raise ValidationError(narrow.errors)
        given = asked.validated_data
        events, what = asked_for(narrow, str(given.get("event", "")))
        return exported(request, events, narrow, Asked(what, given["purpose"], given["recipient"], request.user))


class LogVerificationSerializer(serializers.ModelSerializer):
    """One look at the whole log."""

    root = serializers.SerializerMethodField()

    class Meta:
        model = Verification
        fields = ["id", "after", "size", "root", "events", "ended", "checkpoints", "problems", "began_at", "ended_at"]

    def get_root(self, found: Verification) -> str:
        """In hexadecimal."""
        return bytes(found.root).hex()


class WitnessWordSerializer(serializers.ModelSerializer):
    """What a witness outside said of a checkpoint."""

    class Meta:
        model = WitnessWord
        fields = ["id", "witness", "size", "line", "time", "problem", "told"]


class WitnessList(APIView):
    """What witnesses outside said of how the log stood."""

    permission_classes = (MayKnock,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(responses=WitnessWordSerializer(many=True), operation_id="witnesses_list")
    def get(self, request: Request) -> Response:
        """Newest first: cosignatures, and that one has seen another log."""
        require(policies.may_read_log(request.user))
        pages = NewestFirst()
        found = pages.paginate_queryset(WitnessWord.objects.all(), request, view=self) or []
        return pages.get_paginated_response(WitnessWordSerializer(found, many=True).data)


class VerificationList(APIView):
    """Whether the log is what was sealed."""

    permission_classes = (MayKnock,)
    machine_scopes = {"GET": ("read",), "POST": ()}

    @extend_schema(responses=LogVerificationSerializer(many=True), operation_id="verifications_list")
    def get(self, request: Request) -> Response:
        """Each time that somebody looked, newest first."""
        require(policies.may_read_log(request.user))
        pages = NewestFirst()
        found = pages.paginate_queryset(Verification.objects.all(), request, view=self) or []
        return pages.get_paginated_response(LogVerificationSerializer(found, many=True).data)

    @extend_schema(
        request=inline_serializer("LookIntoLog", {"whole": serializers.BooleanField(default=False)}),
        responses={202: None}, operation_id="verifications_create",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """202: it is looked through soon, from the last good look or from zero."""
        ask_to_verify(by=request.user, whole=request.data.get("whole") in (True, "true"))
        return Response(status=status.HTTP_202_ACCEPTED)


def as_told(one: Told) -> dict[str, Any]:
    """One event as EventSerializer has it."""
    event = one.event
    plain = (
        "id",
        "at",
        "verb",
        "operation",
        "subject_kind",
        "subject_id",
        "actor_kind",
        "actor_id",
        "count",
        "correlation_id",
    )
    return {
        **{name: getattr(event, name) for name in plain},
        "sentence": one.sentence,
        "commitment": bytes(event.commitment).hex(),
        "words": dict(one.words),
    }
