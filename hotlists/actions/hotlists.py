"""Making lists, and giving people access to them."""

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
from portal.policies import require


@transaction.atomic
def create_hotlist(*, by: Actor, **facts: Any) -> Hotlist:
    """A new list. Not in force until a DPIA in date stands behind it."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage(by))
    hotlist = Hotlist.objects.create(
        created_at=timezone.now(), created_by=by if isinstance(by, User) else None, **facts
    )
    record(Verb.HOTLIST_CREATED, target=hotlist, by=by)
    return hotlist


def give_access(hotlist: Hotlist, grantee: User | Group, *, by: Actor) -> None:
    """Lets a person or a team see a list."""
    if not isinstance(by, SystemJob):
        require(policies.may_manage(by))
    grant_access(grantee, permission="hotlists.view_hotlist", to=hotlist, by=by)
