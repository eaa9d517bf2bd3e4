"""What is wanted: lists, entries and their versions, decisions, the terms in which a version governs."""

from .agreements import ImportProfile, ProfileContribution, SourceAgreement, layout_of
from .bulk import Bulk, BulkRow, Release
from .decisions import APPROVING, Decision
from .declared import ConflictAnswer, ConflictReport, DeclaredVehicle
from .departures import Departure, Recovery, StagedRecovery
from .emergencies import EmergencyAuthority
from .entries import Entry
from .feeds import FeedException, FeedRow
from .filters import SavedFilter
from .hotlists import Hotlist, HotlistGroupAccess, HotlistUserAccess
from .justifications import HotlistTerm, Justification
from .loads import Load, LoadProblem, StagedGone, StagedRepeat, StagedRow
from .notices import Notice, NoticeAnswer
from .reviews import HitTally, Review
from .suspensions import Suspension
from .terms import Narrowing, Term
from .unpublished import Unpublished
from .versions import Contribution, EntryVersion
from .warninglists import (
    Warninglist,
    WarninglistAnswer,
    WarninglistEdition,
    WarninglistItem,
    WarninglistProblem,
    WarninglistUse,
)

__all__ = [
    "APPROVING",
    "Bulk",
    "BulkRow",
    "ConflictAnswer",
    "ConflictReport",
    "Contribution",
    "Decision",
    "DeclaredVehicle",
    "Departure",
    "EmergencyAuthority",
    "Entry",
    "EntryVersion",
    "FeedException",
    "FeedRow",
    "HitTally",
    "Hotlist",
    "HotlistGroupAccess",
    "HotlistTerm",
    "HotlistUserAccess",
    "ImportProfile",
    "Justification",
    "Load",
    "LoadProblem",
    "Narrowing",
    "Notice",
    "NoticeAnswer",
    "ProfileContribution",
    "Recovery",
    "Release",
    "Review",
    "SavedFilter",
    "SourceAgreement",
    "StagedGone",
    "StagedRecovery",
    "StagedRepeat",
    "StagedRow",
    "Suspension",
    "Term",
    "Unpublished",
    "Warninglist",
    "WarninglistAnswer",
    "WarninglistEdition",
    "WarninglistItem",
    "WarninglistProblem",
    "WarninglistUse",
    "layout_of",
]
