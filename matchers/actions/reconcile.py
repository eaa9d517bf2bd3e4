"""The clock's round over all lists: what a nudge missed, and what time alone decides, is published here."""

import datetime as dt

from django.utils import timezone

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matchers.actions.publishing import publish, renew_whole_file
from matchers.models import ListRole, Publication

# What changes a list is noted, and nudges; comparing many rows for nothing is not worth it more often. They begin and lapse
# to the second all the same: matchers enforce what travels with each row, and rows go out before they begin.
INTERVAL = dt.timedelta(minutes=10)
FEW_ROWS = 1_000  # of a list whose entries are decided one by one


def reconcile(*, by: SystemJob) -> list[Publication]:
    """Publishes every list that differs from what is published, each in a transaction of its own.

    One that cannot be published holds no other up; what was wrong with it is raised once all were tried.
    """
    now = timezone.now()
    rows = dict(Publication.objects.current().values_list("hotlist", "rows"))
    made: list[Publication] = []
    problems = []
    for role in ListRole.objects.select_related("hotlist").order_by("compared_at"):
        try:
            made += publish(role.hotlist_id, by=by, as_noted=not _is_due(role, rows.get(role.pk, 0), now))
            renewed = renew_whole_file(role.hotlist_id, by=by)
            made += [renewed] if renewed else []
        except Exception as problem:  # noqa: BLE001 - raised below
            problems.append(problem)
    if problems:
        raise ExceptionGroup("some lists could not be published", problems)
    return made


def _is_due(role: ListRole, rows: int, now: dt.datetime) -> bool:
    """Whether all its rows are to be compared; else only what is noted, and what comes or goes as a whole."""
    is_short = role.hotlist.kind == Hotlist.Kind.MANAGED and rows <= FEW_ROWS
    return is_short or role.compared_at is None or role.compared_at <= now - INTERVAL
