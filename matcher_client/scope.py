"""Where and when a row may be matched: its scope. Pure, and shared, so that portal and client cannot disagree."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")  # hours are those of the clocks on the wall, in summer and in winter
DIRECTIONS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")  # towards which a vehicle drives
KEYS = ("areas", "days", "directions", "hours", "sites")
DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes

_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_BOUND = re.compile(r"[\s_-]*(bound|wards?|erly)$")
_POINTS = {"north": "N", "east": "E", "south": "S", "west": "W"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The places, directions and times to which a row is limited; what is empty limits nothing.

    A read lies at a right place when its site is one of `sites` or lies in one of `areas`. `days` are 1 for Monday to 7
    for Sunday. `hours` are minutes after midnight, (from, until), the last not included; when they pass midnight, what
    comes after it belongs to the day before.
    """

    sites: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    hours: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return self != EVERYWHERE

    @property
    def has_times(self) -> bool:
        """Whether it is limited to some part of the week."""
        return bool(self.days or self.hours)

    def spans(self) -> Iterator[tuple[int, int]]:
        """The parts of the week that it names, in minutes after Monday 00:00; the last minute of each not included."""
        start, end = self.hours or (0, DAY)
        length = end - start if end > start else end - start + DAY
        for day in sorted(self.days or range(1, 8)):
            begins = (day - 1) * DAY + start
            yield begins, min(begins + length, WEEK)
            if begins + length > WEEK:
                yield 0, begins + length - WEEK


EVERYWHERE = Scope()


def read(content: Any) -> Scope:
    """The scope in a JSON object. ValueError for what is not understood: to leave a limit out would be to match more."""
    if not isinstance(content, dict):
        raise ValueError("A scope is an object.")
    if unknown := sorted(set(content) - set(KEYS)):
        raise ValueError(f"A scope does not know {', '.join(map(repr, unknown))}.")
    directions = _texts(content, "directions")
    if not directions <= set(DIRECTIONS):
        raise ValueError(f"A direction is one of {', '.join(DIRECTIONS)}.")
    days = content.get("days", [])
    if not isinstance(days, list | tuple) or any(type(day) is not int or not 1 <= day <= 7 for day in days):
        raise ValueError("A day is a number from 1, Monday, to 7, Sunday.")
    return Scope(_texts(content, "sites"), _texts(content, "areas"), directions, frozenset(days), _hours(content))


@lru_cache(maxsize=4096)
def parse(text: str) -> Scope:
    """The scope as a row carries it: JSON, or nothing for everywhere and always. ValueError as `read`."""
    if not text:
        return EVERYWHERE
    scope = read(json.loads(text))
    if not scope:
        raise ValueError("A scope that limits nothing is written as nothing.")
    return scope


def content(scope: Scope) -> dict[str, Any]:
    """The scope as a JSON object, spelled in one way; what limits nothing is left out."""
    parts: dict[str, Any] = {
        "areas": sorted(scope.areas),
        "days": sorted(scope.days),
        "directions": [point for point in DIRECTIONS if point in scope.directions],
        "hours": [clock(minute) for minute in scope.hours] if scope.hours else [],
        "sites": sorted(scope.sites),
    }
    return {name: part for name, part in parts.items() if part}


def spelled(scope: Scope) -> str:
    """The scope as a row carries it."""
    return json.dumps(content(scope), sort_keys=True, separators=(",", ":")) if scope else ""


def covers(scope: Scope, *, site: str, area: str, direction: str, at: datetime) -> bool:
    """Whether a read lies within the scope. An area or direction that is not known ("") lies within none that is named:
    what was not authorised is not looked for. `at` is when the vehicle was seen, with its time zone."""
    is_there = not (scope.sites or scope.areas) or site in scope.sites or (bool(area) and area in scope.areas)
    return is_there and (not scope.directions or direction in scope.directions) and _is_time(scope, at)


def is_within(narrow: Scope, wide: Scope) -> bool:
    """Whether every read that `narrow` covers, `wide` covers too, in whatever area a site may lie."""
    if wide.sites or wide.areas:
        is_bounded = bool(narrow.sites or narrow.areas)
        if not (is_bounded and narrow.sites <= wide.sites and narrow.areas <= wide.areas):
            return False
    if wide.directions and not (narrow.directions and narrow.directions <= wide.directions):
        return False
    return _minutes(narrow) <= _minutes(wide)


def direction_of(text: Any) -> str:
    """The point of the compass in what a camera or its registration says ("north", "Northbound", "NE"), or "".

    "both ways" and anything else that names no one direction counts as not known.
    """
    if not isinstance(text, str):
        return ""
    words = _BOUND.sub("", text.strip().lower())
    if words.upper() in DIRECTIONS:
        return words.upper()
    for word, letter in _POINTS.items():
        words = words.replace(word, letter)
    letters = re.sub(r"[\s_-]", "", words)
    return letters if letters in DIRECTIONS else ""


def clock(minute: int) -> str:
    """Minutes after midnight as clocks show them."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _is_time(scope: Scope, at: datetime) -> bool:
    if not scope.has_times:
        return True
    local = at.astimezone(LONDON)
    minute = (local.isoweekday() - 1) * DAY + local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in scope.spans())


def _minutes(scope: Scope) -> set[int]:
    return {minute for start, end in scope.spans() for minute in range(start, end)}


def _texts(content: dict[str, Any], name: str) -> frozenset[str]:
    texts = content.get(name, [])
    if not isinstance(texts, list | tuple) or any(not isinstance(text, str) or not text.strip() for text in texts):
        raise ValueError(f"The {name} of a scope are a list of names.")
    return frozenset(texts)


def _hours(content: dict[str, Any]) -> tuple[int, int] | None:
    hours = content.get("hours", [])
    if not isinstance(hours, list | tuple) or len(hours) not in (0, 2):
        raise ValueError("The hours of a scope are two times, from and until.")
    if not hours:
        return None
    found = [_HOUR.fullmatch(hour) if isinstance(hour, str) else None for hour in hours]
    if None in found or hours[0] == hours[1]:
        raise ValueError(
            "Hours are written like 07:00 and 19:00, and are not the same; leave them out for the whole day."
        )
    start, end = (int(match[1]) * 60 + int(match[2]) for match in found if match)
    return start, end
