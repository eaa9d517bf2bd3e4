"""Roads as a graph: whether anybody could still enter or leave a part of it without passing a camera (R-118, F-11). Pure.

A road is a line of points; two roads meet where they share a point. A camera watches the stretch that it stands by: without the
watched stretches, what is cut off from everything farther away is encircled.
"""

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import networkx

from camera_sites.neighbours import metres_between
from portal.errors import Unfit

Place = tuple[float, float]  # degrees north and east
LARGEST = 64 * 1024 * 1024  # bytes of a file
FAULTS = 20  # told at once
LONGEST = 10_000  # metres of a stretch without a point between: so far beyond what is near are stretches fetched
WIDEST = 2  # degrees of it from east to west; more goes round the globe, or by its poles
EXACT = 6  # decimals of a degree by which points are one: a hand's breadth
CELL = 0.005  # degrees: stretches are found near a camera by cells so wide


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of a road between two of its points."""

    start: Place
    end: Place
    road: str

    @property
    def metres(self) -> float:
        """How long it is."""
        return metres_between(*self.start, *self.end)

    def metres_from(self, place: Place) -> float:
        """From a place to the nearest point of it, on the flat, which over such distances the earth is."""
        flat = math.cos(math.radians(place[0]))
        (ay, ax), (by, bx) = ((at[0] - place[0], (at[1] - place[1]) * flat) for at in (self.start, self.end))
        along = (by - ay) ** 2 + (bx - ax) ** 2
        share = max(0.0, min(1.0, -(ay * (by - ay) + ax * (bx - ax)) / along)) if along else 0.0
        return metres_between(*place, place[0] + ay + share * (by - ay), place[1] + (ax + share * (bx - ax)) / flat)


@dataclass(frozen=True, slots=True)
class Encircled:
    """A part of the roads that nobody enters or leaves unrecorded."""

    metres: float
    roads: tuple[str, ...]  # the longest first
    closed_by: frozenset[Hashable]  # the sites that stand on its ways in


def encircled(
    stretches: Iterable[Stretch],
    sites: Mapping[Hashable, Place],
    *,
    middle: Place,
    reach: float,
    snap: float,
    least: float,
) -> list[Encircled]:
    """Parts of at least so many metres of road, within reach of the middle, that these sites cut off; the largest first.

    A site watches the stretch nearest to it, if one is nearer than `snap` metres. What lies beyond `reach` is outside.
    """
    graph = _graph(stretches)
    outside = {place for place in graph if metres_between(*middle, *place) > reach}
    on_the_way = set().union(*(part for part in networkx.connected_components(graph) if part & outside))
    watched = _watched(graph, sites, snap)
    ways_in: dict[Place, set[Hashable]] = defaultdict(set)
    for (start, end, key), watchers in watched.items():
        graph.remove_edge(start, end, key)
        ways_in[start] |= watchers
        ways_in[end] |= watchers
    found = []
    for part in networkx.connected_components(graph):
        if part & outside or not part & on_the_way:
            continue
        inside = [data["stretch"] for _, _, data in graph.subgraph(part).edges(data=True)]
        metres = sum(stretch.metres for stretch in inside)
        if metres >= least:
            closed_by = frozenset().union(*(ways_in[place] for place in part if place in ways_in))
            found.append(Encircled(metres, _longest(inside), closed_by))
    return sorted(found, key=lambda one: -one.metres)


def standing_by(stretches: Iterable[Stretch], sites: Mapping[Hashable, Place], *, snap: float) -> set[Hashable]:
    """Which of these sites are nearer than `snap` metres to a road."""
    return set().union(*_watched(_graph(stretches), sites, snap).values())


def _graph(stretches: Iterable[Stretch]) -> networkx.MultiGraph:
    graph = networkx.MultiGraph()
    for stretch in stretches:
        graph.add_edge(stretch.start, stretch.end, stretch=stretch)
    return graph


def _watched(
    graph: networkx.MultiGraph, sites: Mapping[Hashable, Place], snap: float
) -> dict[tuple[Place, Place, int], set[Hashable]]:
    """The stretches by which sites stand, each with those sites."""
    cells = defaultdict(list)
    for start, end, key, stretch in graph.edges(keys=True, data="stretch"):
        for cell in _cells(start, end):
            cells[cell].append((start, end, key, stretch))
    watched: dict[tuple[Place, Place, int], set[Hashable]] = defaultdict(set)
    for site, place in sites.items():
        row, column = _cell(place)
        near = [it for r in (-1, 0, 1) for c in (-1, 0, 1) for it in cells.get((row + r, column + c), ())]
        if near:
            *edge, stretch = min(near, key=lambda it: it[3].metres_from(place))
            if stretch.metres_from(place) <= snap:
                watched[tuple(edge)].add(site)
    return watched


def _cell(place: Place) -> tuple[int, int]:
    return math.floor(place[0] / CELL), math.floor(place[1] / CELL)


def _cells(start: Place, end: Place) -> set[tuple[int, int]]:
    """Cells along a stretch, at most one's width apart: whatever is nearer to it than half a cell has one of them beside it."""
    north, east = end[0] - start[0], end[1] - start[1]
    steps = math.ceil(max(abs(north), abs(east)) / CELL) or 1
    return {_cell((start[0] + north * step / steps, start[1] + east * step / steps)) for step in range(steps + 1)}


