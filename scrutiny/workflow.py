"""The states of a finding, of a concern and of a signal."""

from portal.workflow import Moves
from scrutiny.models import Concern, Finding, Signal

Status = Finding.Status

FINDING = Moves(
    "finding",
    {
        Status.OPEN: {Status.CLOSED: "answer"},
        Status.CLOSED: {Status.SETTLED: "test: it holds", Status.OPEN: "test: it does not hold"},
        Status.SETTLED: {},
    },
)

Judged = Signal.Status

SIGNAL = Moves(
    "signal",
    {
        Judged.OPEN: {Judged.TAKEN_UP: "take up", Judged.DISMISSED: "dismiss"},
        Judged.TAKEN_UP: {},
        Judged.DISMISSED: {},
    },
)

Case = Concern.Status

CONCERN = Moves(
    "concern",
    {
        Case.OPEN: {Case.ANSWERED: "answer"},
        Case.ANSWERED: {Case.OPEN: "take up again"},
    },
)
