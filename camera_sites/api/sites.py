"""Sites over the API. The list says no place finer than the area; opening one shows where it stands, and is recorded."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import Actor
from camera_sites import actions, policies
from camera_sites.actions.sites import DECIDED_ON, WRITTEN
from camera_sites.api.map import SiteNarrowing
from camera_sites.case import lacking, likelihood_of
from camera_sites.encirclement import closed_by
from camera_sites.models import Camera, CameraSite, ServiceSpell, SiteDecision
from camera_sites.models.cameras import PARTICULARS
from camera_sites.narrowing import narrowed
from camera_sites.neighbours import neighbours
from camera_sites.ring import ring_of
from portal.api import check_if_match, etag
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read",)}


class CameraSerializer(serializers.ModelSerializer):
    """One camera."""

    class Meta:
        model = Camera
        fields = ("id", "ref", "kind", "lane", "direction", *PARTICULARS, "commissioned_at", "decommissioned_at",
                  "decommissioned_why")  # fmt: skip
        read_only_fields = fields


class SiteDecisionSerializer(serializers.ModelSerializer):
    """On which cell of the national matrix a site was set live, by whom and why (R-112)."""

    class Meta:
        model = SiteDecision
        fields = ("profile", "location_type", "basis", "likelihood", "words", "decided_by", "decided_at")


class SpellSerializer(serializers.ModelSerializer):
    """A time during which people had the site set live."""

    class Meta:
        model = ServiceSpell
        fields = ("began_by", "began_at", "ended_by", "ended_at")


class NearSerializer(serializers.Serializer):
    """A site that stands near."""

    id = serializers.UUIDField()
    ref = serializers.CharField()
    metres = serializers.IntegerField()


class RingSerializer(serializers.Serializer):
    """Whether sites may stand around a town: from their positions alone, so it warns and decides nothing (R-118)."""

    directions = serializers.IntegerField()
    without = serializers.IntegerField(help_text="The same without this site.")
    is_likely = serializers.BooleanField(help_text="As many as the standards call for a second look.")
    words = serializers.CharField()


class SiteSerializer(serializers.ModelSerializer):
    """A site and how it stands."""

    in_service_until = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null: not in service.")
    is_in_service = serializers.SerializerMethodField()
    camera_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = CameraSite
        fields = ("id", "ref", "name", "area", "location_type", "purposes", "deployment", "status", "is_in_service", "in_service_until",
                  "camera_count", "controller", "dpia", "owner", "proposed_at", "live_at", "decommissioned_at")  # fmt: skip

    def get_is_in_service(self, site: Any) -> bool:
        """Whether matchers match its reads now."""
        return site.in_service_until is not None and site.in_service_until > timezone.now()


class SiteDetailSerializer(SiteSerializer):
    """A site with its cameras and where it stands."""

    cameras = CameraSerializer(many=True, read_only=True)
    basis = serializers.CharField(read_only=True, help_text="The weightiest purpose.")
    likelihood = serializers.SerializerMethodField(help_text="What the national matrix says of it today: V, M or E.")
    lacking = serializers.SerializerMethodField(help_text="What a proposal's case lacks, in words.")
    near = serializers.SerializerMethodField(help_text="Sites near that the caller may see, the nearest first.")
    others_near = serializers.SerializerMethodField(help_text="How many more stand near.")
    ring = serializers.SerializerMethodField(help_text="In how many of eight directions sites stand around those near.")
    closed = serializers.SerializerMethodField(
        help_text="In words, what a proposal would close by the roads in use; null: nothing, or no roads were loaded."
    )
    decision = SiteDecisionSerializer(read_only=True, allow_null=True, default=None)
    spells = SpellSerializer(many=True, read_only=True)

    class Meta(SiteSerializer.Meta):
        fields = tuple(dict.fromkeys((
            *SiteSerializer.Meta.fields, *DECIDED_ON, "owner_org", "operator_org", "funder", "has_signage", "proposed_by",
            "live_by", "moved_by", "moved_at", "decommissioned_by", "cameras", "basis", "likelihood", "lacking", "near",
            "others_near", "ring", "closed", "decision", "spells",
        )))  # fmt: skip

    def get_likelihood(self, site: Any) -> str:
        """As the edition in force says."""
        return likelihood_of(site, timezone.now())

    def get_lacking(self, site: Any) -> list[str]:
        """Nothing of a site that was decided."""
        return lacking(site, timezone.now()) if site.status == CameraSite.Status.PROPOSED else []

    def get_closed(self, site: Any) -> str | None:
        """R-118, F-11."""
        closed = closed_by(site, by=self.context["by"]) if site.status == CameraSite.Status.PROPOSED else None
        return closed.words if closed else None

    @extend_schema_field(NearSerializer(many=True))
    def get_near(self, site: Any) -> Any:
        """R-111."""
        near = neighbours(site, by=self.context["by"]).sites
        return [{"id": str(other.pk), "ref": other.ref, "metres": metres} for other, metres in near]

    @extend_schema_field(RingSerializer)
    def get_ring(self, site: Any) -> Any:
        """R-118; it warns and decides nothing."""
        return RingSerializer(ring_of(site, by=self.context["by"])).data

    def get_others_near(self, site: Any) -> int:
        """Counted, not named."""
        return neighbours(site, by=self.context["by"]).others


class WrittenSiteSerializer(serializers.ModelSerializer):
    """What a proposer writes."""

    purposes = serializers.ListField(child=serializers.ChoiceField(CameraSite.Purpose.choices))
    proximity = serializers.ListField(child=serializers.ChoiceField(CameraSite.Proximity.choices), required=False)

    class Meta:
        model = CameraSite
        fields = WRITTEN
        extra_kwargs = {"owner": {"required": False}, "ref": {"validators": []}}


class SiteList(generics.ListAPIView):
    """The sites that the caller may see; POST proposes one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = SiteSerializer

    def get_queryset(self):
        """Those that fit what is asked for."""
        if getattr(self, "swagger_fake_view", False):
            return CameraSite.objects.none()
        require(policies.may_open_registry(actor(self.request)))
        asked = SiteNarrowing(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        return narrowed(
            CameraSite.objects.visible_to(actor(self.request)), asked.validated_data, now
        ).with_standing(now)  # fmt: skip

    @extend_schema(parameters=[SiteNarrowing])
    def get(self, request: Request) -> Response:
        """Newest first."""
        return super().get(request)

    @extend_schema(request=WrittenSiteSerializer, responses={201: SiteDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new proposal."""
        given = WrittenSiteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        site = actions.propose_site(by=actor(request), **given.validated_data)
        return Response(_told(site.pk, request), status=status.HTTP_201_CREATED)


class SiteDetail(APIView):
    """One site with where it stands; opening it is recorded. PATCH edits it."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=SiteDetailSerializer, operation_id="camera_sites_open")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The site; its ETag is what an edit sends back in If-Match."""
        site = actions.open_site(site_of(request, pk), by=actor(request))
        return Response(_told(pk, request), headers={"ETag": _tag(site)})

    @extend_schema(request=WrittenSiteSerializer(partial=True), responses=SiteDetailSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Changes a proposal, or what may change of a live site."""
        CameraSite.objects.select_for_update().filter(pk=pk).first()  # or two editors may both pass
        site = site_of(request, pk)
        check_if_match(request, _tag(site))
        given = WrittenSiteSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        site = actions.edit_site(site, by=actor(request), **given.validated_data)
        return Response(_told(pk, request), headers={"ETag": _tag(site)})


def site_verb(
    name: str, fields: dict[str, serializers.Field], act: Callable[[CameraSite, Actor, dict[str, Any]], object]
):
    """A view for one verb on a site: the body's fields, and what it does with (site, who calls, body)."""
    shape = type(inline_serializer(f"Site{name}Body", fields))

    class View(APIView):
        """Does it, and shows the site as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=shape, responses=SiteDetailSerializer, operation_id=f"camera_sites_{name.lower()}")
        @transaction.atomic
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            """Does it, and shows the site as it stands after.

            With If-Match, only while the site stands as its ETag says that it was read (412).
            """
            CameraSite.objects.select_for_update().filter(pk=pk).first()  # or an edit may pass between look and act
            site = site_of(request, pk)
            if "If-Match" in request.headers:
                check_if_match(request, _tag(site))
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)
            act(site, actor(request), dict(given.validated_data))
            return Response(_told(pk, request))

    View.__name__ = View.__qualname__ = f"Site{name}"
    return View


SiteSetLive = site_verb(
    "SetLive",
    {"words": serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)},
    lambda site, by, data: actions.set_live(site, by=by, **data),
)
SiteSuspend = site_verb(
    "Suspend",
    {"reason": serializers.CharField(max_length=500)},
    lambda site, by, data: actions.suspend_site(site, by=by, **data),
)
SiteReturn = site_verb(
    "Return",
    {"reason": serializers.CharField(max_length=500)},
    lambda site, by, data: actions.return_site(site, by=by, **data),
)
SiteDecommission = site_verb(
    "Decommission",
    {"reason": serializers.CharField(max_length=500)},
    lambda site, by, data: actions.decommission(site, by=by, **data),
)
SiteGiveAccess = site_verb(
    "GiveAccess",
    {"team": serializers.SlugRelatedField("name", queryset=Group.objects.filter(team__isnull=False))},
    lambda site, by, data: actions.give_access(site, data["team"], by=by),
)
SiteTakeAccess = site_verb(
    "TakeAccess",
    {"team": serializers.SlugRelatedField("name", queryset=Group.objects.filter(team__isnull=False))},
    lambda site, by, data: actions.take_access(site, data["team"], by=by),
)


def site_of(request: Request, pk: uuid.UUID) -> CameraSite:
    """The site, where it is the caller's to see; 404 otherwise."""
    return get_object_or_404(CameraSite.objects.visible_to(actor(request)).select_related("dpia", "owner"), pk=pk)


def _told(pk: uuid.UUID, request: Request) -> dict[str, Any]:
    return SiteDetailSerializer(
        CameraSite.objects.with_standing(timezone.now())
        .select_related("decision")
        .prefetch_related("cameras", "spells")
        .get(pk=pk),
        context={"by": actor(request)},
    ).data


def _tag(site: CameraSite) -> str:
    cameras = site.cameras.order_by("ref").values_list(
        "ref", "kind", "lane", "direction", "decommissioned_at", *PARTICULARS
    )
    return etag("site", site.pk, site.status, *(getattr(site, name) for name in WRITTEN), *cameras)
