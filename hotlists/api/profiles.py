"""Import profiles over the API: how a source's files are read. Drafts are edited with If-Match, and proposed and approved."""

import uuid
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions, policies
from hotlists.models import Hotlist, ImportProfile
from portal.api import check_if_match, etag
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read",)}


class ImportProfileBodySerializer(serializers.Serializer):
    """What a draft says: the layout, whose fields the how-to for sources explains, and what it is for."""

    layout = serializers.DictField()
    why = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class ImportProfileSerializer(serializers.ModelSerializer):
    """An import profile as the API shows it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    layout = serializers.DictField()
    begun_by = serializers.StringRelatedField()
    proposed_by = serializers.StringRelatedField()
    approved_by = serializers.StringRelatedField()
    ended_by = serializers.StringRelatedField()

    class Meta:
        model = ImportProfile
        fields = ("id", "hotlist", "number", "layout", "why", "begun_by", "begun_at", "proposed_by", "proposed_at",
                  "approved_by", "approved_at", "ended_by", "ended_at")  # fmt: skip


class ProfileList(generics.ListAPIView):
    """Import profiles of a feed, newest first; POST drafts one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = ImportProfileSerializer

    def get_queryset(self):
        """Those of lists that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return ImportProfile.objects.none()
        require(policies.may_look_at_loads(actor(self.request)))
        return _profiles(self.request).filter(hotlist__slug=self.kwargs["slug"])

    @extend_schema(request=ImportProfileBodySerializer, responses={201: ImportProfileSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """A draft; a layout that nothing could be read by is refused with the fields that are wrong."""
        hotlist = get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)
        given = ImportProfileBodySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.begin_profile(hotlist, by=actor(request), **given.validated_data)
        return Response(_told(request, made.pk), status=status.HTTP_201_CREATED)


class ProfileDetail(APIView):
    """One import profile; PATCH edits a draft."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=ImportProfileSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """It; its ETag is what an edit sends back in If-Match."""
        require(policies.may_look_at_loads(actor(request)))
        profile = _profile(request, pk)
        return Response(ImportProfileSerializer(profile).data, headers={"ETag": _tag(profile)})

    @extend_schema(request=ImportProfileBodySerializer(partial=True), responses=ImportProfileSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Changes a draft."""
        ImportProfile.objects.select_for_update().filter(pk=pk).first()  # or two editors may both pass
        profile = _profile(request, pk)
        check_if_match(request, _tag(profile))
        given = ImportProfileBodySerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        actions.edit_profile(profile, by=actor(request), **given.validated_data)
        profile = _profile(request, pk)
        return Response(ImportProfileSerializer(profile).data, headers={"ETag": _tag(profile)})


class ProfilePropose(APIView):
    """Lays a draft before a second person."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    class ProfileProposeBody(serializers.Serializer):
        """What it is for, unless the draft says so."""

        why = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)

    @extend_schema(request=ProfileProposeBody, responses=ImportProfileSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """From now on it does not change."""
        given = self.ProfileProposeBody(data=request.data)
        given.is_valid(raise_exception=True)
        actions.propose_profile(_profile(request, pk), by=actor(request), **given.validated_data)
        return Response(_told(request, pk))


class ProfileApprove(APIView):
    """The second person's yes."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=ImportProfileSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Files that arrive from now on are read by it."""
        actions.approve_profile(_profile(request, pk), by=actor(request))
        return Response(_told(request, pk))


class ProfileEnd(APIView):
    """Throws a draft away, or turns a proposal down."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=ImportProfileSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Files are read as before."""
        actions.end_profile(_profile(request, pk), by=actor(request))
        return Response(_told(request, pk))


def _profiles(request: Request):
    profiles = ImportProfile.objects.filter(hotlist__in=Hotlist.objects.visible_to(actor(request)))
    return profiles.select_related("hotlist", "begun_by", "proposed_by", "approved_by", "ended_by")


def _profile(request: Request, pk: uuid.UUID) -> ImportProfile:
    return get_object_or_404(_profiles(request), pk=pk)


def _told(request: Request, pk: uuid.UUID) -> dict[str, Any]:
    return ImportProfileSerializer(_profile(request, pk)).data


def _tag(profile: ImportProfile) -> str:
    return etag(profile.pk, profile.layout, profile.why, profile.proposed_at, profile.approved_at, profile.ended_at)
