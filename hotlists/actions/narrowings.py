"""Narrowing an entry at once: less time, fewer markers, a smaller action, fewer places."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.conflicts import Act, require_none_of_entry
from hotlists.actions.terms import continue_term, locked, open_term_of, require_words
from hotlists.models import Entry, Narrowing, Term
from hotlists.nudges import publish_entry_soon
from hotlists.scope import in_words as in_words_of_scope
from hotlists.scope import normalised, read
from hotlists.widening import NARROWABLE, Effect, effect_of
from portal.errors import Unfit
from portal.moments import short
from portal.policies import require
from standards.models import Action

_WHAT = {
    "action": "Action", "markers": "Markers", "scope": "Looked for", "starts_at": "Starts", "review_by": "Review",
    "expires_at": "Ends",
}  # fmt: skip


@transaction.atomic
def narrow(
    entry: Entry, *, by: User, reason: str, action: str | None = None, markers: list[str] | None = None,
    scope: dict[str, Any] | None = None, starts_at: dt.datetime | None = None,
    review_by: dt.datetime | None = None, expires_at: dt.datetime | None = None,
) -> Narrowing:  # fmt: skip
    """Makes less of what was approved, at once. What is left None stays. Raises Unfit for whatever would not narrow."""
    entry = locked(entry, by=by)
    require_none_of_entry(Act.NARROW, entry, by=by)
    require(policies.may_narrow(by, entry))
    now = timezone.now()
    term = open_term_of(entry, at=now)
    require_words("reason", reason, "Say why.")
    asked = {
        "action": action,
        "markers": markers,
        "scope": scope,
        "starts_at": starts_at,
        "review_by": review_by,
        "expires_at": expires_at,
    }
    try:
        asked["scope"] = None if scope is None else normalised(scope)
    except ValueError as error:
        raise Unfit("This cannot be a scope.", {"scope": [str(error)]}) from error
    narrower = narrowed(term, {name: value for name, value in asked.items() if value is not None}, at=now)
    done = narrow_term(term, narrower, by=by, at=now, reason=reason)
    publish_entry_soon(entry.pk, entry.hotlist_id)
    record(
        Verb.ENTRY_NARROWED, target=entry, by=by, plate=term.version.plate, also=[done], what=done.what, reason=reason
    )
    return done


def narrow_term(
    term: Term, changes: dict[str, Any], *, by: User, at: dt.datetime, reason: str, **reviewed: dt.datetime
) -> Narrowing:
    """Writes that less holds from now on, whoever was asked whether it may; a review may move `review_by` beside."""
    return Narrowing.objects.create(
        entry=term.entry, term=continue_term(term, from_at=at, **changes | reviewed), narrowed_by=by, narrowed_at=at,
        what=in_words(term, changes), reason=reason,
    )  # fmt: skip


def narrowed(term: Term, asked: dict[str, Any], *, at: dt.datetime) -> dict[str, Any]:
    """What changes of the term, of what was asked; review-by never lies after the end. Raises Unfit with what would not
    narrow, or when nothing would change."""
    wrong: dict[str, list[str]] = {}
    changes: dict[str, Any] = {}
    for name, value in asked.items():
        effect = effect_of(name, getattr(term, name), value)
        if effect in (Effect.WIDENS, Effect.EITHER):
            wrong[name] = [
                "This is not less than what holds now. Ask for more with a new version, which another decides."
            ]
        elif effect == Effect.NARROWS:
            changes[name] = sorted(value) if name == "markers" else value
    for name in ("review_by", "expires_at"):
        if name in changes and changes[name] <= at:
            wrong[name] = ["Give a time in the future. To end it now, withdraw it; to hold it back, suspend it."]
    ends = changes.get("expires_at", term.expires_at)
    changes_review = min(changes.get("review_by", term.review_by), ends)
    if changes_review != term.review_by:
        changes["review_by"] = changes_review
    if not wrong and "starts_at" in changes and changes["starts_at"] >= min(ends, changes_review):
        wrong["starts_at"] = ["It starts before its review and its end."]
    if wrong:
        raise Unfit("Only what narrows is done at once.", wrong)
    if not changes:
        raise Unfit("Nothing would become less.", {"": ["Choose what is to become less."]})
    return changes


def in_words(term: Term, changes: dict[str, Any]) -> str:
    """What becomes less: “Action: Stop → Assess; Markers: FI, VI → FI”."""
    return "; ".join(
        f"{_WHAT[name]}: {_shown(getattr(term, name))} → {_shown(changes[name])}"
        for name in NARROWABLE
        if name in changes
    )


def _shown(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return short(value)
    if isinstance(value, dict):
        return in_words_of_scope(read(value))
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return Action(value).label
