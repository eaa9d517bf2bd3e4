"""What the log does not tell everybody who reads it: rooms say whose words are for those alone who were given a thing (R-123)."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

# (who reads, ids of things of one kind) -> those whose words are not for this reader
Veil = Callable[[Any, set[str]], set[str]]
_veils: dict[str, tuple[Veil, str]] = {}


def register(kind: str, veil: Veil, name: str) -> None:
    """`name` is what sentences call such a thing. Called from AppConfig.ready()."""
    _veils[kind] = veil, name


def hidden(subjects: set[str], by: Any) -> dict[str, str]:
    """Of these subjects, as events name them, those that are not for this reader: what to call each."""
    ids: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        kind, _, id = subject.rpartition(":")
        if kind in _veils:
            ids[kind].add(id)
    return {f"{kind}:{id}": _veils[kind][1] for kind, asked in ids.items() for id in _veils[kind][0](by, asked)}
