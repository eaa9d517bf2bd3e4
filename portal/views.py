"""Pages that belong to no room: what went wrong, in plain words, and how this portal keeps itself usable."""

import sys
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.errors import Refusal, Stranger

API_PREFIX = "/api/"


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith((API_PREFIX, "/oauth/", "/publication/"))


def _answer(request: HttpRequest, status: int, title: str, reason: str, template: str, **more: Any) -> HttpResponse:
    """The page, or for those who call by machine the same words as problem+json (RFC 9457)."""
    if _wants_json(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": reason, **more}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    response = render(request, template, {"status": status, "title": title, "reason": reason, **more}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal(request: HttpRequest, refused: Refusal) -> HttpResponse:
    """An act or a look that was refused, with its reason."""
    if isinstance(refused, Stranger):
        return not_found(request)  # the same answer as for what was never there
    typed = [] if _wants_json(request) else words_typed(request)
    more = {"typed": typed} if typed else {}
    return _answer(request, refused.status, refused.title, str(refused), "errors/refusal.html", **more)


def asked_first(request: HttpRequest, refused: Refusal) -> HttpResponse | None:
    """For a page that opens once something was answered: where that is asked, which leads back here. None for others."""
    if not refused.asked_at or request.method != "GET" or _wants_json(request):
        return None
    return redirect(f"{reverse(refused.asked_at)}?{urlencode({'next': request.get_full_path()})}")


def words_typed(request: HttpRequest) -> list[str]:
    """The sentences of the form that was sent, which its refusal would lose: shown once more, to be copied."""
    said = [value.strip() for name in request.POST for value in request.POST.getlist(name) if "password" not in name]
    return [words for words in said if " " in words]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(
        request, 400, "We could not read that", "The request was not in a form we understand.", "errors/400.html"
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 from Django itself."""
    reason = str(exception or "") or "Your role does not include this."
    return _answer(request, 403, "You may not do this", reason, "errors/refusal.html")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form carries no valid token: nearly always a page left open over a new sign-in."""
    return _answer(request, 403, "This page is out of date", reason, "errors/403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    reason = "There is nothing at this address, or it is not one you may see."
    return _answer(request, 404, "Page not found", reason, "errors/404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 when what failed is that the database was away, also before a view was reached."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _answer(
        request, 500, "Something went wrong", "Nothing was changed. The fault is ours and has been logged.",
        "errors/500.html", request_id=getattr(request, "id", ""),
    )  # fmt: skip


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: comes back by itself."""
    response = _answer(
        request, 503, "The portal is away for a moment", "The database did not answer. Nothing was changed.",
        "errors/503.html", request_id=getattr(request, "id", ""),
    )  # fmt: skip
    response.headers["Retry-After"] = "5"
    return response


def not_open(request: HttpRequest) -> HttpResponse:
    """503: a restored database holds what was erased."""
    reason = "The database was restored from a backup that is older than the last deletion."
    return _answer(request, 503, "The portal is not open yet", reason, "errors/not_open.html")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "portal/accessibility.html")
