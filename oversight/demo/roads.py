"""The demo's roads, drawn by arithmetic around a made-up town: streets inside, six roads that lead out past a camera each."""

import json
import math

from accounts.models import User
from camera_sites import actions
from oversight.demo.sites import RING

MIDDLE = (55.200, -1.600)
EDGE, OUT = 0.9, 12.0  # kilometres from the middle: where the streets end, how far roads lead
KM = 1 / 111.195  # degrees
STREETS = ("Market Street", "Church Lane", "Station Road", "Mill Street", "Castle Row", "Weavers Way")


def add_roads(people: dict[str, User]) -> None:
    """Read and used, so that the page of each proposal around the town says what it closes."""
    content = json.dumps({"type": "FeatureCollection", "features": _features()}).encode()
    network = actions.read_roads(
        by=people["infra.bell"], content=content, name="Millbrook and around", source="Drawn for this demonstration"
    )
    actions.use_roads(network, by=people["infra.bell"])


def _features() -> list[dict]:
    bearings = [_bearing(site[4], site[5]) for site in RING]
    gates = [_spot(bearing, EDGE) for bearing in bearings]
    found = [_road("Town Street", [*gates, gates[0]])]
    for street, gate in zip(STREETS, gates, strict=True):
        found.append(_road(street, [MIDDLE, gate]))
    for (*_, north, east, road), gate, bearing in zip(RING, gates, bearings, strict=True):
        farther = [_spot(bearing, kilometres) for kilometres in range(4, int(OUT) + 1)]
        found.append(_road(road, [gate, (north, east), *farther]))
    return found


def _road(name: str, places: list[tuple[float, float]]) -> dict:
    coordinates = [[round(east, 6), round(north, 6)] for north, east in places]
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": "LineString", "coordinates": coordinates},
    }


def _flat() -> float:
    return math.cos(math.radians(MIDDLE[0]))


def _bearing(north: float, east: float) -> float:
    return math.atan2((east - MIDDLE[1]) * _flat(), north - MIDDLE[0])


def _spot(bearing: float, kilometres: float) -> tuple[float, float]:
    north = MIDDLE[0] + kilometres * KM * math.cos(bearing)
    return north, MIDDLE[1] + kilometres * KM * math.sin(bearing) / _flat()
