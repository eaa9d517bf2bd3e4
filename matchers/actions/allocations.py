"""Giving lists to matchers, and taking them away."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from hotlists.nudges import publish_soon
from hotlists.policies import require_sight
from matchers import keys, policies
from matchers.models import Allocation, ListRole, Matcher
from matchers.models.feeds import opaque_role
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def allocate(
    matcher: Matcher, hotlist: Hotlist, *, by: Actor, purpose: str, agreement_ref: str, until_at: dt.datetime
) -> Allocation:
    """Gives a list to a matcher until a day that is named now (R-101). Published to it within seconds."""
    matcher = _locked(matcher)
    _require_sight(by, hotlist)
    require(policies.may_allocate(by, matcher, hotlist))
    now = timezone.now()
    problems = _problems(purpose, agreement_ref, until_at, now)
    if problems:
        raise Unfit("This list cannot be given yet.", problems)
    _ensure_role(hotlist)
    allocation = Allocation.objects.create(
        matcher=matcher, hotlist=hotlist, purpose=purpose, agreement_ref=agreement_ref, from_at=now, until_at=until_at,
        allocated_at=now, allocated_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    publish_soon(hotlist.pk)
    record(
        Verb.LIST_ALLOCATED, target=allocation, by=by, also=[matcher, hotlist], matcher=str(matcher), list=str(hotlist),
        purpose=purpose, agreement=agreement_ref, until=until_at.isoformat(), recipients=str(matcher),
    )  # fmt: skip
    return allocation


@transaction.atomic
def revoke(allocation: Allocation, *, by: User, reason: str) -> Allocation:
    """Takes a list away from a matcher, which has to prove that it unloaded it (R-105)."""
    allocation = (
        Allocation.objects.select_for_update(of=("self",)).select_related("matcher", "hotlist").get(pk=allocation.pk)
    )
    _require_sight(by, allocation.hotlist)
    require(policies.may_revoke(by, allocation))
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    allocation.revoked_by, allocation.revoked_at, allocation.revoked_because = by, timezone.now(), reason
    allocation.save(update_fields=["revoked_by", "revoked_at", "revoked_because"])
    publish_soon(allocation.hotlist_id)
    record(
        Verb.LIST_REVOKED, target=allocation, by=by, also=[allocation.matcher, allocation.hotlist],
        matcher=str(allocation.matcher), list=str(allocation.hotlist), reason=reason,
    )  # fmt: skip
    return allocation


@transaction.atomic
def prolong(allocation: Allocation, *, by: User, until_at: dt.datetime, reason: str) -> Allocation:
    """Moves the end of an allocation to a later day, since the list is still needed there (R-101)."""
    allocation = (
        Allocation.objects.select_for_update(of=("self",)).select_related("matcher", "hotlist").get(pk=allocation.pk)
    )
    _require_sight(by, allocation.hotlist)
    require(policies.may_prolong(by, allocation))
    now = timezone.now()
    problems = {} if reason.strip() else {"reason": ["Say why it is still needed."]}
    if until_at <= allocation.until_at:
        problems["until_at"] = ["Choose a later end than it has. To end it sooner, take the list away."]
    elif until_at > now + policies.LONGEST_ALLOCATION:
        problems["until_at"] = [
            "A list is given for a year at most; then it is asked again whether it is still needed."
        ]
    if problems:
        raise Unfit("This end cannot be set.", problems)
    before = allocation.until_at
    allocation.until_at, allocation.prolonged_because = until_at, reason
    allocation.prolonged_by, allocation.prolonged_at = by, now
    allocation.save(update_fields=["until_at", "prolonged_because", "prolonged_by", "prolonged_at"])
    publish_soon(allocation.hotlist_id)
    record(
        Verb.LIST_PROLONGED, target=allocation, by=by, also=[allocation.matcher, allocation.hotlist], reason=reason,
        matcher=str(allocation.matcher), list=str(allocation.hotlist), before=before.isoformat(), until=until_at.isoformat(),
    )  # fmt: skip
    return allocation


def _ensure_role(hotlist: Hotlist) -> ListRole:
    """The list's name and key in the publication, made when it is first given to somebody."""
    role = ListRole.objects.filter(hotlist=hotlist).first()
    if role is None:
        name = opaque_role()
        key = keys.make_list_key(name)
        role = ListRole.objects.create(hotlist=hotlist, name=name, key_id=key.keyid, public_key=key.to_dict())
    return role


def _problems(purpose: str, agreement_ref: str, until_at: dt.datetime, now: dt.datetime) -> dict[str, list[str]]:
    found = {}
    if not purpose.strip():
        found["purpose"] = ["Say what the matcher needs the list for."]
    if not agreement_ref.strip():
        found["agreement_ref"] = ["Name the agreement between the controllers."]
    if until_at <= now:
        found["until_at"] = ["The end lies in the past."]
    elif until_at > now + policies.LONGEST_ALLOCATION:
        found["until_at"] = ["A list is given for a year at most; then it is asked again whether it is still needed."]
    return found


def _require_sight(by: Actor, hotlist: Hotlist) -> None:
    if not isinstance(by, SystemJob):
        require_sight(by, hotlist)


def _locked(matcher: Matcher) -> Matcher:
    return Matcher.objects.select_for_update(of=("self",), no_key=True).select_related("machine").get(pk=matcher.pk)
