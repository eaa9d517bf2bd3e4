"""Deciding a version, reviewing, suspending, withdrawing: what turns force on and off."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import Decision, Entry, EntryVersion, Review, Suspension, Term
from hotlists.nudges import publish_soon
from hotlists.workflow import VERSION
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import Category, StandardsProfile

_OUTCOMES = {
    Decision.Verdict.REJECT: (EntryVersion.Status.REJECTED, Verb.ENTRY_REJECTED),
    Decision.Verdict.RETURN: (EntryVersion.Status.RETURNED, Verb.ENTRY_RETURNED),
    Decision.Verdict.APPROVE: (EntryVersion.Status.APPROVED, Verb.ENTRY_APPROVED),
}


@transaction.atomic
def decide(version: EntryVersion, *, by: User, verdict: str, rationale: str) -> Decision:
    """One person's decision of exactly this version (R-040). With the last approval needed, it governs from now on."""
    entry = _locked(version.entry, by=by)
    version = EntryVersion.objects.select_for_update().get(pk=version.pk)
    version.entry = entry
    require(policies.may_decide(by, version))
    _require_words("rationale", rationale, "Say why you decide so.")
    now = timezone.now()
    verdict = Decision.Verdict(verdict)
    if verdict == Decision.Verdict.APPROVE and version.review_by <= now:
        raise TooLate("The dates asked for have passed. Send it back so that its author can ask for new ones.")
    decision = Decision.objects.create(
        version=version, verdict=verdict, decided_by=by, decided_at=now, rank=by.rank, sign_in=own_session(by),
        rationale=rationale, profile=StandardsProfile.objects.in_force(now),
    )  # fmt: skip
    status, verb = _OUTCOMES[verdict]
    if verdict != Decision.Verdict.APPROVE or _has_enough_approvals(version):
        VERSION.move(version, status)
    if version.status == EntryVersion.Status.APPROVED:
        _open_term(version, from_at=now, review_by=version.review_by)
        publish_soon(entry.hotlist_id)
    record(
        verb, target=entry, by=by, plate=version.plate, also=[version, decision], version=version.number,
        rationale=rationale, rank=by.get_rank_display(),
    )  # fmt: skip
    return decision


@transaction.atomic
def review(
    entry: Entry, *, by: User, still_necessary: str, source_checked: str, review_by: dt.datetime | None = None
) -> Review:
    """Looks again: moves review-by, within expiry, and nothing else (R-014). An overdue entry is in force again."""
    entry = _locked(entry, by=by)
    require(policies.may_review(by, entry))
    now = timezone.now()
    term = entry.terms.filter(until_at=None).select_related("version").first()
    if term is None or term.expires_at <= now:
        raise TooLate("This entry is not approved or has expired. It comes back only as a new request.")
    _require_words("still_necessary", still_necessary, "Say why the entry is still necessary.")
    _require_words("source_checked", source_checked, "Say what source you checked, and what it said.")
    category = Category.objects.get(profile=StandardsProfile.objects.in_force(now), code=term.version.category)
    latest = min(now + dt.timedelta(hours=category.review_hours), term.expires_at)
    due = min(review_by or latest, latest)
    if due <= now:
        raise Unfit("The next review lies in the past.", {"review_by": ["Give a date in the future."]})
    done = Review.objects.create(
        entry=entry, version=term.version, reviewed_by=by, reviewed_at=now, still_necessary=still_necessary,
        source_checked=source_checked, review_by=due,
    )  # fmt: skip
    _open_term(term.version, from_at=now, review_by=due, emergency_ends_at=term.emergency_ends_at)
    publish_soon(entry.hotlist_id)
    record(Verb.ENTRY_REVIEWED, target=entry, by=by, plate=term.version.plate, also=[done], review_by=due.isoformat())
    return done


@transaction.atomic
def suspend(entry: Entry, *, by: User, reason: str, kind: str = Suspension.Kind.SUSPENSION) -> Suspension:
    """Takes an entry out of force at once."""
    entry = _locked(entry, by=by)
    require(policies.may_suspend(by, entry))
    _require_words("reason", reason, "Say why.")
    if entry.suspensions.filter(kind=kind, to_at=None).exists():
        raise TooLate("This entry is suspended already.")
    suspension = Suspension.objects.create(entry=entry, kind=kind, from_at=timezone.now(), from_by=by, reason=reason)
    publish_soon(entry.hotlist_id)
    record(Verb.ENTRY_SUSPENDED, target=entry, by=by, plate=_plate(entry), also=[suspension], reason=reason)
    return suspension


@transaction.atomic
def resume(entry: Entry, *, by: User, reason: str) -> Suspension:
    """Lifts the open suspension, the earlier one first; another person than who made any that is open."""
    entry = _locked(entry, by=by)
    require(policies.may_resume(by, entry))
    suspension = entry.suspensions.filter(to_at=None).earliest("from_at")
    _require_words("reason", reason, "Say why.")
    suspension.to_at, suspension.to_by, suspension.lifted_because = timezone.now(), by, reason
    suspension.save(update_fields=["to_at", "to_by", "lifted_because"])
    publish_soon(entry.hotlist_id)
    record(Verb.ENTRY_RESUMED, target=entry, by=by, plate=_plate(entry), also=[suspension], reason=reason)
    return suspension


@transaction.atomic
def withdraw(entry: Entry, *, by: User, reason: str, words: str = "") -> Entry:
    """Ends an entry for good, at once (R-024). `reason` is one of Entry.WithdrawalReason."""
    entry = _locked(entry, by=by)
    require(policies.may_withdraw(by, entry))
    entry.withdrawn_by, entry.withdrawn_at = by, timezone.now()
    entry.withdrawal_reason, entry.withdrawal_words = Entry.WithdrawalReason(reason), words
    entry.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason", "withdrawal_words"])
    publish_soon(entry.hotlist_id)
    label = Entry.WithdrawalReason(reason).label
    record(Verb.ENTRY_WITHDRAWN, target=entry, by=by, plate=_plate(entry), reason=f"{label}. {words}".strip())
    return entry


def _has_enough_approvals(version: EntryVersion) -> bool:
    category = Category.objects.get(profile_id=version.profile_id, code=version.category)
    needed = max(category.deciders, 2 if version.protected_activity else 1)
    return version.decisions.filter(verdict=Decision.Verdict.APPROVE).count() >= needed


def _open_term(
    version: EntryVersion, *, from_at: dt.datetime, review_by: dt.datetime, emergency_ends_at: dt.datetime | None = None
) -> None:
    Term.objects.filter(entry_id=version.entry_id, until_at=None).update(until_at=from_at)
    Term.objects.create(
        entry_id=version.entry_id, version=version, from_at=from_at, starts_at=version.starts_at, review_by=review_by,
        expires_at=version.expires_at, emergency_ends_at=emergency_ends_at,
    )  # fmt: skip


def _locked(entry: Entry, *, by: Actor) -> Entry:
    entry = Entry.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=entry.pk)
    policies.require_sight(by, entry.hotlist)
    return entry


def _plate(entry: Entry) -> tuple[str, str]:
    return entry.versions.latest("number").plate


def _require_words(field: str, words: str, ask: str) -> None:
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
