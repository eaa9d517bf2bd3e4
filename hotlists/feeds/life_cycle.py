"""The life of a lost or stolen report (R-022): to be confirmed soon, gone in weeks when it is not, kept for years when it is."""

import datetime as dt
from typing import NamedTuple

from hotlists.feeds.dates import LONDON
from standards.models import StandardsProfile


class LifeCycle(NamedTuple):
    """The four times of the rule, and the warning before the last, as the standards set them."""

    confirm: dt.timedelta
    reminder: dt.timedelta
    unconfirmed: dt.timedelta
    confirmed_years: int
    warning: dt.timedelta

    @classmethod
    def of(cls, profile: StandardsProfile) -> "LifeCycle":
        """The rule under this edition of the standards."""
        numbers = {key: number.value for key, number in profile.numbers_under("stolen.").items()}
        return cls(
            confirm=dt.timedelta(hours=numbers["stolen.confirm"]),
            reminder=dt.timedelta(days=numbers["stolen.reminder"]),
            unconfirmed=dt.timedelta(days=numbers["stolen.unconfirmed"]),
            confirmed_years=numbers["stolen.confirmed"],
            warning=dt.timedelta(days=numbers["stolen.warning"]),
        )

    def ends(self, reported: dt.datetime, *, is_confirmed: bool) -> dt.datetime:
        """When a report is weeded, whatever else its source says of it."""
        return years_later(reported, self.confirmed_years) if is_confirmed else reported + self.unconfirmed


def years_later(at: dt.datetime, years: int) -> dt.datetime:
    """The same moment of London's calendar, so many years on; 29 February becomes 1 March."""
    local = at.astimezone(LONDON)
    try:
        later = local.replace(year=local.year + years)
    except ValueError:
        later = local.replace(year=local.year + years, month=3, day=1)
    return later.astimezone(dt.UTC)
