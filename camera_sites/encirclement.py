"""Whether a proposal closes the last road by which a town could be entered or left unrecorded (R-118, F-11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from accounts.models import Actor
from camera_sites.models import CameraSite
from camera_sites.models.roads import RoadNetwork, RoadStretch
from camera_sites.models.sites import METRES_A_DEGREE
from camera_sites.neighbours import metres_between
from camera_sites.roads import LONGEST, Encircled, Stretch, encircled, standing_by
from standards.models import StandardsProfile

NAMED = 5  # roads and sites


@dataclass(frozen=True, slots=True)
class Closed:
    """What a site closes: by which roads that was found, how much of them, and what closes it with this one."""

    network: RoadNetwork
    metres: int
    roads: tuple[str, ...]
    others: tuple[CameraSite, ...]  # that the asker may see
    unseen: int

    @property
    def words(self) -> str:
        """What was found, and what was not looked at."""
        around = f" around {_listed(self.roads)}" if self.roads else ""
        names = [other.name for other in self.others]
        if self.unseen:
            names.append(f"{self.unseen} {'site that is' if self.unseen == 1 else 'sites that are'} not yours to see")
        together = f"With {_listed(names)} it" if names else "It"
        return (
            f"By the roads of {self.network}, nobody could enter or leave {self.metres / 1000:,.1f} km of road{around} without "
            f"passing a camera. {together} closes the last way; without this site there is one. Footpaths, and which lanes are "
            "read, are not known here."
        )


def closed_by(site: CameraSite, *, by: Actor | None = None) -> Closed | None:
    """The largest part of the roads that is open without this site and closed with it; None where there is none, or no roads.

    Sites that are not the asker's to see count and are not named; covert ones do not count, unless they are the asker's to see.
    Roads farther away than `site.ring.metres` are outside.
    """
    network = RoadNetwork.objects.filter(idle_since=None).first()
    if network is None:
        return None
    profile = StandardsProfile.objects.in_force(timezone.now())
    reach = profile.number("site.ring.metres")
    seen = CameraSite.objects.visible_to(by) if by is not None else CameraSite.objects.none()
    others = {other.pk: other for other in _around(site, reach, seen)}
    stretches = _stretches(network, (site.latitude, site.longitude), 1.2 * reach)

    def parts(sites: list[CameraSite]) -> list[Encircled]:
        return encircled(
            stretches, {one.pk: (one.latitude, one.longitude) for one in sites}, middle=(site.latitude, site.longitude),
            reach=reach, snap=profile.number("site.road.metres"), least=profile.number("site.encircled.metres"),
        )  # fmt: skip

    closed = parts([site, *others.values()])
    largest = next((part for part in closed if site.pk in part.closed_by), None)
    if largest is None:
        return None
    still = parts(list(others.values()))
    if sum(part.metres for part in closed) - sum(part.metres for part in still) < profile.number(
        "site.encircled.metres"
    ):
        return None  # it stands inside what the others close
    with_it = largest.closed_by - {site.pk}
    named = sorted(seen.filter(pk__in=with_it), key=lambda one: one.name)
    return Closed(network, round(largest.metres), largest.roads, tuple(named), len(with_it) - len(named))


def _around(site: CameraSite, metres: int, seen: QuerySet) -> QuerySet:
    covert = seen.filter(deployment=CameraSite.Deployment.COVERT).values("pk")
    open_or_seen = ~Q(deployment=CameraSite.Deployment.COVERT) | Q(pk__in=covert)
    return CameraSite.objects.around(site, 2 * metres).filter(open_or_seen)


def _stretches(network: RoadNetwork, middle: tuple[float, float], metres: float) -> list[Stretch]:
    """Those of which an end lies so near: enough to see what leads out."""
    north = (metres + LONGEST) / METRES_A_DEGREE
    found = RoadStretch.objects.filter(network=network, north__range=(middle[0] - north, middle[0] + north))
    return [
        Stretch((n, e), (to_n, to_e), road)
        for n, e, to_n, to_e, road in found.values_list("north", "east", "to_north", "to_east", "road").iterator()
        if metres_between(*middle, n, e) <= metres or metres_between(*middle, to_n, to_e) <= metres
    ]


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:NAMED])
    if more := len(names) - len(shown):
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


@dataclass(frozen=True, slots=True)
class Told:
    """How a network fits the registry: sites within its bounds, and those that stand by none of its roads."""

    inside: int
    astray: tuple[CameraSite, ...]
    more: int


def told_of(network: RoadNetwork, *, by: Actor) -> Told:
    """Looked at before a network is used: where many sites stand by no road of it, it is the wrong one or misplaced."""
    stretches = RoadStretch.objects.filter(network=network)
    edges = stretches.aggregate(
        west=Least(Min("east"), Min("to_east")), south=Least(Min("north"), Min("to_north")),
        east=Greatest(Max("east"), Max("to_east")), north=Greatest(Max("north"), Max("to_north")),
    )  # fmt: skip
    snap = StandardsProfile.objects.in_force(timezone.now()).number("site.road.metres")
    sites = CameraSite.objects.visible_to(by).exclude(status=CameraSite.Status.DECOMMISSIONED)
    inside = list(sites.in_box(edges["west"], edges["south"], edges["east"], edges["north"]).order_by("name"))
    found = [
        Stretch((n, e), (to_n, to_e), "")
        for n, e, to_n, to_e in stretches.values_list("north", "east", "to_north", "to_east").iterator()
    ]
    by_a_road = standing_by(found, {one.pk: (one.latitude, one.longitude) for one in inside}, snap=snap)
    astray = [one for one in inside if one.pk not in by_a_road]
    return Told(len(inside), tuple(astray[: 4 * NAMED]), max(0, len(astray) - 4 * NAMED))
