"""Files of sites over the API: read, looked at, proposed; taken away."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has
from camera_sites import actions
from camera_sites.forms.exchange import FORMATS
from camera_sites.models import CameraSite, SiteImport
from portal.idempotency import idempotent


class SiteImportSerializer(serializers.ModelSerializer):
    """A file that was read: its rows, what is wrong with each, and what it would change of a site that is known."""

    class Meta:
        model = SiteImport
        fields = ("id", "file_name", "rows", "problems", "changes", "made_at", "applied_at")


SitesFile = inline_serializer(
    "SitesFile",
    {"file_name": serializers.CharField(max_length=100), "content": serializers.CharField(trim_whitespace=False)},
)
SitesWanted = inline_serializer(
    "SitesWanted",
    {
        "form": serializers.ChoiceField([name for name, _ in FORMATS]),
        "reason": serializers.CharField(max_length=500),
        "recipient": serializers.CharField(
            max_length=150,
            required=False,
            allow_blank=True,
            help_text="The person and body who are given it; empty: the caller.",
        ),
    },
)


class SitesImport(APIView):
    """Reading a file of sites, CSV or GeoJSON. Nothing is proposed or changed by it."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=SitesFile, responses={201: SiteImportSerializer}, operation_id="camera_sites_import_read")
    @idempotent
    def post(self, request: Request) -> Response:
        """Its rows, each with its problems; those of known sites with what differs."""
        given = type(SitesFile)(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        made = actions.read_import(by=request.user, content=data["content"].encode(), file_name=data["file_name"])
        return Response(SiteImportSerializer(made).data, status=status.HTTP_201_CREATED)


class SitesImportDetail(APIView):
    """What a file would propose and change. POST does all of it, or nothing."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=SiteImportSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """As it was read."""
        return Response(SiteImportSerializer(get_object_or_404(SiteImport, pk=pk, made_by=request.user)).data)

    @extend_schema(request=None, responses=SiteImportSerializer, operation_id="camera_sites_import_apply")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Every site with its cameras."""
        made = get_object_or_404(SiteImport, pk=pk, made_by=request.user)
        actions.apply_import(made, by=request.user)
        made.refresh_from_db()
        return Response(SiteImportSerializer(made).data)


class SitesExport(APIView):
    """The sites that one may see, as a file with where they stand; says why, and is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=SitesWanted, responses={200: OpenApiResponse(OpenApiTypes.STR)})
    def post(self, request: Request) -> HttpResponse:
        """CSV or GeoJSON."""
        given = type(SitesWanted)(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        text = actions.export_sites(CameraSite.objects.all(), by=request.user, **data)
        media = "application/geo+json" if data["form"] == "geojson" else "text/csv; charset=utf-8"
        return HttpResponse(text, content_type=media)
