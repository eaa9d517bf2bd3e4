"""Rows of lists that are loaded from a source: spelled inside the database, a million as one statement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from hotlists.models import Hotlist
from matchers.sources.wanted import COLUMNS, PLATES, REFUSED, WANTED, clean_sql

# The fields of matcher_client.rows.Row, in their order; a test holds this against rows.canonical. What begins within a
# second begins at its end, and what ends within a second ends at its beginning.
_CANONICAL = f"""
    concat_ws(chr(31),
        country, vrm, {clean_sql("ref")}, '', category, action, priority, basis, grading, {clean_sql("source_type")},
        array_to_string(ARRAY(SELECT DISTINCT m COLLATE "C" AS m FROM unnest(markers) m ORDER BY m), ','),
        {clean_sql("action_text")}, {clean_sql("contact")}, '', '',
        floor(extract(epoch FROM last_verified_at))::bigint::text,
        ceil(extract(epoch FROM starts_at))::bigint::text,
        '',
        floor(extract(epoch FROM expires_at))::bigint::text,
        floor(extract(epoch FROM expires_at))::bigint::text
    )
"""  # noqa: S608 - of constants

_OPEN_EXCEPTION = """
    EXISTS (
        SELECT FROM hotlists_feedexception e
        WHERE e.hotlist_id = r.hotlist_id AND e.country = r.country AND e.vrm = r.vrm
            AND e.from_at <= %(now)s AND (e.to_at IS NULL OR e.to_at > %(now)s)
    )
"""


_PUBLISHABLE = (
    f"hotlist_id = %(hotlist)s AND starts_at <= %(horizon)s AND expires_at > %(now)s AND NOT {_OPEN_EXCEPTION}"
)
_OF_PLATES = f"AND (r.country, r.vrm) IN (SELECT country, vrm FROM {PLATES})"  # noqa: S608 - of constants


def fill(
    cursor: Any,
    hotlist: Hotlist,
    now: dt.datetime,
    horizon: dt.datetime,
    plates: Sequence[tuple[str, str]] | None = None,
) -> None:
    """Rows that run now or begin before the horizon. Refused are those past their end, held back, or said more than once."""
    facts = {"hotlist": hotlist.pk, "now": now, "horizon": horizon}
    touched = "" if plates is None else _OF_PLATES
    cursor.execute(
        f"""
        INSERT INTO {WANTED} ({", ".join(COLUMNS)})
        SELECT country, vrm, {clean_sql("ref")}, '', {_CANONICAL}, floor(extract(epoch FROM expires_at))::bigint
        FROM hotlists_feedrow r WHERE {_PUBLISHABLE} {touched}
        ON CONFLICT DO NOTHING
        """,  # noqa: S608 - of constants
        facts,
    )
    published = cursor.rowcount
    cursor.execute(
        f"""
        INSERT INTO {REFUSED}
        SELECT DISTINCT country, vrm, {clean_sql("ref")}, CASE WHEN expires_at <= %(now)s THEN 'expired' ELSE 'held_back' END
        FROM hotlists_feedrow r WHERE hotlist_id = %(hotlist)s AND (expires_at <= %(now)s OR {_OPEN_EXCEPTION}) {touched}
        """,  # noqa: S608 - of constants
        facts,
    )
    cursor.execute(f"SELECT count(*) FROM hotlists_feedrow r WHERE {_PUBLISHABLE} {touched}", facts)  # noqa: S608
    if cursor.fetchone()[0] > published:
        cursor.execute(
            f"""
            INSERT INTO {REFUSED}
            SELECT country, vrm, {clean_sql("ref")} AS key, 'duplicate'
            FROM hotlists_feedrow r WHERE {_PUBLISHABLE} {touched}
            GROUP BY country, vrm, key HAVING count(*) > 1
            """,  # noqa: S608 - of constants
            facts,
        )
