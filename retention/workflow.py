"""The states of a deletion run, and of a month that it takes out whole."""

from portal.workflow import Moves
from retention.models import DeletionRun, DroppedMonth

Status = DeletionRun.Status
Step = DroppedMonth.Step

RUN = Moves(
    "deletion run",
    {
        Status.PREVIEWED: {Status.RUNNING: "start"},
        Status.RUNNING: {Status.PAUSED: "pause", Status.DONE: "certify", Status.FAILED: "certify with problems"},
        Status.PAUSED: {Status.RUNNING: "go on"},
        Status.DONE: {},
        Status.FAILED: {},
    },
)

MONTH = Moves(
    "month that goes whole",
    {
        Step.PLANNED: {Step.HELD_COPIED: "move aside what stays"},
        Step.HELD_COPIED: {Step.HELD_COPIED: "move aside again", Step.DETACHED: "take out of its table"},
        Step.DETACHED: {Step.QUIET: "erase its words, count"},
        Step.QUIET: {Step.DROPPED: "drop"},
        Step.DROPPED: {Step.CERTIFIED: "certify"},
        Step.CERTIFIED: {},
    },
    field="step",
)
