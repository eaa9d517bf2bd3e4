"""The log as it is read: narrowed, a page at a time, as sentences with their facts and the columns that changed."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from audit.actions import plate_hash
from audit.models import ColumnChange, Event, EventQuerySet
from audit.sentences import Told, tell

PAGE = 50
MOST_CHANGES = 20  # of one event: a bulk load may touch thousands of rows


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changed in the same request or task: what kind, what was done, and the columns."""

    kind: str
    act: str
    columns: list[tuple[str, Any, Any]]


@dataclass(slots=True)
class Shown:
    """One event as a page shows it."""

    told: Told
    facts: list[tuple[str, Any]]
    subject_url: str
    changes: list[Change] = field(default_factory=list)

    @property
    def day(self) -> dt.date:
        """The day in London on which it was."""
        return timezone.localtime(self.told.event.at).date()

    @property
    def commitment(self) -> str:
        """In hexadecimal."""
        return bytes(self.told.event.commitment).hex()


def narrowed(asked: dict[str, Any], span: tuple[Any, Any]) -> EventQuerySet:
    """The events that a filter asks for, newest first. `asked` is a LogForm's cleaned data."""
    found = Event.objects.between(*span).newest_first()
    if asked.get("who"):
        person = get_user_model().objects.filter(username=asked["who"]).first()
        found = found.by_actor("user", str(person.pk)) if person else found.filter(actor_id=asked["who"])
    for name in ("operation", "verb"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if asked.get("about"):
        kind, _, id = asked["about"].strip().lower().partition(":")
        found = found.about(kind, id) if id else found.filter(subject_kind=kind)
    if asked.get("plate"):
        found = found.of_plate(plate_hash(asked["country"], asked["plate"]))
    return found


def in_words(asked: dict[str, Any]) -> str:
    """What was asked for, for the log itself: a plate is only said to have been one."""
    given = [
        f"{name} {asked[name]}" for name in ("who", "operation", "verb", "about", "since", "until") if asked.get(name)
    ]
    if asked.get("plate"):
        given.append("one plate")
    return ", ".join(given) or "the newest events"


def page_of(events: EventQuerySet, before: uuid.UUID | None = None) -> tuple[list[Event], uuid.UUID | None]:
    """One page, and where the next begins (None at the end)."""
    if before:
        events = events.filter(pk__lt=before)
    found = list(events[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def shown(events: Iterable[Event], by: Any) -> list[Shown]:
    """Events with all that is known of them and that this reader may be told, in a few queries however many."""
    told = tell(events, by)
    changes = _changes(told)
    return [Shown(one, _facts(one), _url(one.event), changes[one.event.pk]) for one in told]


def _changes(told: list[Told]) -> dict[uuid.UUID, list[Change]]:
    """The rows that changed in the same request or task and that the event is about; no more than a page can show."""
    about = {one.event.pk: one.subjects for one in told if not one.is_veiled}
    ids = {subject.rpartition(":")[2] for subjects in about.values() for subject in subjects}
    rows = ColumnChange.objects.filter(cid__in={one.event.correlation_id for one in told}, object_pk__in=ids)
    found: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for row in rows.select_related("content_type").order_by("id"):
        kind = row.content_type
        found[row.cid or "", f"{kind.app_label}.{kind.model}:{row.object_pk}"].append(_change(row))
    return {
        one.event.pk: [
            change for subject in about.get(one.event.pk, []) for change in found[one.event.correlation_id, subject]
        ][:MOST_CHANGES]
        for one in told
    }


def _change(row: ColumnChange) -> Change:
    columns = [
        (name.replace("_", " "), None if old in ("None", "") else old, None if new in ("None", "") else new)
        for name, (old, new) in sorted((row.changes or {}).items())
        if old != new
    ]
    return Change(row.content_type.name, {0: "written", 1: "changed", 2: "deleted"}.get(row.action, ""), columns)


# Said by the sentence, or shown apart.
SAID = {"actor", "subject", "count"}


def _facts(one: Told) -> list[tuple[str, Any]]:
    event, words = one.event, one.words
    facts: list[tuple[str, Any]] = [
        ("Act", f"{event.verb} ({event.get_operation_display().lower()})"),  # type: ignore[attr-defined]
        ("Who", f"{words.get('actor', '')} · {event.actor_kind} {event.actor_id}".lstrip(" ·")),
        ("About", f"{event.subject_kind} {event.subject_id}"),
    ]
    for name, value in words.items():
        if name not in SAID and value not in (None, "", []):
            label = name.replace("_", " ").replace(" ip", " address").capitalize()
            facts.append((label, ", ".join(map(str, value)) if isinstance(value, list) else value))
    if event.count is not None:
        facts.append(("How many", event.count))
    if not words:
        facts.append(("Words", "Erased with the records they were about; the event stays."))
    return facts


def _url(event: Event) -> str:
    """The subject's own page, where its kind has one by the house's names."""
    try:
        return reverse(f"{event.subject_kind.rpartition('.')[2]}_detail", args=[event.subject_id])
    except NoReverseMatch:
        return ""
