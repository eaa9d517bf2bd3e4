"""Taking rows away as a file, which is disclosure: it asks why, is recorded with what it held, and is marked throughout."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.models import Event
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.search import read_pattern
from hotlists.exports import Form, Watermark, as_csv, as_xlsx, is_suppressed, of_entry, of_row
from hotlists.listing import as_shown, listed
from hotlists.models import Entry, FeedRow
from hotlists.patterns import Likeness
from hotlists.searching import find
from portal.errors import Unfit
from portal.policies import require
from standards.models import StandardsProfile

A_TIME = 500  # entries read at a time


@dataclass(frozen=True)
class Export:
    """A file that was recorded and may be sent: in parts, as they are made."""

    parts: Iterator[bytes]
    media_type: str
    file_name: str


@transaction.atomic
def export_entries(asked: dict[str, Any], *, by: User, reason: str, form: Form, recipient: str = "") -> Export:
    """The entries that a list narrowed like this shows, for whoever takes them unless `recipient` says for whom (R-072).

    Raises Unfit where they are more than one file may hold.
    """
    require(policies.may_export(by))
    _require_reason(reason)
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    keys = list(listed(asked, by=by, at=now).values_list("pk", flat=True)[: profile.number("export.most") + 1])
    _require_few(len(keys), profile)
    what = "entries" + "".join(f", {name} {value}" for name, value in sorted(asked.items()) if value)
    hidden = _suppressed(profile)
    entries = [entry for some in _batches(keys) for entry in as_shown(some, now)]
    return _recorded(profile, entries, [], hidden, by=by, reason=reason, form=form, what=what, recipient=recipient)


@transaction.atomic
def export_search(
    typed: str,
    *,
    by: User,
    reason: str,
    form: Form,
    country: str | None = None,
    likeness: Likeness = Likeness.EXACT,
    recipient: str = "",
) -> Export:
    """What a search finds, as far as one file may hold. Raises Unfit beyond that, as the search itself does."""
    require(policies.may_search(by))
    require(policies.may_export(by))
    _require_reason(reason)
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    pattern, way = read_pattern(typed, likeness, profile)
    found = find(way, by=by, at=now, most=profile.number("export.most"), country=country or None)
    beyond = found.has_more_entries or found.has_more_rows
    _require_few(profile.number("export.most") + 1 if beyond else len(found.entries) + len(found.rows), profile)
    what = (
        "what a search for a plate found"
        if pattern.is_whole
        else f"what a search for plates like {pattern.typed} found"
    )
    hidden = _suppressed(profile)
    return _recorded(
        profile, found.entries, found.rows, hidden, by=by, reason=reason, form=form, what=what, recipient=recipient
    )


def _recorded(
    profile: StandardsProfile, entries: list[Entry], feed_rows: list[FeedRow], hidden: frozenset[str], *,
    by: User, reason: str, form: Form, what: str, recipient: str,
) -> Export:  # fmt: skip
    """Writes the event, with the keyed hash of every plate that leaves; the file holds what was recorded and nothing later."""
    everything: list[Any] = [*entries, *feed_rows]  # entries come with the plate of their latest version
    clear = [thing for thing in everything if not is_suppressed(thing, hidden)]
    count = len(entries) + len(feed_rows)
    also: list[models.Model] = [*entries, *{row.hotlist for row in feed_rows}]
    event = record(
        Verb.EXPORT_TAKEN, target=profile, by=by, count=count, also=also,
        plates={(thing.country, thing.vrm) for thing in clear}, what=what, form=form.value, withheld=count - len(clear),
        reason=reason, justification=reason, recipients=recipient.strip() or by.actor_label,
    )  # fmt: skip
    mark = _watermark(event, by, _why(reason, recipient), f"{what}; {count} rows")
    rows = [*(of_entry(entry, hidden) for entry in entries), *(of_row(row, hidden) for row in feed_rows)]
    parts = as_csv(rows, mark) if form == Form.CSV else as_xlsx(rows, mark)
    return Export(parts, form.media_type, f"{mark.file_name}.{form.value}")


def _why(reason: str, recipient: str) -> str:
    return f"{reason} (for {recipient.strip()})" if recipient.strip() else reason


def _watermark(event: Event, by: Actor, reason: str, what: str) -> Watermark:
    return Watermark(who=by.actor_label, at=event.at, why=reason, what=what, record=str(event.pk))


def _suppressed(profile: StandardsProfile) -> frozenset[str]:
    return frozenset(profile.categories.filter(is_suppression=True).values_list("code", flat=True))


def _batches(keys: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    return (keys[first : first + A_TIME] for first in range(0, len(keys), A_TIME))


def _require_few(number: int, profile: StandardsProfile) -> None:
    if number > (most := profile.number("export.most")):
        raise Unfit(f"These are more than {most:,} rows, the most that one file may hold. Narrow them first.")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Unfit("Say why you take this away.", {"reason": ["Enter the reason for taking this away."]})
