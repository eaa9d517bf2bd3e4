"""Stories over the API. The purpose is given with each call, and recorded with it (R-063)."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import Has, actor
from audit.actions import consult
from audit.api import EventSerializer, as_told
from audit.policies import may_read_log
from audit.purposes import Purpose
from audit.sentences import tell
from portal.api import NewestFirst
from portal.policies import require
from scrutiny.stories import LOOK, PAGE, story_of


class OldestFirst(NewestFirst):
    """In the order in which it happened."""

    ordering = "id"
    page_size = PAGE


class StoryDetail(APIView):
    """Everything about one record (`hotlists.entry`, `hits.hit`, `camera_sites.dpia` and any other kind) or one `case`."""

    permission_classes = (Has,)
    machine_scopes = {"GET": ("read",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("purpose", str, required=True, enum=Purpose.values),
            OpenApiParameter("looks", str, enum=["yes", "no"], description="`no` leaves looks out."),
            OpenApiParameter("cursor", str), OpenApiParameter("page_size", int),
        ],
        responses=EventSerializer(many=True), operation_id="stories_retrieve",
    )  # fmt: skip
    def get(self, request: Request, kind: str, ref: str) -> Response:
        """Sentences, the oldest first, also of a record that is gone. Raises 422 without one of the four purposes."""
        who = actor(request)
        require(may_read_log(who))
        story = story_of(kind, ref, by=who)
        if story is None:
            raise Http404
        consult(by=who, purpose=request.query_params.get("purpose", ""), what=story.what)
        events = story.events.exclude(LOOK) if request.query_params.get("looks") == "no" else story.events
        pages = OldestFirst()
        found = pages.paginate_queryset(events, request, view=self) or []
        return pages.get_paginated_response([as_told(one) for one in tell(found, who)])
