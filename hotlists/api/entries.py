"""Entries over the API. Reading suits people and machines with the scope `read`; deciding is for people."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import CharField
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import Actor
from accounts.policies import reads
from hotlists import actions, policies
from hotlists.actions.entries import WRITTEN
from hotlists.api.fields import ScopeSerializer, VisibleHotlist
from hotlists.api.looking import LookedAt
from hotlists.listing import State, listed
from hotlists.models import Entry, EntryVersion, Term
from hotlists.tallies import since_last_review
from portal.api import check_if_match, etag, reason_given
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read",)}


# A draft may be unfinished: nothing is asked for, and words may be empty; GET …/quality/ says what is still missing.
DRAFTED = {
    name: {
        "required": False,
        **({"allow_blank": True} if isinstance(EntryVersion._meta.get_field(name), CharField) else {}),
    }
    for name in WRITTEN
}


class VersionSerializer(serializers.ModelSerializer):
    """One version of an entry: what was written, and what became of it."""

    scope = ScopeSerializer(required=False)
    answered = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, write_only=True, max_length=100,
        help_text="Fingerprints of the warnings that `plate_confirmed_because` answers. Without it, new words answer all that "
        "warns of the plate now.",
    )  # fmt: skip

    class Meta:
        model = EntryVersion
        fields = ("id", "number", "status", "vrm", "vrm_classes", "plate_warnings", "answered", *WRITTEN, "written_by",
                  "written_at", "submitted_by", "submitted_at")  # fmt: skip
        extra_kwargs = DRAFTED
        read_only_fields = ("id", "number", "status", "vrm", "vrm_classes", "plate_warnings", "written_by", "written_at",
                            "submitted_by", "submitted_at")  # fmt: skip


class EntrySerializer(serializers.ModelSerializer):
    """An entry and how it stands."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    is_in_force = serializers.BooleanField(read_only=True)
    lapses_at = serializers.DateTimeField(read_only=True, allow_null=True)
    is_held = serializers.BooleanField(read_only=True, help_text="Kept past its period for a case (R-081).")
    vrm = serializers.CharField(read_only=True)
    country = serializers.CharField(read_only=True)
    category = serializers.CharField(read_only=True)
    priority = serializers.CharField(read_only=True)
    action = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True, help_text="Of the latest version.")

    class Meta:
        model = Entry
        fields = ("id", "hotlist", "owner", "deputy", "follows", "created_by", "created_at", "withdrawn_at", "withdrawn_by",
                  "withdrawal_reason", "happened_at", "is_in_force", "is_held",
                  "lapses_at", "vrm", "country", "category", "priority", "action", "status")  # fmt: skip


class TermSerializer(serializers.ModelSerializer):
    """The term that governs: which version, and what of it holds."""

    class Meta:
        model = Term
        fields = ("version", "from_at", "action", "markers", "scope", "starts_at", "review_by", "expires_at", "emergency_ends_at",
                  "lapses_at")  # fmt: skip


class KeepingSerializer(serializers.Serializer):
    """Who may keep the entry when it is reviewed; whoever reviews may remove it."""

    quiet_periods = serializers.IntegerField(help_text="Review periods running, this one included, without a hit.")
    least_rank = serializers.CharField(
        allow_null=True, help_text="After too many of them a supervisor who decides entries, of this rank or above."
    )


class EntryDetailSerializer(EntrySerializer):
    """An entry with all its versions, and the term that governs."""

    versions = VersionSerializer(many=True, read_only=True)
    term = serializers.SerializerMethodField()
    keeping = serializers.SerializerMethodField()

    class Meta(EntrySerializer.Meta):
        fields = (*EntrySerializer.Meta.fields, "term", "keeping", "versions")

    @extend_schema_field(KeepingSerializer(allow_null=True))
    def get_keeping(self, entry: Entry) -> dict[str, Any] | None:
        """What a review that keeps it needs; none before the first approval."""
        if not entry.terms.exists():
            return None
        since = since_last_review(entry)
        rank = policies.rank_to_keep(since, at=timezone.now())
        return {"quiet_periods": since.quiet_periods, "least_rank": rank.label if rank is not None else None}

    @extend_schema_field(TermSerializer(allow_null=True))
    def get_term(self, entry: Entry) -> dict[str, Any] | None:
        """What governs now; none before the first approval."""
        term = entry.terms.filter(until_at=None).first()
        return TermSerializer(term).data if term else None


