"""What changed in a list from one revision to another. Pure, and shared, so that portal and client cannot disagree.

A delta names every key that changed since a revision, with its row as it stands at another, or without when it has none then.
So it leads from any revision between the two to the later one, and said twice it says the same.
"""

import gzip
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from matcher_client.rows import FIELDS, TIME_FIELDS, Row, has_control_characters

Key = tuple[str, str, str]  # country, vrm, ref
Changes = Mapping[Key, Row | None]

MAX_LINE = 1 << 16  # bytes of one change
KEY_FIELDS = FIELDS[:3]


class Step(NamedTuple):
    """One delta of a chain, as the manifest tells of it: from which revision, to which, and how many keys changed."""

    since: int
    revision: int
    changes: int

    @property
    def name(self) -> str:
        """The last part of the target's path."""
        return f"{self.revision}.delta.jsonl.gz"

    @classmethod
    def read(cls, told: Any) -> "Step":
        """A step as it is spelled in a manifest. ValueError when it is not."""
        if not isinstance(told, dict) or any(type(told.get(name)) is not int for name in cls._fields):
            raise ValueError("a delta is not described as it should be")
        step = cls(*(told[name] for name in cls._fields))
        if not 0 <= step.since < step.revision or step.changes < 1:
            raise ValueError("a delta leads nowhere")
        return step


def way(steps: Sequence[Step], held: int, *, whole: int) -> list[Step] | None:
    """The deltas that lead on from a revision; empty when none is needed, None when the chain does not reach back to it.

    `whole` is the revision of the whole file, before which nothing is known without a delta.
    """
    begins = min(steps[0].since, whole) if steps else whole
    ahead = [step for step in steps if step.revision > held]
    if held < begins or (ahead and ahead[0].since > held):
        return None
    return ahead


def is_chain(steps: Iterable[Step]) -> bool:
    """Whether each delta begins where the one before it ends."""
    return all(later.since == earlier.revision for earlier, later in itertools.pairwise(steps))


def spelled(changes: Changes) -> bytes:
    """The file of a delta: JSON lines in key order, gzipped; a row as the list of its fields, a row that went as its key."""
    lines = (json.dumps(changes[key] or key, ensure_ascii=False, separators=(",", ":")) for key in in_order(changes))
    text = "".join(f"{line}\n" for line in lines)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def in_order(keys: Iterable[Key]) -> list[Key]:
    """Keys in the order of the published rows: bytewise."""
    return sorted(keys, key=lambda key: [part.encode() for part in key])


def read(content: bytes, expected: int) -> dict[Key, Row | None]:
    """What a delta's file says. ValueError when it is not one, or does not name `expected` keys, in order, each once."""
    changes: dict[Key, Row | None] = {}
    last: list[bytes] = []
    try:
        for number, line in enumerate(_lines(content), 1):
            if number > expected:
                raise ValueError("it holds more changes than were signed for")
            key, row = _change(json.loads(line))
            spelling = [part.encode() for part in key]
            if spelling <= last:
                raise ValueError("its changes do not stand in order, each once")
            last, changes[key] = spelling, row
    except (EOFError, OSError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("it cannot be unpacked") from error
    if len(changes) != expected:
        raise ValueError("it holds fewer changes than were signed for")
    return changes


def merged(parts: Iterable[Changes]) -> dict[Key, Row | None]:
    """What deltas that follow each other say together: of each key, the last word."""
    together: dict[Key, Row | None] = {}
    for part in parts:
        together.update(part)
    return together


def row_of(line: str) -> Row:
    """The row that canonical bytes spell, without the end of their line."""
    values = zip(FIELDS, line.split("\x1f"), strict=True)
    return Row._make((int(text) if text else None) if name in TIME_FIELDS else text for name, text in values)


def _lines(content: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        while line := file.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                raise ValueError("one of its changes is too long")
            yield line


def _change(told: Any) -> tuple[Key, Row | None]:
    names = FIELDS if isinstance(told, list) and len(told) == len(FIELDS) else KEY_FIELDS
    if not isinstance(told, list) or len(told) != len(names):
        raise ValueError("one of its changes is neither a row nor a key")
    for name, value in zip(names, told, strict=True):
        if name in TIME_FIELDS:
            if value is not None and type(value) is not int:
                raise ValueError(f"{name} of one of its rows is no time")
        elif not isinstance(value, str) or has_control_characters(value):
            raise ValueError(f"{name} of one of its rows is no text as it can be published")
    country, vrm, ref = told[:3]
    return (country, vrm, ref), Row._make(told) if len(told) == len(FIELDS) else None
