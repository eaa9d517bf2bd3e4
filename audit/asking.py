"""For which of the four purposes somebody reads the log now: asked first, kept in the session for as long as the standards say."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from audit.purposes import Purpose

KEY = "log_purpose"

# Says for how long a purpose stands; a room above sets it.
stands: list[Callable[[], dt.timedelta]] = []


def keep_purpose(request: HttpRequest, purpose: str) -> None:
    """What was chosen, until it lapses."""
    until = timezone.now() + min(length() for length in stands)
    request.session[KEY] = [purpose, until.timestamp()]


def purpose_of(request: HttpRequest) -> Purpose | None:
    """What was chosen, while it holds."""
    chosen, until = request.session.get(KEY, ("", 0))
    return Purpose(chosen) if chosen in Purpose.values and until > timezone.now().timestamp() else None


def ask_purpose(request: HttpRequest) -> HttpResponseRedirect:
    """To where it is asked, which leads back here."""
    return HttpResponseRedirect(f"{reverse('log_purpose')}?{urlencode({'next': request.get_full_path()})}")
