"""What waits for a person in this room, shown on their home page."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.policies import role_has
from camera_sites.limits import AccuracyLimits, need_days
from camera_sites.models import AccuracyTest, Camera, CameraSite, CodeGap, Dpia, DpiaVersion, NeedReview, SelfAssessment
from camera_sites.models.dpias import DpiaVersionQuerySet
from camera_sites.models.sites import CameraSiteQuerySet
from camera_sites.story import SOON
from camera_sites.waiting_reviews import reviews_and_measures
from portal.home import Item
from standards.models import StandardsProfile


def questions(user: User, now: dt.datetime) -> Iterator[Item]:
    """Advice, decisions, proposals to set live; sites of one's own that lapsed or are about to."""
    if not role_has(user, "camera_sites.view_sites"):
        return
    yield from _own_sites(user, now)
    yield from _own_cameras(user, now)
    yield from _needs(user, now)
    yield from _code(user, now)
    yield from reviews_and_measures(user, now)
    seen = DpiaVersion.objects.filter(dpia__in=Dpia.objects.visible_to(user).values("pk"))
    if role_has(user, "camera_sites.write_dpia"):
        drafts = seen.filter(status=DpiaVersion.Status.DRAFT, contributions__user=user)
        yield _assessments("Your DPIA drafts", drafts.order_by("written_at"), "written_at")
    if role_has(user, "camera_sites.advise_dpia"):
        waiting = seen.awaiting_advice().exclude(contributions__user=user)
        yield _assessments("DPIAs wait for your advice", waiting, "submitted_at")
        high = seen.awaiting_commissioner().exclude(contributions__user=user)
        yield _assessments("DPIAs wait for the Commissioner", high, "submitted_at")
    if role_has(user, "camera_sites.decide_dpia"):
        waiting = seen.awaiting_decision().exclude(contributions__user=user)
        yield _assessments("DPIAs wait for your decision", waiting.exclude(advice__advised_by=user), "submitted_at")
    if role_has(user, "camera_sites.decide_site"):
        ready = CameraSite.objects.visible_to(user).ready_to_go_live(now).exclude(contributions__user=user)
        found = list(ready.order_by("proposed_at").values_list("pk", "proposed_at"))
        url = reverse("site_list") + "?show=proposed"
        if len(found) == 1:
            url = reverse("site_detail", args=[found[0][0]])
        yield Item("Camera sites wait to be set live", url, len(found), found[0][1] if found else None)


def _own_sites(user: User, now: dt.datetime) -> Iterator[Item]:
    own = CameraSite.objects.filter(owner=user)
    sites = reverse("site_list")
    out = own.out_of_service(now).with_standing(now)
    ended = out.filter(deployed_until__lte=now)
    over = ended.aggregate(since=Min("deployed_until"))["since"]
    yield Item(
        "The deployment of your camera sites has ended: decommission them",
        f"{sites}?show=out",
        ended.count(),
        over,
        "stopped",
    )
    lapsed = out.exclude(pk__in=ended.values("pk"))
    since = lapsed.aggregate(since=Min("dpia_due_at"))["since"]
    yield Item(
        "Your camera sites are out of service: their DPIA lapsed", f"{sites}?show=out", lapsed.count(), since, "stopped"
    )
    soon = own.lapsing(now, SOON).count()
    yield Item(
        "Your camera sites have a DPIA that lapses within 60 days", f"{sites}?show=lapsing", soon, tone="lapsing"
    )
    yield from _signs(user, own, now)
    proposed = own.filter(status=CameraSite.Status.PROPOSED)
    bare = proposed.with_service_end(now).filter(dpia_ends_at=None).count()
    yield Item("Your proposed camera sites have no DPIA in date", f"{sites}?show=proposed", bare, tone="waiting")


