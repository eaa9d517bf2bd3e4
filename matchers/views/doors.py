"""What matchers ask for that know revision numbers only (R-100): docs/revision-numbers.md is its description."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import Has, MachineAuthentication
from matchers import actions
from matchers.actions.doors import NO_CHANGE
from matchers.entitlement import LEGACY_SCOPE
from portal.streaming import stream

POSTGRES_INT = 2**31 - 1
TOO_BIG = "TOO_BIG"
REVISION_HEADER = "X-Revision"


class _AsItComes(DefaultContentNegotiation):
    """Old programs ask for nothing that we could refuse them."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first: it tells only of what went wrong."""
        return renderers[0], renderers[0].media_type


class _Held(serializers.Serializer):
    """The revision that the matcher says it has, -1 for none, and how many bytes it takes at most."""

    held = serializers.IntegerField(min_value=NO_CHANGE, max_value=POSTGRES_INT, default=NO_CHANGE)
    most = serializers.IntegerField(min_value=1, max_value=POSTGRES_INT, default=None, allow_null=True)


class _Said(serializers.Serializer):
    """The revision that the matcher holds now."""

    revision = serializers.IntegerField(min_value=1, max_value=POSTGRES_INT)


@extend_schema(exclude=True)
class _Door(APIView):
    """For the machine behind the door, with its own scope; no person, and no other matcher."""

    authentication_classes = (MachineAuthentication,)
    permission_classes = (Has,)
    content_negotiation_class = _AsItComes
    people = False


class Revision(_Door):
    """The one revision number."""

    machine_scopes = {"GET": (LEGACY_SCOPE,)}

    def get(self, request: Request, source: str) -> HttpResponse:
        """-1 when it is the one that the matcher has, else the new one."""
        asked = _read(_Held, request.query_params)
        door = actions.bring_up(source, by=request.user)
        return _words(str(NO_CHANGE if asked["held"] == door.number else door.number))


class Lists(_Door):
    """How each list stands."""

    machine_scopes = {"GET": (LEGACY_SCOPE,)}

    def get(self, request: Request, source: str) -> HttpResponse:
        """A line a list: name, latest revision, the one that the matcher said it holds (-1: none), Y while it is given."""
        door = actions.bring_up(source, by=request.user)
        lines = [
            f"{each.hotlist.slug},{each.number},{NO_CHANGE if each.held_number is None else each.held_number},"
            f"{'Y' if each.is_given else 'N'}\r\n"
            for each in door.lists.select_related("hotlist")
        ]
        return _words("".join(lines))


class Update(_Door):
    """What the matcher lacks."""

    machine_scopes = {"GET": (LEGACY_SCOPE,)}

    def get(self, request: Request, source: str, slug: str = "") -> HttpResponseBase:
        """A ZIP of full-replacement files; -1 when it lacks nothing; TOO_BIG and the bytes when it is larger than it takes."""
        asked = _read(_Held, request.query_params)
        update = actions.fetch_update(source, by=request.user, held=asked["held"], most=asked["most"], slug=slug)
        if update is None:
            return _words(str(NO_CHANGE))
        if update.file is None:
            return _words(f"{TOO_BIG} {update.length}", **{REVISION_HEADER: str(update.number)})
        response = stream(request, update.file.parts, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{source}_{update.number}.zip"'
        response["Content-Length"] = str(update.length)
        response["Cache-Control"] = "no-store"
        response[REVISION_HEADER] = str(update.number)
        return response


class HeldNow(_Door):
    """What the matcher says it holds."""

    machine_scopes = {"POST": (LEGACY_SCOPE,)}

    def post(self, request: Request, source: str, slug: str = "") -> HttpResponse:
        """The revision that it said, once it is noted."""
        said = _read(_Said, request.data)
        actions.note_held(source, by=request.user, number=said["revision"], slug=slug)
        return _words(str(said["revision"]))


def _read(shape: type[serializers.Serializer], given: Any) -> dict[str, Any]:
    serializer = shape(data=given)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _words(text: str, **headers: str) -> HttpResponse:
    headers |= {"Cache-Control": "no-store"}
    return HttpResponse(text, status=HTTPStatus.OK, content_type="text/plain; charset=utf-8", headers=headers)
