"""What a file changes in its list: its rows compared with the list's, and the differences kept until they are decided."""

# ruff: noqa: S608 - statements are put together from constants of this module; values are parameters

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection

from hotlists.feeds.planning import planned_for, planned_for_large_sets
from hotlists.feeds.staging import READ, Found, take_out_repeats
from hotlists.models import Load

DIFFERENT = "hotlists_different"
ALIKE = "(staged.country, staged.vrm, staged.ref) = (listed.country, listed.vrm, listed.ref)"
OF_LIST = "listed.hotlist_id = %(hotlist)s"

# Column of the list -> where its value comes from: the file, or the agreement.
FROM = {
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
AGAIN = FROM | {"starts_at": "coalesce(staged.starts_at, listed.starts_at)"}
_DIFFERS = f"({', '.join(f'listed.{column}' for column in AGAIN)}) IS DISTINCT FROM ({', '.join(AGAIN.values())})"
_KEPT = (
    "country, vrm, ref, make, model, colour, action, markers, reason, grading, action_text, force_area, starts_at,"
    " expires_at, reported_at, confirmed_at, marking, cad"
)

# Almost all rows of a list come again as they were: they are told by key and fingerprint, without another look.
_COMPARE = f"""
    CREATE TEMPORARY TABLE {DIFFERENT} ON COMMIT DROP AS
    SELECT staged.line, listed.country, listed.vrm, listed.ref
    FROM {READ} staged FULL JOIN (
        SELECT country, vrm, ref, fingerprint FROM hotlists_feedrow listed WHERE {OF_LIST}
    ) listed ON {ALIKE}
    WHERE staged.line IS NULL OR listed.vrm IS NULL OR staged.fingerprint <> listed.fingerprint
"""
# A fingerprint says that rows may differ; whether they do, only the rows themselves.
_KEEP_DIFFERENT = f"""
    INSERT INTO hotlists_stagedrow (load_id, "row", is_new, fingerprint, {_KEPT})
    SELECT %(load)s, staged.line, different.vrm IS NULL, fingerprint, {", ".join(f"staged.{name}" for name in _KEPT.split(", "))}
    FROM {READ} staged JOIN {DIFFERENT} different USING (line)
"""
_DROP_SAME = f"""
    DELETE FROM hotlists_stagedrow staged USING hotlists_feedrow listed
    WHERE staged.load_id = %(load)s AND NOT staged.is_new AND {OF_LIST} AND {ALIKE} AND NOT {_DIFFERS}
"""
_KEEP_ALL = f"""
    INSERT INTO hotlists_stagedrow (load_id, "row", is_new, fingerprint, {_KEPT})
    SELECT %(load)s, line, true, fingerprint, {_KEPT} FROM {READ}
"""
_KEEP_GONE = f"""
    INSERT INTO hotlists_stagedgone (load_id, country, vrm, ref)
    SELECT %(load)s, country, vrm, ref FROM {DIFFERENT} WHERE line IS NULL
"""
_KEEP_NAMED = f"""
    INSERT INTO hotlists_stagedgone (load_id, country, vrm, ref)
    SELECT %(load)s, listed.country, listed.vrm, listed.ref
    FROM hotlists_feedrow listed JOIN {READ} staged ON {ALIKE} WHERE {OF_LIST}
"""
_COUNT = f"""
    SELECT (SELECT count(*) FROM hotlists_feedrow listed WHERE {OF_LIST}), count(*) FILTER (WHERE line IS NULL),
        count(*) FILTER (WHERE vrm IS NULL), count(*) FILTER (WHERE line IS NOT NULL AND vrm IS NOT NULL),
        (SELECT count(*) > count(DISTINCT (country, vrm, ref)) FROM {READ} WHERE line IN (
            SELECT line FROM {DIFFERENT} WHERE vrm IS NULL))
    FROM {DIFFERENT}
"""
_COUNT_GONE = f"""
    SELECT count(*) FROM hotlists_feedrow listed JOIN hotlists_stagedgone staged ON {ALIKE}
    WHERE {OF_LIST} AND staged.load_id = %(load)s AND listed.expires_at > %(now)s
"""


class Difference(NamedTuple):
    """What a load does to its list, in rows."""

    added: int
    changed: int
    removed: int
    unchanged: int


def compare(load: Load, found: Found, *, at: dt.datetime) -> Difference:
    """Compares what was read with the list, and keeps what differs. Rows weeded already are not counted as removed."""
    if found.is_aside:
        return Difference(found.good_rows, 0, 0, 0)
    words = words_of(load, at)
    added = changed = gone = removed = 0
    with connection.cursor() as cursor:
        if load.mode == Load.Mode.REMOVE or is_empty(cursor, words):
            take_out_repeats(cursor, READ, load, found)
            with planned_for_large_sets(cursor):
                cursor.execute(_KEEP_NAMED if load.mode == Load.Mode.REMOVE else _KEEP_ALL, words)
                added, gone = (0, cursor.rowcount) if load.mode == Load.Mode.REMOVE else (cursor.rowcount, 0)
        else:
            added, changed, gone = _differences(cursor, load, found, words)
        cursor.execute(f"DROP TABLE pg_temp.{READ}")
        if gone:
            with planned_for(cursor, gone):
                cursor.execute(_COUNT_GONE, words)
                removed = cursor.fetchone()[0]
    if load.mode == Load.Mode.REMOVE:
        return Difference(0, 0, removed, found.good_rows - removed)
    return Difference(added, changed, removed, found.good_rows - added - changed)


def is_empty(cursor: Any, words: dict[str, Any]) -> bool:
    """Whether the list has no row."""
    cursor.execute(f"SELECT EXISTS (SELECT FROM hotlists_feedrow listed WHERE {OF_LIST})", words)
    return not cursor.fetchone()[0]


def words_of(load: Load, at: dt.datetime) -> dict[str, Any]:
    """What the statements ask for by name."""
    agreement = load.agreement
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


def _differences(cursor: Any, load: Load, found: Found, words: dict[str, Any]) -> tuple[int, int, int]:
    """How many rows are new, changed and gone; they are kept."""
    gone, new, other, repeats = _compared(cursor, found, words)
    if repeats:
        take_out_repeats(cursor, READ, load, found)
        gone, new, other, _ = _compared(cursor, found, words)
    with planned_for_large_sets(cursor):
        cursor.execute(_KEEP_DIFFERENT, words)
    if other:
        with planned_for(cursor, other):
            cursor.execute(_DROP_SAME, words)
            other -= cursor.rowcount
    if load.mode == Load.Mode.COMPLETE:
        cursor.execute(_KEEP_GONE, words)
    cursor.execute(f"DROP TABLE pg_temp.{DIFFERENT}")
    return new, other, gone if load.mode == Load.Mode.COMPLETE else 0


def _compared(cursor: Any, found: Found, words: dict[str, Any]) -> tuple[int, int, int, bool]:
    """How many rows are gone, new and maybe changed, and whether the file names a vehicle twice.

    It does when a new one is there twice, or when more of its rows than of the list's have found one of their key.
    """
    with planned_for_large_sets(cursor):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFFERENT}")
        cursor.execute(_COMPARE, words)
        cursor.execute(_COUNT, words)
        listed, gone, new, other, is_new_twice = cursor.fetchone()
    return gone, new, other, is_new_twice or found.good_rows - new > listed - gone
