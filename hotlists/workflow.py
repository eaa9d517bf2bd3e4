"""The states of an entry's version."""

from hotlists.models import EntryVersion
from portal.workflow import Moves

Status = EntryVersion.Status

VERSION = Moves(
    "version",
    {
        Status.DRAFT: {Status.SUBMITTED: "submit"},
        Status.SUBMITTED: {Status.APPROVED: "approve", Status.REJECTED: "reject", Status.RETURNED: "send back"},
        Status.APPROVED: {},
        Status.REJECTED: {},
        Status.RETURNED: {},
    },
)
