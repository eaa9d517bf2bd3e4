"""The log over the API. The purpose is given with each call, and recorded with it (R-063)."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import policies
from audit.actions import consult
from audit.forms import LogForm
from audit.models import Event
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
        return pages.get_paginated_response([_told(one) for one in tell(events)])


def _told(one: Told) -> dict[str, Any]:
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
