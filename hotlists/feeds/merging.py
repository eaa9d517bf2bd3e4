"""Comparing staged rows with the list, and merging them into it, set-wise. One merge a list at a time."""

# ruff: noqa: S608 - statements are put together from constants of this module; values are parameters

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection

from hotlists.models import Load, SourceAgreement

_ALIKE = "(staged.country, staged.vrm, staged.ref) = (listed.country, listed.vrm, listed.ref)"
_STAGED = "hotlists_stagedrow staged"
_OF_LOAD = "staged.load_id = %(load)s AND staged.repeats IS NULL"
_OF_LIST = "listed.hotlist_id = %(hotlist)s"

# Column of the list -> where its value comes from: the file, or the agreement.
_FROM = {
    "make": "staged.make",
    "model": "staged.model",
    "colour": "staged.colour",
    "category": "%(category)s",
    "action": "staged.action",
    "priority": "%(priority)s",
    "markers": "staged.markers",
    "reason": "staged.reason",
    "action_text": "staged.action_text",
    "contact": "%(contact)s",
    "basis": "%(basis)s",
    "grading": "staged.grading",
    "marking": "staged.marking",
    "source_type": "%(source)s",
    "force_area": "staged.force_area",
    "cad": "staged.cad",
    "expires_at": "staged.expires_at",
    "reported_at": "staged.reported_at",
    "confirmed_at": "staged.confirmed_at",
}
# A row whose file says no first day started when it was loaded first.
_AGAIN = _FROM | {"starts_at": "coalesce(staged.starts_at, listed.starts_at)"}
_DIFFERS = f"({', '.join(f'listed.{column}' for column in _AGAIN)}) IS DISTINCT FROM ({', '.join(_AGAIN.values())})"
_GONE = f"NOT EXISTS (SELECT FROM {_STAGED} WHERE {_OF_LOAD} AND {_ALIKE})"

_COMPARE = f"""
    SELECT count(*) FILTER (WHERE listed.vrm IS NULL),
        count(*) FILTER (WHERE listed.vrm IS NOT NULL AND {_DIFFERS}),
        count(*) FILTER (WHERE listed.vrm IS NOT NULL AND NOT {_DIFFERS})
    FROM {_STAGED} LEFT JOIN hotlists_feedrow listed ON {_OF_LIST} AND {_ALIKE}
    WHERE {_OF_LOAD}
"""
_COUNT_GONE = (
    f"SELECT count(*) FROM hotlists_feedrow listed WHERE {_OF_LIST} AND listed.expires_at > %(now)s AND {_GONE}"
)
_COUNT_KEPT = f"""
    SELECT count(*) FROM hotlists_feedrow listed
    WHERE {_OF_LIST} AND EXISTS (SELECT FROM {_STAGED} WHERE {_OF_LOAD} AND {_ALIKE})
"""
_DELETE = """
    WITH gone AS (DELETE FROM hotlists_feedrow listed WHERE {which} RETURNING listed.expires_at)
    SELECT count(*) FILTER (WHERE expires_at > %(now)s) FROM gone
"""
_DELETE_GONE = _DELETE.format(which=f"{_OF_LIST} AND {_GONE}")
_DELETE_NAMED = _DELETE.format(which=f"{_OF_LIST} AND EXISTS (SELECT FROM {_STAGED} WHERE {_OF_LOAD} AND {_ALIKE})")
_UPDATE = f"""
    UPDATE hotlists_feedrow listed
    SET {", ".join(f"{column} = {value}" for column, value in _AGAIN.items())},
        last_verified_at = %(now)s, load_id = %(load)s
    FROM {_STAGED} WHERE {_OF_LIST} AND {_OF_LOAD} AND {_ALIKE} AND {_DIFFERS}
"""
# In the order of the key, so that the list's indexes grow at their end.
_INSERT = f"""
    INSERT INTO hotlists_feedrow (hotlist_id, country, vrm, ref, starts_at, last_verified_at, load_id, {", ".join(_FROM)})
    SELECT %(hotlist)s, staged.country, staged.vrm, staged.ref, coalesce(staged.starts_at, %(now)s), %(now)s, %(load)s,
        {", ".join(_FROM.values())}
    FROM {_STAGED} WHERE {_OF_LOAD} {{unless_listed}}
    ORDER BY staged.country, staged.vrm, staged.ref
"""
_INSERT_ALL = _INSERT.format(unless_listed="")
_INSERT_NEW = _INSERT.format(
    unless_listed=f"AND NOT EXISTS (SELECT FROM hotlists_feedrow listed WHERE {_OF_LIST} AND {_ALIKE})"
)


class Difference(NamedTuple):
    """What a load does to its list, in rows."""

    added: int
    changed: int
    removed: int
    unchanged: int


def compare(load: Load, *, at: dt.datetime) -> Difference:
    """What merging the staged rows would do now. Rows weeded already are not counted as removed."""
    words = _words(load, at)
    with connection.cursor() as cursor, planned_for_large_sets(cursor):
        if load.mode == Load.Mode.REMOVE:
            cursor.execute(_COUNT_KEPT, words)
            named = cursor.fetchone()[0]
            return Difference(0, 0, named, (load.good_rows or 0) - named)
        if _is_empty(cursor, words):
            return Difference(load.good_rows or 0, 0, 0, 0)
        cursor.execute(_COMPARE, words)
        added, changed, unchanged = cursor.fetchone()
        removed = 0
        if load.mode == Load.Mode.COMPLETE:
            cursor.execute(_COUNT_GONE, words)
            removed = cursor.fetchone()[0]
    return Difference(added, changed, removed, unchanged)


def merge(load: Load, *, at: dt.datetime) -> Difference:
    """Puts the staged rows into the list; rows that are the same already are not touched. Run in a transaction."""
    words = _words(load, at)
    changed = removed = 0
    with connection.cursor() as cursor, planned_for_large_sets(cursor):
        if load.mode == Load.Mode.REMOVE:
            cursor.execute(_DELETE_NAMED, words)
            removed = cursor.fetchone()[0]
            return Difference(0, 0, removed, (load.good_rows or 0) - removed)
        is_empty = _is_empty(cursor, words)
        if not is_empty:
            if load.mode == Load.Mode.COMPLETE:
                cursor.execute(_DELETE_GONE, words)
                removed = cursor.fetchone()[0]
            cursor.execute(_UPDATE, words)
            changed = cursor.rowcount
        cursor.execute(_INSERT_ALL if is_empty else _INSERT_NEW, words)
        added = cursor.rowcount
    return Difference(added, changed, removed, (load.good_rows or 0) - added - changed)


@contextmanager
def planned_for_large_sets(cursor: Any) -> Iterator[None]:
    """A table just filled has no statistics, and the plan that suits a small one takes minutes on a large one."""
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def _is_empty(cursor: Any, words: dict[str, Any]) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM hotlists_feedrow listed WHERE {_OF_LIST})", words)
    return not cursor.fetchone()[0]


def _words(load: Load, at: dt.datetime) -> dict[str, Any]:
    agreement: SourceAgreement = load.agreement
    return {
        "load": load.pk,
        "hotlist": load.hotlist_id,
        "now": at,
        "category": agreement.category,
        "priority": agreement.priority,
        "contact": agreement.contact,
        "basis": agreement.fact,
        "source": agreement.source,
    }
