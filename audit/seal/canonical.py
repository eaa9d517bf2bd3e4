"""The bytes of an event that are sealed: RFC 8785 JSON, the same in every language."""

import datetime as dt
import json
from hashlib import sha256
from typing import Any, Protocol

import rfc8785

VERSION = 1


class Sealable(Protocol):
    """An event as the log has it."""

    id: Any
    at: dt.datetime
    verb: str
    operation: str
    subject_kind: str
    subject_id: str
    actor_kind: str
    actor_id: str
    plate_hash: str
    count: int | None
    correlation_id: str
    commitment: bytes


def leaf(event: Sealable) -> bytes:
    """What of an event goes into its leaf. Its words are committed to by a hash under a salt, so that they can be erased."""
    return leaf_of(
        id=str(event.id), at=event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"), verb=str(event.verb),
        operation=str(event.operation), subject=f"{event.subject_kind}:{event.subject_id}",
        actor=f"{event.actor_kind}:{event.actor_id}", plate=event.plate_hash,
        count=None if event.count is None else str(event.count),  # JSON's numbers end before a database's do
        correlation=event.correlation_id, commitment=bytes(event.commitment).hex(),
    )  # fmt: skip


def leaf_of(**facts: str | None) -> bytes:
    """The same of facts that are text already."""
    return _encode({"v": VERSION, **facts}).encode()


def from_json(text: str) -> bytes:
    """Words that are spelled as any JSON, spelled as RFC 8785 does."""
    try:
        if "\\u" in text or (not text.isascii() and max(text) > "\uffff"):
            raise _NotPlain  # letters beyond that order keys otherwise
        return _encode(_decode(text)).encode()
    except _NotPlain:
        return rfc8785.dumps(json.loads(text))


class _NotPlain(Exception):
    """JSON that Python's own encoder does not spell as RFC 8785 does."""


def _fraction(digits: str) -> float:
    raise _NotPlain


# With no fractions, and keys that sort alike by letters and by halves of letters, the two spell the same (tested); this is in C.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_decode = json.JSONDecoder(parse_float=_fraction).decode


def commitment(salt: bytes, words: dict[str, Any]) -> bytes:
    """What stands for an event's words in its leaf: SHA-256 over the salt and the words as RFC 8785 spells JSON."""
    return sha256(salt + rfc8785.dumps(words)).digest()
