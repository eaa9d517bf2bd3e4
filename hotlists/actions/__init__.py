"""The verbs of hotlists."""

from .decisions import decide
from .entries import begin_entry, begin_version, edit_draft, open_entry, submit
from .feeds import agree, lift, propose_agreement, search_rows, suspend_row
from .hotlists import create_hotlist, give_access
from .loads import accept, check, merge, receive, refuse, resume_unfinished, take_problems
from .narrowings import narrow
from .reviews import review
from .search import search_plate
from .suspensions import resume, suspend
from .withdrawals import withdraw

__all__ = [
    "accept",
    "agree",
    "begin_entry",
    "begin_version",
    "check",
    "create_hotlist",
    "decide",
    "edit_draft",
    "give_access",
    "lift",
    "merge",
    "narrow",
    "open_entry",
    "propose_agreement",
    "receive",
    "refuse",
    "resume",
    "resume_unfinished",
    "review",
    "search_plate",
    "search_rows",
    "submit",
    "suspend",
    "suspend_row",
    "take_problems",
    "withdraw",
]
