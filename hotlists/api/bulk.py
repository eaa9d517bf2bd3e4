"""Bulk work over the API: a file or one change becomes drafts; more than the daily number is released by the list manager."""

import uuid

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from accounts.models import User
from accounts.policies import holds
from hotlists import actions, policies
from hotlists.actions.bulk import EDITABLE
from hotlists.bulk import reading
from hotlists.models import Bulk, BulkRow, Entry, EntryVersion, Hotlist, Release
from portal.idempotency import idempotent
from portal.policies import require

MOST = 500  # named in one request; the standards may allow fewer


class BulkRowSerializer(serializers.ModelSerializer):
    """One row of a file, or one chosen entry."""

    class Meta:
        model = BulkRow
        fields = ("number", "problems", "entry_id", "version_id")


class BulkSerializer(serializers.ModelSerializer):
    """A piece of bulk work, and how far it is."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    rows = BulkRowSerializer(many=True, read_only=True)

    class Meta:
        model = Bulk
        fields = ("id", "hotlist", "kind", "status", "made_at", "file_name", "sha256", "changes", "rows")


class EntriesFileSerializer(serializers.Serializer):
    """A file of entries."""

    file = serializers.FileField()


class BulkChangeSerializer(serializers.ModelSerializer):
    """Which entries change, and how; what is not named stays as it is."""

    entries = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)

    class Meta:
        model = EntryVersion
        fields = ("entries", *EDITABLE)
        extra_kwargs = {name: {"required": False} for name in EDITABLE}


class BulkPassOnSerializer(serializers.Serializer):
    """Which entries, and who answers for them from now on."""

    entries = serializers.ListField(child=serializers.UUIDField(), min_length=1)
    owner = serializers.SlugRelatedField("username", queryset=User.objects.filter(is_active=True))
    deputy = serializers.SlugRelatedField(
        "username", queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    reason = serializers.CharField(max_length=500)


class AskSerializer(serializers.Serializer):
    """Which drafts, and why so many are needed."""

    entries = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    reason = serializers.CharField(max_length=500)


class AnswerSerializer(serializers.Serializer):
    """The list manager's word on several."""

    releases = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    answer = serializers.ChoiceField(Release.Answer.choices)
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReleaseSerializer(serializers.ModelSerializer):
    """A draft for which its author asked the list manager."""

    entry = serializers.UUIDField(source="version.entry_id", read_only=True)

    class Meta:
        model = Release
        fields = (
            "id",
            "entry",
            "version",
            "asked_by",
            "asked_at",
            "reason",
            "answer",
            "answered_by",
            "answered_at",
            "words",
            "lapsed_at",
        )


class EntriesUpload(APIView):
    """Uploads a file of entries for a list; checked at once, written as drafts when `start` is called."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    parser_classes = (MultiPartParser, FormParser)

    @extend_schema(request=EntriesFileSerializer, responses={201: BulkSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Every problem of every row."""
        given = EntriesFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        bulk = actions.upload_entries(
            _list(request, slug), by=actor(request), content=file.read(reading.LARGEST + 1), file_name=file.name
        )
        return Response(BulkSerializer(bulk).data, status=status.HTTP_201_CREATED)


class EntriesChange(APIView):
    """Plans one change of several entries of a list; written as drafts when `start` is called."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=BulkChangeSerializer, responses={201: BulkSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """What it would do to each."""
        given = BulkChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        keys = changes.pop("entries")
        bulk = actions.change_entries(_list(request, slug), by=actor(request), entries=keys, changes=changes)
        return Response(BulkSerializer(bulk).data, status=status.HTTP_201_CREATED)


class EntriesPassOn(APIView):
    """Plans to pass several entries of a list on; done at once when `start` is called, given back by `undo`."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=BulkPassOnSerializer, responses={201: BulkSerializer})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Which would be passed on, and which not and why."""
        given = BulkPassOnSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        bulk = actions.pass_several_on(_list(request, slug), by=actor(request), **facts)
        return Response(BulkSerializer(bulk).data, status=status.HTTP_201_CREATED)


class BulkDetail(APIView):
    """One's own piece of bulk work."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=BulkSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """How far it is, row by row."""
        require(holds(actor(request), "hotlists.write_entry"))
        return Response(BulkSerializer(_bulk(request, pk)).data)


def _verb(name: str, act):
    class View(APIView):
        """Does it, and shows the work as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=None, responses=BulkSerializer, operation_id=f"bulk_{name.lower()}")
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            require(holds(actor(request), "hotlists.write_entry"))
            act(_bulk(request, pk), by=actor(request))
            return Response(BulkSerializer(_bulk(request, pk)).data)

    View.__name__ = View.__qualname__ = f"Bulk{name}"
    return View


BulkStart = _verb("Start", actions.start_drafts)
BulkDiscard = _verb("Discard", actions.discard_bulk)
BulkUndo = _verb("Undo", actions.undo_bulk)


class EntryDiscard(APIView):
    """Deletes the draft of an entry; an entry that was never more goes with it."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Only its author."""
        entry = get_object_or_404(Entry.objects.visible_to(actor(request)), pk=pk)
        actions.discard_draft(entry.versions.latest("number"), by=actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReleaseList(generics.ListAPIView):
    """Drafts that wait for the list manager; POST asks for some."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = ReleaseSerializer

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Release.objects.none()
        require(policies.may_manage(actor(self.request)))
        return (
            Release.objects.visible_to(actor(self.request)).filter(answer="", lapsed_at=None).select_related("version")
        )

    @extend_schema(request=AskSerializer, responses={201: ReleaseSerializer(many=True)})
    @idempotent
    def post(self, request: Request) -> Response:
        """For drafts beyond the daily number."""
        given = AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require(holds(actor(request), "hotlists.write_entry"))
        entries = Entry.objects.visible_to(actor(request)).filter(pk__in=given.validated_data["entries"])
        drafts = EntryVersion.objects.filter(entry__in=entries).order_by("entry", "-number").distinct("entry")
        made = actions.ask_release(drafts, by=actor(request), reason=given.validated_data["reason"])
        return Response(ReleaseSerializer(made, many=True).data, status=status.HTTP_201_CREATED)


class ReleaseAnswer(APIView):
    """The list manager's word on several."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=AnswerSerializer, responses=ReleaseSerializer(many=True))
    def post(self, request: Request) -> Response:
        """Released, their authors may submit them."""
        given = AnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        require(policies.may_answer_releases(actor(request)))
        data = given.validated_data
        found = Release.objects.visible_to(actor(request)).filter(pk__in=data["releases"])
        done = actions.answer_releases(found, by=actor(request), answer=data["answer"], words=data["words"])
        return Response(ReleaseSerializer(done, many=True).data)


def _list(request: Request, slug: str) -> Hotlist:
    return get_object_or_404(Hotlist.objects.visible_to(actor(request)), slug=slug)


def _bulk(request: Request, pk: uuid.UUID) -> Bulk:
    who = actor(request)
    found = Bulk.objects.filter(
        hotlist__in=Hotlist.objects.visible_to(who), made_by=who if isinstance(who, User) else None
    )
    return get_object_or_404(found.select_related("hotlist").prefetch_related("rows"), pk=pk)
