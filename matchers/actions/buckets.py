"""The digests of a list's buckets, kept so that a thousand changes in a million rows touch only their own."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.db import connection

from hotlists.models import Hotlist
from matcher_client.rows import root
from matchers.models import BucketPart
from matchers.models.publications import BUCKET_KEY_BITS

# A bucket holds some dozens of rows, so that a challenge proves much and reveals little; few enough buckets that a
# challenge about all of them is still a request of ordinary size.
MIN_BUCKET_BITS, MAX_BUCKET_BITS, ROWS_A_BUCKET = 4, 15, 32
PART_BITS = 10  # a part is a whole subtree of the Merkle tree, so that the root is one over the parts' own
SIZE = 32  # of a digest, in bytes
FEW = 8  # digests whose node is remembered; no list has fewer buckets than that
SORTED_IN_MEMORY = "64MB"  # of rows, before the database sorts on disk; one publisher at a time takes that much
MOST_TOUCHED = 0.25  # of the buckets: above this, reading all of them in one pass is the cheaper way

# SHA-256 of nothing: the digest of a bucket without rows.
EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def bucket_bits(rows: int) -> int:
    """How many buckets, as a power of two, a list of this many rows has."""
    return min(max((rows // ROWS_A_BUCKET).bit_length(), MIN_BUCKET_BITS), MAX_BUCKET_BITS)


def empty_root(bits: int) -> str:
    """The root of a list without rows."""
    return root([EMPTY] * (1 << bits)).hex()


def root_of(hotlist: Hotlist, bits: int, revision: int) -> str:
    """The root over the buckets of a revision, in hexadecimal, made from its rows alone."""
    return root(_cut(_all(hotlist, bits, revision), SIZE)).hex()


def renew(hotlist: Hotlist, bits: int) -> str:
    """Digests every bucket anew and keeps them. Returns the root. The caller holds the list's lock."""
    parts = [
        BucketPart(hotlist=hotlist, number=number, digests=digests, node=_node_of(digests))
        for number, digests in enumerate(_cut(_all(hotlist, bits), SIZE << min(bits, PART_BITS)))
    ]
    BucketPart.objects.filter(hotlist=hotlist).delete()
    BucketPart.objects.bulk_create(parts)
    return root_over(parts)


def change(hotlist: Hotlist, bits: int, standing: str, bucket_keys: Iterable[int]) -> str:
    """Digests the buckets of these keys anew, when what is kept has the root `standing`; else all. Returns the root."""
    touched = sorted({key >> (BUCKET_KEY_BITS - bits) for key in bucket_keys})
    parts = list(BucketPart.objects.filter(hotlist=hotlist).order_by("number"))
    is_kept = len(parts) == 1 << max(bits - PART_BITS, 0) and root_over(parts) == standing
    if not is_kept or len(touched) > MOST_TOUCHED * (1 << bits) > MOST_TOUCHED * (1 << PART_BITS):
        return renew(hotlist, bits)
    found = dict(_digested(hotlist, bits, touched))
    size = 1 << min(bits, PART_BITS)
    changed: dict[int, bytearray] = {}
    for bucket in touched:
        number, place = divmod(bucket, size)
        digests = changed.setdefault(number, bytearray(parts[number].digests))
        digests[place * SIZE : (place + 1) * SIZE] = found.get(bucket, EMPTY)
    for number, digests in changed.items():
        parts[number].digests, parts[number].node = bytes(digests), _node_of(digests)
    _keep([parts[number] for number in changed])
    return root_over(parts)


def root_over(parts: Sequence[BucketPart]) -> str:
    """The root of a list from the subtrees that are kept of it; an empty string when there are none."""
    return _over([bytes(part.node) for part in parts]).hex() if parts else ""


def _keep(parts: list[BucketPart]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {BucketPart._meta.db_table} p SET digests = c.digests, node = c.node
            FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS c (id, digests, node) WHERE p.id = c.id
            """,  # noqa: S608 - of constants
            [[part.pk for part in parts], [part.digests for part in parts], [part.node for part in parts]],
        )


def _node_of(digests: bytes | bytearray) -> bytes:
    return _over([_node_of_few(few) for few in _cut(bytes(digests), SIZE * FEW)])


@lru_cache(maxsize=1 << 14)
def _node_of_few(digests: bytes) -> bytes:
    """Most of a list's buckets are as they were: their nodes are known."""
    return root(_cut(digests, SIZE))


def _over(nodes: list[bytes]) -> bytes:
    """The root over the nodes of whole subtrees: as many as a power of two."""
    while len(nodes) > 1:
        nodes = [sha256(b"\x01" + nodes[n] + nodes[n + 1]).digest() for n in range(0, len(nodes), 2)]
    return nodes[0]


def _cut(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[n : n + size] for n in range(0, len(whole), size))


def _all(hotlist: Hotlist, bits: int, revision: int | None = None) -> bytes:
    """The digests of all buckets, of the current rows or of a revision, one after the other, made inside the database."""
    digests = bytearray(EMPTY * (1 << bits))
    sql = _DIGESTS.format(rows=_CURRENT if revision is None else _OF_REVISION)
    for bucket, digest in _fetched(sql, hotlist, bits, revision=revision):
        digests[bucket * SIZE : (bucket + 1) * SIZE] = digest
    return bytes(digests)


def _digested(hotlist: Hotlist, bits: int, buckets: list[int]) -> Iterator[tuple[int, bytes]]:
    return _fetched(_DIGESTS_OF_SOME, hotlist, bits, buckets=buckets)


def _fetched(sql: str, hotlist: Hotlist, bits: int, **words: Any) -> Iterator[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{SORTED_IN_MEMORY}'")
        cursor.execute(sql, {"hotlist": hotlist.pk, "shift": BUCKET_KEY_BITS - bits, **words})
        yield from ((bucket, bytes(digest)) for bucket, digest in cursor.fetchall())


_DIGEST = "sha256(convert_to(string_agg(canonical || chr(10), '' ORDER BY country, vrm, ref), 'UTF8'))"

_CURRENT = "until_revision IS NULL"
_OF_REVISION = "since_revision <= %(revision)s AND (until_revision IS NULL OR until_revision > %(revision)s)"
_DIGESTS = f"""
    SELECT (bucket_key >> %(shift)s)::int, {_DIGEST}
    FROM matchers_publishedrow
    WHERE hotlist_id = %(hotlist)s AND {{rows}}
    GROUP BY 1
"""  # noqa: S608 - of constants

# OFFSET 0 keeps the order of the digest out of how rows are found: without it, all rows are walked in key order for each bucket.
_DIGESTS_OF_SOME = f"""
    SELECT b.number, {_DIGEST}
    FROM unnest(%(buckets)s::bigint[]) AS b (number) CROSS JOIN LATERAL (
        SELECT country, vrm, ref, canonical FROM matchers_publishedrow p
        WHERE p.hotlist_id = %(hotlist)s AND p.until_revision IS NULL
            AND p.bucket_key >= b.number << %(shift)s AND p.bucket_key < (b.number + 1) << %(shift)s
        OFFSET 0
    ) AS found
    GROUP BY 1
"""  # noqa: S608 - of constants
