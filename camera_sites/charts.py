"""Rates over time as lines, dots and words of an SVG that the server draws: no script, and a table beside it."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 200  # of the drawing; it grows with its page
LEFT, RIGHT, TOP, BOTTOM = 46, 350, 14, 168
STEP = 0.05  # the least share that the scale shows


@dataclass(frozen=True, slots=True)
class Point:
    """A measured share with its interval, on a day, of one kind."""

    day: dt.date
    share: float
    low: float
    high: float
    kind: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as it is drawn."""

    x: float
    y: float
    low: float
    high: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: where its limit, its marks and its ticks lie."""

    key: str
    title: str
    limit: float
    limit_y: float
    marks: tuple[Mark, ...]
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str, str], ...]


def draw(key: str, title: str, points: Sequence[Point], limit: float) -> Chart:
    """At least one point. The scale begins where the lowest end of an interval, or the limit, lies, and ends at 100 %."""
    least = min([limit, *(point.low for point in points)])
    floor = max(0.0, math.floor((least - 1e-9) / STEP) * STEP)
    first, last = min(point.day for point in points), max(point.day for point in points)
    days = (last - first).days

    def x(day: dt.date) -> float:
        return round(LEFT + 14 + (RIGHT - LEFT - 28) * ((day - first).days / days if days else 0.5), 1)

    def y(share: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (share - floor) / (1 - floor), 1)

    marks = tuple(
        Mark(x(point.day), y(point.share), y(point.low), y(point.high), point.kind)
        for point in sorted(points, key=lambda point: point.day)
    )
    ticks = sorted({floor, (floor + 1) / 2, 1.0})
    columns = ((x(first), f"{first:%b %Y}", "start"), (x(last), f"{last:%b %Y}", "end")) if days else (
        (x(first), f"{first:%d %b %Y}", "middle"),
    )  # fmt: skip
    return Chart(
        key,
        title,
        limit,
        y(limit),
        marks,
        tuple((y(tick), f"{tick * 100:g} %") for tick in ticks),
        columns,
    )
