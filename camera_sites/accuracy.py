"""How well cameras read, judged by the standards in force: each test, each camera, each site (R-090, R-094)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, TextChoices

from camera_sites.charts import Chart, Point, draw
from camera_sites.limits import AccuracyLimits
from camera_sites.models import AccuracyTest, Camera, CameraSite

SHOWN = 24  # tests of one camera that its page draws; the API has all


class Verdict(TextChoices):
    """What a test says: nothing, while the limit lies within its interval."""

    FAIL = "fail", "Below the standard"
    UNSURE = "unsure", "Too few to say"
    PASS = "pass", "Meets the standard"


TONES = {Verdict.FAIL: "stopped", Verdict.UNSURE: "lapsing", Verdict.PASS: "in-force"}


def shortfalls(test: AccuracyTest, limits: AccuracyLimits) -> list[str]:
    """In what a test shows its camera to be below the standards, in words."""
    found = {
        f"captures fewer than {limits.capture * 100:.0f} % of plates": test.capture_high < limits.capture,
        f"reads fewer than {limits.read * 100:.0f} % of captures right": test.read_high < limits.read,
        f"its clock is off by more than {limits.clock:,} ms": abs(test.clock_offset_ms or 0) > limits.clock,
        f"delivers later than {limits.latency:,} ms": (test.latency_p95_ms or 0) > limits.latency,
    }
    return [words for words, applies in found.items() if applies]


def judge(test: AccuracyTest, limits: AccuracyLimits) -> Verdict:
    """Below where the whole interval lies below; met where the whole interval does not; else too few were counted."""
    if shortfalls(test, limits):
        return Verdict.FAIL
    met = test.capture_low >= limits.capture and test.read_low >= limits.read
    return Verdict.PASS if met else Verdict.UNSURE


@dataclass(slots=True)
class CameraRecord:
    """A camera with its tests, the newest first, and how it stands by the newest of day and of night."""

    camera: Camera
    tests: list[AccuracyTest] = field(default_factory=list)
    verdict: Verdict | None = None
    why: list[str] = field(default_factory=list)
    is_overdue: bool = False
    due_on: dt.date | None = None
    charts: list[Chart] = field(default_factory=list)

    @property
    def word(self) -> str:
        """As its tag says."""
        if self.camera.decommissioned_at is not None:
            return "Taken down"
        return str(self.verdict.label) if self.verdict else "Not tested yet"

    @property
    def tone(self) -> str:
        """Of its tag."""
        if self.camera.decommissioned_at is not None:
            return "none"
        return TONES[self.verdict] if self.verdict else "waiting"


def records_of(site: CameraSite, at: dt.datetime, limits: AccuracyLimits) -> list[CameraRecord]:
    """Every camera of a site with its tests, how it stands and its charts."""
    tests = defaultdict(list)
    for test in AccuracyTest.objects.filter(camera__site=site).select_related("recorded_by", "profile"):
        tests[test.camera_id].append(test)
    records = []
    for camera in site.cameras.all():
        record = CameraRecord(camera, tests[camera.pk])
        newest = [next((test for test in record.tests if test.light == light), None) for light in AccuracyTest.Light]
        judged = [(judge(test, limits), shortfalls(test, limits)) for test in newest if test is not None]
        if judged:
            order = list(Verdict)
            record.verdict = min((verdict for verdict, _ in judged), key=order.index)
            record.why = list(dict.fromkeys(words for _, shortfall in judged for words in shortfall))
            record.due_on = record.tests[0].tested_on + dt.timedelta(days=limits.days)
            record.charts = _charts(record.tests[:SHOWN], limits)
        is_due = site.status == CameraSite.Status.LIVE and camera.decommissioned_at is None
        record.is_overdue = is_due and not any(test.tested_on > limits.tested_since(at) for test in record.tests)
        records.append(record)
    return records


def untested(site: CameraSite, at: dt.datetime, *, least: int) -> str:
    """The cameras that have not passed so many tests in date, or whose newest tests do not pass; empty where all did."""
    limits = AccuracyLimits.at(at)
    since = limits.tested_since(at)
    return ", ".join(
        record.camera.ref
        for record in records_of(site, at, limits)
        if record.camera.decommissioned_at is None
        and (
            record.verdict != Verdict.PASS
            or sum(test.tested_on > since and judge(test, limits) == Verdict.PASS for test in record.tests) < least
        )
    )


def _charts(tests: list[AccuracyTest], limits: AccuracyLimits) -> list[Chart]:
    captured = [
        Point(test.tested_on, test.capture_rate, test.capture_low, test.capture_high, test.light) for test in tests
    ]
    read = [
        Point(test.tested_on, test.read_rate, test.read_low, test.read_high, test.light)
        for test in tests
        if test.read_rate is not None
    ]
    charts = [("capture", "Captured of plates to be seen", captured, limits.capture),
              ("read", "Read right of captures", read, limits.read)]  # fmt: skip
    return [draw(key, title, points, limit) for key, title, points, limit in charts if points]


def marks_of(sites: Iterable[CameraSite], at: dt.datetime, limits: AccuracyLimits) -> dict[Any, list[tuple[str, str]]]:
    """Site -> what a table says beside its state: (words, tone), of cameras that fail and of tests that are overdue."""
    keys = [site.pk for site in sites]
    failing = AccuracyTest.objects.filter(camera__site__in=keys).newest().failing(limits)
    failing = failing.order_by().values("camera__site").annotate(n=Count("camera", distinct=True))
    overdue = Camera.objects.filter(site__in=keys).overdue_for_test(at, limits)
    overdue = overdue.order_by().values("site").annotate(n=Count("pk"))
    marks: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for site, n in failing.values_list("camera__site", "n"):
        marks[site].append((f"{n} below the standard", "stopped"))
    for site, n in overdue.values_list("site", "n"):
        marks[site].append((f"{n} to be tested", "lapsing"))
    return marks
