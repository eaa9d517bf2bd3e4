"""Signed notes, as C2SP specifies them, and the checkpoints of logs that they carry."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
COSIGNATURE = b"\x04"  # of a witness, with the time at which it signed
DASH = "\N{EM DASH}"


class Forged(ValueError):
    """A note that does not say what its signer signed, or is none; the words say which."""


class Checkpoint(NamedTuple):
    """How a log stood: whose it is, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """As it is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key, under the name that its signatures carry."""

    name: str
    key: bytes
    kind: bytes = ED25519

    @property
    def id(self) -> bytes:
        """Four bytes by which its signatures are told from others."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.key).digest()[:4]

    def spelled(self) -> str:
        """As people hand it on: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.kind + self.key).decode()}"

    @classmethod
    def read(cls, spelled: str) -> "Verifier":
        """From how it is spelled. Raises Forged."""
        try:
            name, id_, key = spelled.strip().split("+", 2)
            content = base64.b64decode(key, validate=True)
        except (ValueError, binascii.Error) as error:
            raise Forged("This is no key of a signed note.") from error
        found = cls(name, content[1:], content[:1])
        if found.kind not in (ED25519, COSIGNATURE) or len(content) != 33 or found.id.hex() != id_:
            raise Forged("This is no Ed25519 key of a signed note, or it was copied wrongly.")
        return found


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note: `text`, which ends with a line break, and its signature."""
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n{DASH} {name} {signature}\n"


def opened(note: str, verifier: Verifier) -> str:
    """The text of a note that this key signed; signatures of others are passed over. Raises Forged."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        raise Forged("This is no signed note.")
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, signature = rest.partition(" ")
        if dash != DASH or name != verifier.name:
            continue
        try:
            content = base64.b64decode(signature, validate=True)
        except binascii.Error:
            continue
        if content[:4] != verifier.id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.key).verify(content[4:], f"{text}\n".encode())
        except InvalidSignature as error:
            raise Forged(f"The signature of {name} is not over these words.") from error
        return f"{text}\n"
    raise Forged(f"{verifier.name} did not sign this note.")


def checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint that a note carries, whose signature is right. Raises Forged."""
    lines = opened(note, verifier).split("\n")
    try:
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise Forged("The note carries no checkpoint.") from error
    if str(size) != lines[1] or size < 0 or len(root) != 32:
        raise Forged("The note carries no checkpoint.")
    return Checkpoint(lines[0], size, root)


def cosigned_at(line: str, text: str, witness: Verifier) -> int:
    """When a witness signed this text, in seconds since 1970 (C2SP tlog-cosignature, version 1). Raises Forged."""
    try:
        content = base64.b64decode(line.rpartition(" ")[2], validate=True)
    except binascii.Error as error:
        raise Forged("This is no signature.") from error
    if witness.kind != COSIGNATURE or content[:4] != witness.id or len(content) != 76:
        raise Forged(f"This is no cosignature by {witness.name}.")
    time = int.from_bytes(content[4:12], "big")
    try:
        signed = f"cosignature/v1\ntime {time}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(witness.key).verify(content[12:], signed)
    except InvalidSignature as error:
        raise Forged(f"The cosignature of {witness.name} is not over these words.") from error
    return time
