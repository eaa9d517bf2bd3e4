"""Who may open, answer and test findings, answer concerns, judge signals, work samples and sign for a year; and why not."""

from accounts.models import Actor, SystemJob, User
from accounts.policies import acts_in_own_session, holds, reads
from portal.policies import Allowed, Denied, Verdict, first_denial
from scrutiny.models import Concern, Finding, SampleItem, Signal


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
    """Whoever tests answers, unless it is theirs: who answered it or answers for it does not judge that it holds (R-071)."""
    if isinstance(user, User) and user.pk == finding.closed_by_id:
        return Denied("You answered this finding, so somebody else has to test the answer.")
    if _owns(user, finding):
        return Denied("You answer for this finding, so somebody else has to test the answer.")
    return first_denial(holds(user, "scrutiny.test_finding"), acts_in_own_session(user))


def _owns(actor: Actor, finding: Finding) -> bool:
    return isinstance(actor, User) and actor.is_active and finding.owner_id == actor.pk


def may_see_signals(actor: Actor) -> Verdict:
    """Who may see signs of misuse: people only, since there are acts of people behind them."""
    return holds(actor, "scrutiny.view_signals")


def may_see_signal(actor: Actor, signal: Signal) -> Verdict:
    """As above, and not about oneself."""
    return first_denial(may_see_signals(actor), _no_part_in(actor, signal))


def may_judge(actor: Actor, signal: Signal) -> Verdict:
    """In a session of their own, and never of oneself."""
    return first_denial(holds(actor, "scrutiny.judge_signal"), _no_part_in(actor, signal), acts_in_own_session(actor))


def may_screen(actor: Actor) -> Verdict:
    """The portal by itself every night, and who judges what it finds."""
    return Allowed() if isinstance(actor, SystemJob) else holds(actor, "scrutiny.judge_signal")


def may_see_samples(actor: Actor) -> Verdict:
    """Who may see samples and what was found of each act."""
    return holds(actor, "scrutiny.view_signals")


def may_draw(actor: Actor) -> Verdict:
    """The portal by itself every month, and whose work it is."""
    return Allowed() if isinstance(actor, SystemJob) else holds(actor, "scrutiny.work_sample")


def may_answer(actor: Actor, item: SampleItem) -> Verdict:
    """Whose work it is, of acts in which they had no hand."""
    if isinstance(actor, User) and actor.pk in item.hands:
        return Denied("You had a hand in this act, so somebody else works it.")
    return first_denial(holds(actor, "scrutiny.work_sample"), acts_in_own_session(actor))


def may_see_certificates(actor: Actor) -> Verdict:
    """Whoever sees findings."""
    return holds(actor, "scrutiny.view_findings")


def may_sign(actor: Actor) -> Verdict:
    """The information asset owner: neither samples nor judges."""
    return first_denial(holds(actor, "scrutiny.sign_certificate"), acts_in_own_session(actor))


def _no_part_in(actor: Actor, signal: Signal) -> Verdict:
    if isinstance(actor, User) and actor.pk in (signal.who_id, signal.other_id):
        return Denied("This is about acts of your own, so somebody else judges it.")
    return Allowed()


def may_see_concerns(actor: Actor) -> Verdict:
    """Who may see all: people only, since they name who brought them."""
    return holds(actor, "scrutiny.view_concerns")


def may_see_concern(actor: Actor, concern: Concern) -> Verdict:
    """Whoever may see all, and who wrote this one down."""
    if isinstance(actor, User) and actor.is_active and concern.recorded_by_id == actor.pk:
        return Allowed()
    return may_see_concerns(actor)


def may_record_concern(actor: Actor) -> Verdict:
    """Whoever people turn to."""
    return holds(actor, "scrutiny.record_concern")


def may_note_concern(actor: Actor, concern: Concern) -> Verdict:
    """Who answers them, and who wrote this one down."""
    if isinstance(actor, User) and actor.is_active and concern.recorded_by_id == actor.pk:
        return Allowed()
    return holds(actor, "scrutiny.answer_concern")


def may_answer_concern(actor: Actor, concern: Concern) -> Verdict:
    """Whose work it is, in a session of their own; also taking it up again."""
    return first_denial(holds(actor, "scrutiny.answer_concern"), acts_in_own_session(actor))
