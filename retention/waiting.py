"""What waits for those who watch over retention, and for owners of holds."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.policies import holds
from portal.home import Item
from retention import policies
from retention.models import DeletionRun, LegalHold, PeriodChange, Stocktake
from standards.models import StandardsProfile


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Holds to look at again; runs that ended with problems, or that have not happened."""
    late = LegalHold.objects.due_for_review(now).as_placed().filter(owner=user).order_by("review_due_at")
    if oldest := late.first():
        yield Item("Legal holds to review", reverse("hold_list"), late.count(), oldest.review_due_at, "lapsing")
    if not holds(user, "retention.view_runs"):
        return
    if office := policies.office_of(user):
        proposed = PeriodChange.objects.waiting().exclude(proposed_by=user).exclude(proposed_as=office)
        if first := proposed.first():
            url = reverse("period_decide", args=[first.pk])
            yield Item("Longer retention periods to decide", url, proposed.count(), first.proposed_at)
    yield from _of_the_stocktake(now)
    ended = DeletionRun.objects.exclude(finished_at=None).order_by("-finished_at").first()
    if ended and ended.status == DeletionRun.Status.FAILED:
        url = reverse("run_detail", args=[ended.pk])
        yield Item("The last deletion run ended with problems", url, len(ended.problems), ended.finished_at, "stopped")
    if ended and ended.finished_at and ended.finished_at < now - _silence(now):
        yield Item(
            "Nothing has been deleted on schedule since", reverse("run_list"), None, ended.finished_at, "stopped"
        )


def limits_are_kept() -> str:
    """For /healthz: whether anything is past its limit for longer than the grace. For people to mend, not for probes; no class
    is named, since that page is open to all."""
    taken, now = _newest(), timezone.now()
    if taken and taken.late:
        return "ok, but records are kept past their limit: see the overview of retention"
    if taken and taken.taken_at < now - _silence(now):
        return f"ok, but nobody looked for records past their limit since {taken.taken_at:%d %B %Y}"
    return ""


def _of_the_stocktake(now: dt.datetime) -> Iterator[Item]:
    """What the newest one found past its limit, or that there is none so new (R-084)."""
    taken, board = _newest(), reverse("retention_board")
    if taken is None:
        return
    if taken.late:
        yield Item("Records kept past their limit", board, taken.late, taken.taken_at, "stopped")
    if taken.waiting:
        yield Item("Records past their period that wait for your release", board, taken.waiting, taken.taken_at)
    if taken.taken_at < now - _silence(now):
        yield Item("Nobody looked for records past their limit since", board, None, taken.taken_at, "stopped")


def _newest() -> Stocktake | None:
    return Stocktake.objects.order_by("-taken_at").defer("lines").first()


def _silence(now: dt.datetime) -> dt.timedelta:
    return dt.timedelta(hours=StandardsProfile.objects.in_force(now).number("retention.silence"))
