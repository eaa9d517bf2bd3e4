"""Who saves filters: whoever may open the page that they narrow; each person their own."""

from accounts.models import Actor, User
from accounts.policies import holds
from hotlists.models import SavedFilter
from portal.errors import Stranger
from portal.policies import Denied, Verdict

OPENED_WITH = {
    SavedFilter.Page.ENTRIES: "hotlists.view_entries",
    SavedFilter.Page.DECISIONS: "hotlists.decide_entry",
    SavedFilter.Page.REVIEWS: "hotlists.review_entry",
    SavedFilter.Page.SEARCH: "hotlists.search_plate",
}


def may_save_filter(user: Actor, page: str) -> Verdict:
    """People; a machine keeps its queries itself."""
    if not isinstance(user, User):
        return Denied("Filters are for people.")
    return holds(user, OPENED_WITH[SavedFilter.Page(page)])


def may_change_filter(user: Actor, saved: SavedFilter) -> Verdict:
    """Their own. Somebody else's does not exist: raises Stranger."""
    if not isinstance(user, User) or user.pk != saved.saved_by_id:
        raise Stranger("There is no such filter, or it is not yours.")
    return may_save_filter(user, saved.page)
