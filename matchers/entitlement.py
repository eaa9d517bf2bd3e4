"""Who a bearer token is, among matchers; and what that matcher may fetch."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import MachineClient
from matchers.models import FeedList, Matcher

SCOPE = "matcher"
LEGACY_SCOPE = "legacy"  # of matchers that can verify nothing; lets nobody into a signed feed


def matcher_of(request: Request) -> Matcher:
    """The matcher that this token is. Raises AuthenticationFailed (401): to a TUF client 403 or 404 would say that there
    is no newer root."""
    machine = request.user
    if not isinstance(machine, MachineClient) or not machine.has_scope(SCOPE) or not request.auth.allow_scopes([SCOPE]):
        raise AuthenticationFailed("Ask for a token with the scope `matcher` at /oauth/token/.")
    matcher = Matcher.objects.of_machine(machine).select_related("feed", "machine").first()
    if matcher is None:
        raise AuthenticationFailed("This machine is no matcher.")
    return matcher


def require_feed(matcher: Matcher, feed: str) -> None:
    """Raises AuthenticationFailed unless the feed is the matcher's own."""
    if matcher.feed_id != feed:
        raise AuthenticationFailed("This feed is not yours.")


def require_list(matcher: Matcher, role: str) -> None:
    """Raises AuthenticationFailed unless the matcher's feed carries the list."""
    if not FeedList.objects.carried().filter(feed=matcher.feed_id, role__name=role).exists():
        raise AuthenticationFailed("This list is not given to you.")


def require_given(matcher: Matcher, role: str) -> None:
    """Raises AuthenticationFailed unless the matcher is to have what others get of the list, at this very moment.

    Not when it was stopped, its allocation ended or was revoked: then it gets only what empties it (R-101, R-105).
    """
    running = matcher.allocations.running(timezone.now()).filter(hotlist__role__name=role)
    given = FeedList.objects.given().filter(feed=matcher.feed_id, role__hotlist=OuterRef("hotlist"))
    if running.filter(Exists(given)).exists():
        return
    if matcher.stoppage is not None:
        raise AuthenticationFailed("This matcher was stopped. It gets nothing but what ends its lists.")
    raise AuthenticationFailed("This list is given to you no more. You get nothing but what ends it.")
