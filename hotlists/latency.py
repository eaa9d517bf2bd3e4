"""How long lists took to let go: from what happened to the end of the entry that followed from it, by list and month (R-024)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Actor
from hotlists.models import Entry

MONTHS = 12


class Percentile(Aggregate):
    """The value below which this share of the values lies, between two of them where it has to."""

    template = "percentile_cont(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression, share: float, **extra):
        super().__init__(expression, share=float(share), **extra)


@dataclass(frozen=True, slots=True)
class Removals:
    """The removals of one list in one month, or of all lists and months asked for."""

    count: int
    median: dt.timedelta
    ninety_fifth: dt.timedelta
    worst: dt.timedelta
    late: int
    slug: str = ""
    title: str = ""
    month: dt.date | None = None


def removals(by: Actor, at: dt.datetime, aim: dt.timedelta, *, hotlist: str = "") -> list[Removals]:
    """By month, newest first, and list, of the lists that `by` sees; `late` took longer than `aim`. No vehicle is named."""
    known = _known(by, at, hotlist)
    months = known.annotate(month=TruncMonth("withdrawn_at", tzinfo=timezone.get_default_timezone()))
    keys = ("month", "hotlist__slug", "hotlist__title")
    found = months.values(*keys).annotate(**_measured(aim)).order_by("-month", "hotlist__title")
    return [
        Removals(
            **_numbers(row),
            slug=row["hotlist__slug"],
            title=row["hotlist__title"],
            month=timezone.localtime(row["month"]).date(),
        )
        for row in found
    ]


def all_removals(by: Actor, at: dt.datetime, aim: dt.timedelta, *, hotlist: str = "") -> Removals | None:
    """Of all of them together; None where nothing was removed for something that happened at a known time."""
    known = _known(by, at, hotlist)
    total = known.aggregate(**_measured(aim))
    return Removals(**_numbers(total)) if total["count"] else None


def _known(by: Actor, at: dt.datetime, hotlist: str):
    """Withdrawn in the last months, of which it is known when what ended them happened."""
    took = ExpressionWrapper(F("withdrawn_at") - F("happened_at"), output_field=DurationField())
    since = (timezone.localtime(at).replace(day=1) - dt.timedelta(days=30 * (MONTHS - 1))).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    known = Entry.objects.visible_to(by).filter(withdrawn_at__gte=since, happened_at__isnull=False).order_by()
    return (known.filter(hotlist__slug=hotlist) if hotlist else known).annotate(took=took)


def _measured(aim: dt.timedelta) -> dict:
    return {
        "count": Count("pk"), "median": Percentile("took", 0.5), "ninety_fifth": Percentile("took", 0.95),
        "worst": Max("took"), "late": Count("pk", filter=Q(took__gt=aim)),
    }  # fmt: skip


def _numbers(row: dict) -> dict:
    return {name: row[name] for name in ("count", "median", "ninety_fifth", "worst", "late")}
