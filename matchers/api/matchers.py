"""Matchers, allocations, publications and receipts over the API. Reading suits people and machines; changing, people."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists.api.fields import VisibleHotlist
from hotlists.models import Hotlist
from matchers import actions, policies
from matchers.models import Allocation, Matcher, Publication, Receipt
from portal.policies import require

READ = {"GET": ("read",)}


class MatcherSerializer(serializers.ModelSerializer):
    """A matcher as the API shows it; its secrets are shown when they are made, and never again."""

    feed = serializers.CharField(source="feed_id", read_only=True)
    is_active = serializers.BooleanField(source="machine.is_active", read_only=True)
    by_revisions = serializers.BooleanField(
        write_only=True, default=False, help_text="Unsigned, by revision numbers or TAXII."
    )
    source_id = serializers.CharField(
        source="door.source_id", default=None, read_only=True, allow_null=True,
        help_text="Of a matcher that fetches unsigned files; nothing it holds can be proved forgotten.",
    )  # fmt: skip

    class Meta:
        model = Matcher
        fields = ("id", "name", "purpose", "feed", "is_active", "by_revisions", "source_id", "added_at", "enrolled_at",
                  "last_seen_at")  # fmt: skip
        read_only_fields = ("id", "added_at", "enrolled_at", "last_seen_at")


class AllocationSerializer(serializers.ModelSerializer):
    """A list given to a matcher."""

    matcher = serializers.PrimaryKeyRelatedField(queryset=Matcher.objects.all())
    hotlist = VisibleHotlist()

    class Meta:
        model = Allocation
        fields = ("id", "matcher", "hotlist", "purpose", "agreement_ref", "from_at", "until_at", "allocated_at", "revoked_at",
                  "revoked_because")  # fmt: skip
        read_only_fields = ("id", "from_at", "allocated_at", "revoked_at", "revoked_because")


class PublicationSerializer(serializers.ModelSerializer):
    """One revision of a list; with a matcher, the empty one that ended the list for it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    matcher = serializers.UUIDField(source="feed.matcher.pk", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Publication
        fields = ("id", "hotlist", "revision", "matcher", "rows", "added", "removed", "refused", "bucket_bits", "root", "sha256",
                  "length", "list_lapses_at", "generated_at")  # fmt: skip


class ReceiptGivenSerializer(serializers.ModelSerializer):
    """What a matcher answered, and whether it was right."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Receipt
        fields = (
            "id",
            "matcher",
            "hotlist",
            "revision",
            "rows",
            "is_right",
            "wrong_buckets",
            "applied_at",
            "received_at",
        )


class _Read(generics.GenericAPIView):
    permission_classes = (Has,)
    machine_scopes = READ
    queryset: QuerySet[Any]

    def get_queryset(self) -> QuerySet[Any]:
        """What the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        require(policies.may_view(actor(self.request)))
        return self.narrowed(super().get_queryset(), Hotlist.objects.visible_to(actor(self.request)))

    def narrowed(self, found: QuerySet[Any], hotlists: QuerySet[Hotlist]) -> QuerySet[Any]:
        """Of the lists that the caller may see."""
        return found.filter(hotlist__in=hotlists)


class MatcherList(_Read, generics.ListAPIView):
    """All matchers; POST adds one and shows its secrets, this once."""

    serializer_class = MatcherSerializer
    queryset = Matcher.objects.select_related("machine", "door")

    def narrowed(self, found: QuerySet[Any], hotlists: QuerySet[Hotlist]) -> QuerySet[Any]:
        """Every matcher: who there is tells nothing of who is looked for."""
        return found

    @extend_schema(
        request=MatcherSerializer,
        responses={
            201: inline_serializer(
                "MatcherAdded",
                {
                    "matcher": MatcherSerializer(),
                    "client_id": serializers.CharField(),
                    "client_secret": serializers.CharField(),
                    "enrol_code": serializers.CharField(),
                },
            )
        },
    )
    def post(self, request: Request) -> Response:
        """A new matcher, which holds nothing yet."""
        given = MatcherSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        added = actions.add_matcher(by=actor(request), **given.validated_data)
        body = {
            "matcher": MatcherSerializer(added.matcher).data, "client_id": added.client_id,
            "client_secret": added.client_secret, "enrol_code": added.enrol_code,
        }  # fmt: skip
        return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class MatcherDetail(_Read, generics.RetrieveAPIView):
    """One matcher."""

    serializer_class = MatcherSerializer
    queryset = Matcher.objects.select_related("machine", "door")

    def narrowed(self, found: QuerySet[Any], hotlists: QuerySet[Hotlist]) -> QuerySet[Any]:
        """Any matcher."""
        return found


class AllocationList(_Read, generics.ListAPIView):
    """Lists given to matchers; POST gives one."""

    serializer_class = AllocationSerializer
    queryset = Allocation.objects.select_related("hotlist")

    @extend_schema(request=AllocationSerializer, responses={201: AllocationSerializer})
    def post(self, request: Request) -> Response:
        """Gives a list to a matcher until a day that is named now (R-101)."""
        given = AllocationSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        allocation = actions.allocate(facts.pop("matcher"), facts.pop("hotlist"), by=actor(request), **facts)
        return Response(AllocationSerializer(allocation).data, status=status.HTTP_201_CREATED)


class AllocationRevoke(APIView):
    """Takes a list away from a matcher, which has to prove that it unloaded it."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    class AllocationRevokeBody(serializers.Serializer):
        """Why."""

        reason = serializers.CharField(max_length=300)

    @extend_schema(request=AllocationRevokeBody, responses=AllocationSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The allocation as it stands after."""
        given = self.AllocationRevokeBody(data=request.data)
        given.is_valid(raise_exception=True)
        seen = Allocation.objects.filter(hotlist__in=Hotlist.objects.visible_to(actor(request)))
        allocation = actions.revoke(get_object_or_404(seen, pk=pk), by=actor(request), **given.validated_data)
        return Response(AllocationSerializer(allocation).data)


class PublicationList(_Read, generics.ListAPIView):
    """Revisions that were published, newest first."""

    serializer_class = PublicationSerializer
    queryset = Publication.objects.select_related("hotlist", "feed__matcher")


class ReceiptList(_Read, generics.ListAPIView):
    """What matchers proved, newest first."""

    serializer_class = ReceiptGivenSerializer
    queryset = Receipt.objects.select_related("hotlist")
