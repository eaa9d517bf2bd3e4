"""What the lists that somebody may see hold of a plate, or of plates like it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Actor
from hotlists.models import Entry, EntryVersion, FeedRow, Hotlist, Term
from hotlists.models.feeds import FeedRowQuerySet
from hotlists.models.matching import found_by
from hotlists.patterns import Plan


@dataclass
class Found:
    """Entries, newest first, and rows of feeds, by plate; as many as may be shown, and whether there are more."""

    entries: list[Entry] = field(default_factory=list)
    rows: list[FeedRow] = field(default_factory=list)
    has_more_entries: bool = False
    has_more_rows: bool = False
    only_known_forms: bool = False
    most: int = 0

    @property
    def plates(self) -> set[tuple[str, str]]:
        """(country, plate) of all that was found."""
        matched = {version.plate for entry in self.entries for version in entry.matched}
        return matched | {row.plate for row in self.rows}

    @property
    def countries(self) -> set[str]:
        """Of all that was found."""
        return {country for country, _ in self.plates}


def rows_like(plan: Plan, lists: Iterable[uuid.UUID], country: str | None = None) -> FeedRowQuerySet:
    """Rows of these feeds that the plan finds, in an order in which the first are cheap.

    Lists by their numbers, so that PostgreSQL looks only into their partitions.
    """
    return found_by(FeedRow.objects.filter(hotlist__in=lists, **({"country": country} if country else {})), plan)


def find(plan: Plan, *, by: Actor, at: dt.datetime, most: int, country: str | None = None) -> Found:
    """What the plan finds on the lists that `by` may see: entries any version of which matches, and rows of feeds.

    Entries come with their latest version and force, and `matched`: their versions that match, each with `governs`;
    `matches_now` says whether one of those is the latest or the one in force.
    """
    lists = list(Hotlist.objects.visible_to(by).order_by().values_list("pk", "kind"))
    feeds = [pk for pk, kind in lists if kind == Hotlist.Kind.FEED]
    managed = [pk for pk, kind in lists if kind != Hotlist.Kind.FEED]
    found = Found(most=most, only_known_forms=plan.only_known_forms)
    versions = found_by(EntryVersion.objects.filter(entry__hotlist__in=managed), plan)
    if country:
        versions = versions.filter(country=country)
    some = list(versions.values_list("entry_id", flat=True)[: most * 3])
    keys = list(dict.fromkeys(some))
    found.has_more_entries = len(keys) > most or len(some) == most * 3
    found.entries = _entries(keys[:most], versions, at)
    rows = list(rows_like(plan, feeds, country).with_force(at).select_related("hotlist")[: most + 1])
    found.has_more_rows = len(rows) > most
    found.rows = sorted(rows[:most], key=lambda row: (row.vrm, row.hotlist.title, row.country, row.ref))
    return found


def _entries(keys: list, versions, at: dt.datetime) -> list[Entry]:
    if not keys:
        return []
    entries = list(Entry.objects.filter(pk__in=keys).with_latest_version().with_force(at).order_by("-id"))
    governing = dict(Term.objects.filter(entry__in=keys).governing(at).values_list("entry_id", "version_id"))
    matched: dict = {}
    for version in versions.filter(entry__in=keys).order_by("number").only("entry", "number", "vrm", "country"):
        version.governs = governing.get(version.entry_id) == version.pk
        matched.setdefault(version.entry_id, []).append(version)
    for entry in entries:
        entry.matched = matched[entry.pk]
        entry.matches_now = any(
            version.governs or (version.vrm, version.country) == (entry.vrm, entry.country) for version in entry.matched
        )
    return entries
