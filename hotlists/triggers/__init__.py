"""Rules about entries that PostgreSQL keeps, whoever writes: shell, bulk update and superuser included."""

from .decisions import DECISION_BY_ANOTHER_OF_RANK
from .terms import ENTRY_STAYS_WITHDRAWN, TERM_ENDS_ONCE, TERM_OF_AN_APPROVED_VERSION
from .versions import (
    CONTRIBUTION_STANDS,
    SUBMITTED_VERSION_IS_FIXED,
    SUBMITTED_WITHIN_ITS_CAPS,
    VERSION_IS_BORN_A_DRAFT,
)

__all__ = [
    "CONTRIBUTION_STANDS",
    "DECISION_BY_ANOTHER_OF_RANK",
    "ENTRY_STAYS_WITHDRAWN",
    "SUBMITTED_VERSION_IS_FIXED",
    "SUBMITTED_WITHIN_ITS_CAPS",
    "TERM_ENDS_ONCE",
    "TERM_OF_AN_APPROVED_VERSION",
    "VERSION_IS_BORN_A_DRAFT",
]
