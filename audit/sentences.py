"""Events as sentences that a data protection officer can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from audit.models import Event, EventDetail
from audit.veils import hidden
from audit.verbs import Verb

WITHHELD = "What was said is for those who were given what it is about."


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
    subjects: tuple[str, ...] = ()
    is_veiled: bool = False


def tell(events: Iterable[Event], by: Any = None) -> list[Told]:
    """The events as sentences, in their order, in one query more, and one where words were erased; for a reader who was not
    given all things, in a few more."""
    events = list(events)
    details = EventDetail.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body", "subjects")
    bodies, subjects = {}, {}
    for pk, body, named in details:
        bodies[pk], subjects[pk] = body, named
    kept = hidden({subject for named in subjects.values() for subject in named}, by) if by is not None else {}
    erased = {event.actor_id for event in events if event.pk not in bodies and event.actor_kind == "user"}
    people = {str(one.pk): str(one) for one in get_user_model().objects.filter(pk__in=erased)} if erased else {}
    return [
        _told(event, bodies[event.pk], subjects[event.pk], kept) if event.pk in bodies else _erased(event, people)
        for event in events
    ]


def _erased(event: Event, people: dict[str, str]) -> Told:
    actor = people.get(event.actor_id) if event.actor_kind == "user" else None
    words = _Words(actor=actor or f"{event.actor_kind} {event.actor_id}", subject=f"{event.subject_kind} (erased)")
    return Told(event, _fill(event.verb, words), {})


def _told(event: Event, body: dict[str, object], subjects: list[str], kept: dict[str, str]) -> Told:
    names = [kept[subject] for subject in subjects if subject in kept]
    if names and (event.count or 0) <= 1:  # an act on many things names none of them
        return _veiled(event, body, names[0])
    return Told(event, _fill(event.verb, _Words(body)), body, tuple(one for one in subjects if one not in kept))


def _veiled(event: Event, body: dict[str, object], name: str) -> Told:
    known = {word: body[word] for word in ("actor", "role", "count") if word in body}
    return Told(
        event, _fill(event.verb, _Words(known | {"subject": name})), known | {"withheld": WITHHELD}, is_veiled=True
    )


def _fill(verb: str, words: _Words) -> str:
    try:
        sentence = Verb(verb).label
    except ValueError:  # written by a later version of the portal
        sentence = f"{{actor}}: {verb} {{subject}}"
    told = sentence.format_map(words)
    return told[:1].upper() + told[1:]
