"""Roads over the API: read, looked at, used."""

import json
import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has
from camera_sites import actions, policies
from camera_sites.encirclement import told_of
from camera_sites.models import RoadNetwork
from portal.idempotency import idempotent
from portal.policies import require


class RoadNetworkSerializer(serializers.ModelSerializer):
    """Roads of one file."""

    is_in_use = serializers.BooleanField(read_only=True, help_text="Sites are judged by it.")

    class Meta:
        model = RoadNetwork
        fields = (
            "id",
            "name",
            "source",
            "stretches",
            "metres",
            "read_by",
            "read_at",
            "used_by",
            "used_at",
            "is_in_use",
        )


class RoadNetworkDetailSerializer(RoadNetworkSerializer):
    """With how it fits the registry."""

    sites_inside = serializers.SerializerMethodField(help_text="Sites that the caller may see within its bounds.")
    sites_by_no_road = serializers.SerializerMethodField(help_text="How many of those stand by none of its roads.")

    class Meta(RoadNetworkSerializer.Meta):
        fields = (*RoadNetworkSerializer.Meta.fields, "sites_inside", "sites_by_no_road")

    def get_sites_inside(self, network: RoadNetwork) -> int:
        """Decommissioned ones left aside."""
        return self.context["told"].inside

    def get_sites_by_no_road(self, network: RoadNetwork) -> int:
        """Many: these are other roads, or they are misplaced."""
        return len(self.context["told"].astray) + self.context["told"].more


RoadsFile = inline_serializer(
    "RoadsFile",
    {
        "name": serializers.CharField(max_length=100),
        "source": serializers.CharField(max_length=200),
        "content": serializers.JSONField(
            help_text="GeoJSON: a FeatureCollection of lines, `name` in their properties."
        ),
    },
)


class RoadNetworks(APIView):
    """The networks that were read. Reading one changes nothing that is judged."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=RoadNetworkSerializer(many=True), operation_id="road_networks_list")
    def get(self, request: Request) -> Response:
        """The newest first."""
        require(policies.may_load_roads(request.user))
        return Response(RoadNetworkSerializer(RoadNetwork.objects.all(), many=True).data)

    @extend_schema(request=RoadsFile, responses={201: RoadNetworkSerializer}, operation_id="road_networks_read")
    @idempotent
    def post(self, request: Request) -> Response:
        """Every fault of the file is told, and then nothing is kept of it."""
        given = type(RoadsFile)(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        content = json.dumps(data["content"]).encode()
        network = actions.read_roads(by=request.user, content=content, name=data["name"], source=data["source"])
        return Response(RoadNetworkSerializer(network).data, status=status.HTTP_201_CREATED)


class RoadNetworkDetail(APIView):
    """One of them."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=RoadNetworkDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With how it fits the registry, to be looked at before it is used."""
        require(policies.may_load_roads(request.user))
        network = get_object_or_404(RoadNetwork, pk=pk)
        return Response(RoadNetworkDetailSerializer(network, context={"told": told_of(network, by=request.user)}).data)


class RoadNetworkUse(APIView):
    """Having sites judged by it, and by no other."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=RoadNetworkSerializer, operation_id="road_networks_use")
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Sites that were decided stay as they are."""
        network = actions.use_roads(get_object_or_404(RoadNetwork, pk=pk), by=request.user)
        return Response(RoadNetworkSerializer(network).data)
