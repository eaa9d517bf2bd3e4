"""What narrows the registry of sites, on its pages and over the API: by words, state, manner, owner, and what is overdue."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from camera_sites.limits import AccuracyLimits, need_days
from camera_sites.models import AccuracyTest, Camera, CameraSite, Coverage
from camera_sites.models.sites import CameraSiteQuerySet
from camera_sites.story import SOON
from standards.models import StandardsProfile

SHOW = [
    ("in", "In service"), ("lapsing", "Out of service soon"), ("out", "Out of service"), ("suspended", "Suspended"),
    ("proposed", "Proposed"), ("ended", "Decommissioned"),
]  # fmt: skip
WANTING = [
    ("failing", "Camera below the standard"), ("untested", "Accuracy test overdue"), ("need", "Need to be reviewed"),
]  # fmt: skip
OVERDUE = [("signs", "Inspection of signs"), ("signs-soon", "Inspection of signs, soon")]


def narrowed(sites: CameraSiteQuerySet, asked: dict[str, Any], at: dt.datetime) -> CameraSiteQuerySet:
    """Those that fit `asked`: q, show, wanting, deployment, owner, dpia, overdue, each of which may be left out."""
    if text := (asked.get("q") or "").strip():
        sites = sites.filter(Q(name__icontains=text) | Q(ref__icontains=text) | Q(area__icontains=text))
    if asked.get("deployment"):
        sites = sites.filter(deployment=asked["deployment"])
    if asked.get("owner"):
        sites = sites.filter(owner=asked["owner"])
    if dpia := asked.get("dpia"):
        further = Coverage.objects.filter(dpia=dpia, kind=Coverage.Kind.SITE, ended_at=None).values("subject")
        sites = sites.filter(Q(dpia=dpia) | Q(town_dpia=dpia) | Q(pk__in=further))
    if asked.get("overdue"):
        sites = _overdue(sites, at)[asked["overdue"]]()
    if asked.get("wanting"):
        sites = _wanting(sites, at)[asked["wanting"]]()
    Status = CameraSite.Status
    show: dict[str, Callable[[], CameraSiteQuerySet]] = {
        "in": lambda: sites.in_service(at),
        "lapsing": lambda: sites.lapsing(at, SOON),
        "out": lambda: sites.out_of_service(at),
        "suspended": lambda: sites.filter(status=Status.SUSPENDED),
        "proposed": lambda: sites.filter(status=Status.PROPOSED),
        "ended": lambda: sites.filter(status=Status.DECOMMISSIONED),
    }
    return show[asked["show"]]() if asked.get("show") else sites


def _wanting(sites: CameraSiteQuerySet, at: dt.datetime) -> dict[str, Callable[[], CameraSiteQuerySet]]:
    return {
        "failing": lambda: sites.filter(pk__in=_below_standard(at)),
        "untested": lambda: sites.filter(
            pk__in=Camera.objects.overdue_for_test(at, AccuracyLimits.at(at)).values("site")
        ),
        "need": lambda: sites.due_for_need_review(at, need_days(at)),
    }


def _overdue(sites: CameraSiteQuerySet, at: dt.datetime) -> dict[str, Callable[[], CameraSiteQuerySet]]:
    profile = StandardsProfile.objects.in_force(at)
    today, days = timezone.localdate(at), profile.number("site.signs")
    soon = today + dt.timedelta(days=profile.number("site.signs.notice"))
    return {
        "signs": lambda: sites.with_signs_to_inspect(today, days),
        "signs-soon": lambda: sites.with_signs_to_inspect(soon, days),
    }


def _below_standard(at: dt.datetime) -> Any:
    return AccuracyTest.objects.newest().failing(AccuracyLimits.at(at)).order_by().values("camera__site")
