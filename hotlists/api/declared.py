"""Declared vehicles, what was tried on them, and what the data protection officer is told, over the API: for people alone."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions, policies
from hotlists.actions.notices import kinds_of
from hotlists.countries import COUNTRIES
from hotlists.models import ConflictReport, DeclaredVehicle, EntryVersion, Notice
from portal.idempotency import idempotent
from portal.policies import require


class DeclaredVehicleSerializer(serializers.ModelSerializer):
    """A vehicle that somebody declared as connected with them."""

    class Meta:
        model = DeclaredVehicle
        fields = ("id", "vrm_entered", "vrm", "country", "connection", "declared_by", "declared_at", "withdrawn_at",
                  "barred_until")  # fmt: skip
        read_only_fields = ("id", "vrm", "declared_by", "declared_at", "withdrawn_at", "barred_until")


class NewDeclaredVehicleSerializer(serializers.Serializer):
    """What declaring one needs."""

    vrm_entered = serializers.CharField(max_length=20)
    country = serializers.ChoiceField(list(COUNTRIES), default="GB")
    connection = serializers.ChoiceField(DeclaredVehicle.Connection.choices)


class AnsweredSerializer(serializers.Serializer):
    """Who acknowledged it, when, and in what words."""

    answered_by = serializers.IntegerField(source="answered_by_id")
    answered_at = serializers.DateTimeField()
    words = serializers.CharField()


class AnswerWordsSerializer(serializers.Serializer):
    """What is made of it. Said once."""

    words = serializers.CharField(max_length=1000)


class ConflictReportSerializer(serializers.ModelSerializer):
    """What somebody tried on a vehicle declared as connected with them. All but a search was refused."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    was_refused = serializers.BooleanField(read_only=True)
    answer = serializers.SerializerMethodField()

    class Meta:
        model = ConflictReport
        fields = ("id", "act", "link", "attempted_by", "attempted_at", "vrm", "country", "hotlist", "entry_id",
                  "was_refused", "answer")  # fmt: skip

    @extend_schema_field(AnsweredSerializer(allow_null=True))
    def get_answer(self, report: ConflictReport) -> dict[str, Any] | None:
        """Null while it waits."""
        return AnsweredSerializer(report.answer).data if hasattr(report, "answer") else None


class NoticeSerializer(serializers.ModelSerializer):
    """That the data protection officer is told of one version of an entry. The list of notices names no plate."""

    entry = serializers.UUIDField(source="version.entry_id", read_only=True)
    hotlist = serializers.CharField(source="version.entry.hotlist.slug", read_only=True)
    touches = serializers.SerializerMethodField(help_text="What protected activity, in words.")
    status = serializers.ChoiceField(EntryVersion.Status.choices, source="version.status", read_only=True)
    answer = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "entry", "version", "hotlist", "touches", "status", "raised_by", "raised_at", "answer")

    def get_touches(self, notice: Notice) -> str:
        """Its kinds."""
        return kinds_of(notice.version)

    @extend_schema_field(AnsweredSerializer(allow_null=True))
    def get_answer(self, notice: Notice) -> dict[str, Any] | None:
        """Null while it waits."""
        return AnsweredSerializer(notice.answer).data if hasattr(notice, "answer") else None


class NoticeDetailSerializer(NoticeSerializer):
    """A notice with what is asked for and why."""

    vrm = serializers.CharField(source="version.vrm", read_only=True)
    country = serializers.CharField(source="version.country", read_only=True)
    reason = serializers.CharField(source="version.reason", read_only=True)

    class Meta(NoticeSerializer.Meta):
        fields = (*NoticeSerializer.Meta.fields, "vrm", "country", "reason")


