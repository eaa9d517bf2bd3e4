"""Published rows: canonical bytes, digests, receipts. Pure, and shared, so that portal and client cannot disagree."""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

FORMAT = 4
ACTIONS = ("STOP", "ASSESS", "OBSERVE_REPORT", "SILENT")
PRIORITIES = ("HIGH", "MEDIUM", "LOW")
RESPONSES = ("IMMEDIATE", "WHEN_FREE", "RECORD_ONLY")
BASES = ("FACT", "ASSESSMENT", "MIXED")
MAX_BUCKET_BITS = 20  # a million buckets: more would cost a client more than it proves


class Row(NamedTuple):
    """One plate that a matcher is to look for, with what a recipient needs to judge it (R-017).

    The order of the fields is the order of the canonical bytes and of the Parquet columns. Times are seconds since
    1970 in UTC, or None. `ref` is the entry of a managed list or the source's reference of a feed row, `version` the
    approved version of that entry; both may be empty. `markers` are codes, sorted, joined by commas. `scope` is spelled
    as matcher_client.scope does; empty, the row holds everywhere and always.
    """

    country: str
    vrm: str
    ref: str
    version: str
    category: str
    action: str
    priority: str
    basis: str
    grading: str
    source_type: str
    markers: str
    action_text: str
    contact: str
    response: str
    scope: str
    last_verified_at: int | None
    starts_at: int | None
    review_by: int | None
    expires_at: int | None
    lapses_at: int | None


FIELDS = Row._fields
TIME_FIELDS = ("last_verified_at", "starts_at", "review_by", "expires_at", "lapses_at")
TEXT_FIELDS = tuple(field for field in FIELDS if field not in TIME_FIELDS)

# Fields that rows of format 1 did not have. What was published in it stays as it was hashed, and can still be read.
SINCE_FORMAT_2 = ("response", "scope")

SEPARATOR = "\x1f"
CONTROLS = bytes([*range(0x20), 0x7F])  # which nothing in a row may hold; the separator is one of them
_CONTROL = re.compile(r"[\x00-\x1e\x7f]")


def canonical(row: Row) -> bytes:
    """The one spelling of a row that is hashed: its fields joined by 0x1F and ended by 0x0A, in UTF-8.

    A time is written as a decimal integer, None as nothing. ValueError when a field holds a control character.
    """
    text = SEPARATOR.join(["" if field is None else str(field) for field in row])
    if _CONTROL.search(text) or text.count(SEPARATOR) != len(row) - 1:
        names = ", ".join(name for name, field in zip(FIELDS, row, strict=True) if has_control_characters(str(field)))
        raise ValueError(f"Control characters cannot be published; they stand in: {names}.")
    return text.encode() + b"\n"


def fields_of(line: str) -> dict[str, str]:
    """The fields of a canonical row without the end of its line, in this format or in format 1; all of them as text."""
    values = line.split(SEPARATOR)
    names = FIELDS if len(values) == len(FIELDS) else tuple(name for name in FIELDS if name not in SINCE_FORMAT_2)
    return dict.fromkeys(SINCE_FORMAT_2, "") | dict(zip(names, values, strict=True))


def has_control_characters(text: str) -> bool:
    """Whether `text` could not be part of a row."""
    return SEPARATOR in text or _CONTROL.search(text) is not None


def row_key(row: Row) -> tuple[str, str, str]:
    """What a row is known by in its list. Rows stand in the order of this key, bytewise."""
    return row.country, row.vrm, row.ref


def check_bits(bits: int) -> None:
    """ValueError when a list cannot have so many bucket bits."""
    if not 0 <= bits <= MAX_BUCKET_BITS:
        raise ValueError(f"A list has between 0 and {MAX_BUCKET_BITS} bucket bits.")


def bucket_of(country: str, vrm: str, bits: int) -> int:
    """The number of the bucket that holds all rows of a plate: the first `bits` bits of SHA-256(country 0x1F vrm)."""
    check_bits(bits)
    digest = sha256(f"{country}{SEPARATOR}{vrm}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - bits)


def bucket_digest(rows: Iterable[Row]) -> bytes:
    """SHA-256 over the canonical bytes of a bucket's rows, which come in key order. An empty bucket has one too."""
    digest = sha256()
    for row in rows:
        digest.update(canonical(row))
    return digest.digest()


class BucketDigests:
    """The digests of all buckets of a list, made from rows that come one by one in key order."""

    def __init__(self, bits: int):
        self.bits = bits
        self.count = 0
        self._digests: dict[int, Any] = {}
        self._last: tuple[str, str, str] | None = None
        check_bits(bits)

    def add(self, row: Row) -> int:
        """Take the next row and say which bucket it fell into. ValueError when it does not follow the last one."""
        key = row_key(row)
        if self._last is not None and key <= self._last:
            raise ValueError("Rows must come in the order of country, vrm and ref, each once.")
        self._last = key
        bucket = bucket_of(row.country, row.vrm, self.bits)
        if bucket not in self._digests:
            self._digests[bucket] = sha256()
        self._digests[bucket].update(canonical(row))
        self.count += 1
        return bucket

    def digests(self) -> list[bytes]:
        """One digest a bucket, in the order of the buckets."""
        empty = sha256().digest()
        return [self._digests[n].digest() if n in self._digests else empty for n in range(1 << self.bits)]

    def root(self) -> str:
        """The root over all buckets, in hexadecimal, as the manifest carries it."""
        return root(self.digests()).hex()


def root(digests: Iterable[bytes]) -> bytes:
    """The RFC 6962 Merkle tree hash over bucket digests: SHA-256(0x00 leaf), SHA-256(0x01 left right)."""
    level = [sha256(b"\x00" + digest).digest() for digest in digests]
    if not level:
        return sha256().digest()
    while len(level) > 1:
        # An odd one out moves up as it is, which is the tree of RFC 6962 for any number of leaves.
        odd = [level[-1]] if len(level) % 2 else []
        level = [sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)] + odd
    return level[0]


def answer(nonce: bytes, canonical_rows: Iterable[bytes]) -> str:
    """What a matcher answers for a bucket it is challenged about: SHA-256 over the nonce and the rows it holds, hex."""
    digest = sha256(nonce)
    for line in canonical_rows:
        digest.update(line)
    return digest.hexdigest()


def receipt_message(fields: Mapping[str, Any]) -> bytes:
    """The bytes of a receipt that are signed: JSON with sorted keys, no spaces and only ASCII.

    ValueError for a number that is not whole, since languages spell those differently.
    """
    _refuse_fractions(fields)
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("A receipt holds whole numbers only.")
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise ValueError("The names in a receipt are text.")
            _refuse_fractions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_fractions(part)
