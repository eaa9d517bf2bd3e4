"""The verbs of hotlists."""

from .decisions import decide
from .entries import begin_entry, begin_version, edit_draft, open_entry, submit
from .feeds import agree, lift, propose_agreement, search_rows, suspend_row
from .hotlists import change_hotlist, close_hotlist, create_hotlist, give_access, hand_over, take_access
from .justifications import decide_justification, propose_justification
from .loads import accept, check, merge, receive, refuse, resume_unfinished, take_problems
from .narrowings import narrow
from .owners import pass_on
from .reviews import extend, review
from .search import search_plate
from .suspensions import dispute, resume, suspend
from .tallies import count_hit, count_outcomes
from .withdrawals import ask_again, withdraw

__all__ = [
    "accept",
    "agree",
    "ask_again",
    "begin_entry",
    "begin_version",
    "change_hotlist",
    "check",
    "close_hotlist",
    "count_hit",
    "count_outcomes",
    "create_hotlist",
    "decide",
    "decide_justification",
    "dispute",
    "edit_draft",
    "extend",
    "give_access",
    "hand_over",
    "lift",
    "merge",
    "narrow",
    "open_entry",
    "pass_on",
    "propose_agreement",
    "propose_justification",
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
    "take_access",
    "take_problems",
    "withdraw",
]
