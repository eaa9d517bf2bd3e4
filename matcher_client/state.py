"""What survives a crash: what was applied, who we are, and files that are either whole or not there."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher_client.deltas import Step
from matcher_client.held import DeltaFile, Files
from matcher_client.manifest import Manifest


@dataclass(slots=True)
class AppliedList:
    """A list that was verified and applied, and the receipt that the portal gave for it."""

    manifest: dict[str, Any]
    whole: str
    deltas: list[tuple[str, dict[str, int]]]
    applied_at: int
    receipt: dict[str, Any] | None = None
    until: int | None = None

    @property
    def files(self) -> Files:
        """Where it is on disk. ValueError when that is not told as it should be."""
        return Files(self.whole, tuple(DeltaFile(name, Step.read(told)) for name, told in self.deltas))

    @property
    def is_receipted(self) -> bool:
        return self.receipt is not None and self.receipt["revision"] == self.manifest["revision"]


@dataclass(slots=True)
class Applied:
    """What the matcher holds, as written to disk after it was applied. Times are seconds since 1970 in UTC."""

    feed: str = ""
    timestamp_version: int = 0
    timestamp_expires: int = 0
    timestamp_keys: list[str] = field(default_factory=list)
    keys_note: str = ""
    verified_at: int = 0
    discarded_at: int | None = None
    sites: dict[str, int] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    cameras: dict[str, str] = field(default_factory=dict)
    lists: dict[str, AppliedList] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Applied":
        """What `path` holds; nothing applied when it is not there or was not written by this format."""
        try:
            content = json.loads(path.read_bytes())
            lists = {role: AppliedList(**part) for role, part in content.pop("lists").items()}
            for part in lists.values():
                Manifest.read(part.manifest)
                if not all(Path(name).name == name for name in part.files.names):
                    raise ValueError("a list is said to be in another folder")
            return cls(lists=lists, **content)
        except FileNotFoundError:
            return cls()

    def write(self, path: Path) -> None:
        write_whole(path, json.dumps(asdict(self)).encode())


def health(applied: Applied, now: float) -> dict[str, Any]:
    """What was applied and how fresh it is, told from the state on disk alone."""
    lists = {
        role: {
            "title": part.manifest["title"],
            "revision": part.manifest["revision"],
            "rows": part.manifest["rows"],
            "terminal": part.manifest["terminal"],
            "applied_at": part.applied_at,
            "lapses_at": part.manifest["list_lapses_at"],
            "given_until": part.until,
            "rows_verified_at": part.manifest["rows_verified_at"],
            "discarded_after": applied.verified_at + part.manifest["offline_life"],
            "last_receipt": part.receipt,
        }
        for role, part in applied.lists.items()
    }
    is_stale = bool(applied.verified_at) and now >= applied.timestamp_expires
    return {
        "state": state_of(applied, is_stale=is_stale),
        "feed": applied.feed,
        "timestamp": applied.timestamp_version,
        "keys": applied.keys_note,
        "verified_at": applied.verified_at or None,
        "stale_since": applied.timestamp_expires if is_stale else None,
        "discarded_at": applied.discarded_at,
        "lists": lists,
    }


def state_of(applied: Applied, *, is_stale: bool) -> str:
    """In one word: `fresh`, `stale` (matching goes on), `dead` (discarded at the end of its offline life) or `empty`."""
    if applied.discarded_at is not None and not applied.lists:
        return "dead"
    if not applied.lists:
        return "empty"
    return "stale" if is_stale else "fresh"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it is the old one or the new one, never a part."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See to it that a file which was put there is still there after a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock(folder: Path) -> int:
    """Keep this state directory for this process until it ends. BlockingIOError when another has it."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def own_key(path: Path) -> Ed25519PrivateKey:
    """The matcher's own key, made on first use. It never leaves this machine."""
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
