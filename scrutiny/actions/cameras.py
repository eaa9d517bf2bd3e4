"""Findings that the portal opens by itself: of cameras that read too badly, and of what is in use without a DPIA in date."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from camera_sites.accuracy import shortfalls
from camera_sites.limits import AccuracyLimits
from camera_sites.models import AccuracyTest, Camera, Coverage
from matchers.models import Matcher
from scrutiny.actions.findings import open_finding
from scrutiny.models import Finding, FindingNote
from scrutiny.workflow import FINDING, Status


@transaction.atomic
def report_accuracy(test: AccuracyTest, *, by: Actor) -> Finding | None:
    """A camera below the standards is one open finding for whoever answers for its site, however often it is tested (R-090).

    As its newest tests, by day and by night, are no longer short, whoever recorded the last one has answered it by that;
    another person settles it, as any other.
    """
    camera = Camera.objects.select_for_update(of=("self",)).select_related("site__owner").get(pk=test.camera_id)
    limits = AccuracyLimits.at(timezone.now())
    newest = list(AccuracyTest.objects.filter(camera=camera).newest())
    short = list(dict.fromkeys(words for one in newest for words in shortfalls(one, limits)))
    standing = Finding.objects.about(camera).filter(kind=Finding.Kind.ACCURACY, status=Status.OPEN)
    finding = standing.select_for_update().first()
    name = "a camera of a covert site" if camera.site.is_covert else f"camera {camera.ref}"
    if short and finding is None:
        return open_finding(
            by=by, kind=Finding.Kind.ACCURACY, about=camera, owner=camera.site.owner,
            title=f"{name[:1].upper()}{name[1:]} is below the accuracy standard",
            words=f"By its newest tests it {', '.join(short)}. Misreads stop the wrong people: find out why, have it mended, and"
            " test it again.",
        )  # fmt: skip
    if not short and finding is not None:
        words = f"Tested again on {test.tested_on:%d %B %Y}: no newest test is below the standard."
        FindingNote.objects.create(
            finding=finding,
            step=FindingNote.Step.CLOSED,
            words=words,
            noted_by=test.recorded_by,
            noted_at=timezone.now(),
        )
        FINDING.move(finding, Status.CLOSED, closed_by=test.recorded_by, closed_at=timezone.now())
        record(Verb.FINDING_CLOSED, target=finding, by=test.recorded_by, also=[camera, test], words=words)
    return finding


@transaction.atomic
def report_lapses(*, by: Actor) -> list[Finding]:
    """Matchers and systems are not stopped as their DPIA lapses (R-113 speaks of sites): each is a finding, open once."""
    lapsed = Coverage.objects.filter(kind__in=[Coverage.Kind.MATCHER, Coverage.Kind.SYSTEM]).lapsed(timezone.now())
    found = []
    for coverage in lapsed.select_for_update(of=("self",)).select_related("dpia__created_by").order_by("pk"):
        if Finding.objects.about(coverage).filter(kind=Finding.Kind.LAPSE).exclude(status=Status.SETTLED).exists():
            continue
        what = f"The system {coverage.name}"
        if coverage.subject is not None:
            what = f"The matcher {Matcher.objects.get(pk=coverage.subject)}"
        found.append(open_finding(
            by=by, kind=Finding.Kind.LAPSE, about=coverage, owner=coverage.dpia.created_by,
            title=f"{what} is in use without a DPIA in date"[:150],
            words=f"{coverage.dpia} covers it, and is past its review date. Have a new version approved, or take it out of use.",
        ))  # fmt: skip
    return found
