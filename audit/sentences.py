"""Events as sentences that a data protection officer can read."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.models import Event, EventDetail
from audit.verbs import Verb


class _Words(dict[str, object]):
    """What an event's sentence is filled from; what is not known reads as an ellipsis rather than failing."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Told:
    """One event with its sentence and its words (empty when they were erased)."""

    event: Event
    sentence: str
    words: dict[str, object]


def tell(events: Iterable[Event]) -> list[Told]:
    """The events as sentences, in their order, in one query more."""
    events = list(events)
    bodies = dict(EventDetail.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body"))
    return [_told(event, bodies.get(event.pk)) for event in events]


def _told(event: Event, body: dict[str, object] | None) -> Told:
    if body is None:
        words = _Words(actor=f"{event.actor_kind} {event.actor_id}", subject=f"{event.subject_kind} (erased)")
        return Told(event, _fill(event.verb, words), {})
    return Told(event, _fill(event.verb, _Words(body)), body)


def _fill(verb: str, words: _Words) -> str:
    try:
        sentence = Verb(verb).label
    except ValueError:  # written by a later version of the portal
        sentence = f"{{actor}}: {verb} {{subject}}"
    told = sentence.format_map(words)
    return told[:1].upper() + told[1:]
