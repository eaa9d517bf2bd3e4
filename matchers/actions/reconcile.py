"""The clock's round over all lists: what a nudge missed, and what time alone decides, is published here."""

import datetime as dt

from django.utils import timezone

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matchers.actions.publishing import publish, renew_whole_file
from matchers.models import ListRole, Publication

# A list loaded from a source changes by loads, which nudge; comparing a million rows for nothing is not worth it more
# often. Its rows lapse to the second all the same: matchers enforce what travels with each row.
FEED_INTERVAL = dt.timedelta(minutes=10)


def reconcile(*, by: SystemJob) -> list[Publication]:
    """Publishes every list that differs from what is published, each in a transaction of its own.

    One that cannot be published holds no other up; what was wrong with it is raised once all were tried.
    """
    now = timezone.now()
    made: list[Publication] = []
    problems = []
    for role in ListRole.objects.select_related("hotlist").order_by("compared_at"):
        try:
            made += publish(role.hotlist_id, by=by, as_noted=not _is_due(role, now))
            renewed = renew_whole_file(role.hotlist_id, by=by)
            made += [renewed] if renewed else []
        except Exception as problem:  # noqa: BLE001 - raised below
            problems.append(problem)
    if problems:
        raise ExceptionGroup("some lists could not be published", problems)
    return made


def _is_due(role: ListRole, now: dt.datetime) -> bool:
    """Whether all its rows are to be compared; else only what is noted, and what comes or goes as a whole."""
    is_feed = role.hotlist.kind == Hotlist.Kind.FEED
    return not is_feed or role.compared_at is None or role.compared_at <= now - FEED_INTERVAL
