"""Deletion runs and their certificates; legal holds, which stop them; periods that this force changed;
what is kept, day by day."""

from .holds import LegalHold, LegalHoldQuerySet, is_held
from .periods import PeriodChange, PeriodChangeQuerySet
from .runs import Certificate, DeletionRun, DroppedMonth, ErasedBatch
from .stock import Stocktake

__all__ = [
    "Certificate", "DeletionRun", "DroppedMonth", "ErasedBatch", "LegalHold", "LegalHoldQuerySet", "PeriodChange",
    "PeriodChangeQuerySet", "Stocktake", "is_held",
]  # fmt: skip
