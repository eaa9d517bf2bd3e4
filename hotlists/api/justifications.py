"""Justifying lists over the API."""

import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.policies import reads
from hotlists import actions
from hotlists.models import Hotlist, Justification
from portal.idempotency import idempotent
from portal.policies import require


class WorthSerializer(serializers.Serializer):
    """One thing that a list held or led to."""

    what = serializers.CharField()
    count = serializers.IntegerField()


class JustificationSerializer(serializers.ModelSerializer):
    """Why a list was said to be worth its intrusion, and what was decided."""

    worth = WorthSerializer(many=True, read_only=True)

    class Meta:
        model = Justification
        fields = ("id", "is_first", "status", "words", "worth", "sunset_at", "proposed_by", "proposed_at", "decided_by",
                  "decided_at", "rationale")  # fmt: skip
        read_only_fields = fields


class JustificationProposalSerializer(serializers.Serializer):
    """Why it is still needed; until when, else as long as the standards allow."""

    words = serializers.CharField(max_length=2000)
    sunset_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class JudgementSerializer(serializers.Serializer):
    """The second person's word."""

    verdict = serializers.ChoiceField(["approve", "reject"])
    rationale = serializers.CharField(max_length=1000)


class JustificationList(generics.ListAPIView):
    """Every justification of a list; POST puts one forward."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    serializer_class = JustificationSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Justification.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        return Justification.objects.filter(hotlist=self._list())

    @extend_schema(request=JustificationProposalSerializer, responses={201: JustificationSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Waits for somebody else to decide it."""
        given = JustificationProposalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.propose_justification(self._list(), by=actor(request), **given.validated_data)
        return Response(JustificationSerializer(made).data, status=status.HTTP_201_CREATED)

    def _list(self) -> Hotlist:
        return get_object_or_404(Hotlist.objects.visible_to(actor(self.request)), slug=self.kwargs["slug"])


class JustificationDecide(APIView):
    """Decides a justification that somebody else put forward."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=JudgementSerializer, responses=JustificationSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Approved, the list stands on it from now on."""
        given = JudgementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = Justification.objects.filter(hotlist__in=Hotlist.objects.visible_to(actor(request)))
        done = actions.decide_justification(
            get_object_or_404(found.select_related("hotlist"), pk=pk), by=actor(request), **given.validated_data
        )
        return Response(JustificationSerializer(done).data)
