"""Looking for a plate in a feed; what its rows may be asked by page and API alike."""

from django.db import transaction

from accounts.models import Actor
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import FeedRow, Hotlist
from matcher_client import vrm as plates
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def search_rows(
    hotlist: Hotlist, typed: str, *, by: Actor, reason: str, country: str | None = None
) -> tuple[str, list[FeedRow]]:
    """The normalised plate and the feed's rows that name it; asks for a reason and records the search (R-062)."""
    policies.require_sight(by, hotlist)
    require(policies.may_search_rows(by))
    vrm = normalised(typed)
    if not reason.strip():
        raise Unfit("Say why you search.", {"reason": ["Enter the reason for this search."]})
    found = list(FeedRow.objects.filter(hotlist=hotlist).of_plate(vrm, country).order_by("country", "ref"))
    for row in found:
        row.hotlist = hotlist
    plate = (country or "GB", vrm)
    record(Verb.PLATE_SEARCHED, target=hotlist, by=by, plate=plate, count=len(found), reason=reason)
    return vrm, found


def normalised(typed: str) -> str:
    """The plate as lists hold it. Raises Unfit."""
    try:
        return plates.normalise(typed)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"plate": [str(error)]}) from error
