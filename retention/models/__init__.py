"""Deletion runs and their certificates; legal holds, which stop them; periods that this force changed."""

from .holds import LegalHold, LegalHoldQuerySet
from .periods import PeriodChange, PeriodChangeQuerySet
from .runs import Certificate, DeletionRun, DroppedMonth, ErasedBatch

__all__ = [
    "Certificate", "DeletionRun", "DroppedMonth", "ErasedBatch", "LegalHold", "LegalHoldQuerySet", "PeriodChange",
    "PeriodChangeQuerySet",
]  # fmt: skip
