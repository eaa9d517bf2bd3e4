"""Which entries a list of them shows, and in which order: what a page, the API, a saved filter and an export narrow by."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, Subquery, TextChoices, When

from accounts.models import Actor, User
from hotlists.models import Entry, EntryVersion, Suspension, Term, filters
from hotlists.models.entries import EntryQuerySet
from hotlists.models.versions import EntryVersionQuerySet
from hotlists.waiting import SOON

MOST_LISTED = 1000  # whoever needs to look further narrows, or asks the API page by page


class State(TextChoices):
    """How an entry stands."""

    IN_FORCE = "in-force", "In force"
    LAPSING = "lapsing", "Lapses within two days"
    WAITING = "waiting", "Waits for a decision"
    OVERDUE = "overdue", "Overdue for review"
    SUSPENDED = "suspended", "Suspended or disputed"
    OUT = "out", "Out of force"
    RETURNED = "returned", "Sent back"
    DRAFT = "draft", "Draft"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Order(TextChoices):
    """What comes first."""

    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    LAPSE = "lapse", "Soonest to lapse"
    REVIEW = "review", "Soonest to review"


MINE = "me"
FIELDS = filters.FIELDS["entries"]
OTHERS = "others"
QUEUE_FIELDS = filters.FIELDS["decisions"]


def listed(asked: dict[str, Any], *, by: Actor, at: dt.datetime) -> EntryQuerySet:
    """Entries that `by` may see, narrowed and ordered by what was asked (FIELDS); unknown words narrow to nothing."""
    entries = Entry.objects.visible_to(by)
    if asked.get("list"):
        entries = entries.filter(hotlist__slug=asked["list"])
    written = {"category": asked.get("category"), "source_ref__icontains": asked.get("ref")}
    if written := {lookup: value for lookup, value in written.items() if value}:
        entries = entries.filter(_latest_fits(**written))
    if asked.get("owner"):
        is_own = asked["owner"] == MINE and isinstance(by, User)
        entries = entries.filter(owner=by) if is_own else entries.filter(owner__username=asked["owner"])
    if asked.get("review"):
        due = Term.objects.filter(entry=OuterRef("pk"), review_by__lte=at + dt.timedelta(days=int(asked["review"])))
        entries = entries.filter(Exists(due.governing(at)), withdrawn_at=None)
    if asked.get("state"):
        entries = _STATES[State(asked["state"])](entries, at)
    return _ordered(entries, Order(asked.get("order") or Order.NEWEST))


def queued(asked: dict[str, Any], *, by: User) -> EntryVersionQuerySet:
    """Versions that wait for this person's decision, or (`show`: OTHERS) for others', the most urgent first, narrowed by
    what was asked (QUEUE_FIELDS)."""
    waiting = mine = EntryVersion.objects.decidable_by(by)
    if asked.get("show") == OTHERS:
        waiting = EntryVersion.objects.awaiting_decision().visible_to(by).exclude(pk__in=mine.values("pk"))
    columns = {"priority": "priority", "category": "category", "hotlist": "entry__hotlist__slug"}
    return waiting.filter(
        **{column: asked[name] for name, column in columns.items() if asked.get(name)}
    ).most_urgent_first()


def first_keys(entries: EntryQuerySet) -> list[uuid.UUID]:
    """Keys of as many as a list shows, and one more where there are more: the count and the pages in one cheap query."""
    return list(entries.values_list("pk", flat=True)[: MOST_LISTED + 1])


def as_shown(keys: Sequence[uuid.UUID], at: dt.datetime) -> list[Entry]:
    """These entries in this order, with all that a table shows of them."""
    found = Entry.objects.filter(pk__in=keys).with_latest_version().with_force(at)
    entries = {entry.pk: entry for entry in found}
    return [entries[key] for key in keys if key in entries]


def _latest(**conditions: Any) -> Exists:
    """That the latest version is so."""
    later = EntryVersion.objects.filter(entry=OuterRef("entry"), number__gt=OuterRef("number"))
    return Exists(EntryVersion.objects.filter(~Exists(later), entry=OuterRef("pk"), **conditions).order_by())


def _latest_fits(**conditions: Any) -> Subquery:
    """The same for what most entries may fit: looked at entry by entry, in the order asked for, until a list is full."""
    latest = EntryVersion.objects.filter(entry=OuterRef("pk")).order_by("-number")
    fits = Case(When(**conditions, then=True), default=False)
    return Subquery(latest.annotate(fits=fits).values("fits")[:1])


def _suspended(entries: EntryQuerySet, at: dt.datetime) -> EntryQuerySet:
    return entries.filter(Exists(Suspension.objects.filter(entry=OuterRef("pk")).open_at(at)), withdrawn_at=None)


def _out(entries: EntryQuerySet, at: dt.datetime) -> EntryQuerySet:
    """Decided once, not withdrawn, and for whatever reason not in force."""
    governed = Exists(Term.objects.filter(entry=OuterRef("pk")).governing(at))
    return entries.filter(governed, withdrawn_at=None).exclude(pk__in=Entry.objects.in_force(at).values("pk"))


def _of_status(status: str) -> Callable[[EntryQuerySet, dt.datetime], EntryQuerySet]:
    return lambda entries, at: entries.filter(_latest(status=status), withdrawn_at=None)


_STATES: dict[State, Callable[[EntryQuerySet, dt.datetime], EntryQuerySet]] = {
    State.IN_FORCE: lambda entries, at: entries.in_force(at),
    State.LAPSING: lambda entries, at: entries.lapsing(at, SOON),
    State.WAITING: _of_status(EntryVersion.Status.SUBMITTED),
    State.OVERDUE: lambda entries, at: entries.overdue_for_review(at),
    State.SUSPENDED: _suspended,
    State.OUT: _out,
    State.RETURNED: _of_status(EntryVersion.Status.RETURNED),
    State.DRAFT: _of_status(EntryVersion.Status.DRAFT),
    State.WITHDRAWN: lambda entries, at: entries.exclude(withdrawn_at=None),
}


def _ordered(entries: EntryQuerySet, order: Order) -> EntryQuerySet:
    if order in (Order.NEWEST, Order.OLDEST):
        return entries.order_by("-id" if order == Order.NEWEST else "id")
    # At most one term of an entry is open, which the database holds; those without one come last.
    entries = entries.alias(term=FilteredRelation("terms", condition=Q(terms__until_at=None)))
    column = "term__lapses_at" if order == Order.LAPSE else "term__review_by"
    return entries.order_by(F(column).asc(nulls_last=True), "id")


def standing(entry: Entry) -> str:
    """How an entry with its latest version and force stands, in words."""
    if entry.withdrawn_at:
        return "Withdrawn"
    if entry.is_stopped:
        return "Suspended"
    if entry.is_in_force:
        return "In force"
    if entry.lapses_at:
        return "Out of force"
    return str(EntryVersion.Status(entry.status).label)
