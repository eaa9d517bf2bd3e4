"""What waits for a person on their home page: each room registers the questions it can answer."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: its words, where to go, how many, since when, how it looks (waiting, lapsing, stopped)."""

    title: str
    url: str
    count: int | None = None
    since: dt.datetime | None = None
    tone: str = "waiting"


Question = Callable[[Any, dt.datetime], Iterable[Item]]
_questions: list[Question] = []


def register(question: Question) -> None:
    """`question(user, now)` yields what waits for this person; called from AppConfig.ready()."""
    _questions.append(question)


def items_for(user: Any, now: dt.datetime) -> list[Item]:
    """Everything that waits for this person, the most urgent tone first, then the oldest."""
    order = {"stopped": 0, "lapsing": 1, "waiting": 2}
    found = [item for question in _questions for item in question(user, now) if item.count != 0]
    return sorted(found, key=lambda item: (order.get(item.tone, 3), item.since or now))
