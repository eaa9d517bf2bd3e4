"""Looking through hits, which is an act: recorded, and for one plate only with a reason (R-062)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from accounts.reasons import why
from audit.actions import record
from audit.verbs import Verb
from hits import policies
from hits.models import Hit
from hits.models.hits import HitQuerySet
from hotlists.countries import agreed
from hotlists.models import Hotlist
from matcher_client import vrm as plates
from portal.errors import Unfit
from portal.partitions import uuid7_floor
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def past_hits(
    *, by: Actor, plate: str = "", reason: str = "", hotlist: Hotlist | None = None, priority: str = "",
    state: str = "", since: dt.date | None = None,
) -> HitQuerySet:  # fmt: skip
    """Hits of the lists that the searcher may see, narrowed. Raises Unfit for a plate without a reason,
    said now or stated and standing."""
    require(policies.may_see(by))
    now = timezone.now()
    found = Hit.objects.visible_to(by)
    looked_for, told = None, why(by, reason)
    if plate:
        if not str(told):
            raise Unfit("Say why you look for this plate.", {"reason": ["Enter the reason for looking for one plate."]})
        try:
            vrm = plates.normalise(plate)
        except ValueError as error:
            raise Unfit("This cannot be a plate.", {"plate": [str(error)]}) from error
        found = found.filter(vrm=vrm)
        looked_for = (agreed(set(found.order_by().values_list("country", flat=True).distinct())), vrm)
    if hotlist:
        found = found.filter(hotlist=hotlist)
    if priority:
        found = found.filter(priority=priority)
    if since:
        found = found.filter(pk__gte=uuid7_floor(timezone.make_aware(dt.datetime.combine(since, dt.time()))))
    if state == "open":
        found = found.open()
    elif state == "closed":
        found = found.exclude(closed_at=None)
    elif state == "caution":
        found = found.exclude(cautions=[])
    record(
        Verb.HITS_SEARCHED, target=StandardsProfile.objects.in_force(now), by=by, plate=looked_for, count=found.count(),
        also=told.also, reason=str(told) or "looking through recent hits", **told.words,
    )  # fmt: skip
    return found
