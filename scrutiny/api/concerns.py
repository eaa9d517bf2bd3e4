"""Complaints, requests of people about their data and breaches over the API: for people, since they name who brought them."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from portal.errors import Stranger
from portal.idempotency import idempotent
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.api.verbs import verb_view
from scrutiny.models import Concern, ConcernNote


class ConcernNoteSerializer(serializers.ModelSerializer):
    """One step of the work."""

    class Meta:
        model = ConcernNote
        fields = ("id", "step", "words", "noted_by", "noted_at")


class ConcernSerializer(serializers.ModelSerializer):
    """A concern as lists show it: without who brought it and what they said."""

    class Meta:
        model = Concern
        fields = ("id", "kind", "status", "title", "reference", "source_label", "source_id", "received", "due_at",
                  "recorded_by", "recorded_at", "answer", "answered_by", "answered_at")  # fmt: skip


class ConcernDetailSerializer(ConcernSerializer):
    """A concern in full, with the work on it."""

    notes = ConcernNoteSerializer(many=True)

    class Meta(ConcernSerializer.Meta):
        fields = (*ConcernSerializer.Meta.fields, "words", "person", "restriction", "told", "notes")


class NewConcernSerializer(serializers.Serializer):
    """What a new concern needs."""

    kind = serializers.ChoiceField(choices=Concern.Kind.choices)
    title = serializers.CharField(max_length=150)
    words = serializers.CharField(max_length=2000)
    person = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    reference = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    received = serializers.DateTimeField(required=False, allow_null=True, default=None)
    source_label = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    source_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class ConcernWordsSerializer(serializers.Serializer):
    """What was found out or done."""

    words = serializers.CharField(max_length=2000)


class ConcernAnswerSerializer(ConcernWordsSerializer):
    """What came of it; which answers fit, its kind says."""

    answer = serializers.ChoiceField(choices=Concern.Answer.choices)
    restriction = serializers.ChoiceField(
        choices=Concern.Restriction.choices, required=False, default="", allow_blank=True
    )
    told = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class ConcernList(generics.ListAPIView):
    """All for those who may see them, else what one wrote down oneself; newest first. POST writes one down."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = ConcernSerializer

    def get_queryset(self):
        """As the page shows them."""
        if getattr(self, "swagger_fake_view", False):
            return Concern.objects.none()
        user = actor(self.request)
        if not policies.may_record_concern(user):
            require(policies.may_see_concerns(user))
        return Concern.objects.visible_to(user, sees_all=bool(policies.may_see_concerns(user)))

    @extend_schema(request=NewConcernSerializer, responses={201: ConcernDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A complaint, a request or a breach."""
        given = NewConcernSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        concern = actions.record_concern(by=actor(request), **given.validated_data)
        return Response(ConcernDetailSerializer(concern).data, status=status.HTTP_201_CREATED)


class ConcernDetail(APIView):
    """One concern. Looking at it is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=ConcernDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With the work on it."""
        concern = actions.open_concern(_concern(request, pk), by=actor(request))
        return Response(ConcernDetailSerializer(concern).data)


def _concern(request: Request, pk: uuid.UUID) -> Concern:
    concern = Concern.objects.filter(pk=pk).first()
    if concern is None or not policies.may_see_concern(actor(request), concern):
        raise Stranger("There is no such concern, or it is not yours to see.")
    return concern


ConcernNoteView = verb_view(
    "Concern Note", find=_concern, act=actions.note_concern, takes=ConcernWordsSerializer, shows=ConcernDetailSerializer
)
ConcernAnswer = verb_view(
    "Concern Answer",
    find=_concern,
    act=actions.answer_concern,
    takes=ConcernAnswerSerializer,
    shows=ConcernDetailSerializer,
)
ConcernReopen = verb_view(
    "Concern Reopen",
    find=_concern,
    act=actions.reopen_concern,
    takes=ConcernWordsSerializer,
    shows=ConcernDetailSerializer,
)
