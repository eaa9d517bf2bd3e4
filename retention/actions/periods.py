"""Making a period of the schedule shorter, or longer by two offices."""

import uuid
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from portal.errors import Stranger, TooLate, Unfit
from portal.policies import require
from retention import policies
from retention.models import PeriodChange
from retention.periods import lists_of, months_for, rule_at
from retention.rules import Rule
from retention.schedule import BY_LABEL
from retention.workflow import PERIOD

PERIODS = 7_300_003  # advisory lock: one version of the schedule follows another
LONGEST = 1200  # a hundred years, as the longest group of police information


@transaction.atomic
def change_period(label: str, *, by: User, months: int, reason: str, list_id: uuid.UUID | None = None) -> PeriodChange:
    """A kind of record, or that kind of one hotlist, is kept for so many months. Shorter holds at once; longer waits for the
    other office, and a list is never kept longer than all are.

    Raises Unfit with what is wrong; Stranger for a hotlist that does not exist.
    """
    require(policies.may_change_periods(by))
    _one_at_a_time()
    now = timezone.now()
    if label not in BY_LABEL:
        raise Stranger("The schedule names no such kind of record.")
    rule = rule_at(label, now)
    hotlist = _hotlist(rule, list_id) if list_id else None
    before = months_for(rule, list_id)
    _refuse_unfit(rule, months, before, reason, is_of_a_list=bool(list_id))
    if PeriodChange.objects.waiting().filter(label=label, list_id=list_id).exists():
        raise TooLate("A change of this period waits already. Decide that one first.")
    office = _office(by)
    change = PeriodChange(
        label=label, list_id=list_id, list_name=str(hotlist)[:200] if hotlist else "", months=months, months_before=before,
        reason=reason.strip(), proposed_by=by, proposed_as=office, proposed_at=now,
    )  # fmt: skip
    is_at_once = not change.is_longer
    if is_at_once:
        change.status, change.version = PeriodChange.Status.IN_FORCE, rule.version + 1
        change.decided_by, change.decided_as, change.decided_at = by, office, now
    change.save()
    verb = Verb.PERIOD_SHORTENED if is_at_once else Verb.PERIOD_PROPOSED
    record(verb, target=change, by=by, **_told(change), reason=change.reason)
    return change


@transaction.atomic
def agree_period(change: PeriodChange, *, by: User) -> PeriodChange:
    """The other office's yes: the longer period governs from now on, and is a version of its rule."""
    _one_at_a_time()
    change = PeriodChange.objects.select_for_update().get(pk=change.pk)
    require(policies.may_decide_period(by, change))
    now = timezone.now()
    rule = rule_at(change.label, now)
    before = months_for(rule, change.list_id)
    if change.months == before or (change.list_id and change.months > rule.months):
        raise TooLate(
            "The period was changed meanwhile, so this would change nothing or too much. Decline it and propose anew."
        )
    PERIOD.move(
        change, PeriodChange.Status.IN_FORCE, months_before=before, version=rule.version + 1, decided_by=by,
        decided_as=_office(by), decided_at=now,
    )  # fmt: skip
    record(Verb.PERIOD_AGREED, target=change, by=by, **_told(change), reason=change.reason)
    return change


@transaction.atomic
def decline_period(change: PeriodChange, *, by: User, reason: str) -> PeriodChange:
    """The other office's no, or the proposer's second thought: nothing changes."""
    change = PeriodChange.objects.select_for_update().get(pk=change.pk)
    require(policies.may_decline_period(by, change))
    if not reason.strip():
        raise Unfit("Say why not.", {"reason": ["Say why not."]})
    PERIOD.move(
        change, PeriodChange.Status.DECLINED, decided_by=by, decided_as=_office(by), decided_at=timezone.now(),
        decision_reason=reason.strip(),
    )  # fmt: skip
    record(Verb.PERIOD_DECLINED, target=change, by=by, **_told(change), reason=change.decision_reason)
    return change


def _office(by: User) -> PeriodChange.Office:
    office = policies.office_of(by)
    assert office is not None  # noqa: S101 - for the type checker: the policy has just said so
    return office


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PERIODS])


def _refuse_unfit(rule: Rule, months: int, before: int, reason: str, *, is_of_a_list: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if not rule.can_change:
        wrong["label"] = ["This kind of record has no period of months that could be changed."]
    elif not 1 <= months <= LONGEST:
        wrong["months"] = [f"Give a number of months from 1 to {LONGEST}."]
    elif months == before:
        wrong["months"] = [f"It is {before} months already."]
    elif is_of_a_list and months > rule.months:
        wrong["months"] = [f"One list keeps nothing longer than all do, which is {rule.months} months."]
    if not reason.strip():
        wrong["reason"] = ["Say why: whoever asks later reads it."]
    if wrong:
        raise Unfit("This period cannot be changed like this.", wrong)


def _hotlist(rule: Rule, list_id: uuid.UUID) -> models.Model:
    if not rule.list_path:
        raise Unfit("No period by list.", {"list_id": ["This kind of record does not belong to a hotlist."]})
    found = lists_of(rule).filter(pk=list_id).first()
    if found is None:
        raise Stranger("There is no such hotlist.")
    return found


def _told(change: PeriodChange) -> dict[str, Any]:
    records = f"{change.label} of {change.list_name}" if change.list_id else change.label
    return {"records": records, "months": change.months, "months_before": change.months_before}
