"""The keys that sign: root keys that are kept offline, three that stay online, and one for each list.

A key is a PEM file under KEYS_DIR that only its owner may read; `signer` is the one place to teach about hardware keys.
"""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from securesystemslib.signer import CryptoSigner, Key, Signer
from tuf.api.metadata import Metadata, Root

ONLINE = ("targets", "snapshot", "timestamp")
ROOT_KEYS = 3
ROOT_THRESHOLD = 2


def root_file() -> Path:
    """The root of trust that a matcher is given by hand, once."""
    return Path(settings.KEYS_DIR) / "root.json"


def online(role: str) -> Signer:
    """The signer of `targets`, `snapshot` or `timestamp`, which all feeds share."""
    return _read(_folder("online") / f"{role}.pem")


def of_list(role: str) -> Signer:
    """The signer of one list. Its own folder, so that another process on another machine may hold it."""
    return _read(_folder("lists") / f"{role}.pem")


def make_list_key(role: str) -> Key:
    """A key for a new list; returns its public half."""
    return _write(_folder("lists") / f"{role}.pem").public_key


def make_online_keys() -> dict[str, Key]:
    """The keys that a running portal holds. Returns their public halves."""
    return {role: _write(_folder("online") / f"{role}.pem").public_key for role in ONLINE}


def make_root_keys() -> list[Signer]:
    """Keys that belong on separate media in separate hands: whoever runs the ceremony takes `offline/` away."""
    return [_write(_folder("offline") / f"root-{number}.pem") for number in range(1, ROOT_KEYS + 1)]


def root() -> Metadata[Root]:
    """The root of trust. FileNotFoundError before the keys were made."""
    return Metadata[Root].from_bytes(root_file().read_bytes())


def write_new(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read. FileExistsError rather than overwrite a key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _folder(name: str) -> Path:
    return Path(settings.KEYS_DIR) / name


def _write(path: Path) -> CryptoSigner:
    signer = CryptoSigner.generate_ed25519()
    write_new(path, signer.private_bytes)
    return signer


def _read(path: Path) -> Signer:
    return _loaded(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _loaded(path: Path, _written_at: int) -> Signer:
    return CryptoSigner(load_pem_private_key(path.read_bytes(), password=None))  # type: ignore[arg-type]