def _own_cameras(user: User, now: dt.datetime) -> Iterator[Item]:
    """Cameras of one's own sites that read too badly, or that nobody tested lately (R-090)."""
    limits, sites = AccuracyLimits.at(now), reverse("site_list")
    own = Camera.objects.standing().filter(site__owner=user).exclude(site__status=CameraSite.Status.DECOMMISSIONED)
    failing = AccuracyTest.objects.filter(camera__in=own).newest().failing(limits).order_by()
    yield Item(
        "Cameras of your sites are below the accuracy standard", f"{sites}?wanting=failing",
        failing.values("camera").distinct().count(), tone="stopped",
    )  # fmt: skip
    overdue = own.overdue_for_test(now, limits).count()
    yield Item(
        "Cameras of your sites have no accuracy test in date", f"{sites}?wanting=untested", overdue, tone="lapsing"
    )


def _needs(user: User, now: dt.datetime) -> Iterator[Item]:
    """Sites whose need is to be reviewed, for their owners and for those who review (R-116)."""
    due, sites = CameraSite.objects.due_for_need_review(now, need_days(now)), f"{reverse('site_list')}?wanting=need"
    own = due.filter(owner=user)
    since = own.aggregate(since=Min("need_due_at"))["since"]
    yield Item("The need of your camera sites is to be reviewed", sites, own.count(), since, "lapsing")
    to_change = CameraSite.objects.filter(owner=user).with_need_review(now, need_days(now))
    to_change = to_change.exclude(need_due_at=None).exclude(need_outcome=None)
    changes = to_change.exclude(need_outcome=NeedReview.Outcome.KEEP).count()
    yield Item("Reviews ask for your camera sites to be moved, reduced or removed", reverse("site_list"), changes)
    if role_has(user, "camera_sites.decide_site"):
        seen = due.filter(pk__in=CameraSite.objects.visible_to(user).values("pk")).exclude(contributions__user=user)
        since = seen.aggregate(since=Min("need_due_at"))["since"]
        yield Item("Camera sites whose need is yours to review", sites, seen.count(), since)


def _signs(user: User, own: CameraSiteQuerySet, now: dt.datetime) -> Iterator[Item]:
    """R-117."""
    profile = StandardsProfile.objects.in_force(now)
    today, days = timezone.localdate(now), profile.number("site.signs")
    due = own.with_signs_to_inspect(today, days)
    mine = f"{reverse('site_list')}?owner={user.pk}&overdue="
    yield Item("The signs of your camera sites are overdue for inspection", f"{mine}signs", due.count(), tone="lapsing")
    notice = profile.number("site.signs.notice")
    soon = own.with_signs_to_inspect(today + dt.timedelta(days=notice), days).exclude(pk__in=due.values("pk"))
    yield Item(
        f"The signs of your camera sites are to be inspected within {notice} days", f"{mine}signs-soon", soon.count()
    )


def _code(user: User, now: dt.datetime) -> Iterator[Item]:
    """The camera code: gaps of one's own, a draft to sign, a year that is over (R-116, R-119)."""
    code = reverse("code_list")
    own, today = CodeGap.objects.open().filter(owner=user), timezone.localdate(now)
    overdue = own.overdue(today).count()
    yield Item("Gaps in the camera code of yours are overdue", code, overdue, tone="stopped")
    yield Item("Gaps in the camera code for you to close", code, own.count() - overdue)
    if role_has(user, "camera_sites.sign_self_assessment"):
        ready = SelfAssessment.objects.ready_to_sign().exclude(hands__user=user)
        yield Item("A self-assessment waits for your signature", code, ready.count())
    if role_has(user, "camera_sites.write_self_assessment"):
        last = SelfAssessment.objects.signed().first()
        if last is not None and last.review_due_at <= now:
            yield Item(
                "The self-assessment under the camera code is past its year", code, 1, last.review_due_at, "lapsing"
            )


def _assessments(title: str, versions: DpiaVersionQuerySet, since: str) -> Item:
    found = list(versions.values_list("dpia_id", since))
    url = reverse("dpia_detail", args=[found[0][0]]) if len(found) == 1 else reverse("dpia_list") + "?show=open"
    return Item(title, url, len(found), found[0][1] if found else None)
