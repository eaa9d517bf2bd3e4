"""The verbs of hotlists."""

from .agreements import agree, end_agreement, propose_agreement, renew_agreement
from .bulk import (
    change_entries,
    choose_entries,
    discard_bulk,
    discard_draft,
    plan_change,
    start_drafts,
    take_bulk_problems,
    undo_bulk,
    upload_entries,
    write_drafts,
)
from .bulk_owners import pass_several_on, plan_passing_on
from .checking import check
from .conflicts import report_conflict
from .decisions import decide
from .declared import answer_conflict, declare_vehicle, look_at_conflicts, look_at_declared, withdraw_declaration
from .emergencies import record_emergency
from .entries import begin_entry, begin_version, edit_draft, open_entry, submit
from .exceptions import (
    lift,
    look_at_departures,
    look_at_exceptions,
    look_at_reminders,
    mark_told,
    reconfirm,
    record_recovery,
    suspend_row,
    take_reminders,
    take_untold,
)
from .exports import export_entries, export_search
from .feeds import search_rows
from .filters import change_filter, drop_filter, save_filter
from .hotlists import change_hotlist, close_hotlist, create_hotlist, give_access, hand_over, take_access
from .inbox import look_into_inbox
from .interests import link_interest
from .justifications import decide_justification, propose_justification
from .loading import merge, resume_unfinished
from .loads import accept, receive, refuse, take_problems
from .looking import look_at_entries
from .narrowings import narrow
from .notices import answer_notice, open_notice, raise_notice
from .owners import pass_on
from .plates import look_up_plate
from .profiles import approve_profile, begin_profile, edit_profile, end_profile, propose_profile
from .releases import answer_releases, ask_release
from .reviews import extend, review
from .search import search_plate
from .suspensions import dispute, resume, suspend
from .tallies import count_hit, count_outcomes
from .warninglists import (
    accept_edition,
    answer_refusal,
    begin_warninglist,
    bring_back_edition,
    check_plate,
    discard_edition,
    load_warninglist,
    open_edition,
    retire_warninglist,
    take_edition_problems,
)
from .weeding import weed
from .withdrawals import ask_again, withdraw

__all__ = [
    "accept",
    "accept_edition",
    "agree",
    "answer_conflict",
    "answer_notice",
    "answer_refusal",
    "answer_releases",
    "approve_profile",
    "ask_again",
    "ask_release",
    "begin_entry",
    "begin_profile",
    "begin_version",
    "begin_warninglist",
    "bring_back_edition",
    "change_entries",
    "change_filter",
    "change_hotlist",
    "check",
    "check_plate",
    "choose_entries",
    "close_hotlist",
    "count_hit",
    "count_outcomes",
    "create_hotlist",
    "decide",
    "decide_justification",
    "declare_vehicle",
    "discard_bulk",
    "discard_draft",
    "discard_edition",
    "dispute",
    "drop_filter",
    "edit_draft",
    "edit_profile",
    "end_agreement",
    "end_profile",
    "export_entries",
    "export_search",
    "extend",
    "give_access",
    "hand_over",
    "lift",
    "link_interest",
    "load_warninglist",
    "look_at_conflicts",
    "look_at_declared",
    "look_at_departures",
    "look_at_entries",
    "look_at_exceptions",
    "look_at_reminders",
    "look_into_inbox",
    "look_up_plate",
    "mark_told",
    "merge",
    "narrow",
    "open_edition",
    "open_entry",
    "open_notice",
    "pass_on",
    "pass_several_on",
    "plan_change",
    "plan_passing_on",
    "propose_agreement",
    "propose_justification",
    "propose_profile",
    "raise_notice",
    "receive",
    "reconfirm",
    "record_emergency",
    "record_recovery",
    "refuse",
    "renew_agreement",
    "report_conflict",
    "resume",
    "resume_unfinished",
    "retire_warninglist",
    "review",
    "save_filter",
    "search_plate",
    "search_rows",
    "start_drafts",
    "submit",
    "suspend",
    "suspend_row",
    "take_access",
    "take_bulk_problems",
    "take_edition_problems",
    "take_problems",
    "take_reminders",
    "take_untold",
    "undo_bulk",
    "upload_entries",
    "weed",
    "withdraw",
    "withdraw_declaration",
    "write_drafts",
]
