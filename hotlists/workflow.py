"""The states of an entry's version, and of a load on its way into a feed."""

from hotlists.models import Bulk, EntryVersion, Justification, Load
from portal.workflow import Moves

Status = EntryVersion.Status

VERSION = Moves(
    "version",
    {
        Status.DRAFT: {Status.SUBMITTED: "submit", Status.EMERGENCY: "record emergency authority"},
        Status.SUBMITTED: {Status.APPROVED: "approve", Status.REJECTED: "reject", Status.RETURNED: "send back"},
        Status.EMERGENCY: {Status.APPROVED: "approve", Status.REJECTED: "reject", Status.RETURNED: "send back"},
        Status.APPROVED: {},
        Status.REJECTED: {},
        Status.RETURNED: {},
    },
)

LOAD = Moves(
    "load",
    {
        Load.Status.RECEIVED: {Load.Status.CHECKING: "begin to check", Load.Status.REFUSED: "refuse"},
        Load.Status.CHECKING: {Load.Status.CHECKED: "finish checking", Load.Status.REFUSED: "refuse"},
        Load.Status.CHECKED: {
            Load.Status.ACCEPTED: "accept",
            Load.Status.REFUSED: "refuse",
            Load.Status.RECEIVED: "check again",
        },
        Load.Status.ACCEPTED: {Load.Status.LOADED: "merge", Load.Status.RECEIVED: "check again"},
        Load.Status.LOADED: {},
        Load.Status.REFUSED: {},
    },
)

JUSTIFICATION = Moves(
    "justification of a list",
    {
        Justification.Status.PROPOSED: {
            Justification.Status.APPROVED: "approve",
            Justification.Status.REJECTED: "reject",
        },
        Justification.Status.APPROVED: {},
        Justification.Status.REJECTED: {},
    },
)

BULK = Moves(
    "piece of bulk work",
    {
        Bulk.Status.CHOOSING: {Bulk.Status.CHECKED: "plan a change", Bulk.Status.DISCARDED: "discard"},
        Bulk.Status.CHECKED: {Bulk.Status.WORKING: "write drafts", Bulk.Status.DISCARDED: "discard"},
        Bulk.Status.WORKING: {Bulk.Status.DONE: "finish"},
        Bulk.Status.DONE: {Bulk.Status.UNDONE: "undo"},
        Bulk.Status.DISCARDED: {},
        Bulk.Status.UNDONE: {},
    },
)
