"""What is written down about a site, over the API; the site's own answer shows it."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from camera_sites import actions
from camera_sites.api.sites import READ, site_of, site_verb
from camera_sites.models import (
    Camera,
    CameraSite,
    NeedQuestion,
    NeedReview,
    PositionCheck,
    SharingAgreement,
    SignageInspection,
    SiteConsultation,
)
from portal.errors import Unfit


class ConsultationSerializer(serializers.ModelSerializer):
    """One consultation."""

    class Meta:
        model = SiteConsultation
        fields = ("id", "whom", "held_on", "said", "outcome", "recorded_by", "recorded_at")


class SharingSerializer(serializers.ModelSerializer):
    """One sharing agreement."""

    class Meta:
        model = SharingAgreement
        fields = ("id", "organisation", "is_police", "purpose", "reference", "until_at", "agreed_by", "agreed_at",
                  "ended_by", "ended_at")  # fmt: skip


class InspectionSerializer(serializers.ModelSerializer):
    """One inspection of signs."""

    class Meta:
        model = SignageInspection
        fields = ("id", "inspected_on", "is_in_place", "names_contact", "words", "recorded_by", "recorded_at")


class PositionSerializer(serializers.ModelSerializer):
    """One comparison of a camera's positions."""

    camera = serializers.SlugRelatedField("ref", read_only=True)

    class Meta:
        model = PositionCheck
        fields = ("camera", "surveyed_latitude", "surveyed_longitude", "reported_latitude", "reported_longitude", "metres",
                  "tolerance", "is_beyond", "checked_by", "checked_at")  # fmt: skip


class QuestionSerializer(serializers.ModelSerializer):
    """What asked whether a site is still needed."""

    class Meta:
        model = NeedQuestion
        fields = ("trigger", "words", "raised_by", "raised_at")


class ReviewSerializer(serializers.ModelSerializer):
    """A review of the need."""

    class Meta:
        model = NeedReview
        fields = ("outcome", "effect", "words", "reviewed_by", "reviewed_at")


class EvidenceSerializer(serializers.Serializer):
    """All that is kept about a site beside its case."""

    consultations = ConsultationSerializer(many=True)
    sharing = SharingSerializer(many=True)
    inspections = InspectionSerializer(many=True)
    positions = PositionSerializer(many=True)
    need_questions = QuestionSerializer(many=True)
    need_reviews = ReviewSerializer(many=True)


class SiteEvidence(APIView):
    """What is written down about a site; it holds places, so that looking is recorded."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=EvidenceSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The newest first."""
        site = actions.open_site(site_of(request, pk), by=actor(request))
        kept = {
            "consultations": site.consultations.all(), "sharing": site.sharing.all(), "inspections": site.inspections.all(),
            "positions": PositionCheck.objects.filter(camera__site=site).select_related("camera"),
            "need_questions": site.need_questions.all(), "need_reviews": site.need_reviews.all(),
        }  # fmt: skip
        return Response(EvidenceSerializer(kept).data)


def camera_of(site: CameraSite, ref: str) -> Camera:
    camera = site.cameras.filter(ref=ref).first()
    if camera is None:
        raise Unfit("No such camera.", {"camera": ["This site has no camera of this reference."]})
    return camera


def _agreement(site: CameraSite, pk: uuid.UUID) -> SharingAgreement:
    agreement = site.sharing.filter(pk=pk).first()
    if agreement is None:
        raise Unfit("No such agreement.", {"agreement": ["This site has no such agreement."]})
    return agreement


SiteConsult = site_verb(
    "Consult",
    {
        "whom": serializers.CharField(max_length=150),
        "held_on": serializers.DateField(),
        "said": serializers.CharField(max_length=2000),
        "outcome": serializers.CharField(max_length=1000),
    },
    lambda site, by, data: actions.log_consultation(site, by=by, **data),
)
SiteShare = site_verb(
    "Share",
    {
        "organisation": serializers.CharField(max_length=100),
        "is_police": serializers.BooleanField(default=False),
        "purpose": serializers.CharField(max_length=300),
        "reference": serializers.CharField(max_length=60),
        "until_at": serializers.DateTimeField(),
    },
    lambda site, by, data: actions.share_site(site, by=by, **data),
)
SiteShareEnd = site_verb(
    "ShareEnd",
    {"agreement": serializers.UUIDField()},
    lambda site, by, data: actions.end_sharing(site, _agreement(site, data["agreement"]), by=by),
)
SiteSigns = site_verb(
    "Signs",
    {
        "inspected_on": serializers.DateField(),
        "is_in_place": serializers.BooleanField(),
        "names_contact": serializers.BooleanField(default=False),
        "words": serializers.CharField(max_length=500, default="", allow_blank=True),
    },
    lambda site, by, data: actions.inspect_signs(site, by=by, **data),
)
SitePosition = site_verb(
    "Position",
    {
        "camera": serializers.SlugField(max_length=40),
        "reported_latitude": serializers.FloatField(),
        "reported_longitude": serializers.FloatField(),
        "surveyed_latitude": serializers.FloatField(required=False),
        "surveyed_longitude": serializers.FloatField(required=False),
    },
    lambda site, by, data: actions.check_position(site, camera_of(site, data.pop("camera")), by=by, **data),
)
