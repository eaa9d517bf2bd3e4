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
    return first_denial(may_write(user, version.entry.hotlist), is_not_withdrawn(version.entry))


may_submit = may_edit


def may_decide(user: Actor, version: EntryVersion) -> Verdict:
    """Who may decide this version: another person, of rank, in their own session (R-040)."""
    return first_denial(
        _is_independent(user, version),
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        _has_rank(user, version),
        is_not_withdrawn(version.entry),
        _awaits_decision(version),
        _has_not_spoken(user, version),
    )


def rank_needed(version: EntryVersion) -> Rank:
    """The least rank that decides this version (domain.md 3.2, R-027)."""
    category = next(one for one in version.profile.categories.all() if one.code == version.category)
    floor = PROTECTED_ACTIVITY_RANK if version.protected_activity else Rank.NONE
    return Rank(max(category.decider_rank, floor))


def is_not_withdrawn(entry: Entry) -> Verdict:
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
