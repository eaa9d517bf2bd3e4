"""Signs of misuse: every act is screened by each of these, every night (R-070). They suggest; people decide."""

from scrutiny.indicators.decisions import DECISIONS
from scrutiny.indicators.entries import ENTRIES
from scrutiny.indicators.hits import HITS
from scrutiny.indicators.hours import HOURS_OF_WORK
from scrutiny.indicators.indicator import Indicator, Matter, Span
from scrutiny.indicators.looks import LOOKS

INDICATORS: tuple[Indicator, ...] = (*LOOKS, *DECISIONS, *HOURS_OF_WORK, *ENTRIES, *HITS)
BY_ID = {indicator.id: indicator for indicator in INDICATORS}

__all__ = ["BY_ID", "INDICATORS", "Indicator", "Matter", "Span"]
