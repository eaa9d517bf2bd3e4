"""What scrutiny knows for the camera code: whether what was found is put right (R-119)."""

import datetime as dt
from collections.abc import Iterator

from camera_sites.code_principles import Fact, none_of
from scrutiny.models import Concern, Finding


def findings_are_answered(at: dt.datetime) -> Iterator[Fact]:
    """Findings as they stand at this moment."""
    yield none_of(Finding.objects.overdue(at).count(), "Findings past the day by which they were to be answered")
    yield none_of(Finding.objects.awaiting_retest().count(), "Answers to findings that another person is still to test")
    yield none_of(
        Concern.objects.overdue(at).count(), "Complaints, requests and breaches that were not answered in time"
    )
