"""The ceremony of the root of trust, on paper: a new root is prepared, signed by each holder elsewhere, and checked.

Bytes in, bytes out; no database and no settings, so that a holder signs on a machine that has neither.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import Metadata, Root

ONLINE = ("targets", "snapshot", "timestamp")
THRESHOLD = 2
NOTE = "x-note"


class Unsound(Exception):
    """A root that cannot be taken; the message says why."""


def make_key(passphrase: str = "") -> tuple[bytes, bytes]:
    """A holder's key: its private half, under the passphrase if there is one, and its public half, both as PEM."""
    private = Ed25519PrivateKey.generate()
    kept = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def holder(private: bytes, passphrase: str = "") -> Signer:
    """The signer of a holder's key. Raises Unsound when the passphrase is not the key's."""
    try:
        return CryptoSigner(load_pem_private_key(private, passphrase.encode() or None))
    except (TypeError, ValueError) as error:
        raise Unsound("This is no private key, or not its passphrase.") from error


def public(pem: bytes) -> Key:
    """A public key from its PEM: of a holder, or of hardware that signs."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem))
    except ValueError as error:
        raise Unsound("This is no public key.") from error


def prepare(
    previous: bytes | None, *, holders: Sequence[Key], threshold: int, online: Mapping[str, Key], expires_at: dt.datetime,
    note: str = "",
) -> bytes:  # fmt: skip
    """The next root, unsigned. What is not given stays as in the previous: its holders and threshold, an online key."""
    before = read(previous).signed if previous else None
    if before is not None and not holders:
        holders, threshold = (
            [before.keys[keyid] for keyid in before.roles["root"].keyids],
            before.roles["root"].threshold,
        )
    if not 1 <= threshold <= len({key.keyid for key in holders}):
        raise Unsound(f"{threshold} of {len(holders)} keys is not possible.")
    root = Root(
        version=before.version + 1 if before else 1, expires=expires_at.astimezone(dt.UTC).replace(microsecond=0),
        consistent_snapshot=True,
    )  # fmt: skip
    for key in holders:
        root.add_key(key, "root")
    root.roles["root"].threshold = threshold
    for role in ONLINE:
        keys = (
            [online[role]] if role in online else [before.keys[k] for k in before.roles[role].keyids] if before else []
        )
        if not keys:
            raise Unsound(f"There is no key yet for {role}.")
        for key in keys:
            root.add_key(key, role)
    if note:
        root.unrecognized_fields[NOTE] = note
    return Metadata(root).to_bytes()


def sign(document: bytes, signer: Signer) -> bytes:
    """The document with this holder's signature beside those that it has."""
    root = read(document)
    root.sign(signer, append=True)
    return root.to_bytes()


def read(document: bytes) -> Metadata[Root]:
    """A root, whatever its signatures. Raises Unsound when it is none."""
    try:
        root = Metadata[Root].from_bytes(document)
    except RepositoryError as error:
        raise Unsound("This is no root of trust.") from error
    if not isinstance(root.signed, Root):
        raise Unsound("This is no root of trust.")
    return root


def missing(document: bytes, previous: bytes | None) -> int:
    """How many signatures are missing: those of the previous root's holders count for the one, those of its own for the other."""
    root = read(document)
    judges = [root.signed, *([read(previous).signed] if previous else [])]
    return max(judge.get_verification_result("root", root.signed_bytes, root.signatures).missing for judge in judges)


def check(document: bytes, previous: bytes | None, *, at: dt.datetime) -> Metadata[Root]:
    """The root that may be taken now. Raises Unsound otherwise."""
    root = read(document)
    before = read(previous).signed if previous else None
    expected = before.version + 1 if before else 1
    if root.signed.version != expected:
        raise Unsound(f"This is version {root.signed.version}; the next is {expected}.")
    if root.signed.expires <= at:
        raise Unsound("It has expired already.")
    if not root.signed.consistent_snapshot or any(not root.signed.roles[role].keyids for role in ("root", *ONLINE)):
        raise Unsound("It does not name a key for each role.")
    try:
        for judge in filter(None, (before, root.signed)):
            judge.verify_delegate("root", root.signed_bytes, root.signatures)
    except UnsignedMetadataError as error:
        raise Unsound(f"{missing(document, previous)} more signatures are needed.") from error
    return root


def described(document: bytes, previous: bytes | None = None) -> list[str]:
    """What a holder should read before signing."""
    root = read(document)
    signed = root.signed
    lines = [f"root of trust, version {signed.version}, valid until {signed.expires:%d %B %Y %H:%M} UTC"]
    if NOTE in signed.unrecognized_fields:
        lines.append(str(signed.unrecognized_fields[NOTE]))
    before = read(previous).signed if previous else None
    for role in ("root", *ONLINE):
        named = signed.roles[role]
        lines.append(f"{role}: {named.threshold} of {len(named.keyids)}")
        for keyid in named.keyids:
            told = " (signed)" if role == "root" and keyid in root.signatures else ""
            new = " NEW" if before is not None and keyid not in before.roles[role].keyids else ""
            lines.append(f"  {keyid}{new}{told}")
        gone = [keyid for keyid in before.roles[role].keyids if keyid not in named.keyids] if before else []
        lines += [f"  {keyid} NO LONGER" for keyid in gone]
    lines.append(f"signatures missing: {missing(document, previous)}")
    return lines
