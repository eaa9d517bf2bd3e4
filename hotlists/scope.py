"""The scope of an entry: the places, directions and times in which looking for its vehicle is in proportion."""

from collections.abc import Collection
from typing import Any

from django.db import models

from matcher_client.scope import DIRECTIONS, EVERYWHERE, Scope, clock, content, is_within, read

__all__ = [
    "DAYS", "EVERYWHERE", "POINTS", "Response", "Scope", "clock", "in_words", "is_within", "normalised", "read",
]  # fmt: skip

DAYS = {
    1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday",
}  # fmt: skip
POINTS = dict(zip(
    DIRECTIONS,
    ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"),
    strict=True,
))  # fmt: skip


MANY = 3  # areas beyond these are counted, not named


class Response(models.TextChoices):
    """What may follow a hit: how far the authority goes, beside how urgent it is."""

    IMMEDIATE = "IMMEDIATE", "Send somebody at once"
    WHEN_FREE = "WHEN_FREE", "Send somebody when a unit is free"
    RECORD_ONLY = "RECORD_ONLY", "Record only: nobody is sent"


def normalised(given: Any) -> dict[str, Any]:
    """A scope as it is kept. ValueError, in words for whoever typed it, when it is none."""
    return content(read(given))


def in_words(scope: Scope, *, names: Collection[str] | None = None) -> str:
    """ "At 3 sites, northbound, Monday to Friday 07:00-19:00". With `names` the sites are named, else counted."""
    places = []
    if scope.sites:
        count = len(scope.sites)
        places.append(f"at {_listed(sorted(names))}" if names else f"at {count} {'site' if count == 1 else 'sites'}")
    if scope.areas:
        areas = sorted(scope.areas)
        places.append(f"in {_listed(areas)}" if names or len(areas) <= MANY else f"in {len(areas)} areas")
    parts = [" or ".join(places)] if places else []
    if scope.directions:
        parts.append(_listed([f"{POINTS[point]}bound" for point in DIRECTIONS if point in scope.directions], last="or"))
    times = [_days(scope)] if scope.days else []
    if scope.hours:
        times.append("–".join(clock(minute) for minute in scope.hours))
        times += ["the next day"] if scope.hours[1] <= scope.hours[0] and scope.hours[1] else []
    if times:
        parts.append(" ".join(times))
    words = ", ".join(parts) or "everywhere, at any time"
    return words[0].upper() + words[1:]


def _days(scope: Scope) -> str:
    days = sorted(scope.days)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return "every day" if len(days) == 7 else f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    return _listed([DAYS[day] for day in days])


def _listed(words: list[str], *, last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
