"""Findings over the API."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from accounts.models import User
from portal.errors import Stranger
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.api.verbs import verb_view
from scrutiny.models import Finding, FindingNote

READ = {"GET": ("read",)}


class NoteSerializer(serializers.ModelSerializer):
    """One step of the work."""

    class Meta:
        model = FindingNote
        fields = ("id", "step", "words", "noted_by", "noted_at")


class FindingSerializer(serializers.ModelSerializer):
    """A finding."""

    class Meta:
        model = Finding
        fields = ("id", "kind", "status", "title", "words", "source_label", "source_id", "owner", "due_at", "opened_by",
                  "opened_at", "closed_by", "closed_at", "settled_by", "settled_at")  # fmt: skip


class FindingDetailSerializer(FindingSerializer):
    """A finding with the work on it."""

    notes = NoteSerializer(many=True)

    class Meta(FindingSerializer.Meta):
        fields = (*FindingSerializer.Meta.fields, "notes")


class NewFindingSerializer(serializers.Serializer):
    """What a new finding needs."""

    title = serializers.CharField(max_length=150)
    words = serializers.CharField(max_length=1000)
    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class FindingWordsSerializer(serializers.Serializer):
    """What was found out or done."""

    words = serializers.CharField(max_length=1000)


class RetestSerializer(FindingWordsSerializer):
    """Whether the answer holds."""

    holds = serializers.BooleanField()


class FindingList(generics.ListAPIView):
    """Findings; POST opens one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = FindingSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Finding.objects.none()
        require(policies.may_see_findings(actor(self.request)))
        return Finding.objects.all()

    @extend_schema(request=NewFindingSerializer, responses={201: FindingDetailSerializer})
    def post(self, request: Request) -> Response:
        """A new finding."""
        given = NewFindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        finding = actions.open_finding(by=actor(request), **given.validated_data)
        return Response(FindingDetailSerializer(finding).data, status=status.HTTP_201_CREATED)


class FindingDetail(APIView):
    """One finding."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=FindingDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With the work on it."""
        return Response(FindingDetailSerializer(_finding(request, pk)).data)


def _finding(request: Request, pk: uuid.UUID) -> Finding:
    finding = Finding.objects.filter(pk=pk).first()
    if finding is None or not policies.may_see(actor(request), finding):
        raise Stranger("There is no such finding, or it is not yours to see.")
    return finding


FindingNoteView = verb_view(
    "Finding Note", find=_finding, act=actions.note, takes=FindingWordsSerializer, shows=FindingDetailSerializer
)
FindingClose = verb_view(
    "Finding Close",
    find=_finding,
    act=actions.close_finding,
    takes=FindingWordsSerializer,
    shows=FindingDetailSerializer,
)
FindingRetest = verb_view(
    "Finding Retest", find=_finding, act=actions.retest, takes=RetestSerializer, shows=FindingDetailSerializer
)
