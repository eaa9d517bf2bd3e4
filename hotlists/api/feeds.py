"""Loads over the API: the file is the body of the request, streamed. For people, and for the machine an agreement names."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import generics, parsers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from hotlists import actions, policies
from hotlists.models import FeedRow, Hotlist, Load, LoadProblem
from portal.policies import require
from portal.streaming import stream

READ, WRITE = {"GET": ("write", "read")}, {"POST": ("write",)}
CHUNK = 1 << 20


class CsvBody(parsers.BaseParser):
    """Leaves the body where it is: `request.data` is the stream."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The stream itself."""
        return stream


class ZipBody(CsvBody):
    """The same, packed."""

    media_type = "application/zip"


class ProblemSerializer(serializers.ModelSerializer):
    """One thing wrong with one row."""

    class Meta:
        model = LoadProblem
        fields = ("row", "column", "words")


class FeedRowSerializer(serializers.ModelSerializer):
    """A row of a feed, as a search finds it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    is_held_back = serializers.BooleanField(read_only=True)
    is_in_force = serializers.BooleanField(read_only=True)

    class Meta:
        model = FeedRow
        fields = (
            "hotlist", "country", "vrm", "ref", "make", "model", "colour", "category", "action", "priority", "markers",
            "reason", "action_text", "contact", "basis", "grading", "marking", "source_type", "force_area", "starts_at",
            "expires_at", "reported_at", "confirmed_at", "last_verified_at", "is_held_back", "is_in_force",
        )  # fmt: skip


class LoadSerializer(serializers.ModelSerializer):
    """A load as the API shows it."""

    hotlist = serializers.SlugRelatedField("slug", read_only=True)
    uploaded_by = serializers.SerializerMethodField()
    decided_by = serializers.SerializerMethodField()
    bad_rows = serializers.IntegerField(read_only=True)

    class Meta:
        model = Load
        fields = (
            "id", "hotlist", "profile", "mode", "encoding", "status", "file_name", "size", "sha256", "uploaded_by", "uploaded_at",
            "checked_at", "rows", "good_rows", "bad_rows", "problems", "notices", "listed_before", "added", "changed",
            "removed", "unchanged", "change_limit", "changed_lately", "held_before",
            "is_over_limit", "decided_by", "decided_at", "reason",
            "rows_left_out", "loaded_at",
        )  # fmt: skip

    def get_uploaded_by(self, load: Load) -> str:
        """Who sent it."""
        return str(load.uploader)

    def get_decided_by(self, load: Load) -> str | None:
        """Who accepted or refused it."""
        return str(load.decider) if load.decider else None


class LoadDetailSerializer(LoadSerializer):
    """A load with the first of its problems; `problems` counts all of them."""

    first_problems = serializers.SerializerMethodField()

    class Meta(LoadSerializer.Meta):
        fields = (*LoadSerializer.Meta.fields, "first_problems")

    def get_first_problems(self, load: Load) -> list[dict[str, Any]]:
        """At most a hundred."""
        return ProblemSerializer(load.found_problems.order_by("row", "pk")[:100], many=True).data


class LoadList(generics.ListAPIView):
    """Loads of a feed; POST sends a file."""

    permission_classes = (Has,)
    machine_scopes = READ | WRITE
    serializer_class = LoadSerializer
    parser_classes = (CsvBody, ZipBody)

    def get_queryset(self):
        """Newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Load.objects.none()
        require(policies.may_look_at_loads(actor(self.request)))
        return _loads(self.request).filter(hotlist__slug=self.kwargs["slug"])

    @extend_schema(
        request={"text/csv": OpenApiTypes.BINARY, "application/zip": OpenApiTypes.BINARY},
        responses={201: LoadDetailSerializer},
        parameters=[
            OpenApiParameter("mode", enum=Load.Mode.values, required=True),
            OpenApiParameter("encoding", enum=Load.Encoding.values),
            OpenApiParameter("file_name", str),
        ],
    )
    def post(self, request: Request, slug: str) -> Response:
        """The body is the file, written as the list's import profile says. Answers at once; checking goes on behind."""
        hotlist = get_object_or_404(Hotlist.objects.filter(kind=Hotlist.Kind.FEED), slug=slug)
        policies.require_sight_of_feed(actor(request), hotlist)
        given = _Upload(data=request.query_params)
        given.is_valid(raise_exception=True)
        load = actions.receive(hotlist, by=actor(request), chunks=_chunks(request), **given.validated_data)
        return Response(_told(request, load.pk), status=status.HTTP_201_CREATED)


class LoadDetail(APIView):
    """One load."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=LoadDetailSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """How far it is, what it would change, what is wrong with it."""
        require(policies.may_look_at_loads(actor(request)))
        return Response(_told(request, pk))


class LoadProblems(APIView):
    """The file of a load with a column of what is wrong with each row, while the load waits for its decision."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("write",)}

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> StreamingHttpResponse:
        """Streamed; taking it is recorded as a disclosure."""
        load = _load(request, pk)
        lines = actions.take_problems(load, by=actor(request))
        return stream(request, lines, content_type=f"text/csv; charset={load.encoding}")


class LoadAccept(APIView):
    """Yes to a checked load."""

    permission_classes = (Has,)
    machine_scopes = WRITE

    class LoadAcceptBody(serializers.Serializer):
        """Whether rows with problems stay out; without it they keep the whole file out."""

        without_bad_rows = serializers.BooleanField(required=False, default=False)

    @extend_schema(request=LoadAcceptBody, responses=LoadDetailSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Accepts; merging goes on behind."""
        given = self.LoadAcceptBody(data=request.data)
        given.is_valid(raise_exception=True)
        actions.accept(_load(request, pk), by=actor(request), **given.validated_data)
        return Response(_told(request, pk))


class LoadRefuse(APIView):
    """No to a load."""

    permission_classes = (Has,)
    machine_scopes = WRITE

    class LoadRefuseBody(serializers.Serializer):
        """Why."""

        reason = serializers.CharField(max_length=500)

    @extend_schema(request=LoadRefuseBody, responses=LoadDetailSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Refuses; the file and its rows are deleted."""
        given = self.LoadRefuseBody(data=request.data)
        given.is_valid(raise_exception=True)
        actions.refuse(_load(request, pk), by=actor(request), **given.validated_data)
        return Response(_told(request, pk))


class _Upload(serializers.Serializer):
    mode = serializers.ChoiceField(Load.Mode.choices)
    encoding = serializers.ChoiceField(Load.Encoding.choices, required=False, default="")
    file_name = serializers.CharField(max_length=255, required=False, default="sent by API")


def _chunks(request: Request) -> Iterator[bytes]:
    stream = request.stream  # None when nothing was sent
    while stream is not None and (chunk := stream.read(CHUNK)):
        yield chunk


def _loads(request: Request):
    return Load.objects.visible_to(actor(request)).select_related(
        "hotlist", "uploaded_by", "uploaded_machine", "decided_by", "decided_machine"
    )


def _load(request: Request, pk: uuid.UUID) -> Load:
    return get_object_or_404(_loads(request), pk=pk)


def _told(request: Request, pk: uuid.UUID) -> dict[str, Any]:
    return LoadDetailSerializer(_load(request, pk)).data
