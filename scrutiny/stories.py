"""Everything about one record or one case, from its first request to its deletion, as the log tells it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min, Q

from accounts.models import Actor, StatedReason
from audit.models import Event, EventQuerySet
from audit.reading import Shown, shown
from audit.veils import hidden
from audit.verbs import Operation
from hotlists.models import EntryVersion
from retention.models import Certificate, LegalHold

CASE = "case"  # the kind of story that is no record: what was asked, listed and held under one reference
PAGE = 100
MOST_THINGS = 500  # of one case
MOST_CERTIFICATES = 5


@dataclass(frozen=True, slots=True)
class Story:
    """One story: what it is of, and which events tell it, the oldest first."""

    kind: str
    ref: str
    name: str
    is_gone: bool
    events: EventQuerySet
    by: Actor

    @property
    def what(self) -> str:
        """For the log itself."""
        return f"the story of {self.kind}:{self.ref}"


def story_of(kind: str, ref: str, *, by: Actor) -> Story | None:
    """The story of a record that is or was, or of a case; None where the log knows nothing of it. What this reader was not
    given is not named to them (R-123)."""
    if "\0" in ref:  # which no text of the database holds
        return None
    things, name, is_gone = _of_case(ref) if kind == CASE else _of_record(kind, ref, by)
    if not things:
        return None
    events = Event.objects.telling_of(things).order_by("pk")
    return Story(kind, ref, name, is_gone, events, by) if kind == CASE or events.exists() else None


def _of_record(kind: str, ref: str, by: Actor) -> tuple[dict[str, list[str]], str, bool]:
    try:
        model = apps.get_model(kind)
        found = model._base_manager.filter(pk=ref).first()
    except (LookupError, ValueError, ValidationError):  # no kind of ours, or nothing that could name one
        return {}, "", False
    subject = f"{kind}:{ref}"
    kept = hidden({subject}, by).get(subject)
    return {kind: [ref]}, kept or str(found or f"{model._meta.verbose_name} {ref[-8:]}"), found is None


def _of_case(ref: str) -> tuple[dict[str, list[str]], str, bool]:
    found = {
        "accounts.statedreason": StatedReason.objects.filter(case_ref=ref).values_list("pk", flat=True),
        "hotlists.entry": EntryVersion.objects.filter(source_ref=ref).values_list("entry_id", flat=True).distinct(),
        "retention.legalhold": LegalHold.objects.as_placed().filter(case_ref=ref).values_list("pk", flat=True),
    }
    things = {kind: [str(pk) for pk in ids.order_by()[:MOST_THINGS]] for kind, ids in found.items()}
    return {kind: ids for kind, ids in things.items() if ids}, f"case {ref}", False


@dataclass(frozen=True, slots=True)
class Sums:
    """A story in numbers."""

    acts: int
    looks: int
    people: int
    first_at: dt.datetime
    last_at: dt.datetime


LOOK = Q(operation=Operation.CONSULTATION)


def sums_of(story: Story) -> Sums:
    """In one query."""
    found = story.events.order_by().aggregate(
        acts=Count("pk", filter=~LOOK), looks=Count("pk", filter=LOOK), first_at=Min("at"), last_at=Max("at"),
        people=Count("actor_id", distinct=True, filter=Q(actor_kind="user")),
    )  # fmt: skip
    return Sums(**found)


def told(
    story: Story, *, after: uuid.UUID | None = None, with_looks: bool = True
) -> tuple[list[Shown], uuid.UUID | None]:
    """One page of sentences, and where the next begins (None at the end)."""
    events = story.events if with_looks else story.events.exclude(LOOK)
    if after:
        events = events.filter(pk__gt=after)
    page = list(events[: PAGE + 1])
    return shown(page[:PAGE], story.by), page[PAGE - 1].pk if len(page) > PAGE else None


def went_with(story: Story, last_at: dt.datetime) -> list[Certificate]:
    """The certificates of deletion among which that of a record that is gone is: they name no record (R-065)."""
    if not story.is_gone:
        return []
    label = apps.get_model(story.kind)._meta.label
    later = Certificate.objects.filter(issued_at__gte=last_at, lines__contains=[{"label": label}]).order_by("pk")
    return list(later[:MOST_CERTIFICATES])
