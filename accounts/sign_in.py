"""Opening and ending sessions: each is a row, so that a decision can name the one it was made in."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SignIn, User
from audit.actions import record
from audit.verbs import Verb

SESSION_KEY = "sign_in"


@transaction.atomic
def open_sign_in(user: User, *, method: str, source_ip: str = "") -> SignIn:
    """A new session of this person; becomes the one in which they act."""
    sign_in = SignIn.objects.create(user=user, method=method, opened_at=timezone.now(), source_ip=source_ip)
    user.sign_in = sign_in
    record(Verb.SIGN_IN_OPENED, target=sign_in, by=user, method=method)
    return sign_in


def opened(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django says that somebody signed in."""
    methods = request.session.get("account_authentication_methods", [])
    method = " and ".join(entry.get("type") or entry["method"] for entry in methods) or "password"
    sign_in = open_sign_in(user, method=method, source_ip=request.META.get("REMOTE_ADDR") or "")
    request.session[SESSION_KEY] = str(sign_in.pk)


@transaction.atomic
def ended(sender: type, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Django says that somebody signed out."""
    sign_in = SignIn.objects.filter(pk=request.session.get(SESSION_KEY), ended_at=None).first()
    if sign_in is None or user is None:
        return
    sign_in.ended_at = timezone.now()
    sign_in.save(update_fields=["ended_at"])
    record(Verb.SIGN_IN_ENDED, target=sign_in, by=user)
