"""Who may change the numbers that everyone is judged by.

Standards stand below accounts, so a person is asked what they hold (`standing_for`) rather than looked up.
"""

from audit.actions import Actor
from portal.policies import Allowed, Denied, Verdict, first_denial
from standards.models import StandardsProfile

PERMISSION = "standards.adopt_profile"


def may_propose(user: Actor) -> Verdict:
    """Who holds `standards.adopt_profile` may propose one; somebody else who holds it adopts it."""
    return _may_change_standards(user)


def may_adopt(user: Actor, profile: StandardsProfile) -> Verdict:
    """Another person than the proposer, in a session of their own."""
    return first_denial(_is_another(user, profile), _may_change_standards(user), _in_own_session(user))


def _is_another(user: Actor, profile: StandardsProfile) -> Verdict:
    if user.actor_kind == "user" and str(profile.proposed_by_id) == user.actor_id:
        return Denied("You proposed this profile, so somebody else has to adopt it.")
    return Allowed()


def _may_change_standards(user: Actor) -> Verdict:
    """As every room judges a person: by role, vetting and training, whatever Django's superuser flag says."""
    standing_for = getattr(user, "standing_for", None)
    if standing_for is None:
        return Denied("Only people change the standards.")
    return standing_for(PERMISSION)


def _in_own_session(user: Actor) -> Verdict:
    if getattr(user, "sign_in", None) is None:
        return Denied("A decision is made by a person signed in as themselves.")
    return Allowed()
