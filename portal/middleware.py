"""Every request has an id that its answer carries; every refusal becomes a page."""

import uuid

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from portal import views
from portal.errors import UNTAKEN, Refusal, as_refusal


class RequestIdMiddleware(MiddlewareMixin):
    """Sets `request.id` and answers with it as X-Request-ID, so that a page, the log and a report name the same act."""

    def process_request(self, request: HttpRequest) -> None:
        """An id is ours alone: what a caller sends is not taken over, or they could forge the tie to the log."""
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Tells the caller the id."""
        response.headers.setdefault("X-Request-ID", getattr(request, "id", ""))
        return response


class RefusalMiddleware(MiddlewareMixin):
    """Turns what a page's action refused into 403, 404, 409 or 422, and a database that is away into 503."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None leaves what we do not know to Django."""
        if isinstance(exception, UNTAKEN):
            exception = as_refusal(exception) or exception
        if isinstance(exception, Refusal):
            exception.aftermath()
            return views.asked_first(request, exception) or views.refusal(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):
            return views.unavailable(request)
        return None
