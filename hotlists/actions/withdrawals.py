"""Withdrawing an entry for good, and asking for one again."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies, warnings
from hotlists.actions.conflicts import Act, require_none_of_entry
from hotlists.actions.entries import WRITTEN, begin_entry
from hotlists.actions.terms import locked, plate_of
from hotlists.models import Entry, EntryVersion
from hotlists.nudges import publish_entry_soon
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import Category, StandardsProfile


@transaction.atomic
def withdraw(
    entry: Entry, *, by: User, reason: str, words: str = "", happened_at: dt.datetime | None = None
) -> Entry:  # fmt: skip
    """Ends an entry for good, at once. `reason` is one of Entry.WithdrawalReason; `happened_at` is when what it names
    happened, where that is known, so that it can be said how long it took (R-024)."""
    entry = locked(entry, by=by)
    require_none_of_entry(Act.WITHDRAW, entry, by=by)
    require(policies.may_withdraw(by, entry))
    return end_entry(entry, by=by, at=timezone.now(), reason=reason, words=words, happened_at=happened_at)


def end_entry(
    entry: Entry, *, by: User, at: dt.datetime, reason: str, words: str, happened_at: dt.datetime | None
) -> Entry:
    """Writes that a locked entry ended, whoever was asked whether it may. Raises Unfit."""
    if reason not in Entry.WithdrawalReason.values:
        raise Unfit("Say why it ends.", {"removal_reason": ["Choose a reason."]})
    if happened_at is not None and happened_at > at:
        raise Unfit("It has not happened yet.", {"happened_at": ["Give a time that has passed."]})
    label = Entry.WithdrawalReason(reason).label
    entry.withdrawn_by, entry.withdrawn_at, entry.happened_at = by, at, happened_at
    entry.withdrawal_reason, entry.withdrawal_words = reason, words
    entry.save(update_fields=["withdrawn_by", "withdrawn_at", "happened_at", "withdrawal_reason", "withdrawal_words"])
    publish_entry_soon(entry.pk, entry.hotlist_id)
    latency = entry.removal_latency
    record(
        Verb.ENTRY_WITHDRAWN, target=entry, by=by, plate=plate_of(entry), reason=f"{label}. {words}".strip(),
        latency_seconds=int(latency.total_seconds()) if latency is not None else None,
    )  # fmt: skip
    return entry


@transaction.atomic
def ask_again(entry: Entry, *, by: User) -> EntryVersion:
    """A new request for what ended: a new entry, in the hand of whoever asks, with a draft that starts from the last
    approved words and from fresh dates. The old one stays ended."""
    entry = locked(entry, by=by)
    now = timezone.now()
    require(policies.may_ask_again(by, entry, at=now))
    old = entry.terms.latest("from_at").version
    category = Category.objects.filter(profile=StandardsProfile.objects.in_force(now), code=old.category).first()
    if category is None:
        raise TooLate(f"The standards in force no longer know the category {old.category}. Write a new entry instead.")
    starts = now.replace(microsecond=0)
    expires = starts + dt.timedelta(hours=category.max_expiry_hours)
    review = min(starts + dt.timedelta(hours=category.review_hours), expires)
    facts = {name: getattr(old, name) for name in WRITTEN} | {
        "starts_at": starts, "review_by": review, "expires_at": expires, "no_conflict": False,
    }  # fmt: skip
    found = warnings.of(old.vrm, old.country, now)
    answered = [warned.fingerprint(old.plate) for warned in found if warned.words in old.plate_warnings]
    version = begin_entry(entry.hotlist, by=by, answered=answered, **facts)
    version.entry.follows = entry.pk
    version.entry.save(update_fields=["follows"])
    return version
