"""Bringing the published rows of a list to what they should be, as one comparison of two sets inside the database."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matcher_client.deltas import Key, row_of
from matcher_client.rows import SINCE_FORMAT_2, Row
from matchers.actions.halts import keep_within_limit
from matchers.actions.refusals import keep_refusals
from matchers.models import Recall
from matchers.sources import SOURCES
from matchers.sources.wanted import PLATES, WANTED, create, create_plates

Plates = list[tuple[str, str]]  # country and plate

MANY = 10_000  # rows: from here on the database plans by what it knows of the list, and knows nothing of what is new


@dataclass(slots=True)
class Changes:
    """What a comparison changed, and why what else the list holds is not published."""

    added: int = 0
    removed: int = 0
    recalled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    told: list[tuple[Key, int, Row | None]] | None = field(default=None, repr=False)  # with bucket keys; None: too many

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@transaction.atomic
def replace_rows(
    hotlist: Hotlist, *, by: SystemJob, revision: int, at: dt.datetime, is_published: bool = True,
    plates: Plates | None = None, most_told: int = 0,
) -> Changes:  # fmt: skip
    """Makes the rows of `revision` those that should be published at this moment; none, unless `is_published`.

    Up to `most_told` changes are told one by one. Given `plates`, only their rows are looked at, and it costs as much as
    they are. The caller holds the list's lock and
    publishes `revision` in the same transaction if anything changed. Opens a recall for every row that goes or is
    corrected, one copy for each matcher that may hold it (R-018).
    """
    horizon = at + dt.timedelta(hours=hotlist.offline_life_hours)
    facts: dict[str, Any] = {
        "hotlist": hotlist.pk, "revision": revision, "now": at, "now_seconds": at.timestamp(), "most": most_told,
    }  # fmt: skip
    touched = "" if plates is None else _TOUCHED
    with connection.cursor() as cursor:
        create(cursor)
        cursor.execute(_CREATE_CHANGED)
        if plates is not None:
            create_plates(cursor, plates)
        fill = SOURCES.get(hotlist.kind)
        if fill and is_published:
            fill(cursor, hotlist, at, horizon, plates)
        cursor.execute(f"ANALYZE {WANTED}")
        refused = keep_refusals(cursor, hotlist, at=at, touched=touched)
        keep_within_limit(cursor, hotlist, by=by, at=at, is_published=is_published, touched=touched)
        cursor.execute(_END.format(touched=touched), facts)
        removed = cursor.fetchone()[0]
        recalled = 0
        if removed:
            cursor.execute(f"ANALYZE {_ENDED}")
            cursor.execute(_RECALL, facts)
            recalled = cursor.rowcount
            cursor.execute(_HOLDERS, facts)
        cursor.execute(_BEGIN, facts)
        added = cursor.fetchone()[0]
        if added >= MANY:
            transaction.on_commit(_analyse, robust=True)
        told = _told(cursor) if removed + added <= most_told else None
    return Changes(added, removed, recalled, refused, told)


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT matchers_analyse_rows()")


def _told(cursor: Any) -> list[tuple[Key, int, Row | None]]:
    """Every key that changed, with its bucket key and its row as it stands now."""
    cursor.execute(
        f"""
        SELECT country, vrm, ref, bucket_key, b.canonical
        FROM (SELECT DISTINCT country, vrm, ref, bucket_key FROM {_ENDED}) e
            FULL JOIN {_BEGUN} b USING (country, vrm, ref, bucket_key)
        """  # noqa: S608 - of constants
    )
    return [
        ((country, vrm, ref), key, row_of(line) if line is not None else None)
        for country, vrm, ref, key, line in cursor.fetchall()
    ]


_ENDED, _BEGUN = "matchers_ended", "matchers_begun"
_CREATE_CHANGED = f"""
    DROP TABLE IF EXISTS pg_temp.{_ENDED}, pg_temp.{_BEGUN};
    CREATE TEMPORARY TABLE {_ENDED} (
        id bigint, country text COLLATE "C", vrm text COLLATE "C", ref text COLLATE "C", bucket_key bigint
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE {_BEGUN} (
        country text COLLATE "C", vrm text COLLATE "C", ref text COLLATE "C", bucket_key bigint, canonical text
    ) ON COMMIT DROP
"""
_TOUCHED = f"AND (p.country, p.vrm) IN (SELECT country, vrm FROM {PLATES})"  # noqa: S608 - of constants

_END = f"""
    WITH ended AS (
        UPDATE matchers_publishedrow p SET until_revision = %(revision)s
        WHERE hotlist_id = %(hotlist)s AND until_revision IS NULL {{touched}} AND NOT EXISTS (
            SELECT FROM {WANTED} w
            WHERE w.country = p.country AND w.vrm = p.vrm AND w.ref = p.ref AND w.canonical = p.canonical
        )
        RETURNING id, country, vrm, ref, bucket_key
    ), kept AS (INSERT INTO {_ENDED} SELECT * FROM ended)
    SELECT count(*) FROM ended
"""  # noqa: S608 - of constants

# What is said of a row without its five dates: dates that only move later correct nothing.
_WORDS = r"regexp_replace({}, '(\x1f[^\x1f]*){{5}}$', '')"

# A row of format 1 had neither response nor scope: with both empty it says the same.
_LIMITLESS = "\x1f" * len(SINCE_FORMAT_2)

_RECALL = f"""
    INSERT INTO matchers_recall (row_id, revision, reason, opened_at)
    SELECT p.id, %(revision)s,
        CASE WHEN w.ref IS NOT NULL THEN '{Recall.Reason.CORRECTED}'
            WHEN p.lapses_at <= %(now_seconds)s THEN '{Recall.Reason.LAPSED}'
            ELSE '{Recall.Reason.REMOVED}' END,
        %(now)s
    FROM {_ENDED} e JOIN matchers_publishedrow p ON p.id = e.id
        LEFT JOIN {WANTED} w ON w.country = p.country AND w.vrm = p.vrm AND w.ref = p.ref
    WHERE NOT (
        w.ref IS NOT NULL AND coalesce(w.lapses_at >= p.lapses_at, w.lapses_at IS NULL)
        AND {_WORDS.format("w.canonical")} IN ({_WORDS.format("p.canonical")}, {_WORDS.format("p.canonical")} || '{_LIMITLESS}')
    )
"""  # noqa: S608 - of constants

# Whoever was given the list and has ever asked for anything may hold the row, unless the list ended for them before the
# row came. A receipt at this revision cannot exist yet.
_HOLDERS = f"""
    INSERT INTO matchers_recallholder (recall_id, matcher_id, hotlist_id)
    SELECT c.id, m.id, p.hotlist_id
    FROM {_ENDED} e JOIN matchers_recall c ON c.row_id = e.id JOIN matchers_publishedrow p ON p.id = e.id
        JOIN matchers_feedlist f ON f.role_id = p.hotlist_id AND f.unloaded_at IS NULL
        JOIN matchers_matcher m ON m.feed_id = f.feed_id AND m.last_seen_at IS NOT NULL
        LEFT JOIN matchers_publication ending ON ending.id = f.ending_id
    WHERE c.revision = %(revision)s AND (ending.revision IS NULL OR ending.revision > p.since_revision)
"""  # noqa: S608 - of constants

_BEGIN = f"""
    WITH begun AS (
        INSERT INTO matchers_publishedrow
            (hotlist_id, country, vrm, ref, version, canonical, lapses_at, bucket_key, since_revision)
        SELECT %(hotlist)s, country, vrm, ref, version, canonical, lapses_at,
            ('x' || encode(substring(sha256(convert_to(country || chr(31) || vrm, 'UTF8')) FOR 4), 'hex'))::bit(32)::bigint,
            %(revision)s
        FROM {WANTED} w
        WHERE NOT EXISTS (
            SELECT FROM matchers_publishedrow p
            WHERE p.hotlist_id = %(hotlist)s AND p.until_revision IS NULL
                AND p.country = w.country AND p.vrm = w.vrm AND p.ref = w.ref
        )
        ORDER BY 8  -- by bucket: whoever digests one finds its rows beside each other
        RETURNING country, vrm, ref, bucket_key, canonical
    ), kept AS (INSERT INTO {_BEGUN} SELECT * FROM begun LIMIT %(most)s)
    SELECT count(*) FROM begun
"""  # noqa: S608 - of constants
