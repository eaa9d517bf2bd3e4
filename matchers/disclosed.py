"""How unsigned files stand: what of each was taken back, and whether its recipient knows. Reads only."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from hotlists.models import Entry, Hotlist
from matchers.models import Disclosure, DisclosureTold
from matchers.unsigned.carrying import counts_taken_back, disclosed_with, untold
from standards.models import StandardsProfile


@dataclass(frozen=True, slots=True)
class File:
    """One file that left, and how it stands now."""

    disclosure: Disclosure
    taken_back: int
    untold: int
    is_more: bool
    last_told: DisclosureTold | None

    @property
    def word(self) -> str:
        """In words."""
        return self._standing[0]

    @property
    def tone(self) -> str:
        """In a tone."""
        return self._standing[1]

    @property
    def _standing(self) -> tuple[str, str]:
        if self.last_told is not None and self.last_told.is_destroyed:
            return "Said to be destroyed", "none"
        if self.untold:
            return "Recipient to be told", "stopped"
        if self.taken_back:
            return "Not provable, told", "lapsing"
        return "Not provable", "waiting"


def files_of(disclosures: list[Disclosure]) -> list[File]:
    """Each of these files as it stands; three queries however many."""
    if not disclosures:
        return []
    most = StandardsProfile.objects.in_force(timezone.now()).number("search.shown.most")
    counts = counts_taken_back(disclosures, most)
    tellings = DisclosureTold.objects.filter(disclosure__in=disclosures).order_by(
        "disclosure_id", "-is_destroyed", "-id"
    )
    told = {each.disclosure_id: each for each in tellings.distinct("disclosure_id").select_related("told_by")}
    return [
        File(each, *counts[each.pk], is_more=counts[each.pk][0] >= most, last_told=told.get(each.pk))
        for each in disclosures
    ]


def of_list(hotlist: Hotlist, most: int) -> list[File]:
    """The newest files of one list."""
    found = Disclosure.objects.filter(hotlist=hotlist).select_related("hotlist", "taken_by")
    return files_of(list(found[:most]))


def of_entry(entry: Entry, most: int) -> list[Disclosure]:
    """The files in which this entry left: wherever they are, nothing can prove it gone from them."""
    keys = disclosed_with(entry.hotlist, str(entry.pk))
    return list(Disclosure.objects.filter(pk__in=keys).select_related("taken_by")[:most])


def to_be_told(hotlists: QuerySet[Hotlist]) -> tuple[int, dt.datetime | None]:
    """How many files were taken of which their recipients have to be told something, and when the first was."""
    keys = untold(hotlists)
    first = Disclosure.objects.filter(pk__in=keys).order_by("id").values_list("taken_at", flat=True).first()
    return len(keys), first
