"""The lists themselves over the API."""

from typing import Any

from django.contrib.auth.models import Group
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from accounts.models import User
from accounts.policies import reads
from hotlists import actions
from hotlists.models import Hotlist
from portal.idempotency import idempotent
from portal.policies import require


class HotlistSerializer(serializers.ModelSerializer):
    """A list as the API shows it."""

    is_in_force = serializers.SerializerMethodField()
    lapses_at = serializers.DateTimeField(read_only=True, allow_null=True)
    owner = serializers.StringRelatedField()

    class Meta:
        model = Hotlist
        fields = ("id", "slug", "title", "kind", "purpose", "controller", "legal_basis", "owner", "categories", "actions",
                  "markers", "offline_life_hours", "sunset_at", "created_at", "lapses_at", "is_in_force")  # fmt: skip

    def get_is_in_force(self, hotlist: Any) -> bool:
        """Whether the list is justified now."""
        return hotlist.lapses_at is not None and hotlist.lapses_at > timezone.now()


class NewHotlistSerializer(serializers.ModelSerializer):
    """What a new list needs."""

    class Meta:
        model = Hotlist
        fields = ("slug", "title", "kind", "purpose", "controller", "legal_basis", "owner", "deputy", "dpia", "categories",
                  "actions", "markers", "offline_life_hours", "sunset_at")  # fmt: skip


class GrantSerializer(serializers.Serializer):
    """A team, or a person, that may see a list from now on."""

    team = serializers.SlugRelatedField("name", queryset=Group.objects.exclude(team=None), required=False)
    person = serializers.SlugRelatedField("username", queryset=User.objects.filter(is_active=True), required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if len(given) != 1:
            raise serializers.ValidationError("Name a team, or a person, and not both.")
        return given


class _HotlistsRead:
    serializer_class = HotlistSerializer
    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    def get_queryset(self):
        """The lists that the caller may see, each with its lapse."""
        if getattr(self, "swagger_fake_view", False):
            return Hotlist.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        return Hotlist.objects.visible_to(actor(self.request)).with_lapse(timezone.now()).select_related("owner")


class HotlistList(_HotlistsRead, generics.ListAPIView):
    """The lists that the caller may see; POST creates one."""

    @extend_schema(request=NewHotlistSerializer, responses={201: HotlistSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new list; in force once its impact assessment is in date."""
        given = NewHotlistSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.create_hotlist(by=actor(request), **given.validated_data)
        shown = Hotlist.objects.with_lapse(timezone.now()).get(pk=made.pk)
        return Response(HotlistSerializer(shown).data, status=status.HTTP_201_CREATED)


class HotlistDetail(_HotlistsRead, generics.RetrieveAPIView):
    """One list."""

    lookup_field = "slug"


class HotlistAccess(APIView):
    """Gives a team or a person access to a list."""

    permission_classes = (Has,)

    @extend_schema(request=GrantSerializer, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """They see it from now on."""
        hotlist = get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)
        given = GrantSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        [grantee] = given.validated_data.values()
        actions.give_access(hotlist, grantee, by=actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
