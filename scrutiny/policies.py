"""Who may open, answer and test findings, and why not."""

from accounts.models import Actor, SystemJob, User
from accounts.policies import acts_in_own_session, holds, reads
from portal.policies import Allowed, Denied, Verdict, first_denial
from scrutiny.models import Finding


def may_see_findings(actor: Actor) -> Verdict:
    """Who may see all findings."""
    return reads(actor, "scrutiny.view_findings")


def may_see(actor: Actor, finding: Finding) -> Verdict:
    """Whoever may see all, and the owner of this one."""
    return Allowed() if _owns(actor, finding) else may_see_findings(actor)


def may_open(actor: Actor) -> Verdict:
    """People whose work it is, and the portal itself."""
    return Allowed() if isinstance(actor, SystemJob) else holds(actor, "scrutiny.work_finding")


def may_work(user: Actor, finding: Finding) -> Verdict:
    """The owner, and whoever works on findings."""
    return Allowed() if _owns(user, finding) else holds(user, "scrutiny.work_finding")


def may_retest(user: Actor, finding: Finding) -> Verdict:
    """Another person than the one who answered it."""
    if isinstance(user, User) and user.pk == finding.closed_by_id:
        return Denied("You answered this finding, so somebody else has to test the answer.")
    return first_denial(holds(user, "scrutiny.work_finding"), acts_in_own_session(user))


def _owns(actor: Actor, finding: Finding) -> bool:
    return isinstance(actor, User) and actor.is_active and finding.owner_id == actor.pk
