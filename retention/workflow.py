"""The states of a deletion run."""

from portal.workflow import Moves
from retention.models import DeletionRun

Status = DeletionRun.Status

RUN = Moves(
    "deletion run",
    {
        Status.PREVIEWED: {Status.RUNNING: "start"},
        Status.RUNNING: {Status.DONE: "certify", Status.FAILED: "certify with problems"},
        Status.DONE: {},
        Status.FAILED: {},
    },
)
