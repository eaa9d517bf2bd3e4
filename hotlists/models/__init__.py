"""What is wanted: lists, entries and their versions, decisions, the terms in which a version governs."""

from .decisions import APPROVING, Decision
from .entries import Entry
from .feeds import FeedException, FeedRow, SourceAgreement
from .hotlists import Hotlist, HotlistGroupAccess, HotlistUserAccess
from .justifications import HotlistTerm, Justification
from .loads import Load, LoadProblem, StagedGone, StagedRepeat, StagedRow
from .reviews import HitTally, Review
from .suspensions import Suspension
from .terms import Narrowing, Term
from .versions import Contribution, EntryVersion

__all__ = [
    "APPROVING",
    "Contribution",
    "Decision",
    "Entry",
    "EntryVersion",
    "FeedException",
    "FeedRow",
    "HitTally",
    "Hotlist",
    "HotlistGroupAccess",
    "HotlistTerm",
    "HotlistUserAccess",
    "Justification",
    "Load",
    "LoadProblem",
    "Narrowing",
    "Review",
    "SourceAgreement",
    "StagedGone",
    "StagedRepeat",
    "StagedRow",
    "Suspension",
    "Term",
]