class DeclaredVehicleList(generics.ListAPIView):
    """Vehicles that the caller declared, newest first; POST declares one. Reading is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = DeclaredVehicleSerializer

    def get_queryset(self):
        """One's own that still bar."""
        if getattr(self, "swagger_fake_view", False):
            return DeclaredVehicle.objects.none()
        require(policies.may_declare(actor(self.request)))
        return DeclaredVehicle.objects.filter(declared_by=actor(self.request)).barring(timezone.now())

    def paginate_queryset(self, queryset):
        """What is shown is recorded."""
        page = super().paginate_queryset(queryset)
        actions.look_at_declared(page, by=actor(self.request))
        return page

    @extend_schema(request=NewDeclaredVehicleSerializer, responses={201: DeclaredVehicleSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Declares a vehicle as connected with the caller."""
        given = NewDeclaredVehicleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.declare_vehicle(by=actor(request), **given.validated_data)
        return Response(DeclaredVehicleSerializer(made).data, status=status.HTTP_201_CREATED)


class DeclaredVehicleWithdraw(APIView):
    """Says that a vehicle is no longer connected with the caller; it bars for a while yet."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=DeclaredVehicleSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """For who declared it."""
        by = actor(request)
        require(policies.may_declare(by))
        declared = get_object_or_404(DeclaredVehicle, pk=pk, declared_by=by)
        return Response(DeclaredVehicleSerializer(actions.withdraw_declaration(declared, by=by)).data)


class DeclaredRegister(DeclaredVehicleList):
    """Vehicles that anybody declared, for professional standards. Reading is recorded."""

    http_method_names = ("get", "head", "options")

    def get_queryset(self):
        """Those that still bar."""
        if getattr(self, "swagger_fake_view", False):
            return DeclaredVehicle.objects.none()
        require(policies.may_view_declared(actor(self.request)))
        return DeclaredVehicle.objects.barring(timezone.now())


class ConflictList(generics.ListAPIView):
    """What was tried on declared vehicles, newest first, for professional standards. Reading is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = ConflictReportSerializer

    def get_queryset(self):
        """With the answers."""
        if getattr(self, "swagger_fake_view", False):
            return ConflictReport.objects.none()
        require(policies.may_see_conflicts(actor(self.request)))
        return ConflictReport.objects.select_related("hotlist", "answer")

    def paginate_queryset(self, queryset):
        """What is shown is recorded."""
        page = super().paginate_queryset(queryset)
        actions.look_at_conflicts(page, by=actor(self.request))
        return page


class ConflictAnswerView(APIView):
    """Acknowledges a report of a conflict of interest, once."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=AnswerWordsSerializer, responses=ConflictReportSerializer, operation_id="conflicts_answer")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """With what is made of it."""
        require(policies.may_see_conflicts(actor(request)))
        given = AnswerWordsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        report = get_object_or_404(ConflictReport, pk=pk)
        actions.answer_conflict(report, by=actor(request), **given.validated_data)
        return Response(ConflictReportSerializer(ConflictReport.objects.get(pk=pk)).data)


class NoticeList(generics.ListAPIView):
    """Entries that touch protected activity, newest first, for the data protection officer."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = NoticeSerializer

    def get_queryset(self):
        """Of whatever list."""
        if getattr(self, "swagger_fake_view", False):
            return Notice.objects.none()
        require(policies.may_see_notices(actor(self.request)))
        return Notice.objects.select_related("version__entry__hotlist", "answer")


class NoticeDetail(APIView):
    """One notice, with the plate and the reason. Opening it is recorded."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=NoticeDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """For the data protection officer."""
        return Response(NoticeDetailSerializer(actions.open_notice(_notice(request, pk), by=actor(request))).data)


class NoticeAnswerView(APIView):
    """Acknowledges a notice, once. Nothing waits for it."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=AnswerWordsSerializer, responses=NoticeSerializer, operation_id="notices_answer")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """With what the officer makes of it."""
        notice = _notice(request, pk)
        given = AnswerWordsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.answer_notice(notice, by=actor(request), **given.validated_data)
        return Response(NoticeSerializer(_notice(request, pk)).data)


def _notice(request: Request, pk: uuid.UUID) -> Notice:
    require(policies.may_see_notices(actor(request)))
    return get_object_or_404(Notice.objects.select_related("version__entry__hotlist", "answer"), pk=pk)
