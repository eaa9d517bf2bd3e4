"""What one line of the retention schedule says, and the short ways to write one."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Q
from django.db.models.expressions import Combinable

from portal.partitions import month_start


class Fate(StrEnum):
    """What happens to a kind of record when its period ends."""

    ERASE = "erase"
    WITH = "goes with its parent"
    KEEP = "keep"


# `since` of tables whose key is a UUIDv7: the moment in the key.
ITS_ID = "its id"
EVERY = Q()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A moment that stands in another table: the first of `field` where each lookup there equals the column here."""

    label: str
    field: str
    match: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Longer:
    """Rows that are kept beyond the period of their kind, for what a row of another table says of them."""

    label: str
    path: str  # from there to the row that is kept
    where: Q
    since: str  # a field there
    months: int
    basis: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of record lives. Models are named by label, since the schedule stands below them."""

    label: str
    fate: Fate
    words: str  # the period as people say it, and from when
    basis: str
    months: int = 0
    since: str | Combinable | Elsewhere = ""  # the moment the period starts: a field, or an expression over fields
    where: Q = EVERY  # which rows the rule is for
    blocked_by: tuple[str, ...] = ()  # "app.Model.field": rows there that point here keep this one
    held_through: tuple[str, ...] = ()  # fields to records whose hold holds this one too
    longer: tuple[Longer, ...] = ()
    may_be_held: bool = False
    case_paths: tuple[str, ...] = ()  # fields of it, or of what points at it, that may name a case
    by_month: bool = False  # all of a calendar month go together, once the last of them is past its period
    asks: bool = False  # goes only when a person who has seen what would go releases it with a run
    list_path: str = ""  # the way to its hotlist: each list may keep it for a shorter time
    version: int = 1  # 1 as delivered; each change of its period is another
    shorter: tuple[tuple[uuid.UUID, int], ...] = ()  # hotlists that keep it for fewer months
    leaves_traces: bool = True  # its words in the log and its column differences go with it
    parent: str = ""  # of what goes with its parent
    path: str = ""  # the way to the parent

    def cut_off(self, as_of: dt.datetime) -> dt.datetime:
        """Records whose period started before this moment are past it."""
        moment = months_before(as_of, self.months)
        return month_start(moment) if self.by_month else moment

    def ended(self, as_of: dt.datetime) -> Q:
        """Rows, annotated with `since`, that are past it: by the period for all, or by the shorter one of their hotlist."""
        late = Q(since__lt=self.cut_off(as_of))
        for hotlist, months in self.shorter:
            late |= Q(**{self.list_path: hotlist}, since__lt=replace(self, months=months).cut_off(as_of))
        return late

    @property
    def can_change(self) -> bool:
        """Whether its period is one of months that a force may set."""
        return self.fate == Fate.ERASE and self.months > 0


def erase(label: str, words: str, basis: str, *, months: int, since: str | Combinable | Elsewhere, **more) -> Rule:
    """Erased once `months` have passed since a moment."""
    return Rule(label, Fate.ERASE, words, basis, months=months, since=since, **more)


def goes_with(parent: str, *pairs: tuple[str, str], leaves_traces: bool = True) -> list[Rule]:
    """Erased when its parent is, in this order; each pair is a label and its way to the parent."""
    return [
        Rule(
            label,
            Fate.WITH,
            f"with its {parent.split('.')[1]}",
            "",
            parent=parent,
            path=path,
            leaves_traces=leaves_traces,
        )
        for label, path in pairs
    ]


def keep(words: str, basis: str, *labels: str) -> list[Rule]:
    """Not erased by the portal, for the reason given."""
    return [Rule(label, Fate.KEEP, words, basis) for label in labels]


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same time of day, so many months earlier; on the last day of that month where it is too short."""
    count = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(count, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=min(day, moment.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
