"""Tests of how well cameras read: written down once, alone or as a file of many."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.accuracy import Verdict, judge
from camera_sites.accuracy_files import tests_of
from camera_sites.actions.sites import locked, review_assessments
from camera_sites.limits import AccuracyLimits
from camera_sites.models import AccuracyTest, Camera, CameraSite, ReviewDemand
from camera_sites.nudges import judge_test_soon
from portal.errors import Refusal, Unfit
from portal.moments import is_in_reach
from portal.policies import require
from standards.models import StandardsProfile

LONGEST_DELAY = 24 * 60 * 60 * 1000  # milliseconds; more is a slip of the pen


@transaction.atomic
def record_test(
    site: CameraSite, camera: Camera, *, by: User, tested_on: dt.date, tester: str, method: str, light: str, visible: int,
    captured: int, read_right: int, clock_offset_ms: int | None = None, latency_p95_ms: int | None = None, words: str = "",
) -> AccuracyTest:  # fmt: skip
    """What was counted: of `visible` plates the camera captured some, and read some of these right (R-090).

    Beside it how far its clock is off, and how soon nineteen in twenty reads are delivered, both in milliseconds (R-094).
    """
    site = locked(site, by=by)
    require(policies.may_keep_evidence(by, site))
    _require_fit(
        tested_on=tested_on, tester=tester, visible=visible, captured=captured, read_right=read_right,
        clock_offset_ms=clock_offset_ms, latency_p95_ms=latency_p95_ms,
    )  # fmt: skip
    counted = {"tested_on": tested_on, "tester": tester.strip(), "method": AccuracyTest.Method(method),
               "light": AccuracyTest.Light(light), "visible": visible, "captured": captured, "read_right": read_right}  # fmt: skip
    if AccuracyTest.objects.filter(camera=camera, **counted).exists():  # or one count would stand for two
        raise Unfit("This test stands there.", {"tested_on": ["This test of this camera was written down already."]})
    now = timezone.now()
    limits = AccuracyLimits.at(now)
    done = AccuracyTest.objects.create(
        camera=Camera.objects.get(pk=camera.pk, site=site), **counted, z=limits.z, clock_offset_ms=clock_offset_ms,
        latency_p95_ms=latency_p95_ms,
        words=words.strip(), profile=limits.profile, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    result = str(judge(done, limits).label).lower()
    record(
        Verb.CAMERA_TESTED, target=site, by=by, also=[camera, done], camera=camera.ref, light=done.get_light_display().lower(),
        sample=visible, result=result,
    )  # fmt: skip
    if judge(done, limits) == Verdict.FAIL:
        review_assessments(
            site, by=by, trigger=ReviewDemand.Trigger.ACCURACY, what="A camera below the accuracy standard"
        )
    judge_test_soon(done)
    return done


@transaction.atomic
def import_tests(*, by: User, content: bytes) -> list[AccuracyTest]:
    """Writes down every test of a CSV file, or none: each row that cannot stand is named with why."""
    require(policies.may_propose(by))
    rows = tests_of(content, most=StandardsProfile.objects.in_force(timezone.now()).number("site.accuracy.import"))
    visible = Camera.objects.filter(site__in=CameraSite.objects.visible_to(by))
    cameras = {
        camera.ref: camera for camera in visible.filter(ref__in=[row.camera for row in rows]).select_related("site")
    }
    done: list[AccuracyTest] = []
    problems: list[str] = []
    for row in rows:
        camera = cameras.get(row.camera)
        if row.problems or camera is None:
            missing = [] if camera else ["camera: there is none of this reference that you may see."]
            problems += [f"Row {row.number}, {words}" for words in [*missing, *row.problems]]
            continue
        try:
            done.append(record_test(camera.site, camera, by=by, **row.facts))
        except Unfit as refusal:
            problems += [f"Row {row.number}, {name}: {' '.join(words)}" for name, words in refusal.fields.items()]
        except Refusal as refusal:
            problems.append(f"Row {row.number}: {refusal}")
    if problems:
        raise Unfit("Some rows cannot stand, so nothing was written down.", {"file": problems[:20]})
    return done


def _require_fit(
    *, tested_on: dt.date, tester: str, visible: int, captured: int, read_right: int, clock_offset_ms: int | None,
    latency_p95_ms: int | None,
) -> None:  # fmt: skip
    problems = {
        "tested_on": (tested_on > timezone.localdate() or not is_in_reach(tested_on), "Give a day that has been."),
        "tester": (not tester.strip(), "Say who counted."),
        "visible": (visible < 1, "A test counts at least one plate."),
        "captured": (not 0 <= captured <= visible, "It cannot capture more plates than were to be seen."),
        "read_right": (not 0 <= read_right <= captured, "It cannot read more plates than it captured."),
        "clock_offset_ms": (abs(clock_offset_ms or 0) > LONGEST_DELAY, "Give milliseconds, less than a day."),
        "latency_p95_ms": (not 0 <= (latency_p95_ms or 0) <= LONGEST_DELAY, "Give milliseconds, less than a day."),
    }
    if found := {name: [words] for name, (is_wrong, words) in problems.items() if is_wrong}:
        raise Unfit("Some of this cannot be.", found)
