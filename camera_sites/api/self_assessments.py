"""Self-assessments under the camera code, over the API."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from camera_sites import actions, policies
from camera_sites.actions.self_assessments import digest_of
from camera_sites.code_principles import known_of
from camera_sites.models import CodeGap, PrincipleAnswer, SelfAssessment
from portal.api import check_if_match, etag
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read",)}


class CodeGapSerializer(serializers.ModelSerializer):
    """A gap and what is done about it."""

    class Meta:
        model = CodeGap
        fields = ("id", "words", "action", "owner", "due_on", "closing", "closed_by", "closed_at")
        read_only_fields = ("closing", "closed_by", "closed_at")


class CodeFactSerializer(serializers.Serializer):
    """What the portal knows of a principle."""

    words = serializers.CharField()
    is_well = serializers.BooleanField()


class PrincipleSerializer(serializers.ModelSerializer):
    """The answer to one principle. What is known is of now, or of the moment of the signature."""

    gaps = CodeGapSerializer(many=True, read_only=True)
    known = serializers.SerializerMethodField()

    class Meta:
        model = PrincipleAnswer
        fields = ("principle", "name", "explanation", "compliance", "statement", "evidence", "known", "gaps")

    @extend_schema_field(CodeFactSerializer(many=True))
    def get_known(self, answer: Any) -> list[dict[str, Any]]:
        """In words, and whether it is as it should be."""
        if answer.assessment.status == SelfAssessment.Status.SIGNED:
            return answer.known
        return [fact.stored() for fact in known_of(answer.principle, timezone.now())]


class SelfAssessmentSerializer(serializers.ModelSerializer):
    """A self-assessment without its answers."""

    class Meta:
        model = SelfAssessment
        fields = ("id", "system", "period_from", "period_until", "summary", "status", "begun_by", "begun_at", "signed_by",
                  "signed_at", "review_due_at", "published_by", "published_at")  # fmt: skip


class SelfAssessmentDetailSerializer(SelfAssessmentSerializer):
    """A self-assessment with its twelve answers, and the digest that is signed."""

    answers = PrincipleSerializer(many=True, read_only=True)
    digest = serializers.SerializerMethodField(help_text="What signing sends back: of exactly what was read.")

    class Meta(SelfAssessmentSerializer.Meta):
        fields = (*SelfAssessmentSerializer.Meta.fields, "digest", "answers")

    def get_digest(self, assessment: Any) -> str:
        """SHA-256."""
        return digest_of(assessment)


class BeginCodeSerializer(serializers.Serializer):
    """What is assessed, and over which year."""

    system = serializers.CharField(max_length=150)
    period_from = serializers.DateField()
    period_until = serializers.DateField()


class PrincipleAnswerSerializer(serializers.Serializer):
    """How a principle is kept."""

    compliance = serializers.ChoiceField([choice for choice in PrincipleAnswer.Compliance.choices if choice[0]])
    statement = serializers.CharField(max_length=4000)
    evidence = serializers.ListField(child=serializers.CharField(max_length=300), default=list)


class SelfAssessmentList(generics.ListAPIView):
    """All of them, the newest first; POST begins one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = SelfAssessmentSerializer

    def get_queryset(self):
        """Those that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return SelfAssessment.objects.none()
        require(policies.may_open_registry(actor(self.request)))
        return SelfAssessment.objects.visible_to(actor(self.request))

    @extend_schema(
        request=BeginCodeSerializer,
        responses={201: SelfAssessmentDetailSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """A draft that stands as it was signed last, or as the portal knows it."""
        given = BeginCodeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        begun = actions.begin_self_assessment(by=actor(request), **given.validated_data)
        return Response(_told(begun.pk), status=status.HTTP_201_CREATED)


class SelfAssessmentDetail(APIView):
    """One with its answers."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=SelfAssessmentDetailSerializer, operation_id="camera_code_open")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its ETag is what an answer sends back in If-Match."""
        assessment = _assessment(request, pk)
        return Response(_told(pk), headers={"ETag": _tag(assessment)})


class PrincipleDetail(APIView):
    """PUT answers one principle."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(
        request=PrincipleAnswerSerializer, responses=SelfAssessmentDetailSerializer, operation_id="camera_code_answer"
    )
    @transaction.atomic
    def put(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """The whole answer."""
        SelfAssessment.objects.select_for_update().filter(pk=pk).first()  # or two writers may both pass
        assessment = _assessment(request, pk)
        get_object_or_404(assessment.answers, principle=number)
        check_if_match(request, _tag(assessment))
        given = PrincipleAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.answer_principle(assessment, number, by=actor(request), **given.validated_data)
        return Response(_told(pk), headers={"ETag": _tag(_assessment(request, pk))})


def _verb(
    name: str,
    fields: dict[str, serializers.Field],
    act: Callable[[Any, User, dict[str, Any]], object],
    *,
    of_gap: bool = False,
):
    """A view for one verb on a self-assessment, or on a gap of one."""
    shape = type(inline_serializer(f"Code{name}Body", fields))

    class View(APIView):
        """Does it, and shows the self-assessment as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(
            request=shape, responses=SelfAssessmentDetailSerializer, operation_id=f"camera_code_{name.lower()}"
        )
        @idempotent
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            seen = SelfAssessment.objects.visible_to(actor(request))
            gaps = CodeGap.objects.filter(answer__assessment__in=seen).select_related("answer__assessment")
            thing = get_object_or_404(gaps if of_gap else seen, pk=pk)
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)
            act(thing, actor(request), dict(given.validated_data))
            return Response(_told(thing.answer.assessment_id if of_gap else pk))

    View.__name__ = View.__qualname__ = f"Code{name}"
    return View


CodeSummary = _verb(
    "Summary",
    {"summary": serializers.CharField(max_length=2000, allow_blank=True)},
    lambda assessment, by, data: actions.summarise(assessment, by=by, **data),
)
CodeAddGap = _verb(
    "AddGap",
    {
        "principle": serializers.IntegerField(min_value=1, max_value=12),
        "words": serializers.CharField(max_length=500),
        "action": serializers.CharField(max_length=500),
        "owner": serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True)),
        "due_on": serializers.DateField(),
    },
    lambda assessment, by, data: actions.add_gap(assessment, data.pop("principle"), by=by, **data),
)
CodeSign = _verb(
    "Sign",
    {"digest": serializers.CharField(max_length=64)},
    lambda assessment, by, data: actions.sign_self_assessment(assessment, by=by, **data),
)
CodePublish = _verb("Publish", {}, lambda assessment, by, data: actions.publish_self_assessment(assessment, by=by))
CodeDropGap = _verb("DropGap", {}, lambda gap, by, data: actions.drop_gap(gap, by=by), of_gap=True)
CodeCloseGap = _verb(
    "CloseGap",
    {"words": serializers.CharField(max_length=500)},
    lambda gap, by, data: actions.close_gap(gap, by=by, **data),
    of_gap=True,
)


def _assessment(request: Request, pk: uuid.UUID) -> SelfAssessment:
    return get_object_or_404(SelfAssessment.objects.visible_to(actor(request)), pk=pk)


def _told(pk: uuid.UUID) -> dict[str, Any]:
    found = SelfAssessment.objects.prefetch_related("answers__gaps", "answers__assessment").get(pk=pk)
    return SelfAssessmentDetailSerializer(found).data


def _tag(assessment: SelfAssessment) -> str:
    return etag("code", assessment.pk, assessment.status, digest_of(assessment))
