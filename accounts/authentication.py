"""Who calls the API: a machine with its token, or a person in their session."""

from typing import TYPE_CHECKING

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import Actor, MachineClient, User

PEOPLE_ONLY: dict[str, tuple[str, ...]] = {}  # the `machine_scopes` of a view at which no machine knocks

if TYPE_CHECKING:  # DRF imports this module while it imports its views
    from rest_framework.views import APIView


class MachineAuthentication(OAuth2Authentication):
    """A bearer token of a machine client; `request.user` is the MachineClient, `request.auth` its token."""

    def authenticate(self, request: Request) -> tuple[MachineClient, object] | None:
        """Raises AuthenticationFailed (401) for a token of nobody we know."""
        found = super().authenticate(request)
        if found is None:
            if request.META.get("HTTP_AUTHORIZATION", "").lower().startswith("bearer "):
                raise AuthenticationFailed(
                    "This token is unknown, revoked or expired. Ask for a new one at /oauth/token/."
                )
            return None
        _, token = found
        machine = MachineClient.objects.filter(pk=token.application_id, is_active=True).first()
        if machine is None:
            raise AuthenticationFailed("This token belongs to no active machine client.")
        return machine, token


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in person; unsafe methods need the CSRF token."""

    def authenticate_header(self, request: Request) -> str:
        """So that a stranger gets 401 and not 403."""
        return 'Bearer realm="api"'


class Has(permissions.BasePermission):
    """Lets in a machine whose token carries one of `view.machine_scopes`, or any person: policies judge people."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the caller may knock at all."""
        if isinstance(request.user, MachineClient):
            scopes = getattr(view, "machine_scopes", {}).get(request.method, ())
            return any(request.auth.allow_scopes([scope]) for scope in scopes)
        return bool(request.user and request.user.is_authenticated and getattr(view, "people", True))


def actor(request: Request) -> Actor:
    """Whoever calls, as an actor."""
    who = request.user
    return who if isinstance(who, MachineClient) else _person(who)


def _person(who: object) -> User:
    if not isinstance(who, User) and not isinstance(getattr(who, "_wrapped", who), User):
        raise TypeError(f"{who!r} is no actor")
    return who  # type: ignore[return-value]
