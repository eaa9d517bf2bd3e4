"""Who may do what to lists and entries, and why not."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds, reads
from hotlists.models import Entry, EntryVersion, Hotlist
from portal.errors import Stranger
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from standards.ranks import Rank

PROTECTED_ACTIVITY_RANK = Rank.SUPERINTENDENT  # R-027; the database holds the same


def sees(actor: Actor, hotlist: Hotlist) -> bool:
    """Whether this list exists for the actor."""
    return Hotlist.objects.visible_to(actor).filter(pk=hotlist.pk).exists()


def require_sight(actor: Actor, hotlist: Hotlist) -> None:
    """Raises Stranger unless the list exists for the actor."""
    if not sees(actor, hotlist):
        raise Stranger("There is no such list or entry, or it is not yours to see.")


def may_open(user: Actor, entry: Entry) -> Verdict:
    """Who may read an entry."""
    return reads(user, "hotlists.view_entries")


def may_search(user: Actor) -> Verdict:
    """Who may search the lists for a plate."""
    return holds(user, "hotlists.search_plate")


def may_manage(user: Actor) -> Verdict:
    """Who may create a hotlist."""
    return holds(user, "hotlists.manage_hotlist")


def may_write(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may write an entry for this list."""
    if hotlist.kind == Hotlist.Kind.FEED:
        return Denied("This list is loaded from its source; entries are not written by hand.")
    return holds(user, "hotlists.write_entry")


def may_edit(user: Actor, version: EntryVersion) -> Verdict:
    """Who may change a draft."""
    return first_denial(may_write(user, version.entry.hotlist), _is_not_withdrawn(version.entry))


may_submit = may_edit


def may_decide(user: Actor, version: EntryVersion) -> Verdict:
    """Who may decide this version: another person, of rank, in their own session (R-040)."""
    return first_denial(
        _is_independent(user, version),
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        _has_rank(user, version),
        _is_not_withdrawn(version.entry),
        _awaits_decision(version),
        _has_not_spoken(user, version),
    )


def may_suspend(user: Actor, entry: Entry) -> Verdict:
    """Narrowing takes effect at once, by one entitled person."""
    return first_denial(holds(user, "hotlists.suspend_entry"), _is_not_withdrawn(entry))


def may_resume(user: Actor, entry: Entry) -> Verdict:
    """Lifting widens: in a session of one's own, by another person than those who suspended or disputed it."""
    makers = set(entry.suspensions.filter(to_at=None).values_list("from_by_id", flat=True))
    if isinstance(user, User) and user.pk in makers:
        return Denied("You suspended or disputed this entry, so somebody else has to lift it.")
    return first_denial(
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        _is_not_withdrawn(entry),
        Allowed() if makers else Late("This entry is not suspended."),
    )


def may_withdraw(user: Actor, entry: Entry) -> Verdict:
    """The owner, or who holds the right to withdraw any."""
    owns = isinstance(user, User) and user.pk == entry.owner_id
    return first_denial(
        holds(user, "hotlists.write_entry" if owns else "hotlists.withdraw_entry"), _is_not_withdrawn(entry)
    )


def may_review(user: Actor, entry: Entry) -> Verdict:
    """Who may review, in a session of their own: it may bring an entry back into force. Whoever reviewed last time does
    not review twice running if they also wrote it (domain.md 5.4)."""
    last = entry.reviews.order_by("-reviewed_at").first()
    if isinstance(user, User) and last and last.reviewed_by_id == user.pk == last.version.written_by_id:
        return Denied("You wrote this entry and reviewed it last time, so somebody else has to review it now.")
    return first_denial(holds(user, "hotlists.review_entry"), acts_in_own_session(user), _is_not_withdrawn(entry))


def rank_needed(version: EntryVersion) -> Rank:
    """The least rank that decides this version (domain.md 3.2, R-027)."""
    category = next(one for one in version.profile.categories.all() if one.code == version.category)
    floor = PROTECTED_ACTIVITY_RANK if version.protected_activity else Rank.NONE
    return Rank(max(category.decider_rank, floor))


def _is_not_withdrawn(entry: Entry) -> Verdict:
    if entry.withdrawn_at:
        return Late("This entry was withdrawn. It comes back only as a new request.")
    return Allowed()


def _awaits_decision(version: EntryVersion) -> Verdict:
    if version.status != EntryVersion.Status.SUBMITTED:
        return Late(f"This version is {version.get_status_display().lower()}, so there is nothing to decide.")
    return Allowed()


def _is_independent(user: Actor, version: EntryVersion) -> Verdict:
    hands = {version.written_by_id, version.submitted_by_id, *(hand.user_id for hand in version.contributions.all())}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote, edited or submitted this version, so somebody else has to decide it.")
    return Allowed()


def _has_rank(user: Actor, version: EntryVersion) -> Verdict:
    needed = rank_needed(version)
    if not isinstance(user, User) or user.rank < needed:
        return Denied(f"This category is decided by {needed.label.lower()} or above.")
    return Allowed()


def _has_not_spoken(user: Actor, version: EntryVersion) -> Verdict:
    if isinstance(user, User) and user.pk in {decision.decided_by_id for decision in version.decisions.all()}:
        return Denied("You have decided this version already. Another person has to decide it too.")
    return Allowed()
