"""The sealer: gives events their places in the tree and signs how it stands. A process of its own, which alone has the key."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from audit.elsewhere import carry
from audit.models import Checkpoint, Event, Leaf, Unsealed
from audit.seal import canonical, merkle, notes
from audit.seal.guard import Guard, Stood
from audit.tree import keep_subtrees

SEALER = "sealer"  # the way into the database that may do this and nothing else
MOST = 20_000  # events a batch: memory, and how long it takes
HASH = 32
_LOCK = 0x7365616C  # "seal"


class Gone(Exception):
    """Events were deleted before they were sealed."""


def seal() -> Checkpoint | None:
    """Seals what was committed since the last time, up to MOST events, as one transaction. None where there is nothing,
    or somebody else is at it.

    The sealer gives the order, so writers need none, and whatever commits late is sealed late. A crash at any step leaves the
    events unsealed, or sealed once. Raises Behind where the database knows less than was sealed, Gone where events that wait
    were deleted: both are for people to look at, and nothing is signed.
    """
    key, guard = signing_key(), _guard()
    with transaction.atomic(using=SEALER), connections[SEALER].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = Checkpoint.objects.using(SEALER).first()
        edge = edge_of(last)
        guard.check(Stood(edge.size, edge.root().hex()))
        waiting = list(Unsealed.objects.using(SEALER).order_by("pk").values_list("pk", flat=True)[:MOST])
        if not waiting:
            return None
        first = edge.size
        events = list(Event.objects.using(SEALER).filter(pk__in=waiting).order_by("pk"))
        if len(events) != len(waiting):
            gone = sorted({str(pk) for pk in waiting} - {str(event.pk) for event in events})
            raise Gone(f"{len(gone)} events were deleted before they were sealed, the first is {gone[0]}.")
        hashes = [merkle.leaf_hash(canonical.leaf(event)) for event in events]
        with cursor.copy(f"COPY {Leaf._meta.db_table} (number, event_id, hash) FROM STDIN") as copy:
            for number, (event, leaf) in enumerate(zip(events, hashes, strict=True), first):
                copy.write_row((number, event.pk, leaf))
                edge.add(leaf)
        Unsealed.objects.using(SEALER).filter(pk__in=waiting).delete()
        keep_subtrees(edge.size, using=SEALER)
        root = edge.root()
        made = Checkpoint.objects.using(SEALER).create(
            size=edge.size, root=root, edge=b"".join(edge.nodes), signed_at=timezone.now(),
            note=notes.sign(notes.Checkpoint(origin(), edge.size, root).text(), origin(), key),
        )  # fmt: skip
        guard.sealing(Stood(edge.size, root.hex()))
    guard.sealed(Stood(edge.size, root.hex()))
    carry(made.note, made.signed_at)
    return made


def edge_of(checkpoint: Checkpoint | None) -> merkle.Edge:
    """The tree as it stood then, ready to grow."""
    if checkpoint is None:
        return merkle.Edge()
    kept = bytes(checkpoint.edge)
    return merkle.Edge(checkpoint.size, [kept[n : n + HASH] for n in range(0, len(kept), HASH)])


def origin() -> str:
    """Whose log it is, which is also the name of its key."""
    return settings.AUDIT_ORIGIN


def verifier() -> notes.Verifier:
    """The public key, which anybody may have: as the settings spell it, else as it lies beside the other half.
    FileNotFoundError before there is one."""
    return notes.Verifier.read(settings.AUDIT_KEY or _public_file().read_text())


def has_key() -> bool:
    """Whether this process can seal."""
    return _key_file().exists()


def make_key() -> notes.Verifier:
    """A key that only its owner may read, and its public half beside it. FileExistsError when there is one."""
    key = Ed25519PrivateKey.generate()
    path = _key_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made = notes.Verifier(origin(), key.public_key().public_bytes_raw())
    _public_file().write_text(f"{made.spelled()}\n")
    return made


def signing_key() -> Ed25519PrivateKey:
    """The key. FileNotFoundError before there is one."""
    key = load_pem_private_key(_key_file().read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("The log is sealed with an Ed25519 key.")
    return key


def _key_file() -> Path:
    return Path(settings.SEAL_DIR) / "seal.pem"


def _public_file() -> Path:
    return Path(settings.SEAL_DIR) / "seal.pub"


def _guard() -> Guard:
    return Guard(Path(settings.SEAL_DIR) / "sealed.json")
