"""Assessments over the API. Reading suits people and machines with the scope `read`; judging is for people."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import Actor
from camera_sites import actions, policies
from camera_sites.dpia_contents import COLUMNS, GROUPS, LONGEST_ROW, WRITTEN
from camera_sites.models import ConsultationOutcome, Dpia, DpiaAdvice, DpiaDecision, DpiaVersion, PriorConsultation
from portal.api import check_if_match, etag
from portal.idempotency import idempotent
from portal.policies import require

DIGEST = "Of the version that was read; where given, another version is not judged (409)."
COVERT = "Of a covert site: only its authors and those who are given such a site know of it. Never undone."
READ = {"GET": ("read",)}


class AdviceSerializer(serializers.ModelSerializer):
    """The data protection officer's advice."""

    class Meta:
        model = DpiaAdvice
        fields = ("is_favourable", "words", "advised_by", "advised_at", "digest")


class DecisionSerializer(serializers.ModelSerializer):
    """The controller's decision."""

    class Meta:
        model = DpiaDecision
        fields = ("verdict", "words", "review_due_at", "decided_by", "decided_at", "digest")


class CommissionersAnswerSerializer(serializers.ModelSerializer):
    """What the Commissioner answered."""

    class Meta:
        model = ConsultationOutcome
        fields = ("outcome", "words", "answered_on", "recorded_by", "recorded_at")


class PriorConsultationSerializer(serializers.ModelSerializer):
    """That a version was sent to the Commissioner, and what came of it (R-115)."""

    outcome = CommissionersAnswerSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = PriorConsultation
        fields = ("reference", "words", "sent_on", "sent_by", "sent_at", "digest", "outcome")


def _register(register: str, name: str) -> serializers.ListSerializer:
    """The rows of one register, each with its key: without one it is given the next."""
    made: dict[str, serializers.Field] = {"key": serializers.CharField(max_length=12, required=False)}
    for cell, column in COLUMNS[register].items():
        how: dict[str, Any] = {"help_text": column.title, "required": column.is_required}
        if column.kind == "level":
            made[cell] = serializers.IntegerField(min_value=1, max_value=4, **how)
        elif column.kind == "flag":
            made[cell] = serializers.BooleanField(**how)
        elif column.kind == "keys":
            made[cell] = serializers.ListField(child=serializers.CharField(max_length=12), **how)
        elif column.kind == "group":
            made[cell] = serializers.ChoiceField(list(GROUPS.items()), **how)
        elif column.kind == "day":
            made[cell] = serializers.CharField(max_length=10, allow_blank=not column.is_required, **how)
        else:
            made[cell] = serializers.CharField(max_length=LONGEST_ROW, allow_blank=not column.is_required, **how)
    return type(inline_serializer(name, made))(many=True, required=False)


class DpiaWrittenSerializer(serializers.ModelSerializer):
    """What an author writes of a version: its sections and its registers."""

    risk_register = _register("risk_register", "DpiaRisk")
    measure_register = _register("measure_register", "DpiaMeasure")
    consultees = _register("consultees", "DpiaConsultee")

    class Meta:
        model = DpiaVersion
        fields = WRITTEN


class DpiaVersionSerializer(DpiaWrittenSerializer):
    """One version: what was written, and what became of it. `digest` is what advice and decision are bound to."""

    prior_consultation = PriorConsultationSerializer(read_only=True, allow_null=True, default=None)
    advice = AdviceSerializer(read_only=True, allow_null=True, default=None)
    decision = DecisionSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = DpiaVersion
        fields = ("id", "number", "status", *WRITTEN, "left_over", "written_by", "written_at", "submitted_by", "submitted_at",
                  "digest", "prior_consultation", "advice", "decision")  # fmt: skip
        read_only_fields = (
            "id",
            "left_over",
            "number",
            "status",
            "written_by",
            "written_at",
            "submitted_by",
            "submitted_at",
            "digest",
        )


class DpiaSerializer(serializers.ModelSerializer):
    """An assessment and how it stands."""

    is_governing = serializers.SerializerMethodField()
    review_due_at = serializers.DateTimeField(source="ends_at", read_only=True, allow_null=True)
    latest_status = serializers.CharField(read_only=True)
    latest_number = serializers.IntegerField(read_only=True)

    class Meta:
        model = Dpia
        fields = ("id", "ref", "title", "is_covert", "created_by", "created_at", "is_governing", "review_due_at", "latest_number",
                  "latest_status")  # fmt: skip

    def get_is_governing(self, dpia: Any) -> bool:
        """Whether what it covers may be in force now."""
        return dpia.ends_at is not None and dpia.ends_at > timezone.now()


class DpiaDetailSerializer(DpiaSerializer):
    """An assessment with all its versions."""

    versions = DpiaVersionSerializer(many=True, read_only=True)

    class Meta(DpiaSerializer.Meta):
        fields = (*DpiaSerializer.Meta.fields, "versions")


