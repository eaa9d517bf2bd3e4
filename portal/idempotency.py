"""Idempotency-Key on creating calls: sent again with the same key, a call is answered as before and does nothing."""

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from portal.errors import Unfit
from portal.models import StoredAnswer

HEADER = "Idempotency-Key"
LONGEST = 200
LIFE = dt.timedelta(days=1)

Post = Callable[..., Response]


def idempotent(post: Post) -> Post:
    """Around a view's `post`. The answer is stored in the action's transaction: both happen, or neither.

    Two calls at once with one key: the second waits for the first and gets its answer. A refused call stores nothing, so
    that it can be mended and sent again. Raises Unfit when the key came before with another body.
    """

    @functools.wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return post(view, request, *args, **kwargs)
        if len(key) > LONGEST:
            raise Unfit(f"The {HEADER} is longer than {LONGEST} characters.")
        fingerprint = _fingerprint(request)
        now = timezone.now()
        with transaction.atomic():
            StoredAnswer.objects.filter(caller=_caller(request), key=key, expires_at__lte=now).delete()
            answer, is_first = StoredAnswer.objects.get_or_create(
                caller=_caller(request), key=key, defaults={"fingerprint": fingerprint, "expires_at": now + LIFE}
            )
            if answer.fingerprint != fingerprint:
                raise Unfit(f"This {HEADER} came before with another request. Use a new key for a new request.")
            if not is_first:
                return Response(answer.body, status=answer.status, headers={"Idempotent-Replayed": "true"})
            response = post(view, request, *args, **kwargs)
            answer.status, answer.body = response.status_code, json.loads(json.dumps(response.data, cls=JSONEncoder))
            answer.save(update_fields=["status", "body"])
        return response

    return once


def _caller(request: Request) -> str:
    return f"{request.user.actor_kind}:{request.user.actor_id}"


def _fingerprint(request: Request) -> str:
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=_said)
    return hashlib.sha256(said.encode()).hexdigest()


def _said(value: Any) -> str:
    """A file by what is in it, anything else by its words."""
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()
