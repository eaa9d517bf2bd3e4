"""What narrows the registry over the API, and the sites as a map draws them."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from camera_sites import actions, policies
from camera_sites.models import CameraSite
from camera_sites.narrowing import OVERDUE, SHOW, WANTING, narrowed
from camera_sites.places import FARTHEST, box_of, gathered
from camera_sites.story import state_of
from portal.policies import require


class SiteNarrowing(serializers.Serializer):
    """What narrows the registry, as on its page."""

    q = serializers.CharField(required=False, max_length=60, help_text="In the name, the reference or the area.")
    show = serializers.ChoiceField(SHOW, required=False)
    wanting = serializers.ChoiceField(WANTING, required=False, help_text="What is wanting, whatever its state.")
    deployment = serializers.ChoiceField(CameraSite.Deployment.choices, required=False)
    owner = serializers.IntegerField(required=False, min_value=1, help_text="Who answers for it.")
    dpia = serializers.UUIDField(required=False, help_text="Under this assessment.")
    overdue = serializers.ChoiceField(OVERDUE, required=False)

    def to_internal_value(self, data: Any) -> Any:
        """What is empty narrows nothing: a form sends that too."""
        return super().to_internal_value({name: value for name, value in data.items() if value != ""})


class SiteLook(SiteNarrowing):
    """Which part of the map is looked at, at which scale."""

    box = serializers.CharField(max_length=80, help_text="west,south,east,north, in degrees.")
    zoom = serializers.IntegerField(min_value=FARTHEST, max_value=20, help_text="As web maps count it.")

    def validate_box(self, text: str) -> Any:
        """In numbers."""
        if (box := box_of(text)) is None:
            raise serializers.ValidationError("Give west,south,east,north in degrees.")
        return box


class PinSerializer(serializers.Serializer):
    """A site that stands by itself."""

    id = serializers.UUIDField(source="pk")
    title = serializers.CharField(source="__str__")
    north = serializers.FloatField(source="latitude")
    east = serializers.FloatField(source="longitude")
    state = serializers.SerializerMethodField()
    tone = serializers.SerializerMethodField()
    href = serializers.SerializerMethodField(help_text="Its page.")

    def get_state(self, site: Any) -> str:
        """How it stands, in words."""
        return state_of(site, self.context["at"]).word

    def get_tone(self, site: Any) -> str:
        """As status tags are drawn."""
        return state_of(site, self.context["at"]).tone

    def get_href(self, site: Any) -> str:
        """For people."""
        return reverse("site_detail", args=[site.pk])


class GroupSerializer(serializers.Serializer):
    """Sites that stand too close together to be told apart at this scale."""

    north = serializers.FloatField(help_text="About.")
    east = serializers.FloatField(help_text="About.")
    count = serializers.IntegerField()
    words = serializers.CharField(help_text="How they stand.")


class PlacesSerializer(serializers.Serializer):
    """What one look at a part of the map shows."""

    groups = GroupSerializer(many=True)
    sites = PinSerializer(many=True)


class SitePlaces(APIView):
    """The sites on a part of the map. Those told apart are told with where they stand, which is recorded (R-120)."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(parameters=[SiteLook], responses=PlacesSerializer, operation_id="camera_sites_places")
    def get(self, request: Request) -> Response:
        """What lies too close together is one group."""
        require(policies.may_open_registry(actor(request)))
        given = SiteLook(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked, now = given.validated_data, timezone.now()
        sites = narrowed(CameraSite.objects.visible_to(actor(request)), asked, now)
        places = gathered(sites, box=asked["box"], zoom=asked["zoom"], at=now)
        actions.open_locations(places.sites, by=actor(request))
        return Response(PlacesSerializer(places, context={"at": now}).data, headers={"Cache-Control": "no-store"})
