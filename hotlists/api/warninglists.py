"""Warninglists over the API: read by people and machines, kept by people; a plate checked, a refusal answered."""

import csv
import io
import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions, policies
from hotlists.api.entries import visible_entry
from hotlists.api.feeds import CHUNK, CsvBody
from hotlists.api.warninglist_shapes import (
    PlateCheckBody,
    PlateWarningSerializer,
    ReasonBody,
    RefusalAnswerSerializer,
    WarninglistEditionBody,
    WarninglistEditionSerializer,
    WarninglistFileBody,
    WarninglistPlatesSerializer,
    WarninglistSerializer,
)
from hotlists.models import Warninglist, WarninglistEdition
from hotlists.models.warninglists import Effect
from portal.idempotency import idempotent
from portal.policies import require

READ = {"GET": ("read",)}


class WarninglistList(generics.ListAPIView):
    """Warninglists by name; POST begins one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = WarninglistSerializer

    def get_queryset(self):
        """All of them."""
        if getattr(self, "swagger_fake_view", False):
            return Warninglist.objects.none()
        require(policies.may_see_warninglists(actor(self.request)))
        return _lists()

    @extend_schema(request=WarninglistSerializer, responses={201: WarninglistSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """It warns of nothing until an edition is accepted."""
        given = WarninglistSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.begin_warninglist(by=actor(request), **given.validated_data)
        return Response(WarninglistSerializer(_lists().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


class WarninglistDetail(APIView):
    """One warninglist."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=WarninglistSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """With the edition in use."""
        require(policies.may_see_warninglists(actor(request)))
        return Response(WarninglistSerializer(get_object_or_404(_lists(), pk=pk)).data)


class WarninglistRetire(APIView):
    """Ends a warninglist."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=ReasonBody, responses=WarninglistSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """At once it warns of nothing."""
        warninglist = get_object_or_404(Warninglist, pk=pk)
        actions.retire_warninglist(warninglist, by=actor(request), **_given(ReasonBody, request.data))
        return Response(WarninglistSerializer(_lists().get(pk=pk)).data)


class WarninglistEditions(generics.ListAPIView):
    """Editions of a warninglist, newest first; POST loads the next one."""

    permission_classes = (Has,)
    machine_scopes = READ
    serializer_class = WarninglistEditionSerializer
    parser_classes = (CsvBody, MultiPartParser)

    def get_queryset(self):
        """Of this list."""
        if getattr(self, "swagger_fake_view", False):
            return WarninglistEdition.objects.none()
        require(policies.may_see_warninglists(actor(self.request)))
        return _editions().filter(warninglist=self.kwargs["pk"])

    @extend_schema(
        request={"text/csv": OpenApiTypes.BINARY, "multipart/form-data": WarninglistFileBody},
        responses={201: WarninglistEditionSerializer},
        parameters=[
            OpenApiParameter("effect", enum=Effect.values), OpenApiParameter("meaning", str), OpenApiParameter("advice", str),
            OpenApiParameter("answer_rank", int), OpenApiParameter("file_name", str),
        ],
    )  # fmt: skip
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The whole list as CSV with a line of headings: streamed as the body, what it says in the query; or as a form with both.
        A second while one waits is refused (409), so that sending again is safe."""
        warninglist = get_object_or_404(Warninglist, pk=pk)
        require(policies.may_load_warninglist(actor(request), warninglist))
        said: dict[str, Any]
        if (request.content_type or "").startswith("multipart/"):
            said = _given(WarninglistFileBody, request.data)
            file = said.pop("file")
            chunks, name = file.chunks(), file.name
        else:
            said = _given(WarninglistEditionBody, request.query_params)
            chunks, name = _body(request), request.query_params.get("file_name", "sent by API")[-255:]
        made = actions.load_warninglist(warninglist, by=actor(request), chunks=chunks, file_name=name, **said)
        return Response(_told(made.pk), status=status.HTTP_201_CREATED)


