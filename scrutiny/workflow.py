"""The states of a finding."""

from portal.workflow import Moves
from scrutiny.models import Finding

Status = Finding.Status

FINDING = Moves(
    "finding",
    {
        Status.OPEN: {Status.CLOSED: "answer"},
        Status.CLOSED: {Status.SETTLED: "test: it holds", Status.OPEN: "test: it does not hold"},
        Status.SETTLED: {},
    },
)
