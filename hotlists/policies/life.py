"""Who may review, suspend, resume and withdraw an entry, and why not."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from hotlists.models import Entry
from hotlists.policies.entries import is_not_withdrawn
from portal.policies import Allowed, Denied, Late, Verdict, first_denial


def may_suspend(user: Actor, entry: Entry) -> Verdict:
    """Narrowing takes effect at once, by one entitled person."""
    return first_denial(holds(user, "hotlists.suspend_entry"), is_not_withdrawn(entry))


def may_narrow(user: Actor, entry: Entry) -> Verdict:
    """Whoever may hold an entry back may make less of it, which is less."""
    return may_suspend(user, entry)


def may_resume(user: Actor, entry: Entry) -> Verdict:
    """Lifting widens: in a session of one's own, by another person than those who suspended or disputed it."""
    makers = set(entry.suspensions.filter(to_at=None).values_list("from_by_id", flat=True))
    if isinstance(user, User) and user.pk in makers:
        return Denied("You suspended or disputed this entry, so somebody else has to lift it.")
    return first_denial(
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        is_not_withdrawn(entry),
        Allowed() if makers else Late("This entry is not suspended."),
    )


def may_withdraw(user: Actor, entry: Entry) -> Verdict:
    """The owner, or who holds the right to withdraw any."""
    owns = isinstance(user, User) and user.pk == entry.owner_id
    return first_denial(
        holds(user, "hotlists.write_entry" if owns else "hotlists.withdraw_entry"), is_not_withdrawn(entry)
    )


def may_review(user: Actor, entry: Entry) -> Verdict:
    """Who may review, in a session of their own: it may bring an entry back into force. Whoever reviewed last time does
    not review twice running if they also wrote it (domain.md 5.4)."""
    last = entry.reviews.order_by("-reviewed_at").first()
    if isinstance(user, User) and last and last.reviewed_by_id == user.pk == last.version.written_by_id:
        return Denied("You wrote this entry and reviewed it last time, so somebody else has to review it now.")
    return first_denial(holds(user, "hotlists.review_entry"), acts_in_own_session(user), is_not_withdrawn(entry))
