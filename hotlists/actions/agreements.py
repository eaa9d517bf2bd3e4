"""Agreeing with a source: proposed by one person, agreed by another, ended or renewed."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.feeds import inbox
from hotlists.models import Hotlist, SourceAgreement
from hotlists.models.agreements import MOST_STALE
from hotlists.nudges import publish_soon
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile

TERMS = (
    "source", "basis", "interface", "machine", "refresh_hours", "max_staleness_hours", "change_limit", "life_cycle", "country",
    "category", "action", "priority", "contact", "fact",
)  # fmt: skip


@transaction.atomic
def propose_agreement(hotlist: Hotlist, *, by: User, **terms: Any) -> SourceAgreement:
    """The terms on which a source is to fill this list. They bind nobody until somebody else agrees to them."""
    policies.require_sight(by, hotlist)
    require(policies.may_propose(by, hotlist))
    return _propose(hotlist, by=by, **terms)


@transaction.atomic
def renew_agreement(agreement: SourceAgreement, *, by: User, until_at: dt.datetime, **changed: Any) -> SourceAgreement:
    """Proposes the same terms, or `changed` ones, from when these end; sooner, when `from_at` is given."""
    agreement = _locked(agreement.pk)
    policies.require_sight(by, agreement.hotlist)
    require(policies.may_propose(by, agreement.hotlist))
    if agreement.agreed_at is None:
        raise TooLate("Nobody has agreed to this yet, so there is nothing to renew.")
    if agreement.renewals.filter(agreed_at=None, ended_at=None).exists():
        raise TooLate("A renewal of this agreement waits for a second person already.")
    terms = {name: getattr(agreement, name) for name in TERMS}
    ends = min(agreement.until_at, agreement.ended_at or agreement.until_at)
    terms |= {"from_at": max(ends, timezone.now()), "until_at": until_at, **changed}
    return _propose(agreement.hotlist, by=by, renews=agreement, **terms)


@transaction.atomic
def agree(agreement: SourceAgreement, *, by: User) -> SourceAgreement:
    """The second person's yes: from its date on, files may be loaded under it."""
    agreement = _locked(agreement.pk)
    policies.require_sight(by, agreement.hotlist)
    require(policies.may_agree(by, agreement))
    agreement.agreed_by, agreement.agreed_at = by, timezone.now()
    agreement.save(update_fields=["agreed_by", "agreed_at"])
    publish_soon(agreement.hotlist_id)
    record(
        Verb.AGREEMENT_MADE, target=agreement, by=by, also=[agreement.hotlist], hotlist=agreement.hotlist.title
    )  # fmt: skip
    return agreement


@transaction.atomic
def end_agreement(agreement: SourceAgreement, *, by: User, reason: str) -> SourceAgreement:
    """Ends it before its time, at once, or turns a proposal down. Narrowing, so one person may."""
    agreement = _locked(agreement.pk)
    policies.require_sight(by, agreement.hotlist)
    now = timezone.now()
    require(policies.may_end_agreement(by, agreement))
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why it ends."]})
    agreement.ended_by, agreement.ended_at, agreement.ended_because = by, now, reason
    agreement.save(update_fields=["ended_by", "ended_at", "ended_because"])
    publish_soon(agreement.hotlist_id)
    record(
        Verb.AGREEMENT_ENDED, target=agreement, by=by, also=[agreement.hotlist], hotlist=agreement.hotlist.title,
        reason=reason,
    )  # fmt: skip
    return agreement


def _propose(hotlist: Hotlist, *, by: User, **terms: Any) -> SourceAgreement:
    now = timezone.now()
    agreement = SourceAgreement(hotlist=hotlist, proposed_by=by, proposed_at=now, **terms)
    _require_terms(agreement, now)
    agreement.save()
    record(Verb.AGREEMENT_PROPOSED, target=agreement, by=by, also=[hotlist], hotlist=hotlist.title)
    return agreement


def _require_terms(agreement: SourceAgreement, now: dt.datetime) -> None:
    """Raises Unfit, with the fields that do not hold."""
    hotlist, wrong = agreement.hotlist, {}
    category = StandardsProfile.objects.in_force(now).categories.filter(code=agreement.category).first()
    if category is None or agreement.category not in hotlist.categories:
        wrong["category"] = f"The list {hotlist.title} does not hold this category."
    if agreement.action not in hotlist.actions:
        wrong["action"] = f"The list {hotlist.title} does not allow this action."
    if agreement.until_at <= max(agreement.from_at, now):
        wrong["until_at"] = "Give an end that lies ahead, after the beginning."
    if agreement.refresh_hours is not None and not 1 <= agreement.refresh_hours <= agreement.max_staleness_hours:
        wrong["refresh_hours"] = "A load comes at least as often as the list may grow old."
    if not 1 <= agreement.max_staleness_hours <= MOST_STALE:
        wrong["max_staleness_hours"] = f"Give hours from 1 to {MOST_STALE:,}, which is a year."
    if agreement.interface != SourceAgreement.Interface.FILE and agreement.machine is None:
        wrong["machine"] = "Name the machine that sends the files, or that files left for this list count as."
    if agreement.interface == SourceAgreement.Interface.INBOX and not inbox.is_watched():
        wrong["interface"] = "This portal watches no place for files. Ask its administrator to name one."
    if wrong:
        raise Unfit(next(iter(wrong.values())), {field: [words] for field, words in wrong.items()})


def _locked(pk: uuid.UUID) -> SourceAgreement:
    agreements = SourceAgreement.objects.select_for_update(of=("self",)).select_related("hotlist", "machine")
    return agreements.get(pk=pk)
