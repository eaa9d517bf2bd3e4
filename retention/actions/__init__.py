"""The verbs of retention."""

from .holds import hold_case, hold_result, place_hold, release_hold, review_hold
from .periods import agree_period, change_period, decline_period
from .runs import CLOCK, apply, carry_out, go_on, pause, preview, resume, start
from .samples import look_at_sample
from .stock import take_stock

__all__ = [
    "CLOCK", "agree_period", "apply", "carry_out", "change_period", "decline_period", "go_on", "hold_case", "hold_result",
    "look_at_sample", "pause", "place_hold", "preview", "release_hold", "resume", "review_hold", "start", "take_stock",
]  # fmt: skip
