"""Which cameras stand near a site: found for the proposer, so that nothing is built twice (R-111)."""

import math
from dataclasses import dataclass

from accounts.models import Actor
from camera_sites.models import CameraSite
from camera_sites.models.sites import METRES_A_DEGREE

MOST = 10


@dataclass(frozen=True, slots=True)
class Near:
    """What stands near: the nearest that the asker may see with their distance in metres, and how many others there are."""

    sites: list[tuple[CameraSite, int]]
    others: int


def metres_between(north: float, east: float, other_north: float, other_east: float) -> float:
    """On a globe; the error is below half a per cent."""
    a, b = math.radians(north), math.radians(other_north)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_east - east) / 2) ** 2
    return 2 * math.degrees(math.asin(min(1.0, math.sqrt(chord)))) * METRES_A_DEGREE


def neighbours(site: CameraSite, *, by: Actor) -> Near:
    """The nearest first; those not the asker's to see are counted and not named, and covert ones not even counted (R-123)."""
    near = CameraSite.objects.near(site)
    measured = [
        (other, round(metres_between(site.latitude, site.longitude, other.latitude, other.longitude)))
        for other in near.visible_to(by)
    ]
    measured.sort(key=lambda pair: (pair[1], pair[0].ref))
    hidden = near.covert().exclude(pk__in=[other.pk for other, _ in measured])
    return Near(measured[:MOST], near.count() - hidden.count() - len(measured[:MOST]))