class EditionDetail(APIView):
    """One edition of a warninglist."""

    permission_classes = (Has,)
    machine_scopes = READ

    @extend_schema(responses=WarninglistEditionSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What it says and what it changes; its plates are asked for by themselves."""
        require(policies.may_see_warninglists(actor(request)))
        return Response(WarninglistEditionSerializer(get_object_or_404(_editions(), pk=pk)).data)


class EditionPlates(APIView):
    """The first plates of an edition, for who keeps or accepts warninglists."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses=WarninglistPlatesSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Looking at them is recorded."""
        require(policies.may_open_edition(actor(request)))
        shown = actions.open_edition(get_object_or_404(WarninglistEdition, pk=pk), by=actor(request))
        told = {
            name: [dict(zip(("country", "plate", "note"), row, strict=True)) for row in rows]
            for name, rows in shown.items()
        }
        return Response(WarninglistPlatesSerializer(told).data)


class EditionProblems(APIView):
    """The rows of a file that were left out, with what is wrong with each."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Until the edition is decided; taking them is recorded as a disclosure."""
        require(policies.may_open_edition(actor(request)))
        out = io.StringIO(newline="")
        edition = get_object_or_404(WarninglistEdition, pk=pk)
        csv.writer(out).writerows(actions.take_edition_problems(edition, by=actor(request)))
        return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")


class EditionAccept(APIView):
    """The second person's yes."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=WarninglistEditionSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """From now on authors are warned by it."""
        actions.accept_edition(get_object_or_404(WarninglistEdition, pk=pk), by=actor(request))
        return Response(_told(pk))


class EditionDiscard(APIView):
    """Throws away an edition that waits."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=None, responses=WarninglistEditionSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Its plates are deleted."""
        actions.discard_edition(get_object_or_404(WarninglistEdition, pk=pk), by=actor(request))
        return Response(_told(pk))


class EditionBringBack(APIView):
    """Brings an edition back that was in use before."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=ReasonBody, responses=WarninglistEditionSerializer)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """In place of the one in use."""
        edition = get_object_or_404(WarninglistEdition, pk=pk)
        actions.bring_back_edition(edition, by=actor(request), **_given(ReasonBody, request.data))
        return Response(_told(pk))


class PlateCheck(APIView):
    """What warns of a plate before it is listed."""

    permission_classes = (Has,)
    machine_scopes = {"POST": ("read",)}

    @extend_schema(request=PlateCheckBody, responses=PlateWarningSerializer(many=True))
    def post(self, request: Request) -> Response:
        """By the plate's form, and by the warninglists in use; recorded."""
        given = _given(PlateCheckBody, request.data)
        plate, found = actions.check_plate(given["plate"], given["country"], by=actor(request))
        return Response([warned.told(plate) for warned in found])


class RefusalAnswer(APIView):
    """Somebody of rank lets an entry's draft name a plate that a warninglist refuses."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY

    @extend_schema(request=RefusalAnswerSerializer, responses={201: RefusalAnswerSerializer})
    def post(self, request: Request, pk: uuid.UUID, warninglist: uuid.UUID) -> Response:
        """Holds for this entry, this plate and this warning."""
        version = visible_entry(request, pk).versions.latest("number")
        words = _given(RefusalAnswerSerializer, request.data)["words"]
        made = actions.answer_refusal(
            version, get_object_or_404(Warninglist, pk=warninglist), by=actor(request), words=words
        )
        return Response(RefusalAnswerSerializer(made).data, status=status.HTTP_201_CREATED)


def _lists():
    return Warninglist.objects.with_use().select_related("keeper")


def _editions():
    return WarninglistEdition.objects.select_related("loaded_by", "accepted_by", "discarded_by")


def _told(pk: uuid.UUID) -> dict[str, Any]:
    return WarninglistEditionSerializer(_editions().get(pk=pk)).data


def _given(shape: type[serializers.BaseSerializer], data: Any) -> dict[str, Any]:
    given = shape(data=data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _body(request: Request) -> Iterator[bytes]:
    stream = request.stream  # None when nothing was sent
    while stream is not None and (chunk := stream.read(CHUNK)):
        yield chunk
