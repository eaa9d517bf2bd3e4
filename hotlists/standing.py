"""The state of a list that an edit names, so that of two who edit it at once one is told."""

from hotlists.actions.hotlists import CHANGEABLE
from hotlists.models import Hotlist
from portal.api import etag


def state_of(hotlist: Hotlist) -> str:
    """The same for the same state, another for any other; an entity tag."""
    said = [getattr(hotlist, "dpia_id" if name == "dpia" else name) for name in CHANGEABLE]
    return etag("hotlist", hotlist.pk, hotlist.owner_id, hotlist.deputy_id, hotlist.closed_at, *said)
