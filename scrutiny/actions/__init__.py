"""The verbs of scrutiny: findings, concerns, signals of misuse, samples, certificates."""

from scrutiny.actions.cameras import report_accuracy, report_lapses
from scrutiny.actions.certificates import sign_certificate
from scrutiny.actions.concerns import answer_concern, note_concern, open_concern, record_concern, reopen_concern
from scrutiny.actions.findings import (
    CLOCK,
    close_finding,
    note,
    open_finding,
    report_broken_log,
    report_position,
    report_site_hit,
    retest,
)
from scrutiny.actions.samples import answer_item, draw_sample, draw_when_due, open_item
from scrutiny.actions.screening import dismiss, open_signal, screen, take_up

__all__ = [
    "CLOCK",
    "answer_concern",
    "answer_item",
    "close_finding",
    "dismiss",
    "draw_sample",
    "draw_when_due",
    "note",
    "note_concern",
    "open_concern",
    "open_finding",
    "open_item",
    "open_signal",
    "record_concern",
    "reopen_concern",
    "report_accuracy",
    "report_broken_log",
    "report_lapses",
    "report_position",
    "report_site_hit",
    "retest",
    "screen",
    "sign_certificate",
    "take_up",
]
