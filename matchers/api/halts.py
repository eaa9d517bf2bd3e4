"""Revisions that wait for a second person, over the API. Machines may read them; people decide."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from matchers import actions, policies
from matchers.models import Halt
from portal.policies import require


class HaltSerializer(serializers.ModelSerializer):
    """A revision that waits: how much it would change, and the digest that a decision names. It names no plate."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    state = serializers.CharField(source="word", read_only=True)

    class Meta:
        model = Halt
        fields = ("id", "hotlist", "state", "base_rows", "added", "removed", "changed", "limit", "share", "digest", "causes",
                  "halted_at", "measured_at", "is_released", "decided_at", "reason", "ended_at")  # fmt: skip


class HaltDecisionSerializer(serializers.Serializer):
    """The digest that was shown, and why."""

    digest = serializers.RegexField(r"^[0-9a-f]{64}$")
    reason = serializers.CharField(max_length=300)


class _Halts(generics.GenericAPIView):
    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    serializer_class = HaltSerializer
    queryset = Halt.objects.select_related("hotlist")

    def get_queryset(self) -> QuerySet[Any]:
        """Of the lists that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Halt.objects.none()
        require(policies.may_see_halts(actor(self.request)))
        return Halt.objects.visible_to(actor(self.request)).select_related("hotlist")


class HaltList(_Halts, generics.ListAPIView):
    """Revisions that wait and those that did, newest first."""


class HaltDetail(_Halts, generics.RetrieveAPIView):
    """One revision that waits."""


class _Decide(APIView):
    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    verb: Any

    @extend_schema(request=HaltDecisionSerializer, responses=HaltSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """It as it stands after; 409 when it would change something else than the digest says."""
        given = HaltDecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        halt = get_object_or_404(Halt.objects.visible_to(actor(request)), pk=pk)
        return Response(HaltSerializer(self.verb(halt, by=actor(request), **given.validated_data)).data)


class HaltRelease(_Decide):
    """A second person lets go out what they were shown."""

    verb = staticmethod(actions.release_revision)


class HaltRefuse(_Decide):
    """A second person says that it must not go out."""

    verb = staticmethod(actions.refuse_revision)
