"""Who may publish at this moment: one builder a list, one signer for everything. Both locks end with the transaction."""

import uuid

from django.db import connection

_LIST = 8301
_REPOSITORY = 8302


def lock_list(hotlist_id: uuid.UUID) -> None:
    """Waits until nobody else builds or ends this list. Always taken before `lock_repository`."""
    _lock(_LIST, str(hotlist_id))


def try_lock_list(hotlist_id: uuid.UUID) -> bool:
    """The same without waiting. Returns whether it is held now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LIST, str(hotlist_id)])
        return bool(cursor.fetchone()[0])


def lock_repository() -> None:
    """Waits until nobody else signs: versions of roles, snapshots and timestamps are given out one at a time."""
    _lock(_REPOSITORY, "")


def _lock(kind: int, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [kind, name])
