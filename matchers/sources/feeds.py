"""Rows of lists that are loaded from a source: spelled inside the database, a million as one statement."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hotlists.models import Hotlist
from matchers.sources.wanted import COLUMNS, PLATES, WANTED, clean_sql

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


_OF_PLATES = f"AND (r.country, r.vrm) IN (SELECT country, vrm FROM {PLATES})"  # noqa: S608 - of constants


def fill(
    cursor: Any,
    hotlist: Hotlist,
    now: dt.datetime,
    horizon: dt.datetime,
    plates: Sequence[tuple[str, str]] | None = None,
) -> Counter[str] | None:
    """Rows that run now or begin before the horizon, but for those held back. Returns why others were refused (R-016)."""
    facts = {"hotlist": hotlist.pk, "now": now, "horizon": horizon}
    touched = "" if plates is None else _OF_PLATES
    cursor.execute(
        f"""
        INSERT INTO {WANTED} ({", ".join(COLUMNS)})
        SELECT country, vrm, {clean_sql("ref")}, '', {_CANONICAL}, floor(extract(epoch FROM expires_at))::bigint
        FROM hotlists_feedrow r
        WHERE hotlist_id = %(hotlist)s AND starts_at <= %(horizon)s AND expires_at > %(now)s AND NOT {_OPEN_EXCEPTION} {touched}
        ON CONFLICT DO NOTHING
        """,  # noqa: S608 - of constants
        facts,
    )
    if plates is not None:
        return None
    published = cursor.rowcount
    cursor.execute(
        f"""
        SELECT count(*) FILTER (WHERE expires_at <= %(now)s),
            count(*) FILTER (WHERE expires_at > %(now)s AND {_OPEN_EXCEPTION}),
            count(*) FILTER (WHERE starts_at <= %(horizon)s AND expires_at > %(now)s AND NOT {_OPEN_EXCEPTION})
        FROM hotlists_feedrow r WHERE hotlist_id = %(hotlist)s
        """,  # noqa: S608 - of constants
        facts,
    )
    expired, held_back, publishable = cursor.fetchone()
    reasons = {"expired": expired, "held_back": held_back, "duplicate": publishable - published}
    return Counter({reason: count for reason, count in reasons.items() if count})
