"""What acts on an entry share: the locked entry, its plate, words that may not be empty, and the term that begins."""

import datetime as dt
from typing import Any

from accounts.models import Actor
from hotlists import policies
from hotlists.actions.limits import require_room
from hotlists.models import Entry, EntryVersion, Term
from portal.errors import TooLate, Unfit


def locked(entry: Entry, *, by: Actor) -> Entry:
    """The entry under its lock. Raises Stranger when it does not exist for the actor."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=entry.pk)
    policies.require_sight(by, entry.hotlist)
    return entry


def open_term(
    version: EntryVersion, *, from_at: dt.datetime, review_by: dt.datetime, emergency_ends_at: dt.datetime | None = None
) -> Term:
    """A version begins to govern, as it was approved; the term that governed until now is closed."""
    return _next(
        version, from_at=from_at, action=version.action, markers=version.markers, scope=version.scope,
        starts_at=version.starts_at, review_by=review_by, expires_at=version.expires_at, emergency_ends_at=emergency_ends_at,
    )  # fmt: skip


def continue_term(term: Term, *, from_at: dt.datetime, **changes: Any) -> Term:
    """The same version governs on, with these changes to what its term says."""
    kept = ("action", "markers", "scope", "starts_at", "review_by", "expires_at", "emergency_ends_at")
    return _next(term.version, from_at=from_at, **{name: getattr(term, name) for name in kept} | changes)


def _next(version: EntryVersion, *, from_at: dt.datetime, **facts: Any) -> Term:
    require_room(version, from_at, with_waiting=False)
    Term.objects.filter(entry_id=version.entry_id, until_at=None).update(until_at=from_at)
    return Term.objects.create(entry_id=version.entry_id, version=version, from_at=from_at, **facts)


def open_term_of(entry: Entry, *, at: dt.datetime) -> Term:
    """The term that governs and has not expired. Raises TooLate when there is none."""
    term = entry.terms.filter(until_at=None).select_related("version").first()
    if term is None or term.expires_at <= at:
        raise TooLate("This entry is not approved or has expired. It comes back only as a new request.")
    return term


def plate_of(entry: Entry) -> tuple[str, str]:
    """Country and plate of the latest version."""
    return entry.versions.latest("number").plate


def require_words(field: str, words: str, ask: str) -> None:
    """Raises Unfit when nothing was said."""
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
