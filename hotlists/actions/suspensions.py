"""Suspending and disputing an entry, and lifting that."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.conflicts import Act, require_none_of_entry
from hotlists.actions.terms import locked, plate_of, require_words
from hotlists.models import Entry, Suspension
from hotlists.nudges import publish_entry_soon
from portal.errors import TooLate
from portal.policies import require

_VERBS = {Suspension.Kind.SUSPENSION: Verb.ENTRY_SUSPENDED, Suspension.Kind.DISPUTE: Verb.ENTRY_DISPUTED}


@transaction.atomic
def suspend(entry: Entry, *, by: User, reason: str, kind: str = Suspension.Kind.SUSPENSION) -> Suspension:
    """Takes an entry out of force at once. A dispute does the same, and says that its rightness is doubted."""
    entry = locked(entry, by=by)
    require_none_of_entry(Act.SUSPEND, entry, by=by)
    kind = Suspension.Kind(kind)
    may = policies.may_dispute if kind == Suspension.Kind.DISPUTE else policies.may_suspend
    require(may(by, entry))
    require_words("reason", reason, "Say why.")
    if entry.suspensions.filter(kind=kind, to_at=None).exists():
        raise TooLate(f"This entry is {kind.label.lower()} already.")
    suspension = Suspension.objects.create(entry=entry, kind=kind, from_at=timezone.now(), from_by=by, reason=reason)
    publish_entry_soon(entry.pk, entry.hotlist_id)
    record(_VERBS[kind], target=entry, by=by, plate=plate_of(entry), also=[suspension], reason=reason)
    return suspension


def dispute(entry: Entry, *, by: User, reason: str) -> Suspension:
    """Doubts that an entry is right: it is out of force at once, until another person finds that it is."""
    return suspend(entry, by=by, reason=reason, kind=Suspension.Kind.DISPUTE)


@transaction.atomic
def resume(entry: Entry, *, by: User, reason: str) -> Suspension:
    """Lifts the open suspension, the earlier one first; another person than who made any that is open."""
    entry = locked(entry, by=by)
    require_none_of_entry(Act.RESUME, entry, by=by)
    require(policies.may_resume(by, entry))
    suspension = entry.suspensions.filter(to_at=None).earliest("from_at")
    require_words("reason", reason, "Say why.")
    suspension.to_at, suspension.to_by, suspension.lifted_because = timezone.now(), by, reason
    suspension.save(update_fields=["to_at", "to_by", "lifted_because"])
    publish_entry_soon(entry.pk, entry.hotlist_id)
    record(Verb.ENTRY_RESUMED, target=entry, by=by, plate=plate_of(entry), also=[suspension], reason=reason)
    return suspension
