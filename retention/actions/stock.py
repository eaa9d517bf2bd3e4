"""Looking how everything that is kept stands against its period."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from portal.policies import require
from retention import erasure, policies, stock
from retention.models import Stocktake
from standards.models import StandardsProfile


@transaction.atomic
def take_stock(*, by: Actor) -> Stocktake:
    """Notes for each class how old its oldest record is, what is late and what soon goes. Changes nothing else (R-082)."""
    require(policies.may_preview(by))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    outlook = dt.timedelta(days=profile.number("retention.outlook"))
    grace = dt.timedelta(days=profile.number("retention.grace"))
    lines = [stock.line(rule, now, outlook=outlook, grace=grace) for rule in erasure.classes(now)]
    taken = Stocktake.objects.create(
        taken_at=now, taken_by=by.actor_label, lines=lines, outlook=outlook.days, bytes=stock.whole_database(),
        late=sum(line["late"] or 0 for line in lines if not line["asks"]),
        waiting=sum(line["due"] or 0 for line in lines if line["asks"]),
    )  # fmt: skip
    record(Verb.STOCK_TAKEN, target=taken, by=by, late=taken.late, waiting=taken.waiting)
    return taken
