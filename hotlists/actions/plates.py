"""Looking a plate up while an entry is written: a search like any other, recorded as one."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from hotlists import plate_look, policies
from hotlists.actions.search import search_plate
from hotlists.models import Hotlist
from hotlists.patterns import Likeness
from hotlists.plate_look import PlateLook
from matcher_client import vrm as plates
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def look_up_plate(typed: str, country: str, hotlist: Hotlist, *, by: User) -> PlateLook:
    """What lists hold of this plate and of those that look like it, for somebody who writes an entry of this list."""
    policies.require_sight(by, hotlist)
    require(policies.may_write(by, hotlist))
    try:
        vrm = plates.normalise(typed)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"vrm_entered": [str(error)]}) from error
    reason = f"Writing an entry of the list {hotlist.title}"
    found = search_plate(vrm, by=by, reason=reason, likeness=Likeness.FONT)
    return plate_look.look(vrm, country, found, by=by, at=timezone.now())
