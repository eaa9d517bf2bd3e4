"""Versions of assessments over the API: brought in from a file, taken away as one, compared."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from camera_sites import actions, policies
from camera_sites.api.dpias import COVERT, READ, DpiaDetailSerializer, dpia_of, told
from camera_sites.dpia_contents import differences
from camera_sites.dpia_exchange import document
from camera_sites.papers import printed
from camera_sites.text_documents import written
from portal.idempotency import idempotent
from portal.policies import require


class DifferenceSerializer(serializers.Serializer):
    """One section, or one cell of a register, that two versions write differently."""

    what = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class BetweenSerializer(serializers.Serializer):
    """Which two versions are compared."""

    old = serializers.IntegerField(min_value=1, max_value=99_999)
    new = serializers.IntegerField(min_value=1, max_value=99_999)


class ImportSerializer(serializers.Serializer):
    """A document to begin with: one exported by a portal, or by the CNIL's PIA tool."""

    ref = serializers.SlugField(max_length=40)
    title = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)
    is_covert = serializers.BooleanField(required=False, help_text=COVERT)
    document = serializers.JSONField()


class DpiaImport(APIView):
    """A new draft from a document."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=ImportSerializer, responses={201: DpiaDetailSerializer}, operation_id="dpias_import")
    @idempotent
    def post(self, request: Request) -> Response:
        """What has no section here is kept as `left_over` of the version."""
        given = ImportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = actions.import_dpia(by=actor(request), **given.validated_data)
        return Response(told(version.dpia_id), status=status.HTTP_201_CREATED)


class DpiaDocument(APIView):
    """One version as a document (docs/dpia.schema.json)."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="dpias_document")
    def get(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Its content, the digest of that, and what was judged."""
        dpia = dpia_of(request, pk)
        require(policies.may_open_registry(actor(request)))
        return Response(document(get_object_or_404(dpia.versions.select_related("dpia"), number=number)))


class DpiaPdf(APIView):
    """One version on paper, tagged so that a screen reader follows it."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(
        parameters=[OpenApiParameter("for", str, enum=["public"], description="As the public may read it")],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY}, operation_id="dpias_pdf",
    )  # fmt: skip
    def get(self, request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
        """The PDF. 503 where this machine cannot make any."""
        dpia = dpia_of(request, pk)
        require(policies.may_open_registry(actor(request)))
        version = get_object_or_404(dpia.versions.select_related("dpia"), number=number)
        return printed(version, request.query_params.get("for") == "public")


class DpiaOdt(APIView):
    """One version as an OpenDocument text, for an office program."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(
        parameters=[OpenApiParameter("for", str, enum=["public"], description="As the public may read it")],
        responses={(200, "application/vnd.oasis.opendocument.text"): OpenApiTypes.BINARY}, operation_id="dpias_odt",
    )  # fmt: skip
    def get(self, request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
        """The document."""
        dpia = dpia_of(request, pk)
        require(policies.may_open_registry(actor(request)))
        version = get_object_or_404(dpia.versions.select_related("dpia"), number=number)
        return written(version, request.query_params.get("for") == "public")


class DpiaDifferences(APIView):
    """Two versions of one assessment, field by field."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(
        parameters=[BetweenSerializer], responses=DifferenceSerializer(many=True), operation_id="dpias_differences"
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What `new` writes otherwise than `old`."""
        dpia = dpia_of(request, pk)
        require(policies.may_open_registry(actor(request)))
        asked = BetweenSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        old, new = (get_object_or_404(dpia.versions, number=asked.validated_data[name]) for name in ("old", "new"))
        rows = [
            {"what": what, "before": str(before), "after": str(after)} for what, before, after in differences(old, new)
        ]
        return Response(DifferenceSerializer(rows, many=True).data)
