"""What this room knows of the camera code's principles. Covert and temporary sites are not counted: it may be published (R-123)."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from camera_sites.code_principles import Fact, none_of, register, share
from camera_sites.limits import AccuracyLimits, need_days
from camera_sites.models import AccuracyTest, Camera, CameraSite, Dpia, DpiaVersion, SignageInspection, SiteUserAccess
from camera_sites.models.sites import CameraSiteQuerySet
from retention.models import DeletionRun
from retention.rules import Fate
from retention.schedule import SCHEDULE
from standards.models import StandardsProfile


def _live() -> CameraSiteQuerySet:
    return CameraSite.objects.counted_in_public().filter(status=CameraSite.Status.LIVE)


def _purpose(at: dt.datetime) -> Iterator[Fact]:
    live = _live()
    due = live.due_for_need_review(at, need_days(at)).count()
    yield share(live.filter(decision__isnull=False).count(), live.count(),
                "live camera sites were decided on the national matrix, each for a stated purpose.")  # fmt: skip
    yield none_of(due, "Live camera sites past the review of their need")


def _privacy(at: dt.datetime) -> Iterator[Fact]:
    live = _live()
    yield share(live.in_service(at).count(), live.count(), "live camera sites have an impact assessment in date.")
    told = Dpia.objects.open()  # what is covert is in no count
    approved = told.filter(versions__status=DpiaVersion.Status.APPROVED).distinct()
    yield share(told.governing(at).count(), approved.count(), "impact assessments ever approved are in date.")


def _openness(at: dt.datetime) -> Iterator[Fact]:
    live, days = _live(), StandardsProfile.objects.in_force(at).number("site.signs")
    since = (at - dt.timedelta(days=days)).date()
    lately = SignageInspection.objects.filter(site=OuterRef("pk"), inspected_on__gt=since)
    yield share(live.filter(has_signage=True).count(), live.count(), "live camera sites have signs.")
    yield share(live.filter(Exists(lately)).count(), live.count(), f"had their signs inspected within {days} days.")


def _accountable(at: dt.datetime) -> Iterator[Fact]:
    live = _live()
    named = live.exclude(Q(controller="") | Q(operator_org="")).filter(owner__is_active=True)
    yield share(
        named.count(), live.count(), "live camera sites have a controller, an operator and a named person in post."
    )


def _deletion(at: dt.datetime) -> Iterator[Fact]:
    last = DeletionRun.objects.order_by("-pk").first()
    yield Fact("What is past its period is deleted by the retention schedule, with a certificate of each run."
               if last else "No deletion by the retention schedule has run yet.", is_well=last is not None)  # fmt: skip


def _policies(at: dt.datetime) -> Iterator[Fact]:
    """Principle 5: roles are written down, and everybody holds one of these; training that is past its day."""
    people = User.objects.filter(is_active=True)
    yield Fact(f"{len(ROLES)} roles are written down, each with who may hold it, why, and what it permits.")
    lapsed = people.filter(trained_until__lt=timezone.localdate(at)).count()
    yield none_of(lapsed, "People in post whose training is past its day: they may do nothing until it is renewed")


def _access(at: dt.datetime) -> Iterator[Fact]:
    """Principle 7."""
    yield Fact("Who may look is asked of role, team and facts each time; looking at where a site stands is recorded.")
    ended = SiteUserAccess.objects.filter(user__is_active=False, content_object__in=_live()).count()
    yield none_of(ended, "Grants of sight of live camera sites to people who are no longer in post")


def _security(at: dt.datetime) -> Iterator[Fact]:
    """Principle 9."""
    people = User.objects.filter(is_active=True)
    unvetted = people.filter(vetted_until__lt=timezone.localdate(at)).count()
    yield none_of(unvetted, "People in post whose vetting is past its day: they may do nothing until it is renewed")
    rules = sum(rule.fate == Fate.ERASE for rule in SCHEDULE)
    yield Fact(f"{rules} kinds of record are erased at the end of a written period; no kind is without a rule.")


def _standards(at: dt.datetime) -> Iterator[Fact]:
    limits = AccuracyLimits.at(at)
    cameras = Camera.objects.standing().filter(site__in=_live())
    failing = AccuracyTest.objects.filter(camera__in=cameras).newest().failing(limits)
    whole = cameras.count()
    yield share(whole - cameras.overdue_for_test(at, limits).count(), whole, "cameras have an accuracy test in date.")
    yield none_of(failing.order_by().values("camera").distinct().count(), "Cameras below the accuracy standard")


def register_facts() -> None:
    """Called once, when the apps are ready."""
    for principle, source in {
        1: _purpose, 2: _privacy, 3: _openness, 4: _accountable, 5: _policies, 6: _deletion, 7: _access, 8: _standards, 9: _security
    }.items():  # fmt: skip
        register(principle, source)
