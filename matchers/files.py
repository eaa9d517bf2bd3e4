"""The files that publications name, by content: written whole and on disk before anything names them, never changed."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
from django.conf import settings

from matcher_client import whole
from matcher_client.deltas import Changes, Step, spelled
from matchers.columns import batches_of

LIST_FILE = "full.parquet"
SITES_FILE = "sites.json"


class Written(NamedTuple):
    """A file by its content."""

    sha256: str
    length: int


def list_path(role: str, sha256: str) -> Path:
    """Where the rows of one revision are."""
    return Path(settings.PUBLICATION_DIR) / "targets" / "d" / role / f"{sha256}.{LIST_FILE}"


def delta_path(role: str, sha256: str, step: Step) -> Path:
    """Where one delta is."""
    return Path(settings.PUBLICATION_DIR) / "targets" / "d" / role / f"{sha256}.{step.name}"


def sites_path(sha256: str) -> Path:
    """Where one table of sites is."""
    return Path(settings.PUBLICATION_DIR) / "targets" / f"{sha256}.{SITES_FILE}"


def write_rows(role: str, lines: Iterable[bytes]) -> Written:
    """Rows as their canonical bytes, in key order, as Parquet. Holds one group of rows in memory at a time."""
    return _write(
        lambda sha256: list_path(role, sha256),
        lambda file: whole.write(pa.PythonFile(file, mode="w"), batches_of(lines)),
    )


def write_delta(role: str, step: Step, changes: Changes) -> Written:
    """What changed from one revision to another."""
    return _write(lambda sha256: delta_path(role, sha256, step), lambda file: file.write(spelled(changes)))


def write_sites(table: dict[str, Any], generated_at: int) -> Written:
    """The table of camera sites in service, with their areas and the directions of their cameras."""
    content = json.dumps({"generated_at": generated_at, **table}, sort_keys=True).encode()
    return _write(sites_path, lambda file: file.write(content))


class _Digesting:
    """A file that takes the SHA-256 of what is written to it, as it is written."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.sha256 = hashlib.sha256()
        self.length = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Writes on."""
        self.sha256.update(data)
        self.length += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        """How much was written."""
        return self.length

    def flush(self) -> None:
        """Hands it to the system."""
        self._file.flush()

    def close(self) -> None:
        """The file itself is closed by who opened it."""

    def writable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is not."""
        return False

    def seekable(self) -> bool:
        """It is not: what is written has been digested."""
        return False


def _write(path_of: Callable[[str], Path], fill: Callable[[_Digesting], object]) -> Written:
    root = Path(settings.PUBLICATION_DIR)
    root.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=root, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            digesting = _Digesting(file)
            fill(digesting)
            file.flush()
            os.fsync(file.fileno())
        written = Written(digesting.sha256.hexdigest(), digesting.length)
        path = path_of(written.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return written


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
