"""What people look at: one plate again and again, far more than their peers, or right after they had it listed."""

import datetime as dt

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value

from audit.models import Event
from audit.verbs import Verb
from scrutiny.indicators.expressions import NOBODY, NOTHING, SEARCHING, both, peoples, person, text
from scrutiny.indicators.indicator import Indicator, Matter, Span


def _one_plate(span: Span) -> QuerySet[Event]:
    """Searches of lists and of past hits for one plate, by person and the plate's keyed hash."""
    found = peoples(span).filter(SEARCHING).exclude(plate_hash="")
    return found.annotate(
        matter=both("actor_id", "plate_hash"),
        moment=F("at"),
        who=person(),
        other=NOBODY,
        plate=F("plate_hash"),
        thing=NOTHING,
    )


def _searches(span: Span) -> QuerySet[Event]:
    """All searches, by person."""
    found = peoples(span).filter(SEARCHING)
    return found.annotate(
        matter=text("actor_id"), moment=F("at"), who=person(), other=NOBODY, plate=NOTHING, thing=NOTHING
    )


def _far_from_the_others(matters: list[Matter], span: Span) -> list[Matter]:
    """Those who searched several times as often as the others did on average, where there are enough others to compare."""
    totals = peoples(span).filter(SEARCHING).order_by().values_list("actor_id").annotate(n=Count("pk"))
    by_person = {int(one): n for one, n in totals}
    others = len(by_person) - 1
    if others < span.numbers["indicator.peers.people"]:
        return []
    whole = sum(by_person.values())
    return [
        matter
        for matter in matters
        if matter.who is not None
        and by_person[matter.who] * others >= span.numbers["indicator.peers.times"] * (whole - by_person[matter.who])
    ]


def _listed_then_searched(span: Span) -> QuerySet[Event]:
    """Searches for a plate by whoever had submitted an entry for it within the minutes before."""
    minutes = dt.timedelta(minutes=span.numbers["indicator.listed.minutes"])
    before = ExpressionWrapper(OuterRef("at") - Value(minutes), output_field=DateTimeField())
    submitted = Event.objects.between(span.since - minutes, span.until).filter(
        verb=Verb.ENTRY_SUBMITTED, plate_hash=OuterRef("plate_hash"), actor_id=OuterRef("actor_id"),
        actor_kind="user", at__gte=before, at__lt=OuterRef("at"),
    )  # fmt: skip
    found = peoples(span).filter(SEARCHING, Exists(submitted)).exclude(plate_hash="")
    return found.annotate(
        matter=text("actor_id"), moment=F("at"), who=person(), other=NOBODY, plate=NOTHING, thing=NOTHING
    )


LOOKS = (
    Indicator(
        id="one_plate_again",
        title="One plate looked up again and again",
        suggests="Somebody follows a person they know: officers elsewhere looked up one plate 69 and 228 times.",  # F-09
        innocent="An officer in charge of a long case, or a control room that has the vehicle moving before it. Look whether the"
        " reasons name one case, and whether that person had a part in it.",
        acts=_one_plate,
        least="indicator.plate.looks",
    ),
    Indicator(
        id="far_from_peers",
        title="Searches far beyond those of others",
        suggests="Searching has become a habit, or is done for somebody else.",
        innocent="Some posts are there to search: an intelligence desk, or an officer lent to a large inquiry. Compare with people"
        " of the same post before anything else.",
        acts=_searches,
        least="indicator.peers.searches",
        numbers=("indicator.peers.times", "indicator.peers.people"),
        keep=_far_from_the_others,
    ),
    Indicator(
        id="listed_then_searched",
        title="Vehicles listed shortly before they were searched for",
        suggests="Entries are written so that a search has a reason.",
        innocent="A careful author looks whether the vehicle was seen lately, once the entry is in. Look whether the entries were"
        " decided, and whether they would have been written without the search.",
        acts=_listed_then_searched,
        least="indicator.listed.searches",
        numbers=("indicator.listed.minutes",),
    ),
)
