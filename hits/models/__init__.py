"""What matchers report, and what people made of it."""

from .answers import Acknowledgement, Outcome, Verification
from .hits import Caution, Hit, HitKey

__all__ = ["Acknowledgement", "Caution", "Hit", "HitKey", "Outcome", "Verification"]
