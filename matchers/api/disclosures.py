"""Unsigned files over the API: taking one, and what was taken back from those that were. Taking and telling are for people."""

import json
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import generics, renderers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.actions.disclosures import MEDIA
from matchers.disclosed import files_of
from matchers.models import Disclosure, DisclosureTold
from matchers.views.disclosures import sent
from portal.idempotency import idempotent
from portal.policies import require

FILES = {(200, media.partition(";")[0]): OpenApiTypes.BINARY for media, _ in MEDIA.values()}


class _File(renderers.BaseRenderer):
    """Lets a caller ask for the kind of file; what is refused is told as JSON all the same."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """A problem."""
        return json.dumps(data, cls=JSONEncoder).encode()


class VoiFile(_File):
    media_type, format = "text/csv", "csv"


class TextFile(_File):
    media_type, format = "text/plain", "txt"


class YamlFile(_File):
    media_type, format = "application/yaml", "yaml"


class StixFile(_File):
    media_type, format = "application/stix+json", "stix"


class ListExportBody(serializers.Serializer):
    """As what, for whom and why."""

    form = serializers.ChoiceField(Disclosure.Form.choices)
    recipient = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=300)


class DisclosureSerializer(serializers.ModelSerializer):
    """An unsigned file that was taken: what it held, and what was taken back since. No plate."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    taken_by = serializers.CharField(source="taken_by.username", read_only=True)

    class Meta:
        model = Disclosure
        fields = ("id", "hotlist", "revision", "form", "recipient", "reason", "rows", "withheld", "sha256", "length",
                  "taken_by", "taken_at")  # fmt: skip


class DisclosureStandingSerializer(serializers.Serializer):
    """The file, and how it stands: nothing proves it forgotten. Counted up to what a search shows."""

    disclosure = DisclosureSerializer()
    is_provable = serializers.BooleanField(default=False, read_only=True)
    state = serializers.CharField(source="word")
    taken_back = serializers.IntegerField()
    untold = serializers.IntegerField()


class TakenBackSerializer(serializers.Serializer):
    """A row of the file that is no longer to be looked for, or not as it stands there."""

    country = serializers.CharField()
    vrm = serializers.CharField()
    ref = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    is_told = serializers.BooleanField()


class DisclosureOpenedSerializer(DisclosureStandingSerializer):
    """The same with the rows taken back."""

    rows_taken_back = TakenBackSerializer(many=True)


class RecipientToldBody(serializers.Serializer):
    """How the recipient was told; whether they say that no copy is left."""

    how = serializers.CharField(max_length=300)
    is_destroyed = serializers.BooleanField(default=False)


class RecipientToldSerializer(serializers.ModelSerializer):
    """That the recipient was told."""

    told_by = serializers.CharField(source="told_by.username", read_only=True)

    class Meta:
        model = DisclosureTold
        fields = ("id", "disclosure", "revision", "rows", "how", "is_destroyed", "told_by", "told_at")


class ListExport(APIView):
    """Takes what was last published of a list away as an unsigned file; recorded as disclosure."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    renderer_classes = (renderers.JSONRenderer, VoiFile, TextFile, YamlFile, StixFile)

    @extend_schema(request=ListExportBody, responses=FILES)
    def post(self, request: Request, slug: str) -> HttpResponseBase:
        """The file; `X-Disclosure` names its record."""
        hotlist = get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)
        given = ListExportBody(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        form = Disclosure.Form(facts.pop("form"))
        return sent(request, actions.export_list(hotlist, by=actor(request), form=form, **facts))


class _Seen(generics.GenericAPIView):
    permission_classes = (Has,)
    queryset = Disclosure.objects.select_related("hotlist", "taken_by")

    def get_queryset(self) -> QuerySet[Disclosure]:
        """Of lists that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        require(policies.may_view(actor(self.request)))
        return super().get_queryset().visible_to(actor(self.request))


class DisclosureList(_Seen, generics.ListAPIView):
    """Unsigned files that were taken, newest first."""

    machine_scopes = {"GET": ("read",)}
    serializer_class = DisclosureSerializer


class DisclosureDetail(_Seen):
    """One unsigned file, how it stands, and which of its rows were taken back; looking is on record. For people."""

    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=DisclosureOpenedSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The newest rows taken back, as many as a search shows."""
        disclosure = get_object_or_404(self.get_queryset(), pk=pk)
        rows = actions.open_disclosure(disclosure, by=actor(request))
        [file] = files_of([disclosure])
        body = DisclosureStandingSerializer(file).data | {"rows_taken_back": TakenBackSerializer(rows, many=True).data}
        return Response(body)


class Told(_Seen):
    """Notes that the recipient of a file was told of every row taken back until now."""

    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=RecipientToldBody, responses={201: RecipientToldSerializer})
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """What was noted; 409 when there was nothing to tell."""
        disclosure = get_object_or_404(self.get_queryset(), pk=pk)
        given = RecipientToldBody(data=request.data)
        given.is_valid(raise_exception=True)
        told = actions.tell_recipient(disclosure, by=actor(request), **given.validated_data)
        return Response(RecipientToldSerializer(told).data, status=status.HTTP_201_CREATED)
