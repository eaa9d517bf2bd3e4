"""What acts on an entry share: the locked entry, its plate, words that may not be empty, and the term that begins."""

import datetime as dt

from accounts.models import Actor
from hotlists import policies
from hotlists.models import Entry, EntryVersion, Term
from portal.errors import Unfit


def locked(entry: Entry, *, by: Actor) -> Entry:
    """The entry under its lock. Raises Stranger when it does not exist for the actor."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=entry.pk)
    policies.require_sight(by, entry.hotlist)
    return entry


def open_term(
    version: EntryVersion, *, from_at: dt.datetime, review_by: dt.datetime, emergency_ends_at: dt.datetime | None = None
) -> None:
    """Closes the term that governs and begins another."""
    Term.objects.filter(entry_id=version.entry_id, until_at=None).update(until_at=from_at)
    Term.objects.create(
        entry_id=version.entry_id, version=version, from_at=from_at, starts_at=version.starts_at, review_by=review_by,
        expires_at=version.expires_at, emergency_ends_at=emergency_ends_at,
    )  # fmt: skip


def plate_of(entry: Entry) -> tuple[str, str]:
    """Country and plate of the latest version."""
    return entry.versions.latest("number").plate


def require_words(field: str, words: str, ask: str) -> None:
    """Raises Unfit when nothing was said."""
    if not words.strip():
        raise Unfit(ask, {field: [ask]})
