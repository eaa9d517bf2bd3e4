"""Retention over the API: the schedule, runs, certificates."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from audit.exports import TYPE
from portal.policies import require
from retention import actions, policies
from retention.models import Certificate, DeletionRun
from retention.papers import proved
from retention.periods import schedule_at
from retention.views.runs import proof_answer

READ = {"GET": ("read",)}


class RuleSerializer(serializers.Serializer):
    """One line of the schedule."""

    label = serializers.CharField()
    fate = serializers.CharField()
    words = serializers.CharField()
    basis = serializers.CharField()
    months = serializers.IntegerField()
    version = serializers.IntegerField()
    parent = serializers.CharField(allow_blank=True)


class RunSerializer(serializers.ModelSerializer):
    """A deletion run."""

    certificate = serializers.SerializerMethodField()

    class Meta:
        model = DeletionRun
        fields = ("id", "status", "as_of", "counted", "previewed_by", "previewed_at", "started_by", "started_at", "released",
                  "finished_at", "problems", "certificate")  # fmt: skip

    def get_certificate(self, run: Any) -> str | None:
        """The id of its certificate, once it has ended."""
        return str(run.certificate.pk) if hasattr(run, "certificate") else None


class CertificateSerializer(serializers.ModelSerializer):
    """What was erased, in counts."""

    class Meta:
        model = Certificate
        fields = ("id", "run", "as_of", "erased", "digest", "lines", "issued_for", "issued_at")


class ReasonSerializer(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class StartSerializer(serializers.Serializer):
    """Which of the classes that the schedule leaves to a person go with this run."""

    release = serializers.ListField(child=serializers.CharField(max_length=80), required=False)


class SampledSerializer(serializers.Serializer):
    """One record that a run would erase, or that a hold keeps from it."""

    key = serializers.CharField()
    began = serializers.DateTimeField(help_text="When its period began.")
    ended = serializers.DateTimeField(help_text="When it ended.")
    reference = serializers.CharField(allow_blank=True, help_text="Empty for who may not see the record.")
    cases = serializers.ListField(child=serializers.CharField(), help_text="Whose holds keep it.")


class LookSerializer(serializers.Serializer):
    """A few of one kind: what goes, and what stays."""

    label = serializers.CharField(source="rule.label")
    going = SampledSerializer(many=True)
    held = SampledSerializer(many=True)


class ScheduleView(APIView):
    """How long every kind of record lives."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=RuleSerializer(many=True), operation_id="retention_schedule")
    def get(self, request: Request) -> Response:
        """All lines, in the order in which records go."""
        require(policies.may_see_runs(actor(request)))
        return Response(RuleSerializer(schedule_at(timezone.now()), many=True).data)


class RunList(generics.ListAPIView):
    """Deletion runs; POST counts what is due, and erases nothing."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = RunSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return DeletionRun.objects.none()
        require(policies.may_see_runs(actor(self.request)))
        return DeletionRun.objects.select_related("certificate")

    @extend_schema(request=None, responses={201: RunSerializer})
    def post(self, request: Request) -> Response:
        """A preview."""
        return Response(RunSerializer(actions.preview(by=actor(request))).data, status=status.HTTP_201_CREATED)


class RunDetail(APIView):
    """One run."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What it counted, and how far it is."""
        require(policies.may_see_runs(actor(request)))
        return Response(RunSerializer(get_object_or_404(DeletionRun.objects.select_related("certificate"), pk=pk)).data)


class RunStart(APIView):
    """Starts a previewed run."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=StartSerializer, responses={202: RunSerializer})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The work follows; ask for the run to see how far it is."""
        given = StartSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        run = actions.start(get_object_or_404(DeletionRun, pk=pk), by=actor(request), **given.validated_data)
        return Response(RunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class RunSample(APIView):
    """A few of what a run would erase."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=LookSerializer)
    def get(self, request: Request, pk: uuid.UUID, label: str) -> Response:
        """Drawn by a lot that the run's id decides; keys and dates, and references to those who may see the record."""
        run = get_object_or_404(DeletionRun, pk=pk)
        return Response(LookSerializer(actions.look_at_sample(run, label, by=actor(request))).data)


class RunPause(APIView):
    """Stops a run between two batches."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    act = staticmethod(actions.pause)

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """What is erased by then stays erased."""
        return Response(RunSerializer(self.act(get_object_or_404(DeletionRun, pk=pk), by=actor(request))).data)


class RunGoOn(RunPause):
    """Lets a paused run erase the rest."""

    act = staticmethod(actions.go_on)


class CertificateDetail(APIView):
    """A certificate."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=CertificateSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Counts, rules and digests."""
        require(policies.may_see_runs(actor(request)))
        return Response(CertificateSerializer(get_object_or_404(Certificate, pk=pk)).data)


class CertificateProof(APIView):
    """A certificate with the sealed event that proves it."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses={(200, TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Lines in the format of exports of the log: `python -m audit.seal FILE --key KEY` checks them."""
        require(policies.may_see_runs(actor(request)))
        certificate = get_object_or_404(Certificate, pk=pk)
        return proof_answer(certificate, proved(certificate, by=actor(request)))
