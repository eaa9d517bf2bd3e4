"""Putting what was checked and accepted into the list, set-wise, all of it or nothing. One merge a list at a time."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import datetime as dt
import uuid

from django.db import connection, transaction

from hotlists.feeds.comparing import AGAIN, ALIKE, FROM, OF_LIST, Difference, words_of
from hotlists.feeds.planning import planned_for
from hotlists.feeds.staging import TABLE, same_in_all_rows
from hotlists.models import Load, StagedGone
from portal.partitions import attach_part_aside, ensure_list_partition

# What leaves is noted, with why: recovered only when somebody said so of the row as it was listed.
_REMOVE = """
    WITH gone AS (
        DELETE FROM hotlists_feedrow listed {which}
        RETURNING listed.country, listed.vrm, listed.ref, listed.starts_at, listed.expires_at, listed.reported_at,
            listed.confirmed_at
    ), noted AS (
        INSERT INTO hotlists_departure (hotlist_id, country, vrm, ref, why, was_confirmed, left_at, load_id)
        SELECT %(hotlist)s, country, vrm, ref,
            CASE WHEN EXISTS (
                SELECT FROM hotlists_recovery r WHERE r.hotlist_id = %(hotlist)s AND r.vrm = gone.vrm
                    AND r.country = gone.country AND r.recorded_at >= gone.starts_at
                    AND r.occurred >= coalesce(gone.reported_at, '-infinity')
            ) THEN 'recovered' WHEN expires_at <= %(now)s THEN 'weeded' ELSE 'dropped' END,
            CASE WHEN reported_at IS NOT NULL THEN confirmed_at IS NOT NULL END,
            least(expires_at, %(now)s), %(load)s
        FROM gone
    )
    SELECT count(*), count(*) FILTER (WHERE expires_at > %(now)s) FROM gone
"""
_DELETE = _REMOVE.format(
    which=f"USING hotlists_stagedgone staged WHERE {OF_LIST} AND staged.load_id = %(load)s AND {ALIKE}"
)
_WEED = _REMOVE.format(which=f"WHERE {OF_LIST} AND listed.expires_at <= %(now)s")
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


def weed(hotlist_id: uuid.UUID, *, at: dt.datetime) -> int:
    """Removes the rows whose time has come. Returns how many. Run in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_WEED, {"hotlist": hotlist_id, "now": at, "load": None})
        return cursor.fetchone()[0]
