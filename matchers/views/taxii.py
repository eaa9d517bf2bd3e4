"""TAXII 2.1 for systems that speak it and verify nothing (R-100): docs/revision-numbers.md says what it carries."""

import base64
import binascii
import datetime as dt
import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, renderers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, MachineAuthentication
from matchers.actions import taxii
from matchers.entitlement import LEGACY_SCOPE
from matchers.unsigned import stix
from matchers.unsigned.pages import Only, Position, version_of

MEDIA_TYPE = "application/taxii+json;version=2.1"
ACCEPTED = {MEDIA_TYPE, "application/taxii+json", "application/*", "*/*"}
MOST = 1_000  # objects of one answer
FILTERS = {"id": "ids", "type": "types", "version": "versions", "spec_version": "spec_versions"}


class _Negotiation(BaseContentNegotiation):
    """TAXII says which forms may be asked for, spaces or none."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """None is needed: nothing is sent to us."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Raises NotAcceptable (406) unless one of the forms is asked for."""
        asked = request.headers.get("accept", "*/*").replace(" ", "").split(",")
        if not ACCEPTED & {each.partition(";q=")[0] for each in asked}:
            raise exceptions.NotAcceptable(f"Ask for {MEDIA_TYPE}.")
        return renderers[0], MEDIA_TYPE


@extend_schema(exclude=True)
class _Taxii(APIView):
    """For the machine behind the door, with its own scope; no person, and no other matcher."""

    authentication_classes = (MachineAuthentication,)
    permission_classes = (Has,)
    renderer_classes = (renderers.JSONRenderer,)
    content_negotiation_class = _Negotiation
    machine_scopes = {"GET": (LEGACY_SCOPE,)}
    people = False

    def handle_exception(self, exc: Exception) -> Response:
        """What went wrong, as TAXII tells it."""
        response = super().handle_exception(exc)
        told = response.data
        error = {"title": told["title"], "description": told["detail"], "http_status": str(response.status_code)}
        return HttpResponse(  # type: ignore[return-value]
            json.dumps(error), status=response.status_code, content_type=MEDIA_TYPE,
            headers={name: value for name, value in response.items() if name.lower() != "content-type"},
        )  # fmt: skip


class Discovery(_Taxii):
    """What there is."""

    def get(self, request: Request) -> HttpResponse:
        """The one API root: the machine's own."""
        root = request.build_absolute_uri(reverse("taxii_root", args=[taxii.own_source(by=request.user)]))
        return _answer({"title": "ANPR hotlists, unsigned", "default": root, "api_roots": [root]})


class ApiRoot(_Taxii):
    """The machine's own API root."""

    def get(self, request: Request, source: str) -> HttpResponse:
        """What it is."""
        taxii.open_collections(source, by=request.user)
        said = "Nothing is signed: nothing proves that what is fetched is current or whole."
        content = {"title": "ANPR hotlists, unsigned", "description": said, "versions": [MEDIA_TYPE],
                   "max_content_length": 1}  # fmt: skip
        return _answer(content)


class Collections(_Taxii):
    """The lists that the machine is given."""

    def get(self, request: Request, source: str) -> HttpResponse:
        """All of them."""
        found = taxii.open_collections(source, by=request.user)
        collections = [_collection(key, each.hotlist.title, each.hotlist.purpose) for key, each in found]
        return _answer({"collections": collections} if collections else {})


class Collection(_Taxii):
    """One of them."""

    def get(self, request: Request, source: str, collection: uuid.UUID) -> HttpResponse:
        """What it is."""
        for key, each in taxii.open_collections(source, by=request.user):
            if key == collection:
                return _answer(_collection(key, each.hotlist.title, each.hotlist.purpose))
        raise exceptions.NotFound("There is no such collection.")


class Objects(_Taxii):
    """What a collection holds."""

    def get(self, request: Request, source: str, collection: uuid.UUID) -> HttpResponse:
        """A page of objects."""
        page = _page(request, source, collection, _only(request))
        return _page_of([each.object for each in page.objects], page)


