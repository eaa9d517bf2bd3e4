"""Making lists, and giving people access to them."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions import grant_access
from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import Hotlist
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def create_hotlist(*, by: Actor, **facts: Any) -> Hotlist:
    """A new list. Not in force until a DPIA in date stands behind it."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage(by))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    if Hotlist.objects.filter(slug=facts["slug"]).exists():
        raise Unfit("There is a list of this short name.", {"slug": ["A list has this short name. Choose another."]})
    if not now < facts["sunset_at"] <= now + dt.timedelta(days=profile.number("list.sunset"), minutes=1):
        days = profile.number("list.sunset")
        raise Unfit("A list has an end.", {"sunset_at": [f"A list is justified afresh within {days} days."]})
    unknown = sorted(set(facts["categories"]) - set(profile.categories.values_list("code", flat=True)))
    if unknown or not facts["categories"] or not facts["actions"]:
        raise Unfit("Say what the list may hold.", {"categories": ["Choose at least one category of the standards."]})
    hotlist = Hotlist.objects.create(created_at=now, created_by=by if isinstance(by, User) else None, **facts)
    if isinstance(by, User):  # who made it sees it
        grant_access(by, permission="hotlists.view_hotlist", to=hotlist, by=by)
    record(Verb.HOTLIST_CREATED, target=hotlist, by=by)
    return hotlist


def give_access(hotlist: Hotlist, grantee: User | Group, *, by: Actor) -> None:
    """Lets a person or a team see a list."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage(by))
    grant_access(grantee, permission="hotlists.view_hotlist", to=hotlist, by=by)
