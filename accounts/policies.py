"""May they? The questions that every room asks first."""

from accounts.models import Actor, MachineClient, SignIn, SystemJob, User
from portal.policies import Allowed, Denied, Verdict, require


def holds(actor: Actor, permission: str) -> Verdict:
    """Whether the actor is a current person whose role carries this permission. Superusers count for nothing here."""
    if isinstance(actor, MachineClient | SystemJob):
        return Denied(f"{actor.actor_label} may not do this: only people may.")
    return actor.standing_for(permission)


def reads(actor: Actor, permission: str) -> Verdict:
    """As `holds`, and a machine that was given the scope `read` may look too."""
    if isinstance(actor, MachineClient):
        return Allowed() if actor.has_scope("read") else Denied("This machine was not given the scope `read`.")
    return holds(actor, permission)


def acts_in_own_session(actor: Actor) -> Verdict:
    """Decisions are made by a signed-in person in a session of their own."""
    if not isinstance(actor, User) or actor.sign_in is None or actor.sign_in.user_id != actor.pk:
        return Denied("A decision is made by a person signed in as themselves.")
    return Allowed()


def own_session(actor: User) -> SignIn:
    """The session in which a decision is made. Raises Refused where `acts_in_own_session` says no."""
    require(acts_in_own_session(actor))
    assert actor.sign_in is not None  # noqa: S101 - for the type checker: the policy has just said so
    return actor.sign_in


def may_state_reason(actor: Actor) -> Verdict:
    """Whoever is a current person: it permits nothing by itself."""
    if not isinstance(actor, User) or not actor.is_active:
        return Denied("Only people say why they look.")
    return Allowed()


def may_manage_users(user: Actor) -> Verdict:
    """Who keeps accounts."""
    return holds(user, "accounts.manage_users")


def may_change(user: Actor, person: User) -> Verdict:
    """An administrator, and not their own account: who keeps the roles does not choose their own."""
    if isinstance(user, User) and user.pk == person.pk:
        return Denied("You cannot change your own roles and facts; ask another administrator.")
    return may_manage_users(user)


def may_deactivate(user: Actor, person: User) -> Verdict:
    """An administrator, and not their own account: somebody has to be able to let people in again."""
    if isinstance(user, User) and user.pk == person.pk:
        return Denied("You cannot end your own access; ask another administrator.")
    if not person.is_active:
        return Denied("This person has no access already.")
    return may_manage_users(user)


def may_manage_machines(user: Actor) -> Verdict:
    """Who enrols machines."""
    return holds(user, "accounts.manage_machines")


def role_has(user: User, permission: str) -> bool:
    """Whether a role of theirs carries the permission; vetting, training and sessions left aside."""
    return permission in user.role_permissions
