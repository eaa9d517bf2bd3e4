"""People and machines over the API, for the administrator."""

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions, policies
from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import MachineClient, StatedReason, Team, User
from accounts.roles import ROLES
from portal.idempotency import idempotent
from portal.policies import require
from standards.ranks import Rank

CODES = [(role.code, role.name) for role in ROLES]


class PersonSerializer(serializers.ModelSerializer):
    """A person as the API shows and takes them."""

    rank = serializers.ChoiceField(Rank.choices)
    roles = serializers.MultipleChoiceField(choices=CODES, write_only=True)
    role_names = serializers.CharField(source="actor_role", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "first_name", "last_name", "rank", "collar_number", "unit", "phone", "vetted_until",
                  "trained_until", "is_active", "roles", "role_names")  # fmt: skip
        read_only_fields = ("id", "username", "is_active")


class NewPersonSerializer(PersonSerializer):
    """A new person; without a password they sign in by other means."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(write_only=True, required=False)

    class Meta(PersonSerializer.Meta):
        fields = (*PersonSerializer.Meta.fields, "password")
        read_only_fields = ("id", "is_active")


class MachineSerializer(serializers.ModelSerializer):
    """A machine client."""

    id = serializers.IntegerField(source="pk", read_only=True)
    scopes = serializers.MultipleChoiceField(choices=[("read", "read"), ("write", "write")], write_only=True)
    granted = serializers.CharField(source="scopes", read_only=True)

    class Meta:
        model = MachineClient
        fields = ("id", "name", "scopes", "granted", "is_active")
        read_only_fields = ("is_active",)


class AddedMachineSerializer(MachineSerializer):
    """A machine just added, with its secret, which is shown this once."""

    client_id = serializers.CharField(source="application.client_id", read_only=True)
    client_secret = serializers.CharField(read_only=True)

    class Meta(MachineSerializer.Meta):
        fields = (*MachineSerializer.Meta.fields, "client_id", "client_secret")


class StatedReasonSerializer(serializers.ModelSerializer):
    """For which purpose and case somebody looks."""

    purpose = serializers.ChoiceField(StatedReason.Purpose.choices)

    class Meta:
        model = StatedReason
        fields = ("id", "purpose", "case_ref", "words", "stated_at", "stands_until")
        read_only_fields = ("id", "stated_at", "stands_until")


class ReasonList(generics.ListAPIView):
    """The caller's own reasons that stand, the one they go by first; POST states one. Looks that lack one answer 403."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = StatedReasonSerializer
    queryset = StatedReason.objects.none()

    def get_queryset(self):
        """Nobody reads another's here; the log tells them."""
        require(policies.may_state_reason(actor(self.request)))
        return StatedReason.objects.standing(self.request.user, timezone.now())

    @extend_schema(request=StatedReasonSerializer, responses={201: StatedReasonSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Says why the caller looks from now on, until it lapses."""
        given = StatedReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.state_reason(by=actor(request), **given.validated_data)
        return Response(StatedReasonSerializer(made).data, status=status.HTTP_201_CREATED)


class PersonList(generics.ListAPIView):
    """Everybody; POST adds a person."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = PersonSerializer
    queryset = User.objects.order_by("-id")

    def get_queryset(self):
        """For the administrator only."""
        require(policies.may_manage_users(actor(self.request)))
        return super().get_queryset()

    @extend_schema(request=NewPersonSerializer, responses={201: PersonSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new person."""
        given = NewPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        user = actions.add_user(facts.pop("username"), by=actor(request), roles=sorted(facts.pop("roles")), **facts)
        return Response(PersonSerializer(user).data, status=status.HTTP_201_CREATED)


class PersonDetail(APIView):
    """One person; PUT changes them."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=PersonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What is known of them."""
        require(policies.may_manage_users(actor(request)))
        return Response(PersonSerializer(get_object_or_404(User, pk=pk)).data)

    @extend_schema(request=PersonSerializer, responses=PersonSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Changes their roles, rank and facts."""
        require(policies.may_manage_users(actor(request)))
        given = PersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        user = actions.change_user(
            get_object_or_404(User, pk=pk), by=actor(request), roles=sorted(facts.pop("roles")), **facts
        )
        return Response(PersonSerializer(user).data)


class PersonDeactivate(APIView):
    """Ends a person's access at once."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=PersonSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """They are signed out everywhere."""
        require(policies.may_manage_users(actor(request)))
        return Response(
            PersonSerializer(actions.deactivate_user(get_object_or_404(User, pk=pk), by=actor(request))).data
        )


class TeamSerializer(serializers.ModelSerializer):
    """A team and its members, by username."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(source="group.name", read_only=True)
    members = serializers.SlugRelatedField(
        "username", source="group.user_set", queryset=User.objects.filter(is_active=True), many=True
    )

    class Meta:
        model = Team
        fields = ("id", "name", "unit", "members")
        read_only_fields = ("unit",)


class NewTeamSerializer(TeamSerializer):
    """A new team."""

    name = serializers.CharField(max_length=150)

    class Meta(TeamSerializer.Meta):
        read_only_fields = ()


class TeamList(generics.ListAPIView):
    """Teams; POST makes one."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = TeamSerializer
    queryset = Team.objects.select_related("group").prefetch_related("group__user_set")

    def get_queryset(self):
        """For the administrator only."""
        require(policies.may_manage_users(actor(self.request)))
        return super().get_queryset().annotate(id=F("pk"))

    @extend_schema(request=NewTeamSerializer, responses={201: TeamSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new team."""
        given = NewTeamSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        team = actions.add_team(
            given.validated_data["name"], by=actor(request), unit=given.validated_data["unit"],
            members=given.validated_data["group"]["user_set"],
        )  # fmt: skip
        return Response(TeamSerializer(team).data, status=status.HTTP_201_CREATED)


class TeamDetail(APIView):
    """One team; PUT changes who belongs to it."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=TeamSerializer, responses=TeamSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Its members from now on."""
        require(policies.may_manage_users(actor(request)))
        given = TeamSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        team = actions.change_team(
            get_object_or_404(Team, pk=pk), by=actor(request), members=given.validated_data["group"]["user_set"]
        )
        return Response(TeamSerializer(team).data)


class MachineList(generics.ListAPIView):
    """Machines; POST adds one and shows its secret this once."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = MachineSerializer
    queryset = MachineClient.objects.select_related("application").order_by("-pk")

    def get_queryset(self):
        """For the administrator only."""
        require(policies.may_manage_machines(actor(self.request)))
        return super().get_queryset()

    @extend_schema(request=MachineSerializer, responses={201: AddedMachineSerializer})
    def post(self, request: Request) -> Response:
        """A new machine client."""
        given = MachineSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        machine, secret = actions.add_machine(
            given.validated_data["name"], by=actor(request), scopes=sorted(given.validated_data["scopes"])
        )
        machine.client_secret = secret  # type: ignore[attr-defined]
        return Response(AddedMachineSerializer(machine).data, status=status.HTTP_201_CREATED)
