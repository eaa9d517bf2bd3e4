"""The keys that sign: three that stay online, and one for each list. Those of the root are with their holders (see ceremony).

A key is a PEM file that only its owner may read, found by its id; or stands elsewhere, in hardware or a cloud, and SIGNERS says
by which address. What may sign for a role is what the newest root names; for a list, what its role names.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from securesystemslib.signer import CryptoSigner, Key, Signer
from tuf.api.metadata import Metadata, Root

from matchers.ceremony import NOTE
from matchers.models import Metadata as Document


class NoSigner(Exception):
    """A key that should sign is not here."""


def root_file() -> Path:
    """The newest root of trust, as a matcher is given it by hand, once."""
    return Path(settings.KEYS_DIR) / "root.json"


def root() -> Metadata[Root]:
    """The newest root of trust, as it is published. FileNotFoundError before there is one."""
    return _root(root_bytes())


def root_bytes() -> bytes:
    """Its very bytes. FileNotFoundError before there is one."""
    newest = Document.objects.filter(feed=None, role="root").order_by("-version").values_list("body", flat=True).first()
    if newest is None:
        raise FileNotFoundError("The keys of the publication have not been made yet.")
    return bytes(newest)


def note() -> str:
    """What the root says of itself: that its keys are for show. Empty where it says nothing."""
    try:
        return str(root().signed.unrecognized_fields.get(NOTE, ""))
    except FileNotFoundError:
        return ""


def online(role: str) -> Signer:
    """The signer of `targets`, `snapshot` or `timestamp`, which all feeds share: of the keys that the newest root names."""
    signed = root().signed
    for keyid in signed.roles[role].keyids:
        signer = _signer(_online(), f"{role}*.pem", signed.keys[keyid])
        if signer is not None:
            return signer
    raise NoSigner(f"The root names a key for {role} that is not here.")


def of_list(name: str, keyid: str) -> Signer:
    """The signer of one list. Its own folder, so that another process on another machine may hold it."""
    for path in _lists().glob(f"{name}*.pem"):
        if (signer := _read(path)).public_key.keyid == keyid:
            return signer
    raise NoSigner(f"The key of list {name} is not here.")


def public_of_list(name: str, keyid: str, told: dict[str, Any]) -> Key:
    """The public half of a list's key, as its role keeps it: who signs feeds need not hold the keys of lists."""
    return Key.from_dict(keyid, dict(told)) if told else of_list(name, keyid).public_key


def make_list_key(name: str) -> Key:
    """A key for a list; returns its public half. It signs once the list's role names it."""
    return _write(_lists(), name)


def drop_list_key(name: str, keyid: str) -> None:
    """Removes the key with which a list is signed no more."""
    for path in _lists().glob(f"{name}*.pem"):
        if _read(path).public_key.keyid == keyid:
            path.unlink()


def make_online_key(role: str) -> Key:
    """Another key for `targets`, `snapshot` or `timestamp`; returns its public half. It signs once a root names it."""
    return _write(_online(), role)


def unnamed(named: set[str]) -> list[Path]:
    """The files of online keys that are not among those named."""
    return [path for path in sorted(_online().glob("*.pem")) if _read(path).public_key.keyid not in named]


def write_new(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read. FileExistsError rather than overwrite a key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def keep_root(document: bytes) -> None:
    """Keeps the newest root among the keys: to be given to matchers, and to begin the next ceremony with."""
    part = root_file().with_suffix(".part")
    part.unlink(missing_ok=True)
    write_new(part, document)
    part.replace(root_file())


def _online() -> Path:
    return Path(settings.KEYS_DIR) / "online"


def _lists() -> Path:
    return Path(settings.LIST_KEYS_DIR or Path(settings.KEYS_DIR) / "lists")


def _signer(folder: Path, pattern: str, key: Key) -> Signer | None:
    address = settings.SIGNERS.get(key.keyid)
    if address:
        return _addressed(address, key.keyid, key)
    return next(
        (signer for path in folder.glob(pattern) if (signer := _read(path)).public_key.keyid == key.keyid), None
    )


def _write(folder: Path, name: str) -> Key:
    signer = CryptoSigner.generate_ed25519()
    write_new(folder / f"{name}-{signer.public_key.keyid[:16]}.pem", signer.private_bytes)
    return signer.public_key


def _read(path: Path) -> Signer:
    return _loaded(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _loaded(path: Path, _written_at: int) -> Signer:
    return CryptoSigner(load_pem_private_key(path.read_bytes(), password=None))


_addresses: dict[tuple[str, str], Signer] = {}


def _addressed(address: str, keyid: str, key: Key) -> Signer:
    """A signer that securesystemslib reaches: file2:, hsm:, gcpkms:, awskms:, azurekms:, hv:. Opened once a process."""
    if (address, keyid) not in _addresses:
        _addresses[address, keyid] = Signer.from_priv_key_uri(address, key)
    return _addresses[address, keyid]


@lru_cache(maxsize=4)
def _root(document: bytes) -> Metadata[Root]:
    return Metadata[Root].from_bytes(document)
