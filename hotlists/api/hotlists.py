"""The lists themselves over the API."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from accounts.policies import reads
from hotlists import actions, policies
from hotlists.actions.hotlists import CHANGEABLE
from hotlists.api.entries import EntrySerializer
from hotlists.api.looking import LookedAt
from hotlists.models import Entry, Hotlist, HotlistGroupAccess, HotlistUserAccess
from hotlists.standing import state_of
from portal.api import check_if_match
from portal.idempotency import idempotent
from portal.policies import require


class HotlistSerializer(serializers.ModelSerializer):
    """A list as the API shows it."""

    is_in_force = serializers.SerializerMethodField()
    lapses_at = serializers.DateTimeField(read_only=True, allow_null=True)
    sunset_at = serializers.DateTimeField(
        read_only=True, help_text="The list itself lapses then unless justified afresh."
    )
    owner = serializers.StringRelatedField()
    deputy = serializers.StringRelatedField()

    class Meta:
        model = Hotlist
        fields = ("id", "slug", "kind", "owner", "deputy", *CHANGEABLE, "created_at", "closed_at", "closed_because",
                  "sunset_at", "lapses_at", "is_in_force")  # fmt: skip

    def get_is_in_force(self, hotlist: Any) -> bool:
        """Whether the list is justified now."""
        return hotlist.lapses_at is not None and hotlist.lapses_at > timezone.now()


class NewHotlistSerializer(serializers.ModelSerializer):
    """What a new list needs."""

    sunset_at = serializers.DateTimeField()
    justification = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    class Meta:
        model = Hotlist
        fields = ("slug", "kind", "owner", "deputy", *CHANGEABLE, "sunset_at", "justification")


class HotlistChangeSerializer(serializers.ModelSerializer):
    """What changes of a list. Entries are not touched: where some would no longer fit, that has to be known."""

    misfits_known = serializers.BooleanField(default=False)

    class Meta:
        model = Hotlist
        fields = (*CHANGEABLE, "misfits_known")


class GrantSerializer(serializers.Serializer):
    """A team, or a person, that may see a list."""

    team = serializers.SlugRelatedField("name", queryset=Group.objects.exclude(team=None), required=False)
    person = serializers.SlugRelatedField("username", queryset=User.objects.filter(is_active=True), required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if len(given) != 1:
            raise serializers.ValidationError("Name a team, or a person, and not both.")
        return given


class AccessSerializer(serializers.Serializer):
    """Who may see a list."""

    teams = serializers.ListField(child=serializers.CharField())
    people = serializers.ListField(child=serializers.CharField())


class HandOverSerializer(serializers.Serializer):
    """Who answers for a list from now on, by username."""

    owner = serializers.SlugRelatedField("username", queryset=User.objects.filter(is_active=True))
    deputy = serializers.SlugRelatedField(
        "username", queryset=User.objects.filter(is_active=True), required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=500)


class CloseSerializer(serializers.Serializer):
    """Why a list ends."""

    reason = serializers.CharField(max_length=500)


class _HotlistsRead:
    serializer_class = HotlistSerializer
    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    def get_queryset(self):
        """The lists that the caller may see, each with its lapse."""
        if getattr(self, "swagger_fake_view", False):
            return Hotlist.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        lists = Hotlist.objects.visible_to(actor(self.request)).with_lapse(timezone.now())
        return lists.select_related("owner", "deputy")


class HotlistList(_HotlistsRead, generics.ListAPIView):
    """The lists that the caller may see; POST creates one."""

    @extend_schema(request=NewHotlistSerializer, responses={201: HotlistSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new list; in force once its impact assessment is in date."""
        given = NewHotlistSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.create_hotlist(by=actor(request), **given.validated_data)
        return Response(_told(made), status=status.HTTP_201_CREATED)


class HotlistDetail(_HotlistsRead, generics.GenericAPIView):
    """One list; PATCH changes what it says and allows."""

    lookup_field = "slug"

    @extend_schema(responses=HotlistSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The list; its ETag is what an edit sends back in If-Match."""
        hotlist = self.get_object()
        return Response(HotlistSerializer(hotlist).data, headers={"ETag": state_of(hotlist)})

    @extend_schema(request=HotlistChangeSerializer(partial=True), responses=HotlistSerializer)
    @transaction.atomic
    def patch(self, request: Request, slug: str) -> Response:
        """Entries are not touched. 422 under `misfits_known` where some would no longer fit and that was not known."""
        Hotlist.objects.select_for_update(no_key=True).filter(slug=slug).first()  # or two editors may both pass
        hotlist = _list(request, slug)
        require(policies.may_change(actor(request), hotlist))
        check_if_match(request, state_of(hotlist))
        given = HotlistChangeSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        hotlist = actions.change_hotlist(hotlist, by=actor(request), **given.validated_data)
        return Response(_told(hotlist), headers={"ETag": state_of(hotlist)})


class HotlistHandOver(APIView):
    """Another owner, another deputy."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=HandOverSerializer, responses=HotlistSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Both see the list from now on."""
        given = HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(_told(actions.hand_over(_list(request, slug), by=actor(request), **given.validated_data)))


class HotlistClose(APIView):
    """Ends a list for good."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=CloseSerializer, responses=HotlistSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Nothing on it is looked for from this second on."""
        given = CloseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(_told(actions.close_hotlist(_list(request, slug), by=actor(request), **given.validated_data)))


class HotlistMisfits(LookedAt):
    """Entries that ask for what their list does not allow any more; they stay until somebody changes or ends them."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    where = "entries that a list does not allow"
    serializer_class = EntrySerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        now = timezone.now()
        hotlist = _list(self.request, self.kwargs["slug"])
        return Entry.objects.not_fitting(hotlist, now).with_latest_version().with_force(now)


class HotlistAccess(APIView):
    """Who may see a list; POST gives a team or a person access."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=AccessSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Teams and people, by name and username."""
        hotlist = _list(request, slug)
        require(policies.may_manage(actor(request)))
        teams = HotlistGroupAccess.objects.filter(content_object=hotlist).order_by("group__name")
        people = HotlistUserAccess.objects.filter(content_object=hotlist).order_by("user__username")
        return Response(
            {
                "teams": list(teams.values_list("group__name", flat=True)),
                "people": list(people.values_list("user__username", flat=True)),
            }
        )

    @extend_schema(request=GrantSerializer, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """They see it from now on."""
        hotlist = _list(request, slug)
        actions.give_access(hotlist, _grantee(request), by=actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class HotlistAccessTake(APIView):
    """Takes access from a team or a person."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=GrantSerializer, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """They do not see it any more, unless they were given access in another way too."""
        hotlist = _list(request, slug)
        actions.take_access(hotlist, _grantee(request), by=actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _list(request: Request, slug: str) -> Hotlist:
    return get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)


def _grantee(request: Request) -> User | Group:
    given = GrantSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    [grantee] = given.validated_data.values()
    return grantee


def _told(hotlist: Hotlist) -> dict[str, Any]:
    shown = Hotlist.objects.with_lapse(timezone.now()).select_related("owner", "deputy")
    return HotlistSerializer(shown.get(pk=hotlist.pk)).data
