"""What this matcher has seen of the portal's own log, kept here, so that the log is not rewritten unseen."""

import json
import logging
import random
from pathlib import Path
from typing import Any

from matcher_client.refusals import FORMAT, Refused
from matcher_client.state import write_whole

log = logging.getLogger(__name__)

LONGEST = 2_000  # characters of a checkpoint
MOST_KEPT = 400  # days
DAY = 86_400


class Witness:
    """The newest checkpoint that was told, and the first of each day. They hold counts and hashes, and lie on disk in clear."""

    def __init__(self, path: Path):
        self._path = path
        self._kept = _read(path)
        self.newest = list(self._kept.values())[-1] if self._kept else ""

    def see(self, told: str, at: float) -> bool:
        """Takes note of a checkpoint. False when it contradicts what was seen: then that is kept, and not this."""
        if not told:
            return not self.newest
        if not agree(self.newest, told):
            return False
        self.newest = told
        if (day := str(int(at // DAY))) not in self._kept:
            self._kept = dict(list((self._kept | {day: told}).items())[-MOST_KEPT:])
            write_whole(self._path, json.dumps(self._kept).encode())
        return True

    def said(self) -> dict[str, str]:
        """What a receipt bears witness to: how the log was seen last, and on some day before."""
        if not self.newest:
            return {}
        same = [each for each in self._kept.values() if _origin(each) == _origin(self.newest)]
        return {"log": self.newest, "log_before": random.choice(same)}  # noqa: S311 - whichever


def read_log(note: Any) -> str:
    """A checkpoint as a timestamp tells it; empty when it tells of none. Raises Refused when it is no checkpoint."""
    if note is None:
        return ""
    lines = note.split("\n") if isinstance(note, str) and len(note) <= LONGEST else []
    if len(lines) < 5 or not lines[1].isascii() or not lines[1].isdigit():
        raise Refused(FORMAT, "timestamp.json tells of the portal's log as nobody can read it.")
    return str(note)


def size_of(note: str) -> int:
    """How many events the log had; 0 before anything was told."""
    return int(note.split("\n")[1]) if note else 0


def agree(kept: str, told: str) -> bool:
    """Whether a checkpoint that is told now can follow the one that was kept: no shorter, and the same at the same size.

    A log under another name begins anew.
    """
    if _origin(told) != _origin(kept):
        return True
    if size_of(told) != size_of(kept):
        return size_of(told) > size_of(kept)
    return told.split("\n")[:3] == kept.split("\n")[:3]


def _origin(note: str) -> str:
    return note.partition("\n")[0]


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_bytes())
        return {str(day): read_log(note) for day, note in kept.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, Refused):
        log.error("What was seen of the portal's log cannot be read and is begun anew: %s", path)
        return {}
