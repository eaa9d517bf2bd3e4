"""Whether the publication is well, for /healthz; and when the root of trust ends, which people have to see to in time."""

import datetime as dt

from django.utils import timezone

from hotlists.models import Hotlist
from matchers import versions
from matchers.models import Allocation, Feed, ListRole, Metadata, Publication

ROOT_WARNING = dt.timedelta(days=60)  # its holders have to come together


def root_to_renew(at: dt.datetime) -> dt.datetime | None:
    """When the root of trust ends, if that is soon."""
    newest = Metadata.objects.filter(feed=None, role="root").order_by("-version").first()
    return newest.expires_at if newest is not None and newest.expires_at - ROOT_WARNING <= at else None


def check() -> str:
    """An empty string when every list in force that was given to a matcher is published, and every feed is fresh.

    "ok, but" when all is well and somebody has something to do.
    """
    if versions.problem_with(Feed.objects.all(), ListRole.objects.all()):
        return "stands still: the database is older than what was published (manage.py resume_publication)"
    now = timezone.now()
    given = Allocation.objects.running(now).values("hotlist")
    lists = Hotlist.objects.in_force(now).filter(pk__in=given).exclude(kind=Hotlist.Kind.SUPPRESSION)
    missing = lists.exclude(pk__in=Publication.objects.to_all().values("hotlist")).count()
    if missing:
        return f"{missing} lists in force are not published yet"
    stale = Metadata.objects.filter(role="timestamp", expires_at__lte=now).count()
    if stale:
        return f"{stale} feeds have not been signed for minutes"
    ends_at = root_to_renew(now)
    if ends_at is None:
        return ""
    if ends_at <= now:
        return "the root of trust has ended, so matchers take nothing new: its holders have to sign another"
    return f"ok, but the root of trust ends on {ends_at:%d %B %Y}: its holders have to sign another"
