"""Accuracy tests and reviews of a site's need, over the API."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from camera_sites import actions, policies
from camera_sites.accuracy import Verdict, judge, records_of, shortfalls
from camera_sites.api.evidence import camera_of
from camera_sites.api.sites import READ, site_of, site_verb
from camera_sites.limits import AccuracyLimits
from camera_sites.models import AccuracyTest, NeedQuestion, NeedReview
from portal.idempotency import idempotent
from portal.policies import require

COUNTED = ("tested_on", "tester", "method", "light", "visible", "captured", "read_right", "clock_offset_ms",
           "latency_p95_ms", "words")  # fmt: skip


class AccuracyTestSerializer(serializers.ModelSerializer):
    """One test, with the intervals in which the true rates lie and what the standards in force make of it."""

    camera = serializers.SlugRelatedField("ref", read_only=True)
    judgement = serializers.SerializerMethodField()
    shortfalls = serializers.SerializerMethodField()

    class Meta:
        model = AccuracyTest
        fields = ("id", "camera", *COUNTED, "capture_rate", "capture_low", "capture_high", "read_rate", "read_low", "read_high",
                  "judgement", "shortfalls", "profile", "recorded_by", "recorded_at")  # fmt: skip
        read_only_fields = ("capture_low", "capture_high", "read_low", "read_high")

    @extend_schema_field(serializers.ChoiceField(Verdict.choices))
    def get_judgement(self, test: Any) -> str:
        """`unsure` while the limit lies within an interval: too few were counted."""
        return judge(test, self.context["limits"]).value

    def get_shortfalls(self, test: Any) -> list[str]:
        """In words."""
        return shortfalls(test, self.context["limits"])


class CountedSerializer(serializers.ModelSerializer):
    """One test as it was counted."""

    camera = serializers.SlugField(max_length=40)

    class Meta:
        model = AccuracyTest
        fields = ("camera", *COUNTED)
        extra_kwargs = {
            "clock_offset_ms": {"required": False}, "latency_p95_ms": {"required": False}, "words": {"required": False}
        }  # fmt: skip


class CameraStandingSerializer(serializers.Serializer):
    """How one camera stands by its newest tests."""

    camera = serializers.CharField(source="camera.ref")
    judgement = serializers.ChoiceField(Verdict.choices, allow_null=True, source="verdict")
    shortfalls = serializers.ListField(child=serializers.CharField(), source="why")
    is_overdue = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    tests = serializers.SerializerMethodField()

    @extend_schema_field(AccuracyTestSerializer(many=True))
    def get_tests(self, record: Any) -> Any:
        """The newest first."""
        return AccuracyTestSerializer(record.tests, many=True, context=self.context).data


class SiteAccuracy(APIView):
    """How the cameras of a site read; POST writes down a test."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=CameraStandingSerializer(many=True), operation_id="camera_sites_accuracy")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Every camera with its tests; says no place."""
        site = site_of(request, pk)
        require(policies.may_open_site(actor(request), site))
        now = timezone.now()
        limits = AccuracyLimits.at(now)
        records = records_of(site, now, limits)
        return Response(CameraStandingSerializer(records, many=True, context={"limits": limits}).data)

    @extend_schema(
        request=CountedSerializer, responses={201: AccuracyTestSerializer}, operation_id="camera_sites_record_test"
    )
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """A test more."""
        site = site_of(request, pk)
        given = CountedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        counted = dict(given.validated_data)
        camera = camera_of(site, counted.pop("camera"))
        test = actions.record_test(site, camera, by=actor(request), **counted)
        told = AccuracyTestSerializer(test, context={"limits": AccuracyLimits.at(timezone.now())})
        return Response(told.data, status=status.HTTP_201_CREATED)


TestsFile = inline_serializer("TestsFile", {"content": serializers.CharField(trim_whitespace=False)})


class TestsImport(APIView):
    """A file of accuracy tests, of any sites that the caller sees."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(
        request=TestsFile,
        responses={201: AccuracyTestSerializer(many=True)},
        operation_id="camera_sites_import_tests",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """All of its tests are written down, or none."""
        given = type(TestsFile)(data=request.data)
        given.is_valid(raise_exception=True)
        done = actions.import_tests(by=request.user, content=given.validated_data["content"].encode())
        told = AccuracyTestSerializer(done, many=True, context={"limits": AccuracyLimits.at(timezone.now())})
        return Response(told.data, status=status.HTTP_201_CREATED)


SiteQuestion = site_verb(
    "Question",
    {
        "trigger": serializers.ChoiceField(NeedQuestion.Trigger.choices),
        "words": serializers.CharField(max_length=500),
    },
    lambda site, by, data: actions.ask_for_review(site, by=by, **data),
)
SiteReview = site_verb(
    "Review",
    {
        "outcome": serializers.ChoiceField(NeedReview.Outcome.choices),
        "effect": serializers.CharField(max_length=2000),
        "words": serializers.CharField(max_length=2000),
    },
    lambda site, by, data: actions.review_need(site, by=by, **data),
)
