"""What is missing from an entry, over the API: the same words as in its author's form."""

import uuid

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from hotlists import actions, alerts, quality, warnings
from hotlists.models import Entry
from hotlists.steps import labelled, step_of
from portal.api import reason_given


class MissingSerializer(serializers.Serializer):
    """One thing to do, at its field and in its step of the form."""

    field = serializers.CharField()
    step = serializers.CharField()
    label = serializers.CharField()
    detail = serializers.CharField()


class EntryWarningSerializer(serializers.Serializer):
    """One thing to know of its plate; `answered` names it by its fingerprint."""

    code = serializers.CharField(help_text="Of a warninglist its id.")
    words = serializers.CharField()
    refuses = serializers.BooleanField(help_text="Somebody of rank has to let the plate through.")
    fingerprint = serializers.CharField()


class EntryQualitySerializer(serializers.Serializer):
    """Whether it may be submitted, what is missing, and what an officer would read at a hit."""

    is_ready = serializers.BooleanField()
    missing = MissingSerializer(many=True)
    warnings = EntryWarningSerializer(many=True)
    alert = serializers.CharField()


class EntryQuality(APIView):
    """What is missing from the latest version before it may be submitted."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(responses=EntryQualitySerializer, operation_id="entries_quality")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """By the same rules that submitting asks. It shows what the entry says, so it is recorded as opening it is."""
        entry = get_object_or_404(Entry.objects.visible_to(actor(request)).select_related("hotlist"), pk=pk)
        actions.open_entry(entry, by=actor(request), justification=reason_given(request))
        version = entry.versions.select_related("profile").latest("number")
        version.entry = entry
        missing = [
            {"field": field, "step": step_of(field).slug, "label": label, "detail": words}
            for field, label, words in labelled(quality.problems(version, at=timezone.now(), by=actor(request)))
        ]
        found = warnings.of(version.vrm, version.country, timezone.now()) if version.vrm else []
        told = [warned.told(version.plate) for warned in found]
        return Response({"is_ready": not missing, "missing": missing, "warnings": told, "alert": alerts.text(version)})
