"""How fresh each matcher's copy of each list is, and what is not proved forgotten (R-104). Reads only."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from hotlists.models import Entry, Hotlist
from matchers.models import (
    DoorList,
    FeedList,
    Matcher,
    Publication,
    PublishedRow,
    Recall,
    RecallHolder,
    Receipt,
    RevisionDoor,
)

SILENT_AFTER = dt.timedelta(minutes=5)
FORGOTTEN_WITHIN = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Copy:
    """One matcher's copy of one list: what it should hold, what it last proved to hold."""

    matcher: Matcher
    hotlist: Hotlist
    asked: Publication | None
    proved: Receipt | None
    last: Receipt | None
    open_recalls: int
    recalled_since: dt.datetime | None
    now: dt.datetime
    is_unsigned: bool = False
    said: DoorList | None = None

    @property
    def is_ending(self) -> bool:
        """Whether the list was taken from this matcher."""
        return self.asked is not None and self.asked.is_ending

    @property
    def is_silent(self) -> bool:
        """Whether the matcher has not been heard of for minutes; one that asks by revision numbers, for an offline life."""
        if self.is_unsigned:
            return is_silent(self.matcher, self.now, after=dt.timedelta(hours=self.hotlist.offline_life_hours))
        return is_silent(self.matcher, self.now)

    @property
    def is_current(self) -> bool:
        """Whether it proved to hold what it should."""
        return self.asked is not None and self.proved is not None and self.proved.revision == self.asked.revision

    @property
    def word(self) -> str:
        """How the copy stands, in words."""
        return self._standing[0]

    @property
    def tone(self) -> str:
        """How the copy stands, in a tone."""
        return self._standing[1]

    @property
    def why(self) -> str:
        """What that means."""
        return self._standing[2]

    @property
    def _standing(self) -> tuple[str, str, str]:
        if self.asked is None:
            return "Nothing published", "waiting", "the list is published within seconds of being given"
        if self.is_unsigned:
            return self._unsigned
        if self.last is not None and not self.last.is_right and self.last.revision == self.asked.revision:
            return "Wrong answer", "stopped", "what it answered is not what it should hold"
        if self.is_silent:
            forgotten = "; its rows are not proved forgotten" if self.is_ending or self.open_recalls else ""
            return "Silent", "stopped", f"it has not asked for anything for minutes{forgotten}"
        if self.is_ending:
            return "Taken away", "lapsing", "it has not yet proved that it unloaded the list"
        if self.proved is None:
            return "Not proved", "waiting", "it has given no receipt yet"
        if not self.is_current:
            return "Behind", "lapsing", f"proved revision {self.proved.revision} of {self.asked.revision}"
        return "Current", "in-force", ""

    @property
    def _unsigned(self) -> tuple[str, str, str]:
        unproved = "unsigned: cannot be proved forgotten"
        said = self.said
        revision = "it has not said what it holds"
        if said is not None and said.held_number is not None:
            is_newest = self.asked is not None and said.held_revision == self.asked.revision
            revision = f"it says that it holds {'the newest file' if is_newest else 'an older file'}"
        if self.is_silent:
            return "Silent", "stopped", f"it has not asked for anything for an offline life; {unproved}"
        if self.is_ending:
            return "Taken away", "stopped", f"{revision}; {unproved}"
        return "Unsigned", "lapsing", f"{revision}; {unproved}"


def is_silent(matcher: Matcher, now: dt.datetime, *, after: dt.timedelta = SILENT_AFTER) -> bool:
    """Whether the matcher has not been heard of for as long, by default for minutes."""
    return (matcher.last_seen_at or matcher.added_at) < now - after


