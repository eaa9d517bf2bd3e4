"""What a list led to, as higher rooms count it: each registers a measure, and a justification keeps what they said."""

import datetime as dt
from collections.abc import Callable, Iterable

from hotlists.models import Entry, FeedRow, Hotlist

# (list, since, until) -> (what, how many)
Measure = Callable[[Hotlist, dt.datetime, dt.datetime], Iterable[tuple[str, int]]]
_measures: list[Measure] = []


def register(measure: Measure) -> None:
    """Called from AppConfig.ready()."""
    _measures.append(measure)


def worth_of(hotlist: Hotlist, since: dt.datetime, until: dt.datetime) -> list[dict[str, object]]:
    """What the list held and led to in this time, as rows of `what` and `count`."""
    found = [*_held(hotlist, since, until)]
    for measure in _measures:
        found += measure(hotlist, since, until)
    return [{"what": what, "count": count} for what, count in found]


def _held(hotlist: Hotlist, since: dt.datetime, until: dt.datetime) -> Iterable[tuple[str, int]]:
    if hotlist.kind == Hotlist.Kind.FEED:
        yield "Rows now", FeedRow.objects.filter(hotlist=hotlist).running(until).count()
        return
    entries = Entry.objects.filter(hotlist=hotlist)
    yield "Entries written", entries.filter(created_at__gte=since).count()
    yield "Entries now within their dates", entries.governed_at(until).filter(withdrawn_at=None).count()
    withdrawn = entries.filter(withdrawn_at__gte=since)
    found = (Entry.WithdrawalReason.LOCATED, Entry.WithdrawalReason.RECOVERED, Entry.WithdrawalReason.ARRESTED,
             Entry.WithdrawalReason.FOUND_SAFE)  # fmt: skip
    yield "Entries ended by success", withdrawn.filter(withdrawal_reason__in=found).count()
    wrong = (
        Entry.WithdrawalReason.WRONG_VRM,
        Entry.WithdrawalReason.UNJUSTIFIED,
        Entry.WithdrawalReason.CLONE_CONFIRMED,
    )
    yield "Entries ended as wrong or unjustified", withdrawn.filter(withdrawal_reason__in=wrong).count()
