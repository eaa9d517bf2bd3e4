"""Whether sites may stand around a town so that nobody enters or leaves it unrecorded (R-118): found for the proposer, who answers.

Positions are all that is compared. In how many of eight directions, seen from the middle of the sites around a proposal, does one
stand? Roads, the edge of a town and the lanes that are read are not known here, so that this warns and decides nothing.
"""

import math
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from accounts.models import Actor
from camera_sites.models import CameraSite
from camera_sites.neighbours import metres_between
from standards.models import StandardsProfile

EIGHTHS = 8
IN_THE_MIDDLE = 0.25  # of the mean distance from the middle: what stands so near it stands in no direction
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ring:
    """In how many of eight directions sites stand around the middle of those near, with this one and without it."""

    directions: int
    without: int
    others: int
    metres: int
    least: int

    @property
    def is_likely(self) -> bool:
        """Whether the standards call for a second look."""
        return self.directions >= self.least

    @property
    def words(self) -> str:
        """What was found, and how little that says."""
        adds = (
            f"Without it they stand in {self.without}."
            if self.without != self.directions
            else "They do without it too."
        )
        return (
            f"With this site, cameras stand in {self.directions} of {EIGHTHS} directions around the middle of the "
            f"{self.others + 1} sites within {self.metres:,} metres. {adds} Only positions are compared: not roads, not where "
            "the town ends, not which lanes are read. Whether anybody could still enter or leave unrecorded is yours to answer."
        )


def ring_of(site: CameraSite, *, by: Actor) -> Ring:
    """What the registry says of a ring around a town. Sites that are not the asker's to see count; covert ones do not."""
    profile = StandardsProfile.objects.in_force(timezone.now())
    metres = profile.number("site.ring.metres")
    seen = CameraSite.objects.visible_to(by).filter(deployment=CameraSite.Deployment.COVERT).values("pk")
    around = CameraSite.objects.around(site, metres).filter(
        ~Q(deployment=CameraSite.Deployment.COVERT) | Q(pk__in=seen)
    )  # fmt: skip
    here = (site.latitude, site.longitude)
    others = [there for there in around.values_list("latitude", "longitude") if metres_between(*here, *there) <= metres]
    middle = _middle([here, *others])
    return Ring(
        directions_taken([here, *others], middle), directions_taken(others, middle), len(others), metres,
        profile.number("site.ring.sectors"),
    )  # fmt: skip


def directions_taken(places: list[Place], middle: Place) -> int:
    """In how many of eight directions from the middle at least one of these places lies."""
    away = [metres_between(*middle, *place) for place in places]
    least = IN_THE_MIDDLE * sum(away) / len(away) if away else 0
    return len(
        {_eighth(middle, place) for place, metres in zip(places, away, strict=True) if metres and metres >= least}
    )


def _middle(places: list[Place]) -> Place:
    return sum(north for north, _ in places) / len(places), sum(east for _, east in places) / len(places)


def _eighth(middle: Place, place: Place) -> int:
    """0 is north, 2 east, and so on round."""
    east = (place[1] - middle[1]) * math.cos(math.radians(middle[0]))
    return round(math.atan2(east, place[0] - middle[0]) / (math.tau / EIGHTHS)) % EIGHTHS