class NewDpiaSerializer(DpiaWrittenSerializer):
    """What a new assessment needs: its name and what its author writes."""

    ref = serializers.SlugField(max_length=40)
    title = serializers.CharField(max_length=150)
    is_covert = serializers.BooleanField(required=False, help_text=COVERT)

    class Meta:
        model = DpiaVersion
        fields = ("ref", "title", "is_covert", *WRITTEN)


class DpiaList(generics.ListAPIView):
    """The assessments; POST begins one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = DpiaSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Dpia.objects.none()
        require(policies.may_open_registry(actor(self.request)))
        return Dpia.objects.visible_to(actor(self.request)).with_standing(timezone.now())

    @extend_schema(request=NewDpiaSerializer, responses={201: DpiaDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new assessment, its first version a draft."""
        given = NewDpiaSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = actions.begin_dpia(by=actor(request), **given.validated_data)
        return Response(told(version.dpia_id), status=status.HTTP_201_CREATED)


class DpiaDetail(APIView):
    """One assessment with its versions. PATCH edits its draft, or begins a new version."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=DpiaDetailSerializer, operation_id="dpias_open")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The assessment; its ETag is what an edit sends back in If-Match."""
        dpia = dpia_of(request, pk)
        require(policies.may_open_registry(actor(request)))
        return Response(told(pk), headers={"ETag": _tag(dpia)})

    @extend_schema(request=DpiaWrittenSerializer(partial=True), responses=DpiaDetailSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Changes the draft, or, where the latest version was decided, begins a new one (201)."""
        Dpia.objects.select_for_update().filter(pk=pk).first()  # or two editors may both pass
        dpia = dpia_of(request, pk)
        check_if_match(request, _tag(dpia))
        given = DpiaWrittenSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        latest = _latest(dpia)
        if latest.status == DpiaVersion.Status.DRAFT:
            actions.edit_version(latest, by=actor(request), **given.validated_data)
            code = status.HTTP_200_OK
        else:
            actions.begin_version(dpia, by=actor(request), **given.validated_data)
            code = status.HTTP_201_CREATED
        return Response(told(pk), status=code, headers={"ETag": _tag(dpia)})


def _verb(name: str, fields: dict[str, serializers.Field], act: Callable[[DpiaVersion, Actor, dict[str, Any]], object]):
    """A view for one verb on the latest version: the body's fields, and what it does with (version, who calls, body)."""
    shape = type(inline_serializer(f"Dpia{name}Body", fields))

    class View(APIView):
        """Does it, and shows the assessment as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=shape, responses=DpiaDetailSerializer, operation_id=f"dpias_{name.lower()}")
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            version = _latest(dpia_of(request, pk))
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)
            act(version, actor(request), dict(given.validated_data))
            return Response(told(pk))

    View.__name__ = View.__qualname__ = f"Dpia{name}"
    return View


DpiaSubmit = _verb("Submit", {}, lambda version, by, data: actions.submit(version, by=by))
DpiaSent = _verb(
    "Sent",
    {
        "reference": serializers.CharField(max_length=100),
        "sent_on": serializers.DateField(),
        "words": serializers.CharField(max_length=2000),
    },
    lambda version, by, data: actions.send_to_commissioner(version, by=by, **data),
)
DpiaAnswered = _verb(
    "Answered",
    {
        "outcome": serializers.ChoiceField(ConsultationOutcome.Outcome.choices),
        "answered_on": serializers.DateField(),
        "words": serializers.CharField(max_length=4000),
    },
    lambda version, by, data: actions.record_answer(version, by=by, **data),
)
DpiaAdvise = _verb(
    "Advise",
    {
        "is_favourable": serializers.BooleanField(),
        "words": serializers.CharField(max_length=2000),
        "digest": serializers.CharField(max_length=64, required=False, help_text=DIGEST),
    },
    lambda version, by, data: actions.advise(version, by=by, **data),
)
DpiaDecide = _verb(
    "Decide",
    {
        "verdict": serializers.ChoiceField(DpiaDecision.Verdict.choices),
        "words": serializers.CharField(max_length=2000),
        "review_due_at": serializers.DateTimeField(required=False),
        "digest": serializers.CharField(max_length=64, required=False, help_text=DIGEST),
    },
    lambda version, by, data: actions.decide(version, by=by, **data),
)


def dpia_of(request: Request, pk: uuid.UUID) -> Dpia:
    """The assessment, where it exists for the caller; 404 otherwise."""
    return get_object_or_404(Dpia.objects.visible_to(actor(request)), pk=pk)


def _latest(dpia: Dpia) -> DpiaVersion:
    return dpia.versions.latest("number")


def told(pk: uuid.UUID) -> dict[str, Any]:
    """As it stands now, with its versions."""
    shown = Dpia.objects.with_standing(timezone.now()).prefetch_related(
        "versions__advice", "versions__decision", "versions__prior_consultation__outcome"
    )
    return DpiaDetailSerializer(shown.get(pk=pk)).data


def _tag(dpia: Dpia) -> str:
    latest = _latest(dpia)
    return etag("dpia", dpia.pk, latest.number, latest.status, *(getattr(latest, name) for name in WRITTEN))