class Manifest(_Taxii):
    """The same without what they say."""

    def get(self, request: Request, source: str, collection: uuid.UUID) -> HttpResponse:
        """A page of entries."""
        page = _page(request, source, collection, _only(request))
        return _page_of([_entry(each) for each in page.objects], page)


class Object(_Taxii):
    """One object of a collection."""

    def get(self, request: Request, source: str, collection: uuid.UUID, name: str) -> HttpResponse:
        """It, in the version that there is."""
        page = _one(request, source, collection, name)
        return _page_of([each.object for each in page.objects], page)


class Versions(_Taxii):
    """The versions of one object: the last."""

    def get(self, request: Request, source: str, collection: uuid.UUID, name: str) -> HttpResponse:
        """When it was made."""
        page = _one(request, source, collection, name)
        return _answer({"more": False, "versions": [version_of(each.object) for each in page.objects]})


def _one(request: Request, source: str, collection: uuid.UUID, name: str) -> taxii.Page:
    page = _page(request, source, collection, _only(request, ids=frozenset([name])))
    if not page.objects:
        raise exceptions.NotFound("There is no such object.")
    return page


def _page(request: Request, source: str, collection: uuid.UUID, only: Only | None) -> taxii.Page:
    given = request.query_params
    try:
        most = min(int(given.get("limit", MOST)), MOST)
        since = parse_datetime(given["added_after"]) if "added_after" in given else None
        after = _read(given["next"]) if "next" in given else None
    except (ValueError, OverflowError) as error:
        raise exceptions.ParseError("limit, added_after or next is not as it should be.") from error
    if most < 1 or ("added_after" in given and (since is None or since.tzinfo is None)):
        raise exceptions.ParseError("limit is at least 1; added_after is a moment with its time zone.")
    return taxii.fetch_page(source, collection, by=request.user, most=most, since=since, after=after, only=only)


def _only(request: Request, **fixed: frozenset[str]) -> Only | None:
    asked = {
        ours: frozenset(request.query_params[f"match[{theirs}]"].split(","))
        for theirs, ours in FILTERS.items()
        if f"match[{theirs}]" in request.query_params
    }
    return Only(**{**asked, **fixed}) if asked or fixed else None


def _entry(each: Any) -> dict[str, str]:
    return {"id": each.object["id"], "date_added": stix.moment(each.position.at), "version": version_of(each.object),
            "media_type": stix.MEDIA_TYPE}  # fmt: skip


def _collection(key: uuid.UUID, title: str, purpose: str) -> dict[str, Any]:
    return {"id": str(key), "title": title, "description": purpose, "can_read": True, "can_write": False,
            "media_types": [stix.MEDIA_TYPE]}  # fmt: skip


def _page_of(content: list[dict[str, Any]], page: taxii.Page) -> HttpResponse:
    body: dict[str, Any] = {"more": page.more_after is not None}
    if page.more_after is not None:
        body["next"] = _spelled(page.more_after)
    if content:
        body["objects"] = content
    headers = {}
    if page.objects:
        for name, each in (("First", page.objects[0]), ("Last", page.objects[-1])):
            headers[f"X-TAXII-Date-Added-{name}"] = stix.moment(each.position.at)
    return _answer(body, **headers)


def _spelled(position: Position) -> str:
    return base64.urlsafe_b64encode(f"{position.at.isoformat()} {position.number}".encode()).decode()


def _read(text: str) -> Position:
    """ValueError for what we did not write so."""
    try:
        at, number = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not a position") from error
    position = Position(dt.datetime.fromisoformat(at), int(number))
    if position.at.tzinfo is None or abs(position.number) >= 2**63:
        raise ValueError("not a position")
    return position


def _answer(content: dict[str, Any], **headers: str) -> HttpResponse:
    headers |= {"Cache-Control": "no-store"}
    return HttpResponse(json.dumps(content), content_type=MEDIA_TYPE, headers=headers)
