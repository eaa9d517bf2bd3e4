"""Sites on a map: counted in words, and gathered so that twenty thousand of them are as quickly drawn as twenty.

What lies close together at the scale that is looked at is one group, which tells how many and how they stand; only a site that
stands by itself is told with where it stands. So one look shows, and the log names, no more places than a person can tell apart.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, Q, TextField
from django.db.models.functions import Cast, Floor

from camera_sites.models import CameraSite
from camera_sites.models.sites import CameraSiteQuerySet
from standards.models import StandardsProfile

FARTHEST, CLOSEST = 4, 16  # zooms of the map: 4 shows the country, 16 a street
PIXELS = 64  # from side to side of a cell of the grid by which sites are gathered
APART = 44 / PIXELS  # of a cell: nearer than this two pins could not each be hit with a finger
TILE = 256  # pixels across which zoom 0 shows the whole world
SHORTER = 0.58  # a degree north is drawn longer than one east by this, in these latitudes
ACROSS = 24  # groups from side to side at most, whatever scale somebody asks for
ROUGHLY = 10  # tenths of a degree: what frames a map need not tell where anything stands
WORDS = {
    "in": "in service",
    "out": "out of service",
    "suspended": "suspended",
    "proposed": "proposed",
    "ended": "ended",
}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Group:
    """Sites too close together to be drawn apart: about where, how many, how they stand in words."""

    north: float
    east: float
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Places:
    """What one look at a part of the map shows."""

    groups: list[Group]
    sites: list[CameraSite]


def gathered(sites: CameraSiteQuerySet, *, box: Box, zoom: int, at: dt.datetime) -> Places:
    """The sites of this part of the map: as groups, and those that stand by themselves with how they stand at that moment."""
    there = sites.in_box(*box)
    most = StandardsProfile.objects.in_force(at).number("site.map.pins")
    if zoom >= CLOSEST and there.count() <= most:
        return Places([], _told(there, at))
    pixel = 360 / (TILE * 2 ** min(max(zoom, FARTHEST), CLOSEST))
    east = max(PIXELS * pixel, (box[2] - box[0]) / ACROSS)
    north = max(PIXELS * pixel * SHORTER, (box[3] - box[1]) / ACROSS)
    cells = (
        there.annotate(row=Floor(F("latitude") / north), column=Floor(F("longitude") / east))
        .order_by()
        .values("row", "column")
        .annotate(
            north=Avg("latitude"), east=Avg("longitude"), alone=Min(Cast("pk", TextField())), count=Count("pk"),
            **_counts(CameraSite.objects.in_box(*box), at)
        )
    )  # fmt: skip
    drawn = _apart(
        [_Drawn(cell["north"] / north, cell["east"] / east, Counter(_counted(cell)), cell["alone"]) for cell in cells]
    )
    alone = [one.site for one in drawn if one.count == 1][:most]
    told = set(alone)
    groups = [
        Group(round(one.north * north, 5), round(one.east * east, 5), one.count, _words(one.counted))
        for one in map(_Drawn.roughly, drawn)
        if one.site not in told
    ]
    return Places(groups, _told(sites.filter(pk__in=alone), at))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn at one spot, measured in cells of the grid."""

    north: float
    east: float
    counted: Counter[str]
    site: str  # which one, where it is only one

    @property
    def count(self) -> int:
        return self.counted["count"]

    def roughly(self) -> "_Drawn":
        """To half a cell: a group says about where, and never where one of its sites stands."""
        return replace(self, north=round(self.north * 2) / 2, east=round(self.east * 2) / 2)

    def spot(self) -> "_Drawn":
        """Where it is drawn: one site where it stands, several about there."""
        return self if self.count == 1 else self.roughly()

    def with_(self, other: "_Drawn") -> "_Drawn":
        """Both as one, between them by their numbers."""
        share = other.count / (self.count + other.count)
        north, east = (
            mine + (its - mine) * share for mine, its in ((self.north, other.north), (self.east, other.east))
        )
        return _Drawn(north, east, self.counted + other.counted, self.site)


def _apart(cells: list[_Drawn]) -> list[_Drawn]:
    """The same sites with none drawn so near to another that a finger could not tell them apart: those are one group.

    Cells of a grid alone do not see to that: two sites may stand on either side of the line between two cells.
    """
    kept: dict[tuple[int, int], list[_Drawn]] = defaultdict(list)
    waiting = cells[::-1]
    while waiting:
        one = waiting.pop()
        spot = one.spot()
        row, column = math.floor(spot.north), math.floor(spot.east)
        near = (other for r in (-1, 0, 1) for c in (-1, 0, 1) for other in kept[row + r, column + c])
        close = next(
            (it for it in near if math.dist((spot.north, spot.east), (it.spot().north, it.spot().east)) < APART), None
        )
        if close is None:
            kept[row, column].append(one)
        else:
            there = close.spot()
            kept[math.floor(there.north), math.floor(there.east)].remove(close)
            waiting.append(close.with_(one))
    return [one for cell in kept.values() for one in cell]


def summary(sites: CameraSiteQuerySet, at: dt.datetime) -> tuple[int, str, Box | None]:
    """(how many, how they stand in words, a frame around them that is too rough to tell where any of them stands)."""
    edges = {"west": Min("longitude"), "south": Min("latitude"), "east": Max("longitude"), "north": Max("latitude")}
    found = sites.order_by().aggregate(count=Count("pk"), **edges, **_counts(CameraSite.objects.all(), at))
    if not found["count"]:
        return 0, "", None
    low, high = (math.floor(found[side] * ROUGHLY) / ROUGHLY for side in ("west", "south")), (
        math.ceil(found[side] * ROUGHLY) / ROUGHLY for side in ("east", "north")
    )  # fmt: skip
    return found["count"], _words(found), (*low, *high)  # type: ignore[return-value]


def box_of(text: str) -> Box | None:
    """west,south,east,north in degrees; None for anything else."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    is_box = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if is_box else None


def _counts(sites: CameraSiteQuerySet, at: dt.datetime) -> dict[str, Any]:
    """What `_words` tells; `sites` bounds where it is looked for what serves."""
    Status = CameraSite.Status
    by_status = {
        "live": Status.LIVE,
        "suspended": Status.SUSPENDED,
        "proposed": Status.PROPOSED,
        "ended": Status.DECOMMISSIONED,
    }
    serving = sites.in_service(at).order_by().values("pk")
    return {
        "in": Count("pk", filter=Q(pk__in=serving)),
        **{name: Count("pk", filter=Q(status=status)) for name, status in by_status.items()},
    }


def _counted(cell: dict[str, Any]) -> dict[str, int]:
    return {name: cell[name] for name in ("count", "in", "live", "suspended", "proposed", "ended")}


def _words(counted: Mapping[str, int]) -> str:
    told = Counter({**counted, "out": counted["live"] - counted["in"]})  # adding such counts drops what is none
    return ", ".join(f"{told[name]:,} {words}" for name, words in WORDS.items() if told[name])


def _told(sites: CameraSiteQuerySet, at: dt.datetime) -> list[CameraSite]:
    return list(sites.with_service_end(at).order_by("ref"))
