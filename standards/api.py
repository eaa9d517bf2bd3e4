"""The standards over the API. Standards stand below accounts, so who calls is asked by duck."""

import uuid

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.idempotency import idempotent
from standards import actions
from standards.matrix import Likelihood
from standards.models import Category, MatrixCell, Number, StandardsProfile


class NumberSerializer(serializers.ModelSerializer):
    """One threshold."""

    class Meta:
        model = Number
        fields = ("key", "value", "unit", "meaning", "source")


class CategorySerializer(serializers.ModelSerializer):
    """One category with its limits."""

    class Meta:
        model = Category
        fields = ("code", *actions.CATEGORY_FACTS)


class MatrixCellSerializer(serializers.ModelSerializer):
    """One cell of the national justification matrix (R-112)."""

    class Meta:
        model = MatrixCell
        fields = ("name", "location_type", "purpose", "likelihood")


class ProfileSerializer(serializers.ModelSerializer):
    """One edition of the standards."""

    numbers = NumberSerializer(many=True, read_only=True)
    categories = CategorySerializer(many=True, read_only=True)
    matrix = MatrixCellSerializer(many=True, read_only=True)

    class Meta:
        model = StandardsProfile
        fields = ("id", "name", "effective_from", "source", "is_delivered", "proposed_by", "proposed_at", "adopted_by",
                  "adopted_at", "numbers", "categories", "matrix")  # fmt: skip


class CategoryChangeSerializer(serializers.ModelSerializer):
    """What changes of one category; all that a category needs where it is new."""

    class Meta:
        model = Category
        fields = actions.CATEGORY_FACTS
        extra_kwargs = {name: {"required": False} for name in actions.CATEGORY_FACTS}


class ChangeSerializer(serializers.Serializer):
    """One thing in which two editions differ, in words."""

    what = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ProposalSerializer(serializers.Serializer):
    """A new edition: a copy of the one in force with these numbers, categories and cells of the matrix changed."""

    name = serializers.CharField(max_length=100)
    source = serializers.CharField(max_length=300)
    effective_from = serializers.DateTimeField()
    numbers = serializers.DictField(child=serializers.IntegerField(min_value=0), default=dict)
    categories = serializers.DictField(
        child=CategoryChangeSerializer(), default=dict,
        help_text="Code -> what changes of it; a code that the edition in force does not have is a new category.",
    )  # fmt: skip
    matrix = serializers.DictField(
        child=serializers.ChoiceField(Likelihood.choices), default=dict,
        help_text="Cell of the justification matrix, such as `minor.local_crime` -> V, M or E.",
    )  # fmt: skip


class ProfileList(generics.ListAPIView):
    """All editions, newest first; POST proposes one. Everybody may see what they are judged by, machines that read too."""

    machine_scopes = {"GET": ("read",)}
    serializer_class = ProfileSerializer
    queryset = StandardsProfile.objects.prefetch_related("numbers", "categories", "matrix")

    @extend_schema(request=ProposalSerializer, responses={201: ProfileSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Waits for somebody else to adopt it."""
        given = ProposalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        base = StandardsProfile.objects.in_force(timezone.now())
        profile = actions.propose_profile(base, by=request.user, **given.validated_data)
        return Response(ProfileSerializer(profile).data, status=status.HTTP_201_CREATED)


class ProfileDetail(generics.RetrieveAPIView):
    """One edition."""

    machine_scopes = {"GET": ("read",)}
    serializer_class = ProfileSerializer
    queryset = StandardsProfile.objects.prefetch_related("numbers", "categories", "matrix")


class ProfileChanges(APIView):
    """In what an edition differs from another: the one in force, or the one that `against` names."""

    machine_scopes = {"GET": ("read",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("against", uuid.UUID, description="Another edition; without it the one in force.")
        ],
        responses=ChangeSerializer(many=True),
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Numbers first, then categories."""
        editions = StandardsProfile.objects.prefetch_related("numbers", "categories", "matrix")
        shown = get_object_or_404(editions, pk=pk)
        asked = serializers.UUIDField(required=False, allow_null=True).run_validation(
            request.query_params.get("against") or None
        )
        against = get_object_or_404(editions, pk=asked) if asked else StandardsProfile.objects.in_force(timezone.now())
        changes = [
            dict(zip(("what", "before", "after"), change, strict=True)) for change in shown.changes_from(against)
        ]
        return Response(ChangeSerializer(changes, many=True).data)


class ProfileAdopt(APIView):
    """The second person's yes."""

    machine_scopes: dict[str, tuple[str, ...]] = {}  # people only

    @extend_schema(request=None, responses=ProfileSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The profile governs from its date on."""
        return Response(
            ProfileSerializer(actions.adopt_profile(get_object_or_404(StandardsProfile, pk=pk), by=request.user)).data
        )
