"""Who may preview and start deletion, who may hold it up, and why not."""

import datetime as dt

from django.db import models
from django.utils import timezone

from accounts.models import Actor, SystemJob, User
from accounts.policies import acts_in_own_session, holds, reads, role_has
from portal.policies import Allowed, Denied, Late, Verdict, first_denial
from retention.models import DeletionRun, LegalHold, PeriodChange
from retention.schedule import BY_LABEL

PREVIEW_LIFE = dt.timedelta(hours=24)
OFFICES = {
    "retention.change_period_as_dpo": PeriodChange.Office.DPO,
    "retention.change_period_as_owner": PeriodChange.Office.OWNER,
}


def may_see_runs(actor: Actor) -> Verdict:
    """Who may see the schedule, runs and certificates."""
    return reads(actor, "retention.view_runs")


def may_see_holds(user: Actor) -> Verdict:
    """Who watches over retention, and who may place holds."""
    return holds(user, "retention.place_hold") or reads(user, "retention.view_runs")


def may_preview(actor: Actor) -> Verdict:
    """The clock, and people whose role it is."""
    return Allowed() if isinstance(actor, SystemJob) else holds(actor, "retention.run_retention")


def may_start(actor: Actor, run: DeletionRun) -> Verdict:
    """As for previewing, while the preview is fresh enough to have been read (R-084)."""
    return first_denial(may_preview(actor), _is_fresh(run), _is_by_this_schedule(run))


def may_release(actor: Actor) -> Verdict:
    """Who may let go what the schedule leaves to a person: people whose role it is, who have looked."""
    return holds(actor, "retention.run_retention")


def may_pause(actor: Actor, run: DeletionRun) -> Verdict:
    """Who may stop a run between two batches: whoever may start one."""
    return first_denial(may_preview(actor), _is(run, DeletionRun.Status.RUNNING, "This run is not under way."))


def may_go_on(actor: Actor, run: DeletionRun) -> Verdict:
    """Who may let a paused run erase the rest."""
    return first_denial(may_preview(actor), _is(run, DeletionRun.Status.PAUSED, "This run is not paused."))


def may_place_hold(user: Actor, thing: models.Model) -> Verdict:
    """Who may hold this record back from erasure."""
    rule = BY_LABEL.get(thing._meta.label)
    if rule is None or not rule.may_be_held:
        return Denied("A hold is placed on an entry or a hit; what belongs to it is held with it.")
    return holds(user, "retention.place_hold")


def may_hold_many(user: Actor, model: type[models.Model] | None = None) -> Verdict:
    """Who may hold all that names a case, or what a list or a search showed."""
    if model is not None and not BY_LABEL[model._meta.label].may_be_held:
        return Denied("A hold is placed on an entry or a hit; what belongs to it is held with it.")
    return holds(user, "retention.place_hold")


def may_review_hold(user: Actor, hold: LegalHold) -> Verdict:
    """Who may say that a hold is still needed: its owner, and whoever may place one."""
    may = Allowed() if _owns(user, hold) else holds(user, "retention.place_hold")
    return first_denial(_is_open(hold), _is_as_placed(hold), may)


def may_release_hold(user: Actor, hold: LegalHold) -> Verdict:
    """Who may let a record go again."""
    return first_denial(_is_open(hold), _is_as_placed(hold), holds(user, "retention.place_hold"))


def office_of(user: Actor) -> PeriodChange.Office | None:
    """In whose place this person changes periods; None for all others."""
    if isinstance(user, User):
        for permission, office in OFFICES.items():
            if role_has(user, permission):
                return office
    return None


def may_change_periods(user: Actor) -> Verdict:
    """The data protection officer and the information asset owner: either shortens, and proposes what is longer."""
    for permission, office in OFFICES.items():
        if office_of(user) == office:
            return first_denial(holds(user, permission), acts_in_own_session(user))
    return Denied("Periods are changed by the data protection officer and the information asset owner.")


def may_decide_period(user: Actor, change: PeriodChange) -> Verdict:
    """The other of the two offices, and another person."""
    return first_denial(may_change_periods(user), _is_the_other(user, change), _waits(change))


def may_decline_period(user: Actor, change: PeriodChange) -> Verdict:
    """Either office: the other says no, the same takes it back."""
    return first_denial(may_change_periods(user), _waits(change))


def _is_the_other(user: Actor, change: PeriodChange) -> Verdict:
    if isinstance(user, User) and user.pk == change.proposed_by_id:
        return Denied("You proposed this, so somebody else has to agree.")
    if office_of(user) == change.proposed_as:
        return Denied("Your own office proposed this: the other of the two has to agree.")
    return Allowed()


def _waits(change: PeriodChange) -> Verdict:
    if change.status != PeriodChange.Status.PROPOSED:
        return Late("This change was decided already.")
    return Allowed()


def _is_by_this_schedule(run: DeletionRun) -> Verdict:
    if run.status == DeletionRun.Status.PREVIEWED and PeriodChange.objects.filter(decided_at__gt=run.as_of).exists():
        return Denied("The schedule was changed since this was counted. Preview again, and start that.")
    return Allowed()


def _owns(user: Actor, hold: LegalHold) -> bool:
    return isinstance(user, User) and user.is_active and hold.owner_id == user.pk


def _is_open(hold: LegalHold) -> Verdict:
    return Denied("This hold was released already.") if hold.released_at else Allowed()


def _is_as_placed(hold: LegalHold) -> Verdict:
    words = "It is held together with others: review or release the hold on all of them."
    return Denied(words) if hold.under_id else Allowed()


def _is(run: DeletionRun, status: str, unless: str) -> Verdict:
    return Allowed() if run.status == status else Denied(unless)


def _is_fresh(run: DeletionRun) -> Verdict:
    if run.status == DeletionRun.Status.PREVIEWED and run.previewed_at < timezone.now() - PREVIEW_LIFE:
        return Denied("This preview is more than a day old. Preview again, and start that.")
    return Allowed()
