"""What waits for those who answer for findings, and for those who test the answers."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from accounts.policies import holds
from portal.home import Item
from scrutiny.models import Concern, Finding, Sample, SampleItem, Signal
from standards.models import StandardsProfile


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """One's own findings; for those whose work it is, what is overdue and what is to be tested, judged and worked."""
    yield from _own(user, now)
    if holds(user, "scrutiny.work_finding"):
        yield from _of_others(user, now)
    if holds(user, "scrutiny.test_finding"):
        yield from _answered(user)
    if holds(user, "scrutiny.answer_concern"):
        yield from _concerns(now)
    if holds(user, "scrutiny.judge_signal"):
        yield from _signals(user, now)
    if holds(user, "scrutiny.work_sample"):
        yield from _samples(user, now)


def _own(user: User, now: dt.datetime) -> Iterator[Item]:
    own = Finding.objects.open().filter(owner=user).order_by("due_at")
    if first := own.first():
        tone = "stopped" if first.due_at <= now else "waiting"
        url = reverse("finding_detail", args=[first.pk]) if own.count() == 1 else f"{reverse('finding_list')}?show=mine"
        yield Item("Findings for you to answer", url, own.count(), first.opened_at, tone)


def _of_others(user: User, now: dt.datetime) -> Iterator[Item]:
    late = Finding.objects.overdue(now).exclude(owner=user).order_by("due_at")
    if first := late.first():
        yield Item("Findings of others that are overdue", f"{reverse('finding_list')}?show=overdue", late.count(),
                   first.due_at, "lapsing")  # fmt: skip


def _answered(user: User) -> Iterator[Item]:
    answered = Finding.objects.awaiting_retest().exclude(closed_by=user).exclude(owner=user).order_by("closed_at")
    if first := answered.first():
        yield Item(
            "Answers to test again", f"{reverse('finding_list')}?show=answered", answered.count(), first.closed_at
        )


def _concerns(now: dt.datetime) -> Iterator[Item]:
    """Breaches by themselves, since their clock has hours; the rest together. Dated by when the first is due."""
    breach = Concern.Kind.BREACH
    for title, found in (
        ("Breaches to report or to explain", Concern.objects.open().filter(kind=breach)),
        ("Complaints and requests to answer", Concern.objects.open().exclude(kind=breach)),
    ):
        if first := found.order_by("due_at").first():
            tone = "stopped" if first.due_at <= now else "lapsing" if first.kind == breach else "waiting"
            number = found.count()
            url = reverse("concern_detail", args=[first.pk]) if number == 1 else reverse("concern_list")
            yield Item(title, url, number, first.due_at, tone)


def _signals(user: User, now: dt.datetime) -> Iterator[Item]:
    waiting = Signal.objects.visible_to(user).open().order_by("opened_at")
    if first := waiting.first():
        within = dt.timedelta(days=StandardsProfile.objects.in_force(now).number("signal.answer"))
        tone = "lapsing" if first.opened_at <= now - within else "waiting"
        yield Item("Signs of misuse to judge", reverse("signal_list"), waiting.count(), first.opened_at, tone)


def _samples(user: User, now: dt.datetime) -> Iterator[Item]:
    left = SampleItem.objects.unanswered().workable_by(user)
    counts = dict(left.order_by().values_list("sample").annotate(n=Count("pk")))
    for sample in Sample.objects.filter(pk__in=counts).order_by("month"):
        tone = "stopped" if sample.due_at <= now else "waiting"
        title = f"Left in the sample of {sample.month:%B}"
        yield Item(title, reverse("sample_detail", args=[sample.pk]), counts[sample.pk], sample.drawn_at, tone)
