"""Files of an assessment over the API."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from camera_sites import actions, policies
from camera_sites.models import Dpia, DpiaAttachment
from camera_sites.views.attachments import handed_out
from portal.policies import require


class AttachmentSerializer(serializers.ModelSerializer):
    """One file of a version. Its digest is part of what advice and decision are bound to."""

    class Meta:
        model = DpiaAttachment
        fields = ("id", "name", "media_type", "size", "sha256", "status", "found", "attached_by", "attached_at")


class AttachSerializer(serializers.Serializer):
    """A file, as multipart/form-data."""

    file = serializers.FileField()


class DpiaAttachments(APIView):
    """The files of the latest version."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",), **PEOPLE_ONLY}
    parser_classes = (MultiPartParser,)

    @extend_schema(responses=AttachmentSerializer(many=True), operation_id="dpias_attachments_list")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Each with what the scanner made of it."""
        require(policies.may_open_registry(actor(request)))
        version = _dpia(request, pk).versions.latest("number")
        return Response(AttachmentSerializer(version.attachments.all(), many=True).data)

    @extend_schema(
        request=AttachSerializer, responses={201: AttachmentSerializer}, operation_id="dpias_attachments_create"
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """201; it may be opened once it was scanned. 422 for a file of another kind, or too large."""
        given = AttachSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        version = _dpia(request, pk).versions.latest("number")
        made = actions.attach(version, by=request.user, name=file.name, content=file.read())
        return Response(AttachmentSerializer(made).data, status=status.HTTP_201_CREATED)


class DpiaAttachmentOne(APIView):
    """One file."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",), **PEOPLE_ONLY}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, operation_id="dpias_attachment")
    def get(self, request: Request, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
        """What it holds. 409 before it was scanned, 403 when the scanner refused it."""
        return handed_out(_attachment(request, pk, file), actor(request))

    @extend_schema(responses={204: None}, operation_id="dpias_attachment_delete")
    def delete(self, request: Request, pk: uuid.UUID, file: uuid.UUID) -> Response:
        """Takes it off the draft."""
        actions.detach(_attachment(request, pk, file), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _dpia(request: Request, pk: uuid.UUID) -> Dpia:
    return get_object_or_404(Dpia.objects.visible_to(actor(request)), pk=pk)


def _attachment(request: Request, pk: uuid.UUID, file: uuid.UUID) -> DpiaAttachment:
    return get_object_or_404(
        DpiaAttachment.objects.select_related("version__dpia"), pk=file, version__dpia=_dpia(request, pk)
    )
