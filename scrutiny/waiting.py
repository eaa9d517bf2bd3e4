"""What waits for those who answer for findings, and for those who test the answers."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.policies import holds
from portal.home import Item
from scrutiny.models import Finding


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """One's own findings; for those whose work it is, what is overdue and what is to be tested."""
    own = Finding.objects.open().filter(owner=user).order_by("due_at")
    if first := own.first():
        tone = "stopped" if first.due_at <= now else "waiting"
        url = reverse("finding_detail", args=[first.pk]) if own.count() == 1 else f"{reverse('finding_list')}?show=mine"
        yield Item("Findings for you to answer", url, own.count(), first.opened_at, tone)
    if not holds(user, "scrutiny.work_finding"):
        return
    late = Finding.objects.overdue(now).exclude(owner=user).order_by("due_at")
    if first := late.first():
        yield Item("Findings of others that are overdue", f"{reverse('finding_list')}?show=overdue", late.count(),
                   first.due_at, "lapsing")  # fmt: skip
    answered = Finding.objects.awaiting_retest().exclude(closed_by=user).order_by("closed_at")
    if first := answered.first():
        yield Item(
            "Answers to test again", f"{reverse('finding_list')}?show=answered", answered.count(), first.closed_at
        )
