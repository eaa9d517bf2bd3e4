"""The verbs of hotlists."""

from .decisions import decide, resume, review, suspend, withdraw
from .entries import begin_entry, begin_version, edit_draft, open_entry, search_plate, submit
from .hotlists import create_hotlist, give_access

__all__ = [
    "begin_entry",
    "begin_version",
    "create_hotlist",
    "decide",
    "edit_draft",
    "give_access",
    "open_entry",
    "resume",
    "review",
    "search_plate",
    "submit",
    "suspend",
    "withdraw",
]
