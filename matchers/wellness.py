"""Whether the publication is well, for /healthz."""

from django.utils import timezone

from hotlists.models import Hotlist
from matchers import versions
from matchers.models import Allocation, Feed, ListRole, Metadata, Publication


def check() -> str:
    """An empty string when every list in force that was given to a matcher is published, and every feed is fresh."""
    if versions.problem_with(Feed.objects.all(), ListRole.objects.all()):
        return "stands still: the database is older than what was published (manage.py resume_publication)"
    now = timezone.now()
    given = Allocation.objects.running(now).values("hotlist")
    lists = Hotlist.objects.in_force(now).filter(pk__in=given).exclude(kind=Hotlist.Kind.SUPPRESSION)
    missing = lists.exclude(pk__in=Publication.objects.to_all().values("hotlist")).count()
    if missing:
        return f"{missing} lists in force are not published yet"
    stale = Metadata.objects.filter(role="timestamp", expires_at__lte=now).count()
    return f"{stale} feeds have not been signed for minutes" if stale else ""
