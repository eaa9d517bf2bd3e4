"""The database keeps what it can: three roles, append-only tables, grants."""

from portal.database.append_only import APPEND_ONLY, AppendOnly, append_only_triggers
from portal.database.grants import apply_grants, grants_to_mend
from portal.database.roles import APP, OWNER, RETENTION, SEALER, create_database, create_roles
from portal.database.together import insert_together

__all__ = [
    "APP",
    "APPEND_ONLY",
    "OWNER",
    "RETENTION",
    "SEALER",
    "AppendOnly",
    "append_only_triggers",
    "apply_grants",
    "create_database",
    "create_roles",
    "grants_to_mend",
    "insert_together",
]
