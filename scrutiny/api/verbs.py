"""One shape for the API's verbs of this room: the thing is found, the act is done, the thing is shown as it stands after."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import PEOPLE_ONLY, Has, actor


def verb_view(
    name: str, *, find: Callable[[Request, uuid.UUID], models.Model], act: Callable[..., Any],
    takes: type[serializers.Serializer], shows: type[serializers.Serializer],
) -> type[APIView]:  # fmt: skip
    """A view named after its thing and verb, such as `FindingClose`; `find` raises Stranger for what is not theirs to see."""
    thing, verb = name.split()

    class View(APIView):
        """Does it, and shows the thing as it stands after."""

        permission_classes = (Has,)
        machine_scopes = PEOPLE_ONLY

        @extend_schema(request=takes, responses=shows, operation_id=f"{thing.lower()}s_{verb.lower()}")
        def post(self, request: Request, pk: uuid.UUID) -> Response:
            given = takes(data=request.data)
            given.is_valid(raise_exception=True)
            found = find(request, pk)
            act(found, by=actor(request), **given.validated_data)
            found.refresh_from_db()
            return Response(shows(found).data)

    View.__name__ = View.__qualname__ = f"{thing}{verb}"
    return View
