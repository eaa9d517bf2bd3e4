"""What is wanted: lists, entries and their versions, decisions, the terms in which a version governs."""

from .decisions import Decision, Review, Suspension, Term
from .entries import Entry
from .hotlists import Hotlist, HotlistGroupAccess, HotlistUserAccess
from .versions import Contribution, EntryVersion

__all__ = [
    "Contribution",
    "Decision",
    "Entry",
    "EntryVersion",
    "Hotlist",
    "HotlistGroupAccess",
    "HotlistUserAccess",
    "Review",
    "Suspension",
    "Term",
]
