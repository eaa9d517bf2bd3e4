"""Who may review, narrow, suspend, dispute, withdraw and hand over an entry, and why not."""

import datetime as dt

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds, role_has
from hotlists.models import Entry, Hotlist
from hotlists.policies.declared import barred_to
from hotlists.policies.entries import is_not_withdrawn, may_open, may_write, sees
from hotlists.tallies import SinceLast
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from standards.models import StandardsProfile
from standards.ranks import Rank


def may_suspend(user: Actor, entry: Entry) -> Verdict:
    """Narrowing takes effect at once, by one entitled person."""
    return first_denial(holds(user, "hotlists.suspend_entry"), is_not_withdrawn(entry))


def may_narrow(user: Actor, entry: Entry) -> Verdict:
    """Whoever may hold an entry back may make less of it, which is less."""
    return may_suspend(user, entry)


def may_resume(user: Actor, entry: Entry) -> Verdict:
    """Lifting widens: in a session of one's own, by another person than those who suspended or disputed it."""
    makers = {one.from_by_id for one in entry.suspensions.all() if one.to_at is None}
    if isinstance(user, User) and user.pk in makers:
        return Denied("You suspended or disputed this entry, so somebody else has to lift it.")
    return first_denial(
        holds(user, "hotlists.decide_entry"),
        acts_in_own_session(user),
        is_not_withdrawn(entry),
        Allowed() if makers else Late("This entry is not suspended."),
    )


def may_dispute(user: Actor, entry: Entry) -> Verdict:
    """Whoever may doubt that an entry is right, the data protection officer among them."""
    return first_denial(holds(user, "hotlists.dispute_entry"), is_not_withdrawn(entry))


def may_withdraw(user: Actor, entry: Entry) -> Verdict:
    """The owner or deputy, or who holds the right to withdraw any."""
    owns = isinstance(user, User) and user.pk in (entry.owner_id, entry.deputy_id)
    return first_denial(
        holds(user, "hotlists.write_entry" if owns else "hotlists.withdraw_entry"), is_not_withdrawn(entry)
    )


def may_review(user: Actor, entry: Entry) -> Verdict:
    """Who may review, in a session of their own: it may bring an entry back into force. Of two reviews running, one is by
    somebody who wrote no version of it (domain.md 5.4); the database holds the same."""
    last = next(iter(sorted(entry.reviews.all(), key=lambda review: review.reviewed_at, reverse=True)), None)
    if isinstance(user, User) and last is not None:
        hands = {hand.user_id for version in entry.versions.all() for hand in version.contributions.all()}
        if {user.pk, last.reviewed_by_id} <= hands:
            return Denied(
                "An author of this entry reviewed it last time, so somebody who did not write it reviews it now."
            )
    return first_denial(holds(user, "hotlists.review_entry"), acts_in_own_session(user), is_not_withdrawn(entry))


def rank_to_keep(since: SinceLast, *, at: dt.datetime) -> Rank | None:
    """The least rank that lets an entry live on: none in particular, until some periods passed without a hit (domain.md 5.4);
    the database holds the same."""
    profile = StandardsProfile.objects.in_force(at)
    if since.quiet_periods < profile.number("review.no_hits"):
        return None
    return Rank(profile.number("review.no_hits.rank"))


def may_keep(user: Actor, since: SinceLast, *, at: dt.datetime) -> Verdict:
    """Who may let an entry live on: after some periods without a hit, a supervisor (domain.md 5.4)."""
    rank = rank_to_keep(since, at=at)
    if rank is None or (isinstance(user, User) and user.rank >= rank and holds(user, "hotlists.decide_entry")):
        return Allowed()
    return Denied(
        f"No hit in {since.quiet_periods} periods: {rank.label.lower()} or above keeps it now. You may remove it."
    )


def may_extend(user: Actor, entry: Entry) -> Verdict:
    """Who may review it and write its new version."""
    return first_denial(may_review(user, entry), may_write(user, entry.hotlist))


def may_pass_on(user: Actor, entry: Entry) -> Verdict:
    """The owner or deputy, or who answers for the list."""
    owns = isinstance(user, User) and user.pk in (entry.owner_id, entry.deputy_id)
    needed = "hotlists.write_entry" if owns else "hotlists.manage_hotlist"
    return first_denial(holds(user, needed), is_not_withdrawn(entry))


def may_own(person: User, entry: Entry) -> Verdict:
    """Who can answer for an entry: somebody who is here, sees its list and writes entries."""
    if not person.is_active or not sees(person, entry.hotlist) or not role_has(person, "hotlists.write_entry"):
        return Denied("This person does not see the list, or does not write entries.")
    return has_no_stake(person, entry)


def has_no_stake(person: User, entry: Entry) -> Verdict:
    """Whether nobody declared its vehicle as connected with this person or with somebody of their unit (R-032)."""
    barred = barred_to(person)
    if barred and entry.versions.filter(vrm_skeleton__in=barred).exists():
        return Denied("This person cannot answer for this entry.")  # whose vehicle it is, is not told
    return Allowed()


def may_see_removals(user: Actor) -> Verdict:
    """Who answers for lists, and who watches those who do; the figures name nobody."""
    watches = holds(user, "audit.read_log")
    return watches if watches else holds(user, "hotlists.manage_hotlist")


def may_link(user: Actor, entry: Entry, hotlist: Hotlist) -> Verdict:
    """Whoever may write for the list on which the other interest is to stand, while the first is not over."""
    return first_denial(may_open(user, entry), may_write(user, hotlist), is_not_withdrawn(entry))


def may_ask_again(user: Actor, entry: Entry, *, at: dt.datetime) -> Verdict:
    """Who may write for its list, once it has ended: withdrawn, or past its expiry."""
    term = entry.terms.order_by("from_at").last()
    ends = min(term.expires_at, term.emergency_ends_at or term.expires_at) if term else None
    has_ended = ends is not None and (entry.withdrawn_at is not None or ends <= at)
    return first_denial(
        may_write(user, entry.hotlist),
        Allowed() if has_ended else Late("This entry has not ended. Review it, or write a new version."),
    )
