"""Who may report, see and answer hits, and why not."""

from accounts.models import Actor, MachineClient, User
from accounts.policies import acts_in_own_session, holds, reads
from hits.models import Acknowledgement, Hit, Outcome, Verification
from hotlists import policies as entries
from matchers.models import Matcher
from portal.errors import Stranger
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from standards.models import Action


def require_sight(actor: Actor, hit: Hit) -> None:
    """Raises Stranger unless the hit exists for the actor."""
    if not Hit.objects.visible_to(actor).filter(pk=hit.pk).exists():
        raise Stranger("There is no such hit, or it is not yours to see.")


def may_report(actor: Actor) -> Verdict:
    """Matchers report, and nobody else."""
    if isinstance(actor, MachineClient) and actor.has_scope("matcher") and Matcher.objects.of_machine(actor).exists():
        return Allowed()
    return Denied("Only a matcher reports hits.")


def may_see(actor: Actor) -> Verdict:
    """Who may see hits at all; which ones, the lists say."""
    return reads(actor, "hits.view_board")


def is_work_of(actor: Actor, hit: Hit) -> bool:
    """Whether it is this person's to answer, or was, or is a hit on an entry that is their work; others say why (R-062)."""
    if not isinstance(actor, User):
        return False
    if hit.closed_at is None and holds(actor, "hits.answer_hit"):
        return True
    answers = (
        Acknowledgement.objects.filter(hit=hit, acknowledged_by=actor),
        Verification.objects.filter(hit=hit, verified_by=actor),
        Outcome.objects.filter(hit=hit, recorded_by=actor),
    )
    return any(mine.exists() for mine in answers) or (hit.entry is not None and entries.is_work_of(actor, hit.entry))


def may_answer(user: Actor) -> Verdict:
    """Who may act on hits: a person, signed in as themselves."""
    return first_denial(holds(user, "hits.answer_hit"), acts_in_own_session(user))


def may_acknowledge(user: Actor, hit: Hit) -> Verdict:
    """Who may take a hit on."""
    taken = Late("Somebody took this hit on already.") if hit.acknowledged_at else Allowed()
    return first_denial(may_answer(user), taken)


def may_verify(user: Actor, hit: Hit) -> Verdict:
    """Who may verify a hit: once somebody took it on."""
    verified = Verification.objects.filter(hit=hit).exists()
    return first_denial(
        may_answer(user), _is_in_hand(hit), Late("This hit was verified already.") if verified else Allowed()
    )


def may_record_outcome(user: Actor, hit: Hit) -> Verdict:
    """Who may say how a hit ended."""
    return first_denial(may_answer(user), _is_in_hand(hit))


def may_deploy(hit: Hit) -> Verdict:
    """Nobody is sent to stop a vehicle on an unverified hit (R-055)."""
    if hit.action != Action.STOP:
        return Allowed()
    verification = Verification.objects.filter(hit=hit).first()
    if verification is None:
        return Denied("Verify the hit before anybody is sent to stop the vehicle: plate, country, vehicle and source.")
    if verification.result != Verification.Result.CONFIRMED:
        return Denied(
            f"Verification did not confirm this hit ({verification.get_result_display().lower()}), so nobody is sent to"
            " stop the vehicle."
        )
    return Allowed()


def may_decide_outcome(user: Actor, hit: Hit, decision: str) -> Verdict:
    """Who may record this decision of this hit."""
    deploys = decision == Outcome.Decision.DEPLOY
    return first_denial(may_record_outcome(user, hit), may_deploy(hit) if deploys else Allowed())


def _is_in_hand(hit: Hit) -> Verdict:
    if not hit.acknowledged_at:
        return Denied("Acknowledge the hit first.")
    if hit.closed_at:
        return Late("This hit has its outcome already.")
    return Allowed()
