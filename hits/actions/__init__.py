"""The verbs of hits."""

from .answers import acknowledge, open_hit, record_outcome, verify
from .past import past_hits
from .reports import report

__all__ = ["acknowledge", "open_hit", "past_hits", "record_outcome", "report", "verify"]
