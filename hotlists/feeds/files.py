"""Uploaded files, from their arrival until the decision: on disk, never whole in memory."""

import hashlib
import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from matcher_client.vrm import named_in
from portal.errors import Unfit

LARGEST = 4 << 30  # bytes


def path_of(load_id: uuid.UUID) -> Path:
    """Where the file of a load lies until it is decided."""
    return Path(settings.UPLOADS_DIR) / "loads" / f"{load_id}.csv"


def kept_name(name: str) -> str:
    """What is kept of a file's name: its last 255 characters; of one that names a vehicle only the ending, since the name outlives
    the rows (R-065)."""
    return f"(a name with a plate in it){Path(name).suffix[:20]}" if named_in(name) else name[-255:]


def store(load_id: uuid.UUID, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Writes the file as it comes. Returns its size in bytes and its SHA-256. Unfit when empty or too large."""
    path = path_of(load_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "xb", opener=_private) as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise Unfit("The file is too large.", {"file": [f"At most {LARGEST >> 30} GiB are taken at once."]})
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise Unfit("The file is empty.", {"file": ["This file is empty."]})
    except BaseException:
        remove(load_id)
        raise
    return size, digest.hexdigest()


def remove(load_id: uuid.UUID) -> None:
    """Deletes the file. Nothing happens when it is gone already."""
    path_of(load_id).unlink(missing_ok=True)


def stored() -> list[uuid.UUID]:
    """The loads whose files lie here."""
    return [uuid.UUID(path.stem) for path in path_of(uuid.UUID(int=0)).parent.glob("*.csv")]


def is_old(load_id: uuid.UUID) -> bool:
    """Whether the file has lain here for an hour; a younger one may be of an upload that is still under way."""
    try:
        return time.time() - path_of(load_id).stat().st_mtime > 3600
    except FileNotFoundError:
        return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
