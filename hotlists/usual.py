"""The dates that an entry has when its author names none: what its category and its list allow (R-014, R-015)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from hotlists.alerts import ARMED_MARKERS
from hotlists.models import Hotlist
from standards.models import Category, StandardsProfile

SHORTEST = 24  # hours, of a draft that has no category yet: it has an end all the same


def dates(
    hotlist: Hotlist,
    category: Category | None,
    now: dt.datetime,
    profile: StandardsProfile,
    *,
    is_protected: bool = False,
    markers: Iterable[str] = (),
    starts_at: dt.datetime | None = None,
    review_by: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Start, review and end; matchers keep whole seconds, so that “at once” is this one, not the next."""
    life = hotlist.longest_life(category) if category else SHORTEST
    review = hotlist.review_interval(category) if category else SHORTEST
    if is_protected:
        life = min(life, 24 * profile.number("protected.days"))
    if ARMED_MARKERS & set(markers):
        review = min(review, profile.number("marker.review"))
    now = now.replace(microsecond=0)
    starts = starts_at or now
    begins = max(now, starts)
    ends = expires_at or begins + dt.timedelta(hours=life)
    soonest = begins + dt.timedelta(hours=review)
    return {"starts_at": starts, "review_by": review_by or min(soonest, ends), "expires_at": ends}
