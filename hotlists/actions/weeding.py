"""Removing what has run out from lists that a source fills (R-022): out of force by predicate already, gone soon after."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.feeds import merging
from hotlists.models import FeedRow, Hotlist, Load


def weed(*, by: SystemJob) -> int:
    """Removes rows past their end, a list at a time, and notes each as weeded. Returns how many."""
    over = FeedRow.objects.filter(hotlist=OuterRef("pk"), expires_at__lte=timezone.now())
    return sum(_weed(hotlist, by=by) for hotlist in Hotlist.objects.filter(Exists(over)))


@transaction.atomic
def _weed(hotlist: Hotlist, *, by: SystemJob) -> int:
    Hotlist.objects.select_for_update(no_key=True).get(pk=hotlist.pk)  # not beside a merge
    if hotlist.loads.exclude(pk__in=Load.objects.decided()).exists():
        return 0  # a file was compared with these rows; they go when it is decided
    count = merging.weed(hotlist.pk, at=timezone.now())
    if count:
        record(Verb.FEED_WEEDED, target=hotlist, by=by, count=count)
    return count
