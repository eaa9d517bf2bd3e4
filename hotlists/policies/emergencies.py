"""Who may record emergency verbal authority, and who may have given it (R-048)."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from hotlists.models import EntryVersion, Hotlist
from hotlists.policies.decisions import rank_needed
from hotlists.policies.declared import has_no_interest
from hotlists.policies.entries import sees
from portal.policies import Allowed, Denied, Verdict, first_denial
from standards.ranks import Rank

EMERGENCY_RANK = Rank.INSPECTOR  # domain.md 7; the database holds the same


def may_record_emergency(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may write down what an authoriser said on the telephone."""
    if hotlist.kind != Hotlist.Kind.MANAGED:
        return Denied("Emergencies are for lists whose entries are decided one by one.")
    return first_denial(holds(user, "hotlists.record_emergency"), acts_in_own_session(user))


def may_have_authorised(person: User, version: EntryVersion, *, recorder: User) -> Verdict:
    """Whether this person can be named as who said yes: of rank, entitled, and neither author nor recorder."""
    needed = max(rank_needed(version), EMERGENCY_RANK)
    if person.pk == recorder.pk or person.pk in {hand.user_id for hand in version.contributions.all()}:
        return Denied("Authority is given by somebody else than who asks for it or writes it down.")
    if not holds(person, "hotlists.decide_emergency") or not sees(person, version.entry.hotlist):
        return Denied("This person may not give emergency authority for this list.")
    if not has_no_interest(person, version):  # R-032; whose vehicle it is stays theirs
        return Denied("This person may not give emergency authority for this vehicle. Ask somebody of another unit.")
    if person.rank < needed:
        return Denied(f"An emergency of this category is authorised by {Rank(needed).label.lower()} or above.")
    return Allowed()
