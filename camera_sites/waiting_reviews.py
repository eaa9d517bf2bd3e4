"""Reviews of assessments and measures that wait for a person, shown on their home page (R-114, R-116)."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.policies import role_has
from camera_sites.measures import overdue_measures
from camera_sites.models import Dpia, ReviewDemand
from camera_sites.story import SOON
from portal.home import Item


def reviews_and_measures(user: User, now: dt.datetime) -> Iterator[Item]:
    """Of one's own assessments, and for the data protection officer what is late of anybody's."""
    seen = Dpia.objects.visible_to(user)
    demands = ReviewDemand.objects.open().filter(dpia__in=seen.values("pk")).order_by("due_at")
    asked = list(demands.values_list("dpia_id", "owner_id", "due_at"))
    own = [(dpia, due) for dpia, owner, due in asked if owner == user.pk]
    late = [(dpia, due) for dpia, due in own if due <= now]
    waiting = [(dpia, due) for dpia, due in own if due > now]
    yield _item("Reviews of your DPIAs are overdue", late, "stopped")
    yield _item("Reviews of your DPIAs were asked for", waiting, "lapsing")
    if role_has(user, "camera_sites.advise_dpia"):
        others = [(dpia, due) for dpia, owner, due in asked if owner != user.pk and due <= now]
        yield _item("Reviews of DPIAs are overdue", others, "stopped")
    today = timezone.localdate(now)
    overdue = [(measure.version.dpia_id, None) for measure in overdue_measures(today, seen) if measure.is_for(user)]
    yield _item("Measures of DPIAs for you to see to are overdue", overdue, "stopped", "measures")
    if role_has(user, "camera_sites.write_dpia"):
        ending = seen.with_standing(now).filter(ends_at__gt=now, ends_at__lte=now + SOON, created_by=user)
        found = list(ending.order_by("ends_at").values_list("pk", flat=True))
        yield _item("Your DPIAs are to be reviewed within 60 days", [(pk, None) for pk in found], "lapsing", "until")


def _item(title: str, found: list, tone: str, part: str = "demands") -> Item:
    """To the assessment, where it is one; else to all of them."""
    dpias = {dpia for dpia, _ in found}
    url = reverse("dpia_detail", args=[found[0][0]]) + f"#{part}" if len(dpias) == 1 else reverse("dpia_list")
    return Item(title, url, len(found), found[0][1] if found and tone == "stopped" else None, tone)
