"""What matchers reported of an entry since somebody last looked at it."""

from collections import Counter
from dataclasses import dataclass

from hotlists.models import Entry, HitTally


@dataclass(frozen=True, slots=True)
class SinceLast:
    """Hits since the last review, how they ended, and how many review periods running, this one included, had none."""

    hits: int
    outcomes: dict[str, int]
    quiet_periods: int


def since_last_review(entry: Entry) -> SinceLast:
    """Every review notes what came since the one before it, so that the rest came since the last."""
    tally = HitTally.objects.filter(entry=entry).first() or HitTally(entry=entry)
    reviews = list(entry.reviews.order_by("-reviewed_at").values_list("hits_since_last", "outcomes_since_last"))
    hits = max(tally.hits - sum(noted for noted, _ in reviews), 0)
    outcomes = Counter(tally.outcomes)
    for _, noted in reviews:
        outcomes.subtract(noted)
    quiet = 0
    for noted in (hits, *(noted for noted, _ in reviews)):
        if noted:
            break
        quiet += 1
    return SinceLast(hits, {name: n for name, n in sorted(outcomes.items()) if n > 0}, quiet)
