"""When people act: at hours of the day at which they never do otherwise."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from scrutiny.indicators.expressions import NOBODY, NOTHING, SEARCHING, both, person, text
from scrutiny.indicators.indicator import Indicator, Span

HOURS = 24
WORK = SEARCHING | Q(verb__in=[Verb.ENTRY_SUBMITTED, Verb.ENTRY_OPENED, Verb.HIT_OPENED, Verb.EXPORT_TAKEN])


def _work() -> QuerySet[Event]:
    """What people do with lists and hits, with the `hour` in London and `slot`: the person and the hour."""
    hour = ExtractHour("at", tzinfo=timezone.get_default_timezone())
    work = Event.objects.filter(WORK, actor_kind="user").annotate(hour=hour)
    return work.annotate(slot=both("actor_id", "hour"))


def _counted(found: QuerySet[Event]) -> Counter[tuple[str, int]]:
    rows = found.order_by().values_list("actor_id", "hour").annotate(n=Count("pk"))
    return Counter({(who, hour): n for who, hour, n in rows})


def unusual(slots: Iterable[tuple[str, int]], usual: Counter[tuple[str, int]], *, known: int, share: int) -> list[str]:
    """Of these (person, hour), as slots, those in which, with the hour before and after, less than `share` in a hundred of the
    person's acts fell; people of fewer than `known` acts have no usual hours yet."""
    whole = Counter[str]()
    for (who, _), n in usual.items():
        whole[who] += n
    return [
        f"{who} {hour}"
        for who, hour in slots
        if whole[who] >= known
        and 100 * sum(usual[who, (hour + step) % HOURS] for step in (-1, 0, 1)) < share * whole[who]
    ]


def _at_odd_hours(span: Span) -> QuerySet[Event]:
    """Acts at hours at which the person hardly acted in the months before the span."""
    usual = _counted(_work().between(span.long_since, span.since))
    work = _work().between(span.since, span.until)
    odd = unusual(
        _counted(work), usual, known=span.numbers["indicator.hours.known"], share=span.numbers["indicator.hours.share"]
    )
    return work.filter(slot__in=odd).annotate(
        matter=text("actor_id"), moment=F("at"), who=person(), other=NOBODY, plate=NOTHING, thing=NOTHING
    )


HOURS_OF_WORK = (
    Indicator(
        id="out_of_shift",
        title="At work when they never are",
        suggests="The portal is used off duty, or by somebody else under their name.",
        innocent="A change of shift, overtime or a call-out. The portal knows no duty roster: it compares with the person's own last"
        " months. Ask the line manager for the roster of those days.",
        acts=_at_odd_hours,
        least="indicator.hours.acts",
        numbers=("indicator.hours.known", "indicator.hours.share", "indicator.baseline"),
    ),
)
