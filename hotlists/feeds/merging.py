"""Putting what was checked and accepted into the list, set-wise, all of it or nothing. One merge a list at a time."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import datetime as dt

from django.db import connection, transaction

from hotlists.feeds.comparing import AGAIN, ALIKE, FROM, OF_LIST, Difference, words_of
from hotlists.feeds.planning import planned_for
from hotlists.feeds.staging import TABLE, same_in_all_rows
from hotlists.models import Load, StagedGone
from portal.partitions import attach_part_aside, ensure_list_partition

_DELETE = f"""
    WITH gone AS (
        DELETE FROM hotlists_feedrow listed USING hotlists_stagedgone staged
        WHERE {OF_LIST} AND staged.load_id = %(load)s AND {ALIKE} RETURNING listed.expires_at
    )
    SELECT count(*), count(*) FILTER (WHERE expires_at > %(now)s) FROM gone
"""
_UPDATE = f"""
    UPDATE hotlists_feedrow listed
    SET {", ".join(f"{column} = {value}" for column, value in AGAIN.items())},
        fingerprint = staged.fingerprint, last_verified_at = %(now)s, load_id = %(load)s
    FROM hotlists_stagedrow staged WHERE {OF_LIST} AND staged.load_id = %(load)s AND NOT staged.is_new AND {ALIKE}
"""
# In the order of the key, so that the list's index grows at its end.
_INSERT = f"""
    INSERT INTO hotlists_feedrow (
        hotlist_id, country, vrm, ref, starts_at, last_verified_at, load_id, fingerprint, {", ".join(FROM)}
    )
    SELECT %(hotlist)s, staged.country, staged.vrm, staged.ref, coalesce(staged.starts_at, %(now)s), %(now)s, %(load)s,
        staged.fingerprint, {", ".join(FROM.values())}
    FROM hotlists_stagedrow staged WHERE staged.load_id = %(load)s AND staged.is_new
    ORDER BY staged.vrm, staged.country, staged.ref
    ON CONFLICT DO NOTHING
"""


class ListMoved(Exception):
    """The list is not what the file was compared with, or what was kept of the comparison is gone."""


def merge(load: Load, *, at: dt.datetime) -> Difference:
    """Puts the differences into the list; rows that are the same already are not touched. Run in a transaction.

    Raises ListMoved, with nothing done, when it would not do exactly what was checked and accepted.
    """
    with transaction.atomic():
        return _attached(load, at) or _merged(load, at)


def _attached(load: Load, at: dt.datetime) -> Difference | None:
    """A first load's part takes its place, in a moment whatever its size. None when the list has a part already."""
    same = same_in_all_rows(load) | {"starts_at": at.isoformat(), "last_verified_at": at.isoformat()}
    if attach_part_aside(TABLE, load.hotlist_id, label=str(load.pk), same=same):
        return Difference(load.good_rows or 0, 0, 0, 0)
    return None


def _merged(load: Load, at: dt.datetime) -> Difference:
    words = words_of(load, at)
    ensure_list_partition(TABLE, load.hotlist_id)
    to_go = StagedGone.objects.filter(load=load).count()
    with connection.cursor() as cursor:
        with planned_for(cursor, to_go):
            cursor.execute(_DELETE, words)
            gone, removed = cursor.fetchone()
        with planned_for(cursor, load.changed or 0):
            cursor.execute(_UPDATE, words)
            changed = cursor.rowcount
        cursor.execute(_INSERT, words)
        added = cursor.rowcount
    if (added, changed, gone) != (load.added, load.changed, to_go) or removed > (load.removed or 0):
        raise ListMoved
    return Difference(added, changed, removed, (load.good_rows or 0) - added - changed - _named(load, removed))


def _named(load: Load, removed: int) -> int:
    """How many of the file's rows were removals."""
    return removed if load.mode == Load.Mode.REMOVE else 0