class NewEntrySerializer(VersionSerializer):
    """What a new entry needs: its list and what its author writes."""

    hotlist = VisibleHotlist(write_only=True)

    class Meta(VersionSerializer.Meta):
        fields = ("hotlist", *VersionSerializer.Meta.fields)


class EntryNarrowing(serializers.Serializer):
    """What narrows the entries, in the query; as the page's filter does. Always newest first."""

    list = serializers.CharField(required=False, max_length=60, help_text="The slug of a hotlist.")
    category = serializers.CharField(required=False, max_length=10)
    state = serializers.ChoiceField(State.choices, required=False)
    owner = serializers.CharField(required=False, max_length=150, help_text="A username, or `me`.")
    review = serializers.IntegerField(
        required=False, min_value=1, max_value=366, help_text="Review due within these days."
    )
    ref = serializers.CharField(required=False, max_length=50, help_text="Part of the source's reference.")


class EntryList(LookedAt):
    """Entries of the lists that the caller may see; POST writes a new draft."""

    permission_classes = (Has,)
    machine_scopes = READ
    where = "the list of entries"
    serializer_class = EntrySerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        require(reads(actor(self.request), "hotlists.view_entries"))
        asked = EntryNarrowing(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        return listed(asked.validated_data, by=actor(self.request), at=now).with_latest_version().with_force(now)

    @extend_schema(parameters=[EntryNarrowing])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first, narrowed by the query."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewEntrySerializer, responses={201: EntryDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """A new entry, as a draft."""
        given = NewEntrySerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        version = actions.begin_entry(facts.pop("hotlist"), by=actor(request), **facts)
        return Response(told(version.entry_id), status=status.HTTP_201_CREATED)


class EntryDetail(APIView):
    """One entry with its versions; opening it is recorded. PATCH edits its draft, or begins a new version."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=EntryDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The entry; its ETag is what an edit sends back in If-Match."""
        entry = actions.open_entry(visible_entry(request, pk), by=actor(request), justification=reason_given(request))
        return Response(told(entry.pk), headers={"ETag": _tag(entry)})

    @extend_schema(request=VersionSerializer(partial=True), responses=EntryDetailSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Changes the draft, or, where the latest version was decided, begins a new one (201)."""
        Entry.objects.select_for_update().filter(pk=pk).first()  # or two editors may both pass
        entry = visible_entry(request, pk)
        check_if_match(request, _tag(entry))
        given = VersionSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        latest = entry.versions.latest("number")
        if latest.status == EntryVersion.Status.DRAFT:
            actions.edit_draft(latest, by=actor(request), **given.validated_data)
            code = status.HTTP_200_OK
        else:
            actions.begin_version(entry, by=actor(request), **given.validated_data)
            code = status.HTTP_201_CREATED
        return Response(told(entry.pk), status=code, headers={"ETag": _tag(entry)})


def verb(name: str, fields: dict[str, serializers.Field], act: Callable[[Entry, Actor, dict[str, Any]], object]):
    """A view for one verb on an entry: the body's fields, and what it does with (entry, who calls, body)."""
    shape = type(inline_serializer(f"Entry{name}Body", fields))

    class View(APIView):
        """Does it, and shows the entry as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=shape, responses=EntryDetailSerializer, operation_id=f"entries_{name.lower()}")
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            given = shape(data=request.data)
            given.is_valid(raise_exception=True)
            act(visible_entry(request, pk), actor(request), dict(given.validated_data))
            return Response(told(pk))

    View.__name__ = View.__qualname__ = f"Entry{name}"
    return View


def _latest(entry: Entry) -> EntryVersion:
    return entry.versions.latest("number")


EntrySubmit = verb("Submit", {}, lambda entry, by, data: actions.submit(_latest(entry), by=by))


def visible_entry(request: Request, pk: uuid.UUID) -> Entry:
    """The entry, if the caller may see it; else 404."""
    return get_object_or_404(Entry.objects.visible_to(actor(request)).select_related("hotlist"), pk=pk)


def told(pk: uuid.UUID) -> dict[str, Any]:
    """The entry as the API shows it, with how it stands now."""
    shown = Entry.objects.with_latest_version().with_force(timezone.now()).prefetch_related("versions")
    return EntryDetailSerializer(shown.get(pk=pk)).data


def _tag(entry: Entry) -> str:
    latest = entry.versions.latest("number")
    return etag("entry", entry.pk, latest.number, latest.status, *(getattr(latest, name) for name in WRITTEN))
