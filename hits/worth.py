"""What a list led to, for who has to say whether it is still worth its intrusion."""

import datetime as dt
from collections.abc import Iterable

from hits.models import Hit, Outcome
from hotlists.models import Hotlist

_SUCCESS = (Outcome.Result.ARREST, Outcome.Result.SEIZURE, Outcome.Result.REPORT, Outcome.Result.FOUND_SAFE)
_WRONG = (Outcome.Result.WRONG_VEHICLE, Outcome.Result.WRONG_PERSON)


def hits_of(hotlist: Hotlist, since: dt.datetime, until: dt.datetime) -> Iterable[tuple[str, int]]:
    """Hits in this time, and how they ended."""
    hits = Hit.objects.shown().filter(hotlist=hotlist, received_at__gte=since, received_at__lte=until)
    yield "Hits", hits.count()
    yield "Hits with an outcome", hits.exclude(closed_at=None).count()
    yield "Arrests, seizures, reports, people found safe", hits.filter(outcome__result__in=_SUCCESS).count()
    yield "Wrong vehicle or person", hits.filter(outcome__result__in=_WRONG).count()
