"""What of one area's year was sampled, found, mended and is open (R-067). Figures only: they name no vehicle and nobody."""

import datetime as dt
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from scrutiny.indicators import INDICATORS
from scrutiny.models import Area, Finding, Sample, SampleAnswer, SampleItem, Signal

# Which kinds of acts an indicator judges belong to which area.
AREA_OF_ACTS = {
    "hotlists.Decision": Area.AUTHORITY, "hotlists.EntryVersion": Area.AUTHORITY, "hotlists.Review": Area.AUTHORITY,
    "audit.Event": Area.SEARCH, "hits.Hit": Area.HIT,
}  # fmt: skip


def span_of_year(year: int) -> tuple[dt.datetime, dt.datetime]:
    """From New Year in London to the next."""
    zone = timezone.get_default_timezone()
    return dt.datetime(year, 1, 1, tzinfo=zone), dt.datetime(year + 1, 1, 1, tzinfo=zone)


def figures_of(year: int, area: str) -> dict[str, Any]:
    """The figures as they are now."""
    since, until = span_of_year(year)
    items = SampleItem.objects.of_year(year).filter(area=area)
    samples = list(Sample.objects.filter(month__year=year).order_by("month"))
    answers = SampleAnswer.objects.filter(item__in=items)
    bad = Q()
    for name in SampleAnswer.QUESTIONS:
        bad |= Q(**{name: SampleAnswer.Found.NO})
    labels = [label for label, one in AREA_OF_ACTS.items() if one == area]
    signals = Signal.objects.filter(act_label__in=labels, opened_at__gte=since, opened_at__lt=until)
    found = Finding.objects.filter(Q(sample_answers__item__in=items) | Q(signal__in=signals)).distinct()
    by_status = dict(found.order_by().values_list("status").annotate(n=Count("pk", distinct=True)))
    judged = dict(signals.order_by().values_list("status").annotate(n=Count("pk")))
    return {
        "months": [sample.month.isoformat() for sample in samples],
        "population": sum(sample.population.get(area, 0) for sample in samples),
        "sampled": items.count(),
        "unanswered": items.unanswered().count(),
        "bad": answers.filter(bad).values("item").distinct().count(),
        "by_question": {
            name: answers.filter(**{name: SampleAnswer.Found.NO}).values("item").distinct().count()
            for name in SampleAnswer.QUESTIONS
        },
        "indicators": len(INDICATORS),
        "signals": {status: judged.get(status, 0) for status in Signal.Status.values},
        "findings": sum(by_status.values()),
        "mended": by_status.get(Finding.Status.SETTLED, 0),
        "open": by_status.get(Finding.Status.OPEN, 0),
        "to_test": by_status.get(Finding.Status.CLOSED, 0),
        "late": found.filter(closed_at__gt=F("due_at")).count(),
        "people": User.objects.filter(is_active=True).count(),
        "untrained": User.objects.filter(is_active=True, trained_until__lt=timezone.localdate()).count(),
    }


def years(now: dt.datetime) -> list[int]:
    """From the first year that was sampled until this one, the newest first."""
    this = timezone.localdate(now).year
    first = Sample.objects.order_by("month").values_list("month", flat=True).first()
    return list(range(this, (first.year if first else this) - 1, -1))
