"""The kill switch of a matcher: from that second it is served nothing but what empties it (R-105)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists.nudges import publish_soon
from matchers import policies
from matchers.models import FeedList, Matcher, Stoppage
from portal.errors import TooLate, Unfit
from portal.policies import require


@transaction.atomic
def stop_matcher(matcher: Matcher, *, by: User, reason: str) -> Stoppage:
    """Takes every list from a matcher at once. It can still fetch what ends them and prove that it is empty; hits that it
    reports are kept and marked."""
    matcher = _locked(matcher)
    require(policies.may_stop(by, matcher))
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    stoppage = Stoppage.objects.create(matcher=matcher, reason=reason, from_at=timezone.now(), from_by=by)
    _publish_its_lists(matcher)
    record(Verb.MATCHER_STOPPED, target=matcher, by=by, also=[stoppage], reason=reason)
    return stoppage


@transaction.atomic
def restart_matcher(matcher: Matcher, *, by: User, reason: str) -> Stoppage:
    """Another person than who stopped it gives it back the lists that it is still allocated."""
    matcher = _locked(matcher)
    require(policies.may_restart(by, matcher))
    stoppage = Stoppage.objects.select_for_update().filter(matcher=matcher, to_at=None).first()
    if stoppage is None:
        raise TooLate("This matcher is not stopped.")
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    stoppage.to_at, stoppage.to_by, stoppage.lifted_because = timezone.now(), by, reason
    stoppage.save(update_fields=["to_at", "to_by", "lifted_because"])
    _publish_its_lists(matcher)
    record(Verb.MATCHER_RESTARTED, target=matcher, by=by, also=[stoppage], reason=reason)
    return stoppage


def _publish_its_lists(matcher: Matcher) -> None:
    given = FeedList.objects.filter(feed=matcher.feed_id).values_list("role_id", flat=True)
    allocated = matcher.allocations.values_list("hotlist_id", flat=True)
    for hotlist_id in sorted({*given, *allocated}):
        publish_soon(hotlist_id)


def _locked(matcher: Matcher) -> Matcher:
    return Matcher.objects.select_for_update(of=("self",), no_key=True).select_related("machine").get(pk=matcher.pk)
