"""Files that people give us, outside the web root and named by their content."""

import hashlib
import os
import time
from collections.abc import Container
from pathlib import Path

from django.conf import settings


def path_of(sha256: str) -> Path:
    """Where it lies. Raises ValueError for what is no digest, so that no name leads elsewhere."""
    if len(sha256) != 64 or not sha256.isascii() or not sha256.isalnum():
        raise ValueError("not a digest")
    return settings.FILES_DIR / "attached" / sha256[:2] / sha256


def keep(content: bytes) -> str:
    """Keeps a file, on disk when this returns, and says its SHA-256. Kept before, it is the same file."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{sha256}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256


def drop_others(known: Container[str], *, older_than: float) -> int:
    """Deletes what no record names any longer, once it has lain so many seconds: its record may be on its way. Returns how many."""
    gone = 0
    for path in (settings.FILES_DIR / "attached").glob("??/*"):
        if path.name not in known and time.time() - path.stat().st_mtime > older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
