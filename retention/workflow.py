"""The states of a deletion run, of a month that it takes out whole, and of a change of a period."""

from portal.workflow import Moves
from retention.models import DeletionRun, DroppedMonth, PeriodChange

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

PERIOD = Moves(
    "change of a period",
    {
        PeriodChange.Status.PROPOSED: {PeriodChange.Status.IN_FORCE: "agree", PeriodChange.Status.DECLINED: "decline"},
        PeriodChange.Status.IN_FORCE: {},
        PeriodChange.Status.DECLINED: {},
    },
)
