"""The roads by which it is judged whether sites encircle a town: read out of a file, looked at, then used."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.models import RoadNetwork, RoadStretch
from camera_sites.roads import stretches_of
from portal.errors import TooLate, Unfit
from portal.policies import require

AT_ONCE = 10_000


@transaction.atomic
def read_roads(*, by: User, content: bytes, name: str, source: str) -> RoadNetwork:
    """Reads the roads of a GeoJSON file. Nothing is judged by them until somebody uses them; of a faulty file nothing is taken."""
    require(policies.may_load_roads(by))
    missing = {
        field: [ask]
        for field, ask, words in (
            ("name", "Name this network.", name),
            ("source", "Say where the roads are from.", source),
        )
        if not words.strip()
    }
    if missing:
        raise Unfit("Say what these roads are.", missing)
    stretches = stretches_of(content)
    now = timezone.now()
    network = RoadNetwork.objects.create(
        name=name.strip()[:100], source=source.strip()[:200], stretches=len(stretches),
        metres=round(sum(stretch.metres for stretch in stretches)), read_by=by, read_at=now, idle_since=now,
    )  # fmt: skip
    RoadStretch.objects.bulk_create(
        (
            RoadStretch(
                network=network,
                north=one.start[0],
                east=one.start[1],
                to_north=one.end[0],
                to_east=one.end[1],
                road=one.road,
            )
            for one in stretches
        ),
        batch_size=AT_ONCE,
    )
    record(Verb.ROADS_READ, target=network, by=by, count=len(stretches), source=network.source)
    return network


@transaction.atomic
def use_roads(network: RoadNetwork, *, by: User) -> RoadNetwork:
    """From now on sites are judged by this network, and by no other."""
    current = list(RoadNetwork.objects.select_for_update().order_by("pk"))
    network = next(one for one in current if one.pk == network.pk)
    require(policies.may_load_roads(by))
    if network.is_in_use:
        raise TooLate("Sites are judged by these roads already.")
    now = timezone.now()
    RoadNetwork.objects.filter(idle_since=None).update(idle_since=now)
    network.used_by, network.used_at, network.idle_since = by, now, None
    network.save(update_fields=["used_by", "used_at", "idle_since"])
    record(Verb.ROADS_USED, target=network, by=by)
    return network