def _longest(stretches: list[Stretch]) -> tuple[str, ...]:
    lengths: dict[str, float] = defaultdict(float)
    for stretch in stretches:
        if stretch.road:
            lengths[stretch.road] += stretch.metres
    return tuple(sorted(lengths, key=lambda road: (-lengths[road], road)))


# --- Files --------------------------------------------------------------------------------------------


def stretches_of(content: bytes) -> list[Stretch]:
    """The roads of a GeoJSON file: a FeatureCollection of lines, `name` among their properties.

    Raises Unfit with what is wrong with which feature; nothing of a file with a fault is taken.
    """
    if len(content) > LARGEST:
        raise _wrong(f"This file is larger than {LARGEST // 1024**2} MB. Cut it down to the area of the force.")
    try:
        read = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
        features = read["features"]
        if read.get("type") != "FeatureCollection" or not isinstance(features, list):
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _wrong("This is not a GeoJSON file of roads: a FeatureCollection of lines.") from None
    found: list[Stretch] = []
    faults: list[str] = []
    for number, feature in enumerate(features, start=1):
        try:
            found += _of_feature(feature)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as fault:
            faults.append(f"Road {number}: {fault if isinstance(fault, _Fault) else 'is not a line of points.'}")
            if len(faults) == FAULTS:
                faults.append("There may be more.")
                break
    if faults:
        raise Unfit("Nothing was taken. Mend the file and send it again.", {"file": faults})
    if not found:
        raise _wrong("There is no road in this file.")
    return found


class _Fault(ValueError):
    pass


def _of_feature(feature: dict) -> Iterator[Stretch]:
    geometry = feature["geometry"]
    lines = {"LineString": lambda: [geometry["coordinates"]], "MultiLineString": lambda: geometry["coordinates"]}
    if geometry["type"] not in lines:
        raise _Fault("is not a line.")
    name = (feature.get("properties") or {}).get("name") or ""
    if not isinstance(name, str) or len(name) > 80:
        raise _Fault("its name is not a text of at most 80 characters.")
    for line in lines[geometry["type"]]():
        points = [_place(point) for point in line]
        if len(points) < 2:
            raise _Fault("has fewer than two points.")
        for start, end in itertools.pairwise(points):
            if start != end:
                stretch = Stretch(start, end, name.strip())
                if stretch.metres > LONGEST or abs(start[1] - end[1]) > WIDEST:
                    raise _Fault(
                        f"has more than {LONGEST // 1000} km without a point between. Give the points on the way."
                    )
                yield stretch


def _place(point: list[float]) -> Place:
    east, north = float(point[0]), float(point[1])
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise _Fault("leaves the globe: each point is degrees east, then degrees north.")
    return round(north, EXACT), round(east, EXACT)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _wrong(words: str) -> Unfit:
    return Unfit(words, {"file": [words]})
