"""How soon hits are to be answered, and what their categories are called, by the standards in force."""

import datetime as dt
from dataclasses import dataclass

from standards.models import Category, Priority, StandardsProfile


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of R-056, R-058 and R-059, as durations."""

    acknowledge: dict[str, dt.timedelta]
    close: dt.timedelta
    count: int
    window: dt.timedelta
    stale: dt.timedelta
    confidence: int
    categories: dict[str, str]

    @classmethod
    def in_force(cls, at: dt.datetime) -> "Limits":
        """As the profile that governs at this moment sets them. Raises KeyError when it lacks one."""
        profile = StandardsProfile.objects.in_force(at)
        numbers = {key: (number.value, number.unit) for key, number in profile.numbers_under("hit.").items()}

        def span(key: str) -> dt.timedelta:
            value, unit = numbers[key]
            return dt.timedelta(**{unit: value})

        return cls(
            acknowledge={level: span(f"hit.acknowledge.{level.lower()}") for level in Priority.values},
            close=span("hit.close"),
            count=numbers["hit.escalate.count"][0],
            window=span("hit.escalate.window"),
            stale=span("hit.verified.stale"),
            confidence=numbers["hit.confidence.low"][0],
            categories=dict(Category.objects.filter(profile=profile).values_list("code", "name")),
        )
