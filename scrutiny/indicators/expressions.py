"""Expressions that several indicators are written with."""

from django.db.models import CharField, IntegerField, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from audit.models import Event, EventQuerySet
from audit.verbs import Verb
from scrutiny.indicators.indicator import Span

NOBODY = Value(None, output_field=IntegerField())
NOTHING = Value("", output_field=CharField())
SEARCHING = Q(verb__in=[Verb.PLATE_SEARCHED, Verb.PLATES_SEARCHED]) | (Q(verb=Verb.HITS_SEARCHED) & ~Q(plate_hash=""))


def text(expression: str | Combinable) -> Cast:
    """As the text of a matter."""
    return Cast(expression, TextField())


def both(one: str, other: str) -> Concat:
    """Two ids as one matter."""
    return Concat(text(one), Value(" ", output_field=TextField()), text(other))


def peoples(span: Span) -> EventQuerySet:
    """What people did within the span, as the log has it."""
    return Event.objects.between(span.since, span.until).filter(actor_kind="user")


def person(column: str = "actor_id") -> Cast:
    """The person that an event names by the text of their id."""
    return Cast(column, IntegerField())
