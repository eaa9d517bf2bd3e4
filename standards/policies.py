"""Who may change the numbers that everyone is judged by. Standards stand below accounts, so people are asked by duck."""

from audit.actions import Actor
from portal.policies import Allowed, Denied, Verdict
from standards.models import StandardsProfile


def may_propose(user: Actor) -> Verdict:
    """Who holds `standards.adopt_profile` may propose one; somebody else who holds it adopts it."""
    return _holds(user)


def may_adopt(user: Actor, profile: StandardsProfile) -> Verdict:
    """Another person than the proposer."""
    if user.actor_kind == "user" and str(profile.proposed_by_id) == user.actor_id:
        return Denied("You proposed this profile, so somebody else has to adopt it.")
    return _holds(user)


def _holds(user: Actor) -> Verdict:
    has_perm = getattr(user, "has_perm", None)
    if user.actor_kind != "user" or has_perm is None or not has_perm("standards.adopt_profile"):
        return Denied("Your role does not include changing the standards.")
    return Allowed()
