"""The verbs of hits."""

from .answers import acknowledge, open_hit, record_outcome, verify
from .reports import report

__all__ = ["acknowledge", "open_hit", "record_outcome", "report", "verify"]
