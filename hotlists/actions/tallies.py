"""Keeping count of an entry's hits: called by whoever takes hits in, inside their act, whose event tells of it."""

from collections import Counter

from django.db import transaction

from accounts.models import Actor
from hotlists.models import Entry, HitTally


@transaction.atomic
def count_hit(entry: Entry, *, by: Actor) -> None:
    """One more hit on this entry."""
    tally = _locked(entry)
    tally.hits += 1
    tally.save(update_fields=["hits"])


@transaction.atomic
def count_outcomes(entry: Entry, outcome: str, *, by: Actor, times: int = 1) -> None:
    """So many hits on this entry ended so."""
    tally = _locked(entry)
    tally.outcomes = dict(Counter(tally.outcomes) + Counter({outcome: times}))
    tally.save(update_fields=["outcomes"])


def _locked(entry: Entry) -> HitTally:
    HitTally.objects.bulk_create([HitTally(entry=entry)], ignore_conflicts=True)
    return HitTally.objects.select_for_update().get(entry=entry)
