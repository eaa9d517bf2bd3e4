"""What hits tell of lists: vehicles followed and never stopped, and matchers that do not forget."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hits.models import Caution, Hit, Outcome
from portal.partitions import uuid7_floor
from scrutiny.indicators.expressions import NOBODY, NOTHING, text
from scrutiny.indicators.indicator import Indicator, Span
from standards.models import Action

ACTED = Q(outcome__decision__in=[Outcome.Decision.DEPLOY, Outcome.Decision.BROADCAST, Outcome.Decision.PASSED])


def _received(span: Span) -> QuerySet[Hit]:
    """Bounded by the key too, so that only those months are read."""
    return Hit.objects.shown().filter(
        pk__gte=uuid7_floor(span.since), received_at__gte=span.since, received_at__lt=span.until
    )


def _followed(span: Span) -> QuerySet[Hit]:
    """Hits on an entry that asks for a stop, to none of which anybody was ever sent."""
    acted = Hit.objects.filter(ACTED, entry=OuterRef("entry"), pk__gte=uuid7_floor(span.long_since))
    found = _received(span).filter(
        ~Exists(acted), entry__isnull=False, closed_at__isnull=False, action__in=[Action.STOP, Action.ASSESS]
    )
    return found.annotate(
        matter=text("entry_id"), moment=F("received_at"), who=F("entry__created_by_id"), other=NOBODY, plate=NOTHING,
        thing=F("entry_id"),
    )  # fmt: skip


def _late(span: Span) -> QuerySet[Hit]:
    """Hits on what was no longer listed when it was seen, by matcher."""
    return _received(span).filter(cautions__contains=[Caution.NOT_IN_FORCE]).annotate(
        matter=text("matcher_id"), moment=F("received_at"), who=NOBODY, other=NOBODY, plate=NOTHING, thing=text("matcher_id")
    )  # fmt: skip


HITS = (
    Indicator(
        id="followed_not_stopped",
        title="Seen again and again, and nobody sent",
        suggests="A vehicle is tracked under an entry that asks for a stop: elsewhere ten sightings in a fortnight.",  # F-03
        innocent="No unit was free, or the vehicle was lost each time. Look at the reasons given with the hits, and who read them.",
        acts=_followed,
        least="indicator.followed.hits",
        numbers=("indicator.baseline",),
        about="hotlists.Entry",
    ),
    Indicator(
        id="late_hits",
        title="A matcher still looks for what has ended",
        suggests="A copy was not forgotten, or a list is read from somewhere else.",
        innocent="A car without contact keeps its copy for the offline life. Look when the matcher last proved what it holds.",
        acts=_late,
        least="indicator.late.hits",
        about="matchers.Matcher",
    ),
)
