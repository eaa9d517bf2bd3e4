"""Withdrawing an entry for good."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import locked, plate_of
from hotlists.models import Entry
from hotlists.nudges import publish_soon
from portal.policies import require


@transaction.atomic
def withdraw(entry: Entry, *, by: User, reason: str, words: str = "") -> Entry:
    """Ends an entry for good, at once (R-024). `reason` is one of Entry.WithdrawalReason."""
    entry = locked(entry, by=by)
    require(policies.may_withdraw(by, entry))
    entry.withdrawn_by, entry.withdrawn_at = by, timezone.now()
    entry.withdrawal_reason, entry.withdrawal_words = Entry.WithdrawalReason(reason), words
    entry.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason", "withdrawal_words"])
    publish_soon(entry.hotlist_id)
    label = Entry.WithdrawalReason(reason).label
    record(Verb.ENTRY_WITHDRAWN, target=entry, by=by, plate=plate_of(entry), reason=f"{label}. {words}".strip())
    return entry
