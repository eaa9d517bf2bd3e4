"""What is done to an entry after it was decided, over the API: one verb an address."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from accounts.policies import reads
from hotlists import actions
from hotlists.api.entries import EntryDetailSerializer, EntrySerializer, told, verb, visible_entry
from hotlists.api.fields import ScopeSerializer, VisibleHotlist
from hotlists.api.looking import LookedAt
from hotlists.models import Entry, Review
from hotlists.reviewing import due_reviews
from portal.api import NewestFirst
from portal.idempotency import idempotent
from portal.policies import require
from standards.models import Action


class OldestDueFirst(NewestFirst):
    """Pages of the queue, in the order in which reviews are done."""

    ordering = ("governs_review_by", "id")


EntryWithdraw = verb(
    "Withdraw",
    {
        "reason": serializers.ChoiceField(Entry.WithdrawalReason.choices),
        "words": serializers.CharField(max_length=500, required=False, default="", allow_blank=True),
        "happened_at": serializers.DateTimeField(required=False),
    },
    lambda entry, by, data: actions.withdraw(entry, by=by, **data),
)
EntrySuspend = verb(
    "Suspend",
    {"reason": serializers.CharField(max_length=500)},
    lambda entry, by, data: actions.suspend(entry, by=by, **data),
)
EntryResume = verb(
    "Resume",
    {"reason": serializers.CharField(max_length=500)},
    lambda entry, by, data: actions.resume(entry, by=by, **data),
)
_LESS = {
    "action": serializers.ChoiceField(Action.choices, required=False),
    "markers": serializers.ListField(child=serializers.CharField(max_length=4), required=False),
    "scope": ScopeSerializer(required=False),
    "starts_at": serializers.DateTimeField(required=False),
    "review_by": serializers.DateTimeField(required=False),
    "expires_at": serializers.DateTimeField(required=False),
}
_LOOKED = {
    "still_necessary": serializers.CharField(max_length=500),
    "source_checked": serializers.CharField(max_length=200),
    "source_system": serializers.CharField(max_length=20, required=False, default="", allow_blank=True),
    "source_as_of": serializers.DateTimeField(required=False),
}
EntryDispute = verb(
    "Dispute",
    {"reason": serializers.CharField(max_length=500)},
    lambda entry, by, data: actions.dispute(entry, by=by, **data),
)
EntryReview = verb(
    "Review",
    {
        **_LOOKED,
        "decision": serializers.ChoiceField(Review.Decision.choices, required=False, default=Review.Decision.RENEW),
        "is_necessary": serializers.BooleanField(required=False, default=True),
        "is_accurate": serializers.BooleanField(required=False, default=True),
        "is_proportionate": serializers.BooleanField(required=False, default=True),
        "review_by": serializers.DateTimeField(required=False),
        "narrower": inline_serializer("EntryNarrower", dict(_LESS), required=False),
        "removal_reason": serializers.ChoiceField(Entry.WithdrawalReason.choices, required=False),
        "happened_at": serializers.DateTimeField(required=False),
    },
    lambda entry, by, data: actions.review(entry, by=by, **data),
)
EntryExtend = verb(
    "Extend",
    {**_LOOKED, "expires_at": serializers.DateTimeField(), "no_conflict": serializers.BooleanField()},
    lambda entry, by, data: actions.extend(entry, by=by, **data),
)
EntryPassOn = verb(
    "PassOn",
    {
        "owner": serializers.SlugRelatedField("username", queryset=User.objects.filter(is_active=True)),
        "deputy": serializers.SlugRelatedField(
            "username", queryset=User.objects.filter(is_active=True), required=False, allow_null=True
        ),
        "reason": serializers.CharField(max_length=500),
    },
    lambda entry, by, data: actions.pass_on(entry, by=by, **data),
)
EntryNarrow = verb(
    "Narrow",
    {"reason": serializers.CharField(max_length=500), **_LESS},
    lambda entry, by, data: actions.narrow(entry, by=by, **data),
)


class EntryAskAgain(APIView):
    """A new request for an entry that ended: a new draft, from the last approved words."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses={201: EntryDetailSerializer}, operation_id="entries_ask_again")
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The new entry."""
        version = actions.ask_again(visible_entry(request, pk), by=actor(request))
        return Response(told(version.entry_id), status=status.HTTP_201_CREATED)


class LinkSerializer(serializers.Serializer):
    """On which list the other interest stands; without one, on the same."""

    hotlist = VisibleHotlist(required=False)


class EntryLink(APIView):
    """Another interest in the vehicle of an entry: a new draft in which the vehicle is described (R-021)."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=LinkSerializer, responses={201: EntryDetailSerializer}, operation_id="entries_link")
    @idempotent
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The new entry."""
        given = LinkSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        entry = visible_entry(request, pk)
        version = actions.link_interest(entry, by=actor(request), hotlist=given.validated_data.get("hotlist"))
        return Response(told(version.entry_id), status=status.HTTP_201_CREATED)


class DueSerializer(EntrySerializer):
    """An entry that is to be reviewed, and when."""

    review_by = serializers.DateTimeField(source="governs_review_by", read_only=True)

    class Meta(EntrySerializer.Meta):
        fields = (*EntrySerializer.Meta.fields, "review_by")


class ReviewQueue(LookedAt):
    """Entries whose review is overdue or falls due soon, the longest overdue first; each is reviewed on its own."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}
    where = "the review queue"
    serializer_class = DueSerializer
    pagination_class = OldestDueFirst

    def get_queryset(self):
        """Those of the lists that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        return due_reviews(actor(self.request), timezone.now()).with_latest_version()
