"""What the log does not tell everybody who reads it: rooms say whose words are for those alone who were given a thing (R-123)."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

# (who reads, ids of things of one kind) -> those whose words are not for this reader
Veil = Callable[[Any, set[str]], set[str]]
_veils: dict[str, tuple[Veil, str]] = {}


def register(kind: str, veil: Veil, name: str) -> None:
    """`name` is what sentences call such a thing. Called from AppConfig.ready()."""
    _veils[kind] = veil, name


def veiled(subjects: dict[UUID, list[str]], by: Any) -> dict[UUID, str]:
    """Event -> what to call what it is about, of those (event -> its subjects) that mention a thing that is not for this reader.
    That it happened, who did it and when is told all the same."""
    ids: dict[str, set[str]] = defaultdict(set)
    for subject in {subject for named in subjects.values() for subject in named}:
        kind, _, id = subject.rpartition(":")
        if kind in _veils:
            ids[kind].add(id)
    hidden = {f"{kind}:{id}": _veils[kind][1] for kind, asked in ids.items() for id in _veils[kind][0](by, asked)}
    return {
        event: next(hidden[subject] for subject in named if subject in hidden)
        for event, named in subjects.items()
        if not hidden.keys().isdisjoint(named)
    }
