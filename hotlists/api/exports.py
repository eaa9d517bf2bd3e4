"""Taking away as a file what a list or a search shows, over the API. For people: a file is for somebody to read."""

import json
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import renderers, serializers
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor
from hotlists import actions
from hotlists.api.entries import EntryNarrowing
from hotlists.api.search import PlateSearchBody
from hotlists.exports import Form
from hotlists.views.exports import sent

FILES = {(200, form.media_type.partition(";")[0]): OpenApiTypes.BINARY for form in Form}


class _File(renderers.BaseRenderer):
    """Lets a caller ask for the kind of file; what is refused is told as JSON all the same."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """A problem."""
        return json.dumps(data, cls=JSONEncoder).encode()


class CsvFile(_File):
    media_type, format = "text/csv", "csv"


class XlsxFile(_File):
    media_type, format = Form.XLSX.media_type, "xlsx"


RECIPIENT = "The person and body who are given it; empty: the caller."


class EntryExportBody(EntryNarrowing):
    """What narrows the entries, as what they are taken away, and why."""

    form = serializers.ChoiceField([form.value for form in Form])
    reason = serializers.CharField(max_length=300)
    recipient = serializers.CharField(max_length=150, required=False, allow_blank=True, help_text=RECIPIENT)


class SearchExportBody(PlateSearchBody):
    """The search, as what its answer is taken away, and why."""

    form = serializers.ChoiceField([form.value for form in Form])
    recipient = serializers.CharField(max_length=150, required=False, allow_blank=True, help_text=RECIPIENT)


class EntryExport(APIView):
    """Takes entries away as a file; recorded as disclosure."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    renderer_classes = (renderers.JSONRenderer, CsvFile, XlsxFile)

    @extend_schema(request=EntryExportBody, responses=FILES)
    def post(self, request: Request) -> HttpResponseBase:
        """The file. Refused where it would hold more rows than one may."""
        given = EntryExportBody(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        facts = {
            "reason": asked.pop("reason"),
            "recipient": asked.pop("recipient", ""),
            "form": Form(asked.pop("form")),
        }
        return sent(request, actions.export_entries(asked, by=actor(request), **facts))


class SearchExport(APIView):
    """Takes what a search finds away as a file; recorded as disclosure."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    renderer_classes = (renderers.JSONRenderer, CsvFile, XlsxFile)

    @extend_schema(request=SearchExportBody, responses=FILES)
    def post(self, request: Request) -> HttpResponseBase:
        """The file. Refused where it would hold more rows than one may."""
        given = SearchExportBody(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.asked
        return sent(request, actions.export_search(by=actor(request), form=Form(asked.pop("form")), **asked))
