"""Who may make lists, change them, justify and close them, and why not."""

from accounts.models import Actor, User
from accounts.policies import acts_in_own_session, holds
from hotlists.models import Hotlist, Justification
from portal.policies import Allowed, Denied, Late, Verdict, first_denial


def may_manage(user: Actor) -> Verdict:
    """Who may create a hotlist, and manage those they see."""
    return holds(user, "hotlists.manage_hotlist")


def may_change(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may change what a list says and allows."""
    return first_denial(may_manage(user), is_open(hotlist))


def may_hand_over(user: Actor, hotlist: Hotlist) -> Verdict:
    """A list manager, or the owner who leaves."""
    owns = isinstance(user, User) and user.is_active and user.pk == hotlist.owner_id
    return first_denial(Allowed() if owns else may_manage(user), is_open(hotlist))


def may_justify(user: Actor, hotlist: Hotlist) -> Verdict:
    """Who may put forward that a list is still worth its intrusion."""
    waits = hotlist.justifications.filter(status=Justification.Status.PROPOSED).exists()
    return first_denial(
        may_manage(user),
        is_open(hotlist),
        Late("A justification of this list waits for a decision already.") if waits else Allowed(),
    )


def may_judge(user: Actor, justification: Justification) -> Verdict:
    """Another person than who put it forward, in a session of their own."""
    if isinstance(user, User) and user.pk == justification.proposed_by_id:
        return Denied("You put this justification forward, so somebody else has to decide it.")
    return first_denial(
        holds(user, "hotlists.decide_hotlist"),
        acts_in_own_session(user),
        is_open(justification.hotlist),
        Allowed() if justification.status == Justification.Status.PROPOSED else Late("This was decided already."),
    )


def is_open(hotlist: Hotlist) -> Verdict:
    """A closed list takes nothing any more; the database holds the same."""
    closed = Late("This list was closed. It stays as it was; make a new one if it is needed again.")
    return closed if hotlist.closed_at else Allowed()
