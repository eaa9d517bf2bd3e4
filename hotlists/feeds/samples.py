"""The head of a sample file while somebody drafts an import profile: on disk, small, gone with the draft."""

import os
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from hotlists.feeds.archives import unpacked

HEAD = 64 << 10  # bytes kept; enough for the first rows
LIFE = 24 * 3600  # seconds that a forgotten one lies here


def path_of(profile_id: uuid.UUID) -> Path:
    """Where the sample of a draft lies."""
    return Path(settings.UPLOADS_DIR) / "samples" / str(profile_id)


def store(profile_id: uuid.UUID, content: bytes) -> None:
    """Keeps the first whole lines."""
    path = path_of(profile_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(head(content))


def head_of(file: BinaryIO) -> bytes:
    """The first lines of an uploaded file, unpacked where it is an archive. Raises Unreadable."""
    text, _ = unpacked(file)
    return head(text.read(HEAD + 1))


def head(content: bytes) -> bytes:
    """The first lines, without the one that is cut."""
    kept = content[:HEAD]
    return kept if len(content) <= HEAD or b"\n" not in kept else kept[: kept.rindex(b"\n") + 1]


def of(profile_id: uuid.UUID) -> bytes:
    """The sample, or nothing when it is gone."""
    try:
        return path_of(profile_id).read_bytes()
    except FileNotFoundError:
        return b""


def remove(profile_id: uuid.UUID) -> None:
    """Deletes it."""
    path_of(profile_id).unlink(missing_ok=True)


def remove_forgotten() -> None:
    """Deletes what has lain here for a day."""
    directory = path_of(uuid.UUID(int=0)).parent
    for path in directory.iterdir() if directory.is_dir() else ():
        if time.time() - path.stat().st_mtime > LIFE:
            path.unlink(missing_ok=True)
