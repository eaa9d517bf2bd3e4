"""What a file changes in its list: its rows compared with the list's, and the differences kept until they are decided."""

# ruff: noqa: S608 - statements are put together from constants of this module; values are parameters

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection

from hotlists.feeds.planning import planned_for, planned_for_large_sets
from hotlists.feeds.staging import READ, Found
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
# A fingerprint says that rows may differ; whether they do, and what is new, only the rows themselves.
_KEEP_ADDED = f"""
    INSERT INTO hotlists_stagedrow (load_id, "row", is_new, fingerprint, {_KEPT})
    SELECT %(load)s, line, true, fingerprint, {_KEPT} FROM {READ}
    WHERE line IN (SELECT line FROM {DIFFERENT} WHERE vrm IS NULL)
"""
_KEEP_CHANGED = f"""
    INSERT INTO hotlists_stagedrow (load_id, "row", is_new, fingerprint, {_KEPT})
    SELECT %(load)s, staged.line, false, staged.fingerprint, {", ".join(f"staged.{name}" for name in _KEPT.split(", "))}
    FROM {DIFFERENT} different JOIN {READ} staged USING (line) JOIN hotlists_feedrow listed ON {OF_LIST} AND {ALIKE}
    WHERE different.vrm IS NOT NULL AND {_DIFFERS}
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
    added = changed = gone = 0
    with connection.cursor() as cursor:
        with planned_for_large_sets(cursor):
            if load.mode == Load.Mode.REMOVE:
                cursor.execute(_KEEP_NAMED, words)
                gone = cursor.rowcount
            elif is_empty(cursor, words):
                cursor.execute(_KEEP_ALL, words)
                added = cursor.rowcount
            else:
                added, changed, gone = _differences(cursor, load, words)
        cursor.execute(f"DROP TABLE pg_temp.{READ}")
        removed = 0
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


def _differences(cursor: Any, load: Load, words: dict[str, Any]) -> tuple[int, int, int]:
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFFERENT}")
    cursor.execute(_COMPARE, words)
    changed = gone = 0
    cursor.execute(_KEEP_ADDED, words)
    added = cursor.rowcount
    cursor.execute(f"SELECT EXISTS (SELECT FROM {DIFFERENT} WHERE line IS NOT NULL AND vrm IS NOT NULL)")
    if cursor.fetchone()[0]:
        cursor.execute(_KEEP_CHANGED, words)
        changed = cursor.rowcount
    if load.mode == Load.Mode.COMPLETE:
        cursor.execute(_KEEP_GONE, words)
        gone = cursor.rowcount
    cursor.execute(f"DROP TABLE pg_temp.{DIFFERENT}")
    return added, changed, gone
