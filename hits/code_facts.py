"""What hits tell for the camera code: whether what the cameras find is acted on (R-119)."""

import datetime as dt
from collections.abc import Iterator

from camera_sites.code_principles import Fact, share
from hits.models import Hit

LOOKED_BACK = dt.timedelta(days=28)


def hits_are_answered(at: dt.datetime) -> Iterator[Fact]:
    """Hits of the last four weeks that asked somebody to act."""
    lately = Hit.objects.shown().raising_alarm().filter(received_at__gt=at - LOOKED_BACK, received_at__lte=at)
    yield share(lately.exclude(closed_at=None).count(), lately.count(), "hits of the last four weeks have an outcome.")
