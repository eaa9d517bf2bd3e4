"""R-014, R-015, R-027, R-028: an entry ends, and is looked at again, within its caps."""

import datetime as dt
from collections.abc import Iterator

from hotlists.quality.asked import Asked, Fault
from hotlists.quality.markers import ARMED

MINUTE = dt.timedelta(minutes=1)  # a form writes whole minutes


def are_within_caps(asked: Asked) -> Iterator[Fault]:
    """Within the category's caps, and the narrower ones of protected activity and of armed markers."""
    version, category, begins = asked.version, asked.category, asked.begins
    if category is None:
        return
    if version.expires_at <= asked.at:
        yield "expires_at", "The end lies in the past."
    if version.review_by <= asked.at:
        yield "review_by", "The review date lies in the past."
    hotlist = version.entry.hotlist
    life, interval = hotlist.longest_life(category), hotlist.review_interval(category)
    here = "" if life == category.max_expiry_hours else " on this list"
    if version.expires_at > begins + dt.timedelta(hours=life) + MINUTE:
        yield "expires_at", f"{category.name} entries last at most {span(life)}{here}."
    here = "" if interval == category.review_hours else " on this list"
    if version.review_by > begins + dt.timedelta(hours=interval) + MINUTE:
        yield "review_by", f"{category.name} entries are reviewed at least every {span(interval)}{here}."
    protected = asked.numbers["protected.days"]
    if version.protected_activity and version.expires_at > begins + dt.timedelta(days=protected) + MINUTE:
        yield "expires_at", f"An entry that touches protected activity lasts at most {protected} days (R-027)."
    armed = asked.numbers["marker.review"]
    is_late = version.review_by > begins + dt.timedelta(hours=armed) + MINUTE
    if (
        is_late and ARMED & set(version.markers) and not version.entry.reviews.exists()
    ):  # it is the first that is due so soon
        yield "review_by", f"A firearms, weapons or violence marker is first reviewed within {span(armed)} (R-028)."
    if version.last_verified_at > asked.at + MINUTE:
        yield "last_verified_at", "It cannot have been checked in the future."


def span(hours: int) -> str:
    """Hours in words that people use."""
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
