"""Reviewing an entry: looking again whether it is still right, and doing what follows from that."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.conflicts import Act, require_none_of_entry
from hotlists.actions.entries import begin_version, submit
from hotlists.actions.narrowings import narrow_term, narrowed
from hotlists.actions.terms import continue_term, locked, open_term_of, require_words
from hotlists.actions.withdrawals import end_entry
from hotlists.models import Entry, EntryVersion, Review, Term
from hotlists.nudges import publish_entry_soon
from hotlists.tallies import since_last_review
from portal.errors import Unfit
from portal.policies import require
from standards.models import Category, StandardsProfile

Decision = Review.Decision


@transaction.atomic
def review(
    entry: Entry, *, by: User, still_necessary: str, source_checked: str, decision: str = Decision.RENEW,
    is_necessary: bool = True, is_accurate: bool = True, is_proportionate: bool = True, source_system: str = "",
    source_as_of: dt.datetime | None = None, review_by: dt.datetime | None = None,
    narrower: dict[str, Any] | None = None, removal_reason: str = "", happened_at: dt.datetime | None = None,
) -> Review:  # fmt: skip
    """Looks again (R-014). RENEW moves review-by, within expiry; DOWNGRADE narrows to `narrower` and moves it too; AMEND
    begins a new version, which another decides; REMOVE ends the entry. An overdue entry that is renewed is in force again.
    """
    entry = locked(entry, by=by)
    require_none_of_entry(Act.REVIEW, entry, by=by)
    require(policies.may_review(by, entry))
    decision = Decision(decision)
    now = timezone.now()
    term = open_term_of(entry, at=now)
    since = since_last_review(entry)
    if decision != Decision.REMOVE:
        require(policies.may_keep(by, since, at=now))
    _require_sense(entry, decision, still_necessary, source_checked, is_necessary, is_accurate, is_proportionate)
    if source_as_of is not None and source_as_of > now:
        raise Unfit("The source was asked in the future.", {"source_as_of": ["Give a time that has passed."]})
    moves = decision in (Decision.RENEW, Decision.DOWNGRADE)
    changes = narrowed(term, narrower or {}, at=now) if decision == Decision.DOWNGRADE else {}
    due = (
        _next_due(term, review_by, ends=changes.get("expires_at", term.expires_at), at=now) if moves else term.review_by
    )
    done = Review.objects.create(
        entry=entry, version=term.version, due_at=term.review_by, reviewed_by=by, reviewed_at=now,
        is_necessary=is_necessary, is_accurate=is_accurate, is_proportionate=is_proportionate,
        still_necessary=still_necessary, source_system=source_system, source_as_of=source_as_of or now,
        source_checked=source_checked, hits_since_last=since.hits, outcomes_since_last=since.outcomes, decision=decision,
        review_by=due,
    )  # fmt: skip
    if decision == Decision.RENEW:
        continue_term(term, from_at=now, review_by=due)
    elif decision == Decision.DOWNGRADE:
        narrow_term(term, changes, by=by, at=now, reason=still_necessary, review_by=due)
    elif decision == Decision.AMEND:
        begin_version(entry, by=by)
    else:
        end_entry(entry, by=by, at=now, reason=removal_reason, words=still_necessary, happened_at=happened_at)
    publish_entry_soon(entry.pk, entry.hotlist_id)
    record(
        Verb.ENTRY_REVIEWED, target=entry, by=by, plate=term.version.plate, also=[done], decision=decision.value,
        review_by=due.isoformat(),
    )  # fmt: skip
    return done


@transaction.atomic
def extend(
    entry: Entry, *, by: User, expires_at: dt.datetime, no_conflict: bool, still_necessary: str, source_checked: str,
    source_system: str = "", source_as_of: dt.datetime | None = None,
) -> EntryVersion:  # fmt: skip
    """A longer life (R-015): a review that finds the entry still right, and a new version with the later end, submitted for
    somebody else's decision. Until then the version in force stays, to its own end."""
    entry = locked(entry, by=by)
    require(policies.may_extend(by, entry))
    now = timezone.now()
    term = open_term_of(entry, at=now)
    if expires_at <= term.expires_at:
        raise Unfit("This is no extension.", {"expires_at": ["Give an end that is later than the one that holds now."]})
    done = review(
        entry, by=by, still_necessary=still_necessary, source_checked=source_checked, source_system=source_system,
        source_as_of=source_as_of,
    )  # fmt: skip
    due = min(now + _interval(term, at=now), expires_at)
    version = begin_version(
        entry, by=by, expires_at=expires_at, review_by=due, last_verified_at=done.source_as_of, no_conflict=no_conflict
    )
    return submit(version, by=by, now=now)


def _require_sense(
    entry: Entry, decision: str, words: str, source: str, is_necessary: bool, is_accurate: bool, is_proportionate: bool
) -> None:
    """Raises Unfit when the decision does not follow from the answers, or the words are none, or were said before."""
    require_words("still_necessary", words, "Say why the entry is still necessary, or why it is not.")
    require_words("source_checked", source, "Say what source you checked, and what it said.")
    said = {" ".join(earlier.lower().split()) for earlier in entry.reviews.values_list("still_necessary", flat=True)}
    if " ".join(words.lower().split()) in said:
        ask = "An earlier review said exactly this. Say what you found this time."
        raise Unfit(ask, {"still_necessary": [ask]})
    allowed = {Decision.REMOVE}
    if is_necessary:
        allowed |= {Decision.AMEND}
    if is_necessary and is_accurate:
        allowed |= {Decision.DOWNGRADE}
    if is_necessary and is_accurate and is_proportionate:
        allowed |= {Decision.RENEW}
    if decision not in allowed:
        fitting = " or ".join(sorted(choice.label.split(":")[0].lower() for choice in allowed))
        raise Unfit("The decision does not follow.", {"decision": [f"After these answers: {fitting}."]})


def _next_due(term: Term, wanted: dt.datetime | None, *, ends: dt.datetime, at: dt.datetime) -> dt.datetime:
    latest = min(at + _interval(term, at=at), ends)
    due = min(wanted or latest, latest)
    if due <= at:
        raise Unfit("The next review lies in the past.", {"review_by": ["Give a date in the future."]})
    return due


def _interval(term: Term, *, at: dt.datetime) -> dt.timedelta:
    category = Category.objects.filter(
        profile=StandardsProfile.objects.in_force(at), code=term.version.category
    ).first()
    if category is None:
        words = (
            f"The standards in force no longer know the category {term.version.category}. Amend the entry, or end it."
        )
        raise Unfit(words, {"expires_at": [words]})
    return dt.timedelta(hours=term.entry.hotlist.review_interval(category))
