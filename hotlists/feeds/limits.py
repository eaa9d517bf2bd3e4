"""What a list, its agreement and the standards allow a row."""

import datetime as dt

from hotlists.feeds.checks import Limits
from hotlists.feeds.life_cycle import LifeCycle
from hotlists.models import Hotlist, SourceAgreement
from standards.models import StandardsProfile


def limits_of(
    hotlist: Hotlist,
    agreement: SourceAgreement | None,
    *,
    at: dt.datetime,
    keys_only: bool = False,
    has_report: bool = False,
) -> Limits:
    """The limits under this agreement. Without one, as wide as the list itself; then a layout that says when rows were
    reported (`has_report`) is judged by the life cycle."""
    profile = StandardsProfile.objects.in_force(at)
    category = agreement.category if agreement else (hotlist.categories or [""])[0]
    found = profile.categories.filter(code=category).first()
    hours = found.max_expiry_hours if found else 0
    has_life = agreement.life_cycle != SourceAgreement.LifeCycle.NONE if agreement else has_report
    return Limits(
        default_action=agreement.action if agreement else hotlist.actions[0],
        actions=frozenset(hotlist.actions),
        markers=frozenset(hotlist.markers),
        now=at,
        latest_end=at + dt.timedelta(hours=hours + 24),  # a date ends at the end of its day
        keys_only=keys_only,
        country=agreement.country if agreement else "GB",
        life_cycle=LifeCycle.of(profile) if has_life else None,
    )
