"""Ending or prolonging what a matcher has, and the root of trust, over the API. People change; machines may read the root."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists.models import Hotlist
from matchers import actions, policies, wellness
from matchers.api.machines import SECRET, secret_of
from matchers.api.matchers import AllocationSerializer, MatcherSerializer
from matchers.models import Allocation, Matcher
from portal.policies import require


class StopBodySerializer(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=300)


class ProlongBodySerializer(serializers.Serializer):
    """The new end, and why."""

    until_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=300)


class RootSerializer(serializers.Serializer):
    """The root of trust: its version, its end, how many holders have to sign the next one, and which keys sign feeds."""

    version = serializers.IntegerField()
    ends_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField()
    threshold = serializers.IntegerField()
    holders = serializers.ListField(child=serializers.CharField())
    online = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class _OfMatcher(APIView):
    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    verb: Any

    @extend_schema(request=StopBodySerializer, responses=MatcherSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The matcher as it stands after."""
        require(policies.may_view(actor(request)))
        given = StopBodySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        matcher = get_object_or_404(Matcher, pk=pk)
        self.verb(matcher, by=actor(request), **given.validated_data)
        return Response(MatcherSerializer(Matcher.objects.select_related("machine").get(pk=pk)).data)


class MatcherStop(_OfMatcher):
    """The kill switch: from that second the matcher is served nothing but what empties it."""

    verb = staticmethod(actions.stop_matcher)


class MatcherRestart(_OfMatcher):
    """Another person than who stopped it starts it again."""

    verb = staticmethod(actions.restart_matcher)


class MatcherSecret(APIView):
    """Another secret for a matcher, told this once."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses={201: inline_serializer("SecretIssued", SECRET)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """201 with the new secret; the old one works until the new is first used."""
        require(policies.may_view(actor(request)))
        return secret_of(get_object_or_404(Matcher, pk=pk), by=actor(request))


class AllocationProlong(APIView):
    """Moves the end of an allocation to a later day."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=ProlongBodySerializer, responses=AllocationSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The allocation as it stands after."""
        given = ProlongBodySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        seen = Allocation.objects.filter(hotlist__in=Hotlist.objects.visible_to(actor(request)))
        allocation = actions.prolong(get_object_or_404(seen, pk=pk), by=actor(request), **given.validated_data)
        return Response(AllocationSerializer(allocation).data)


class RootOfTrust(APIView):
    """By what matchers know our signatures, and when it ends."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(responses=RootSerializer)
    def get(self, request: Request) -> Response:
        """The root that stands; 404 before there is one."""
        require(policies.may_view_root(actor(request)))
        return Response(RootSerializer(wellness.require_root()).data)
