"""Which reviews are due, in the order in which they are done."""

import datetime as dt

from accounts.models import Actor, User
from hotlists.models import Entry, Hotlist
from hotlists.models.entries import EntryQuerySet
from standards.models import StandardsProfile


def due_reviews(
    actor: Actor, at: dt.datetime, *, show: str = "", hotlist: Hotlist | None = None, is_mine: bool = False
) -> EntryQuerySet:
    """Entries that this actor sees whose review is overdue or falls due soon, the longest overdue first. `show` is
    `overdue`, `soon` or empty for both."""
    soon = dt.timedelta(days=StandardsProfile.objects.in_force(at).number("review.soon"))
    due = Entry.objects.visible_to(actor).due_for_review(at, soon).with_force(at)
    if show == "overdue":
        due = due.filter(governs_review_by__lte=at)
    elif show == "soon":
        due = due.filter(governs_review_by__gt=at)
    if hotlist is not None:
        due = due.filter(hotlist=hotlist)
    if is_mine and isinstance(actor, User):
        due = due.owned_by(actor)
    return due.order_by("governs_review_by", "pk")
