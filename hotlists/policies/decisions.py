"""Who decides a version, and why somebody else does not."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from hotlists.models import EntryVersion
from hotlists.policies.declared import has_no_interest
from hotlists.policies.entries import is_not_withdrawn
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from standards.models import Category
from standards.ranks import Rank

PROTECTED_ACTIVITY_RANK = Rank.SUPERINTENDENT  # R-027; the database holds the same
PROTECTED_ACTIVITY_DECIDERS = 2
OVERRIDE_RANK = Rank.INSPECTOR  # R-026; the database holds the same


def may_decide(user: Actor, version: EntryVersion) -> Verdict:
    """Who may decide this version: another person, of rank, in their own session (R-040)."""
    return first_denial(
        _is_independent(user, version),
        has_no_interest(user, version),
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        _has_rank(user, version),
        is_not_withdrawn(version.entry),
        _awaits_decision(version),
        _is_not_completed(version),
        _has_not_spoken(user, version),
    )


def rank_needed(version: EntryVersion) -> Rank:
    """The least rank that decides this version (domain.md 3.2, R-027)."""
    floor = PROTECTED_ACTIVITY_RANK if version.protected_activity else Rank.NONE
    if version.risk_override:
        floor = max(floor, OVERRIDE_RANK)
    category = category_of(version)
    return Rank(max(category.decider_rank if category else Rank.NONE, floor))


def deciders_needed(version: EntryVersion) -> int:
    """How many people decide this version, each blind to the others until all have spoken (domain.md 3.2, R-027)."""
    floor = PROTECTED_ACTIVITY_DECIDERS if version.protected_activity else 1
    category = category_of(version)
    return max(category.deciders if category else 1, floor)


def category_of(version: EntryVersion) -> Category | None:
    """What it is listed as, in the edition that it was written under. None of a draft that has none yet; one that waits for a
    decision has."""
    return next((one for one in version.profile.categories.all() if one.code == version.category), None)


def _awaits_decision(version: EntryVersion) -> Verdict:
    if version.status not in EntryVersion.UNDECIDED:
        return Late(f"This version is {version.get_status_display().lower()}, so there is nothing to decide.")
    return Allowed()


def _is_not_completed(version: EntryVersion) -> Verdict:
    """A draft holds nobody up: a later version counts once it was submitted, and until it came to nothing."""
    later = version.entry.versions.filter(
        number__gt=version.number, status__in=[EntryVersion.Status.SUBMITTED, EntryVersion.Status.APPROVED]
    )
    if version.status == EntryVersion.Status.EMERGENCY and later.exists():
        return Late("A later version completes this one: decide that.")
    return Allowed()


def _is_independent(user: Actor, version: EntryVersion) -> Verdict:
    hands = {version.written_by_id, version.submitted_by_id, *(hand.user_id for hand in version.contributions.all())}
    if isinstance(user, User) and user.pk in hands:
        return Denied("You wrote, edited or submitted this version, so somebody else has to decide it.")
    if isinstance(user, User) and user.pk in {one.recorded_by_id for one in version.entry.emergencies.all()}:
        return Denied("You recorded emergency authority for this entry, so somebody else has to decide it.")
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
