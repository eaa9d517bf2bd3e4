"""What assessments cover, reviews that are asked for, and measures taken, over the API."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from camera_sites import actions, policies
from camera_sites.api.dpias import READ, DpiaSerializer
from camera_sites.covered import assessments_of, seen, told_to
from camera_sites.measures import measures_of
from camera_sites.models import Coverage, Dpia, DpiaVersion, ReviewDemand
from portal.errors import Stranger
from portal.idempotency import idempotent
from portal.policies import require


class CoverageSerializer(serializers.ModelSerializer):
    """Something that an assessment covers."""

    class Meta:
        model = Coverage
        fields = ("id", "dpia", "kind", "subject", "name", "words", "covered_by", "covered_at", "ended_by", "ended_at",
                  "ended_because")  # fmt: skip


class CoverSerializer(serializers.Serializer):
    """What it is to cover: `subject` is its id; a system has only a `name`."""

    kind = serializers.ChoiceField(Coverage.Kind.choices)
    subject = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=100, required=False)
    words = serializers.CharField(max_length=500)


class CoverageEndSerializer(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class DpiaDemandSerializer(serializers.ModelSerializer):
    """A review that was asked for."""

    class Meta:
        model = ReviewDemand
        fields = ("id", "dpia", "trigger", "words", "owner", "due_at", "raised_by", "raised_at", "answer", "answer_words",
                  "version", "answered_by", "answered_at")  # fmt: skip


class DemandSerializer(serializers.Serializer):
    """What happened."""

    trigger = serializers.ChoiceField(ReviewDemand.Trigger.choices)
    words = serializers.CharField(max_length=500)


class UnchangedSerializer(serializers.Serializer):
    """Why nothing needs to change."""

    words = serializers.CharField(max_length=1000)


class MeasureSerializer(serializers.Serializer):
    """A measure of the version that governs."""

    key = serializers.CharField()
    measure = serializers.CharField()
    owner = serializers.CharField()
    due_on = serializers.DateField()
    is_in_place = serializers.BooleanField()
    is_overdue = serializers.SerializerMethodField()
    evidence = serializers.CharField(source="taken.evidence", default="", read_only=True)
    done_on = serializers.DateField(source="taken.done_on", default=None, read_only=True, allow_null=True)
    taken_by = serializers.IntegerField(source="taken.taken_by_id", default=None, read_only=True, allow_null=True)

    def get_is_overdue(self, measure: Any) -> bool:
        """Past its day, and not in place."""
        return measure.is_overdue(timezone.localdate())


class TakenSerializer(serializers.Serializer):
    """When a measure was taken, and by what one can see it."""

    done_on = serializers.DateField()
    evidence = serializers.CharField(max_length=1000)


class DpiaCoverage(APIView):
    """What an assessment covers beside those that name it; POST says that it covers something more."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=CoverageSerializer(many=True), operation_id="dpias_coverage")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Those that stand, of what the caller may see."""
        found = _dpia(request, pk).coverage.filter(ended_at=None)
        return Response(CoverageSerializer(told_to(actor(request), found), many=True).data)

    @extend_schema(request=CoverSerializer, responses={201: CoverageSerializer}, operation_id="dpias_cover")
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """A site or a list is then in force only while this assessment is in date too."""
        given = CoverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.cover(_dpia(request, pk), by=actor(request), **given.validated_data)
        return Response(CoverageSerializer(made).data, status=status.HTTP_201_CREATED)


class DpiaCoverageEnd(APIView):
    """An assessment covers something no longer."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=CoverageEndSerializer, responses=CoverageSerializer, operation_id="dpias_coverage_end")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """By another than whoever said that it does."""
        require(policies.may_open_registry(actor(request)))
        coverage = get_object_or_404(Coverage, pk=pk)
        _dpia(request, coverage.dpia_id)
        given = CoverageEndSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(CoverageSerializer(actions.uncover(coverage, by=actor(request), **given.validated_data)).data)


class DpiasOf(APIView):
    """The assessments that cover one site, hotlist or matcher."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=DpiaSerializer(many=True), operation_id="dpias_of")
    def get(self, request: Request, kind: str, subject: uuid.UUID) -> Response:
        """Those that it names itself first."""
        require(policies.may_open_registry(actor(request)))
        thing = seen(actor(request), kind, subject)
        if thing is None:
            raise Stranger("There is no such thing, or it is not yours to see.")
        keys = [dpia.pk for dpia in assessments_of(kind, thing)]
        found = Dpia.objects.with_standing(timezone.now()).in_bulk(keys)
        return Response(DpiaSerializer([found[key] for key in keys], many=True).data)


class DpiaDemands(APIView):
    """Reviews of an assessment that were asked for; POST asks for one."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=DpiaDemandSerializer(many=True), operation_id="dpias_demands")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """All, those due first before the rest."""
        return Response(DpiaDemandSerializer(_dpia(request, pk).demands.all(), many=True).data)

    @extend_schema(request=DemandSerializer, responses={201: DpiaDemandSerializer}, operation_id="dpias_demand")
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """For what happened outside the portal."""
        given = DemandSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.demand_review(_dpia(request, pk), by=actor(request), **given.validated_data)
        return Response(DpiaDemandSerializer(made).data, status=status.HTTP_201_CREATED)


class DemandAnswer(APIView):
    """No change is needed."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=UnchangedSerializer, responses=DpiaDemandSerializer, operation_id="dpias_demand_answer")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Because …; where something has to change, approving a new version answers."""
        demand = get_object_or_404(ReviewDemand, pk=pk)
        _dpia(request, demand.dpia_id)
        given = UnchangedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            DpiaDemandSerializer(actions.answer_review(demand, by=actor(request), **given.validated_data)).data
        )


class DpiaMeasures(APIView):
    """The measures of the version that was approved last."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=MeasureSerializer(many=True), operation_id="dpias_measures")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """As its register has them, with what was done since."""
        version = _approved(_dpia(request, pk))
        return Response(MeasureSerializer(measures_of(version) if version else [], many=True).data)


class DpiaMeasureTaken(APIView):
    """A measure is in place."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(
        request=TakenSerializer, responses={201: MeasureSerializer(many=True)}, operation_id="dpias_measure_taken"
    )
    @idempotent
    def post(self, request: Request, pk: uuid.UUID, key: str) -> Response:
        """Told beside the version, which stays as it was approved."""
        version = _approved(_dpia(request, pk))
        given = TakenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if version is None:
            raise Stranger("No version of this assessment was approved.")
        actions.take_measure(version, by=actor(request), key=key, **given.validated_data)
        return Response(MeasureSerializer(measures_of(version), many=True).data, status=status.HTTP_201_CREATED)


def _dpia(request: Request, pk: uuid.UUID) -> Dpia:
    require(policies.may_open_registry(actor(request)))
    return get_object_or_404(Dpia.objects.visible_to(actor(request)), pk=pk)


def _approved(dpia: Dpia) -> DpiaVersion | None:
    return dpia.versions.filter(status=DpiaVersion.Status.APPROVED).order_by("-number").first()
