"""The publication as TUF clients fetch it: signed documents and files behind a token, and the wait for something newer."""

import re
from http import HTTPStatus
from pathlib import Path

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import MachineAuthentication
from matcher_client.deltas import Step
from matchers import files
from matchers.actions import note_seen
from matchers.entitlement import matcher_of, require_feed, require_given, require_list
from matchers.models import Feed, Metadata, Publication, SiteTable
from portal.streaming import stream_file

_DOCUMENT = re.compile(
    r"(?:(?P<version>[1-9][0-9]{0,9})\.)?(?P<role>root|targets|snapshot|timestamp|r[0-9a-f]{16})\.json"
)


@extend_schema(exclude=True)
class _Published(APIView):
    """What matchers fetch. Who may is judged by the token's matcher, and every no is 401."""

    authentication_classes = (MachineAuthentication,)
    permission_classes = (AllowAny,)


class Document(_Published):
    """A signed document of a feed, by its name in TUF: `12.snapshot.json`, `timestamp.json`."""

    def get(self, request: Request, feed: str, name: str) -> HttpResponseBase:
        """401 without a token of the feed's matcher; 404 only when there is no such version."""
        matcher = matcher_of(request)
        require_feed(matcher, feed)
        note_seen(matcher, by=matcher.machine)
        named = _DOCUMENT.fullmatch(name)
        if named is None:
            raise NotFound
        role, version = named["role"], named["version"]
        if role.startswith("r") and role != "root":
            require_list(matcher, role)
        shown = Metadata.objects.of_role(matcher.feed, role)
        if version:
            shown = shown.filter(version=int(version))
        elif role != "timestamp":  # only the timestamp is asked for without its version
            raise NotFound
        found = shown.order_by("-version").first()
        if found is None:
            raise NotFound
        if found.feed_id is None and role != "root":
            require_given(matcher, role)  # the same for everybody who has the list, so not what ends it for one
        tag = f'"{found.role}-{found.version}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        kept = "no-cache" if role == "timestamp" else "private, max-age=86400, immutable"
        headers = {"ETag": tag, "Cache-Control": kept}
        return HttpResponse(bytes(found.body), content_type="application/json", headers=headers)


class ListFile(_Published):
    """The rows of a revision, by their content."""

    def get(self, request: Request, role: str, sha256: str) -> HttpResponseBase:
        """401 unless the list is given to the token's matcher; 404 when it never had such content."""
        matcher = matcher_of(request)
        require_list(matcher, role)
        known = Publication.objects.filter(hotlist__role__name=role, sha256=sha256)
        if not known.filter(feed=matcher.feed).exists():
            if not known.filter(feed=None).exists():
                raise NotFound
            require_given(matcher, role)
        return _file(request, files.list_path(role, sha256), "application/vnd.apache.parquet", sha256)


class DeltaFile(_Published):
    """What changed in a list from one revision to another, by its content."""

    def get(self, request: Request, role: str, sha256: str, revision: int) -> HttpResponseBase:
        """401 unless the list is given to the token's matcher; 404 when there is no such file, or it was pruned."""
        matcher = matcher_of(request)
        require_given(matcher, role)
        path = files.delta_path(role, sha256, Step(0, revision, 1))
        return _file(request, path, "application/gzip", sha256)


class SitesFile(_Published):
    """Which camera sites are in service, by its content."""

    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        """401 unless the token is a matcher's."""
        matcher_of(request)
        if not SiteTable.objects.filter(sha256=sha256).exists():
            raise NotFound
        return _file(request, files.sites_path(sha256), "application/json", sha256)


def _file(request: Request, path: Path, content_type: str, sha256: str) -> HttpResponseBase:
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, max-age=86400, immutable"}
    try:
        return stream_file(request, path, content_type=content_type, headers=headers)
    except FileNotFoundError as error:
        raise NotFound from error


class Wait(_Published):
    """The feed's newest timestamp, at once. Who asks for one newer is kept waiting by matchers.long_poll, around Django."""

    def get(self, request: Request, feed: str) -> HttpResponse:
        """401 unless the feed is the token's matcher's."""
        matcher = matcher_of(request)
        require_feed(matcher, feed)
        newest = Feed.objects.values_list("timestamp_version", flat=True).get(pk=feed)
        return JsonResponse({"timestamp": newest})