def copies(hotlists: QuerySet[Hotlist], now: dt.datetime, *, of: Matcher | None = None) -> list[Copy]:
    """Every copy of these lists that is given or not yet proved gone, by matcher and list. A fixed number of queries."""
    carried = FeedList.objects.carried().filter(role__hotlist__in=hotlists)
    if of is not None:
        carried = carried.filter(feed=of.feed_id)
    carried = carried.select_related("feed__matcher__machine", "role__hotlist", "ending")
    newest = {each.hotlist_id: each for each in Publication.objects.current().filter(hotlist__in=hotlists)}
    receipts = Receipt.objects.filter(matcher__feed__lists__in=carried, hotlist__in=hotlists)
    last = _by_copy(receipts.latest_each())
    proved = _by_copy(receipts.right().latest_each())
    recalls = {
        (row["matcher"], row["hotlist"]): row
        for row in RecallHolder.objects.open()
        .filter(hotlist__in=hotlists)
        .values("matcher", "hotlist")
        .annotate(open=Count("pk"), since=Min("recall__opened_at"))
    }
    unsigned = set(RevisionDoor.objects.values_list("matcher", flat=True))
    said = {(each.door_id, each.hotlist_id): each for each in DoorList.objects.filter(hotlist__in=hotlists)}
    found = []
    for each in carried:
        key = (each.feed.matcher.pk, each.role_id)
        recalled = recalls.get(key, {})
        found.append(
            Copy(
                matcher=each.feed.matcher, hotlist=each.role.hotlist, asked=each.ending or newest.get(each.role_id),
                proved=proved.get(key), last=last.get(key), open_recalls=recalled.get("open", 0),
                recalled_since=recalled.get("since"), now=now, is_unsigned=key[0] in unsigned, said=said.get(key),
            )
        )  # fmt: skip
    return sorted(found, key=lambda copy: (copy.matcher.name, copy.hotlist.title))


def _by_copy(receipts: Iterable[Receipt]) -> dict[tuple, Receipt]:
    return {(receipt.matcher_id, receipt.hotlist_id): receipt for receipt in receipts}


@dataclass(frozen=True, slots=True)
class Held:
    """What one matcher holds of one entry."""

    matcher: Matcher
    is_wanted: bool
    proved_at: dt.datetime | None
    revision: int | None
    forgotten_at: dt.datetime | None
    recalled_at: dt.datetime | None
    is_silent: bool
    is_unsigned: bool = False

    @property
    def forgotten_clock(self) -> str:
        """When the proof came, to the second, on the clock here."""
        return timezone.localtime(self.forgotten_at).strftime("%H:%M:%S") if self.forgotten_at else ""

    @property
    def seconds_to_forget(self) -> float | None:
        """From the recall's cause to the proof."""
        if self.forgotten_at is None or self.recalled_at is None:
            return None
        return (self.forgotten_at - self.recalled_at).total_seconds()


def held_of_entry(entry: Entry, now: dt.datetime) -> list[Held]:
    """Who holds this entry now, or has to prove that it is forgotten; one line a matcher."""
    rows = PublishedRow.objects.filter(hotlist=entry.hotlist_id, ref=str(entry.pk))
    current = rows.current().first()
    found: dict[object, Held] = {}
    copies_recalled = (
        RecallHolder.objects.filter(recall__in=Recall.objects.of_entry(entry.hotlist_id, str(entry.pk)))
        .select_related("matcher", "recall")
        .order_by("recall__opened_at")
    )
    if current is None:
        unsigned = set(RevisionDoor.objects.values_list("matcher", flat=True))
        for copy in copies_recalled:
            since = entry.withdrawn_at if entry.withdrawn_at else copy.recall.opened_at
            found[copy.matcher_id] = Held(
                copy.matcher,
                False,
                None,
                None,
                copy.closed_at,
                since,
                is_silent(copy.matcher, now),
                copy.matcher_id in unsigned,
            )
        return list(found.values())
    for copy in copies_of(entry.hotlist, now):
        proof = copy.proved
        has_proved = proof is not None and proof.revision >= current.since_revision and not copy.is_ending
        found[copy.matcher.pk] = Held(
            copy.matcher, not copy.is_ending, proof.received_at if proof and has_proved else None,
            proof.revision if proof and has_proved else None, None, None, copy.is_silent, copy.is_unsigned,
        )  # fmt: skip
    return list(found.values())


def copies_of(hotlist: Hotlist, now: dt.datetime) -> list[Copy]:
    """Every copy of one list."""
    return copies(Hotlist.objects.filter(pk=hotlist.pk), now)


def proved_gone(matcher: Matcher, hotlists: QuerySet[Hotlist]) -> dict[uuid.UUID, dt.datetime]:
    """Lists that were taken from this matcher and that it has proved to hold no more, with when."""
    gone = FeedList.objects.filter(feed=matcher.feed_id, role__hotlist__in=hotlists).exclude(unloaded_at=None)
    return dict(gone.values_list("role_id", "unloaded_at"))
