"""Ties each request to the session in which its person acts."""

from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from accounts.models import SignIn, User
from accounts.sign_in import SESSION_KEY
from portal import request as current_request


class SignInMiddleware(MiddlewareMixin):
    """Sets the request's facts for the log, and `request.user.sign_in` for decisions."""

    def process_request(self, request: HttpRequest) -> None:
        """Nothing is read from the database until somebody asks who is signed in."""
        sign_in_id = request.session.get(SESSION_KEY, "")
        current_request.current.set(
            current_request.RequestFacts(
                correlation_id=getattr(request, "id", "") or current_request.fresh_id(),
                source_ip=request.META.get("REMOTE_ADDR") or "",
                session=sign_in_id,
            )
        )
        who = request.user
        request.user = SimpleLazyObject(lambda: _acting(who, sign_in_id))


def _acting(who: User, sign_in_id: str) -> User:
    """The signed-in person, in their session."""
    if who.is_authenticated and sign_in_id:
        who.sign_in = SignIn.objects.filter(pk=sign_in_id, user_id=who.pk, ended_at=None).first()
    return who
