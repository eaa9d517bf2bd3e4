"""What cameras have to reach and how often sites are looked at afresh, as the standards in force say it (R-090, R-094, R-116)."""

import datetime as dt
from dataclasses import dataclass
from statistics import NormalDist

from standards.models import StandardsProfile


@dataclass(frozen=True, slots=True)
class AccuracyLimits:
    """Rates as shares of one, times in milliseconds, pictures in kilobytes; `z` is how wide an interval is, in standard deviations."""

    profile: StandardsProfile
    capture: float
    read: float
    clock: int
    latency: int
    days: int
    z: float
    patch: int
    overview: int

    @classmethod
    def at(cls, at: dt.datetime) -> "AccuracyLimits":
        """Of the edition in force at this moment."""
        profile = StandardsProfile.objects.in_force(at)
        numbers = {key: number.value for key, number in profile.numbers_under("site.").items()}
        return cls(
            profile=profile, capture=numbers["site.capture.target"] / 100, read=numbers["site.read.target"] / 100,
            clock=numbers["site.clock"], latency=numbers["site.latency"], days=numbers["site.accuracy.test"],
            z=NormalDist().inv_cdf(0.5 + numbers["site.accuracy.confidence"] / 200),
            patch=numbers["site.patch"], overview=numbers["site.overview"],
        )  # fmt: skip

    def tested_since(self, at: dt.datetime) -> dt.date:
        """The day after which a camera was tested lately enough."""
        return (at - dt.timedelta(days=self.days)).date()


def need_days(at: dt.datetime) -> int:
    """After how many days the need of a site is reviewed at the latest (R-116)."""
    return StandardsProfile.objects.in_force(at).number("site.need.review")
