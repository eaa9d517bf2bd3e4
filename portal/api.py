"""What every API view shares: errors as RFC 9457 problems, pages newest first, and edits that cannot overwrite unseen."""

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as NotAValue
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from portal.errors import UNTAKEN, Refusal, Stranger, Unfit, as_refusal

MEDIA_TYPE = "application/problem+json"


class PreconditionRequired(exceptions.APIException):
    """An edit must say which state it edits."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Send If-Match with the ETag of what you read."
    default_code = "precondition_required"


class PreconditionFailed(exceptions.APIException):
    """The thing has changed since it was read."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This has changed since you read it. Read it again and decide anew."
    default_code = "precondition_failed"


TITLES = {
    400: "This could not be read",
    401: "Sign in first",
    403: "You may not do this",
    404: "Not found",
    405: "Not a method of this address",
    406: "Not in a form we can give",
    409: "This has changed since you read it",
    412: "This has changed since you read it",
    415: "Not in a form we take",
    422: "Some of this needs changing",
    428: "Say which state you edit",
    429: "Too many requests",
    503: "The portal is away for a moment",
}


def _respond(code: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    body = {"type": "about:blank", "title": TITLES.get(code, "This cannot be done"), "status": code, "detail": detail}
    return Response({**body, **more}, status=code, headers=headers, content_type=MEDIA_TYPE)


def _flatten(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Validation errors as {"pointer", "detail"}, the pointer into the body that was sent (RFC 6901)."""
    if isinstance(detail, dict):
        return [found for key, value in detail.items() for found in _flatten(value, _step(pointer, str(key)))]
    if isinstance(detail, list):
        if any(isinstance(value, dict) for value in detail):
            return [found for n, value in enumerate(detail) for found in _flatten(value, f"{pointer}/{n}")]
        return [found for value in detail for found in _flatten(value, pointer)]
    return [{"pointer": pointer or "/", "detail": str(detail)}]


def _step(pointer: str, key: str) -> str:
    if key == "non_field_errors":
        return pointer
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None leaves what we do not know to Django (500)."""
    if isinstance(exc, Refusal):
        exc.aftermath()
    response = _problem(exc)
    if response is not None:
        set_rollback()
        request_id = getattr(context["request"]._request, "id", "") if context.get("request") else ""
        if request_id:
            response.data["instance"] = f"urn:uuid:{request_id}"
    return response


def _problem(exc: Exception) -> Response | None:
    if isinstance(exc, UNTAKEN):
        exc = as_refusal(exc) or exc
    if isinstance(exc, Http404 | Stranger):
        return _respond(404, "There is nothing at this address, or it is not one you may see.")
    if isinstance(exc, Unfit):
        return _respond(exc.status, str(exc), errors=_flatten(exc.fields))
    if isinstance(exc, Refusal):
        return _respond(exc.status, str(exc))
    if isinstance(exc, PermissionDenied):
        return _respond(403, str(exc) or "Your role does not include this.")
    if isinstance(exc, OperationalError | InterfaceError):
        return _respond(503, "The database did not answer. Nothing was changed.", {"Retry-After": "5"})
    if isinstance(exc, exceptions.ValidationError):
        return _respond(400, "Some fields are missing or not as they should be.", errors=_flatten(exc.detail))
    if isinstance(exc, exceptions.APIException):
        headers = {}
        if challenge := getattr(exc, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(exc, "wait", None):
            headers["Retry-After"] = str(int(wait))
        return _respond(exc.status_code, str(exc.detail), headers)
    return None


class NewestFirst(CursorPagination):
    """Pages that stay right while rows arrive: `results`, `next`, `previous`; newest first by id, which is by time."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        """One page. A cursor that was made up is of no page (404), like one that cannot be read."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotAValue, ValueError) as error:  # the position in it is no id
            raise exceptions.NotFound(self.invalid_cursor_message) from error


def reason_given(request: Request) -> str:
    """Why the caller looks, from the query (`?reason=`). Raises ValidationError for what the log cannot hold."""
    shape = serializers.CharField(max_length=300, allow_blank=True)
    try:
        return shape.run_validation(request.query_params.get("reason", ""))
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({"reason": error.detail}) from error


def etag(*parts: object) -> str:
    """A strong entity tag over what makes this state differ from others, such as ("entry", pk, version)."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def check_if_match(request: Request, current: str) -> None:
    """Raises 428 when an edit does not say which state it edits, 412 when that state has passed.

    Call it with the tag of the locked row, or two editors may both pass.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionRequired
    if given != "*" and current not in {tag.strip() for tag in given.split(",")}:
        raise PreconditionFailed
