"""What is known of a plate while it is typed: how it is drawn, what warns of it, and what lists hold of it and of those like it."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Actor
from hotlists import warnings
from hotlists.models import Entry, FeedRow, Hotlist, Term
from hotlists.patterns import ALPHABET
from hotlists.searching import Found
from hotlists.warnings import Warned
from matcher_client import vrm as plates
from standards.models import Action


@dataclass(slots=True)
class PlateLook:
    """All that an author should see before they go on."""

    vrm: str
    country: str
    warnings: list[Warned] = field(default_factory=list)
    is_unknown: bool = False
    alternatives: list[str] = field(default_factory=list)
    same: list[Entry] = field(default_factory=list)
    alike: list[Entry] = field(default_factory=list)
    same_rows: list[FeedRow] = field(default_factory=list)
    alike_rows: list[FeedRow] = field(default_factory=list)
    neighbours: int = 0

    @property
    def has_findings(self) -> bool:
        """Whether there is anything to say."""
        return bool(
            self.warnings or self.is_unknown or self.alternatives or self.same or self.alike or self.same_rows
            or self.alike_rows or self.neighbours
        )  # fmt: skip


def look(vrm: str, country: str, found: Found, *, by: Actor, at: dt.datetime) -> PlateLook:
    """Sorts what a look-alike search found, and adds what the plate itself says (R-151, R-153, R-154, R-156)."""
    british = country in plates.BRITISH_ISLES
    notices = {notice.code for notice in plates.notices(vrm, timezone.localdate(at), country)}

    def is_same(one: Entry | FeedRow) -> bool:
        if isinstance(one, FeedRow):
            return one.plate == (country, vrm)
        return (country, vrm) in {version.plate for version in one.matched}  # type: ignore[attr-defined]

    standing = [entry for entry in found.entries if entry.withdrawn_at is None]
    return PlateLook(
        vrm,
        country,
        warnings=warnings.of(vrm, country, at),
        is_unknown="unknown_syntax" in notices,
        alternatives=plates.alternatives(vrm) if british else [],
        same=[entry for entry in standing if is_same(entry)],
        alike=[entry for entry in standing if not is_same(entry)],
        same_rows=[row for row in found.rows if is_same(row)],
        alike_rows=[row for row in found.rows if not is_same(row)],
        neighbours=_stops_near(vrm, by=by, at=at),
    )


def one_away(vrm: str) -> list[str]:
    """Every mark that differs from this one in one character (R-156)."""
    return [vrm[:n] + other + vrm[n + 1 :] for n, mine in enumerate(vrm) for other in ALPHABET if other != mine]


def _stops_near(vrm: str, *, by: Actor, at: dt.datetime) -> int:
    """Vehicles that officers are asked to stop, on lists one may see, whose plate differs in one character."""
    near = one_away(vrm)
    lists = Hotlist.objects.visible_to(by)
    stopping = Term.objects.filter(entry=OuterRef("pk"), version__vrm__in=near, action=Action.STOP).governing(at)
    entries = Entry.objects.in_force(at).filter(hotlist__in=lists).filter(Exists(stopping)).count()
    rows = FeedRow.objects.in_force(at).filter(hotlist__in=lists, vrm__in=near, action=Action.STOP).count()
    return entries + rows
