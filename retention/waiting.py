"""What waits for those who watch over retention, and for owners of holds."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.policies import holds
from portal.home import Item
from retention import policies
from retention.models import DeletionRun, LegalHold, PeriodChange


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Holds to look at again; runs that ended with problems, or that have not happened."""
    late = LegalHold.objects.due_for_review(now).filter(owner=user).order_by("review_due_at")
    if oldest := late.first():
        yield Item("Legal holds to review", reverse("hold_list"), late.count(), oldest.review_due_at, "lapsing")
    if not holds(user, "retention.view_runs"):
        return
    if office := policies.office_of(user):
        proposed = PeriodChange.objects.waiting().exclude(proposed_by=user).exclude(proposed_as=office)
        if first := proposed.first():
            url = reverse("period_decide", args=[first.pk])
            yield Item("Longer retention periods to decide", url, proposed.count(), first.proposed_at)
    ended = DeletionRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    if ended and ended.status == DeletionRun.Status.FAILED:
        url = reverse("run_detail", args=[ended.pk])
        yield Item("The last deletion run ended with problems", url, len(ended.problems), ended.finished_at, "stopped")
    if ended and ended.finished_at < now - dt.timedelta(hours=36):
        yield Item(
            "Nothing has been deleted on schedule since", reverse("run_list"), None, ended.finished_at, "stopped"
        )
