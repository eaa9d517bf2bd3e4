"""Bringing the published rows of a list to what they should be, as one comparison of two sets inside the database."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from accounts.models import SystemJob
from hotlists.models import Hotlist
from matcher_client.rows import SINCE_FORMAT_2, root
from matchers.models import PublishedRow, Recall
from matchers.sources import SOURCES
from matchers.sources.wanted import WANTED, create

# A bucket holds some dozens of rows, so that a challenge proves much and reveals little; few enough buckets that a
# challenge about all of them is still a request of ordinary size.
MIN_BUCKET_BITS, MAX_BUCKET_BITS, ROWS_A_BUCKET = 4, 14, 32


@dataclass(slots=True)
class Changes:
    """What a comparison changed, and what it held back and why."""

    added: int = 0
    removed: int = 0
    recalled: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@transaction.atomic
def replace_rows(
    hotlist: Hotlist, *, by: SystemJob, revision: int, at: dt.datetime, is_published: bool = True
) -> Changes:
    """Makes the rows of `revision` those that should be published at this moment; none, unless `is_published`.

    The caller holds the list's lock and publishes `revision` in the same transaction if anything changed. Opens a recall
    for every row that goes or is corrected, one copy for each matcher that may hold it (R-018).
    """
    horizon = at + dt.timedelta(hours=hotlist.offline_life_hours)
    facts: dict[str, Any] = {"hotlist": hotlist.pk, "revision": revision, "now": at, "now_seconds": at.timestamp()}
    with connection.cursor() as cursor:
        create(cursor)
        fill = SOURCES.get(hotlist.kind)
        refused = fill(cursor, hotlist, at, horizon) if fill and is_published else Counter()
        cursor.execute(f"ANALYZE {WANTED}")
        cursor.execute(_END, facts)
        removed = cursor.rowcount
        recalled = 0
        if removed:
            cursor.execute(_RECALL, facts)
            recalled = cursor.rowcount
            cursor.execute(_HOLDERS, facts)
        cursor.execute(_BEGIN, facts)
        added = cursor.rowcount
    return Changes(added, removed, recalled, refused)


def bucket_bits(rows: int) -> int:
    """How many buckets, as a power of two, a list of this many rows has."""
    return min(max((rows // ROWS_A_BUCKET).bit_length(), MIN_BUCKET_BITS), MAX_BUCKET_BITS)


def root_of(hotlist: Hotlist, bits: int) -> str:
    """The root over the buckets of the current rows, in hexadecimal; the digests are made inside the database."""
    digests = [EMPTY] * (1 << bits)
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, {"hotlist": hotlist.pk, "shift": 32 - bits})
        for bucket, digest in cursor.fetchall():
            digests[bucket] = bytes(digest)
    return root(digests).hex()


def lines_of(hotlist: Hotlist) -> Iterator[str]:
    """The current canonical rows in key order, streamed."""
    rows = PublishedRow.objects.filter(hotlist=hotlist).current().in_key_order()
    return rows.values_list("canonical", flat=True).iterator(chunk_size=10_000)


# SHA-256 of nothing: the digest of a bucket without rows.
EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

_END = f"""
    UPDATE matchers_publishedrow p SET until_revision = %(revision)s
    WHERE hotlist_id = %(hotlist)s AND until_revision IS NULL AND NOT EXISTS (
        SELECT FROM {WANTED} w
        WHERE w.country = p.country AND w.vrm = p.vrm AND w.ref = p.ref AND w.canonical = p.canonical
    )
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
    FROM matchers_publishedrow p LEFT JOIN {WANTED} w ON w.country = p.country AND w.vrm = p.vrm AND w.ref = p.ref
    WHERE p.hotlist_id = %(hotlist)s AND p.until_revision = %(revision)s AND NOT (
        w.ref IS NOT NULL AND coalesce(w.lapses_at >= p.lapses_at, w.lapses_at IS NULL)
        AND {_WORDS.format("w.canonical")} IN ({_WORDS.format("p.canonical")}, {_WORDS.format("p.canonical")} || '{_LIMITLESS}')
    )
"""  # noqa: S608 - of constants

# Whoever was given the list and has ever asked for anything may hold the row, unless the list ended for them before the
# row came. A receipt at this revision cannot exist yet.
_HOLDERS = """
    INSERT INTO matchers_recallholder (recall_id, matcher_id, hotlist_id)
    SELECT c.id, m.id, p.hotlist_id
    FROM matchers_recall c
        JOIN matchers_publishedrow p ON p.id = c.row_id
        JOIN matchers_feedlist f ON f.role_id = p.hotlist_id AND f.unloaded_at IS NULL
        JOIN matchers_matcher m ON m.feed_id = f.feed_id AND m.last_seen_at IS NOT NULL
        LEFT JOIN matchers_publication e ON e.id = f.ending_id
    WHERE p.hotlist_id = %(hotlist)s AND p.until_revision = %(revision)s AND c.revision = %(revision)s
        AND (e.revision IS NULL OR e.revision > p.since_revision)
"""

_BEGIN = f"""
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
"""  # noqa: S608 - of constants

_DIGESTS = """
    SELECT (bucket_key >> %(shift)s)::int,
        sha256(convert_to(string_agg(canonical || chr(10), '' ORDER BY country, vrm, ref), 'UTF8'))
    FROM matchers_publishedrow
    WHERE hotlist_id = %(hotlist)s AND until_revision IS NULL
    GROUP BY 1
"""
