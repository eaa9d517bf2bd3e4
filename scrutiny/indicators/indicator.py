"""What an indicator is: one documented query over what people did, and how acts that come together make one matter."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from scrutiny.models import Signal

MOST_KEPT = 100  # of the acts behind one signal are kept with it, the newest
GROUP = ("matter", "who", "other", "plate", "thing")
Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked back on, and the standards' numbers that hold."""

    until: dt.datetime
    numbers: Numbers

    @property
    def since(self) -> dt.datetime:
        """As far as indicators look back."""
        return self.until - dt.timedelta(days=self.numbers["indicator.window"])

    @property
    def long_since(self) -> dt.datetime:
        """As far as those look back that compare with what is usual."""
        return self.until - dt.timedelta(days=self.numbers["indicator.baseline"])


@dataclass(frozen=True, slots=True)
class Matter:
    """Acts of one indicator that belong together, and that no signal has told of yet."""

    key: str
    who: int | None
    other: int | None
    plate: str
    thing: str
    acts: list[uuid.UUID]
    count: int
    from_at: dt.datetime
    until_at: dt.datetime


@dataclass(frozen=True)
class Indicator:
    """One sign of misuse.

    `acts(span)` is the query: acts, each annotated with `matter` (what makes acts one matter), `moment`, `who`, `other` (ids of
    people, or none), `plate` (a keyed hash, or empty) and `thing` (the id of what it is about, or empty). A matter is told when
    it has `least` acts (the key of a number), and `keep(matters, span)` does not throw it out.
    """

    id: str
    title: str
    suggests: str
    innocent: str  # how it comes about without misuse, shown beside each signal
    acts: Callable[[Span], QuerySet[Any]]
    least: str
    numbers: tuple[str, ...] = ()  # further numbers that it is judged by
    about: str = ""  # the kind of thing
    keep: Callable[[list[Matter], Span], list[Matter]] | None = None

    def look(self, span: Span, growing: set[str]) -> tuple[str, list[Matter]]:
        """(kind of act, matters with acts that no signal told of): all that reach the number, and of `growing`, whose signals
        wait to be judged, every further act."""
        acts = self.acts(span)
        told = Signal.objects.filter(indicator=self.id, matter=OuterRef("matter"), until_at__gte=OuterRef("moment"))
        found = (
            acts.filter(~Exists(told)).order_by().values(*GROUP)
            .annotate(n=Count("pk"), since=Min("moment"), last=Max("moment"), all_ids=ArrayAgg("pk", order_by="-pk"))
            .annotate(ids=F(f"all_ids__0_{MOST_KEPT}"))
            .filter(Q(n__gte=span.numbers[self.least]) | Q(matter__in=growing))
            .order_by("matter")
            .values(*GROUP, "n", "since", "last", "ids")  # not all of them: some matters have tens of thousands
        )  # fmt: skip
        matters = [
            Matter(row["matter"], row["who"], row["other"], row["plate"] or "", str(row["thing"] or ""),
                   row["ids"], row["n"], row["since"], row["last"])
            for row in found
        ]  # fmt: skip
        if self.keep:
            grown = [matter for matter in matters if matter.key in growing]
            matters = grown + self.keep([matter for matter in matters if matter.key not in growing], span)
        return acts.model._meta.label, matters
