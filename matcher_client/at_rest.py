"""Files that are locked on disk: each sealed in chunks under a key that is kept elsewhere, and bound to its feed and name."""

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matcher_client.refusals import CUT_SHORT, LOCKED, TAMPER, Refused
from matcher_client.state import sync_folder

MAGIC = b"anpr at rest 1\n\x00"
CHUNK = 1 << 18
TAG, KEY, SALT, KEY_NAME = 16, 32, 16, 8
HEAD = len(MAGIC) + KEY_NAME + SALT


class AtRest:
    """Writes and reads files that nobody else can read. Without a key it makes one that ends with this process."""

    def __init__(self, owner: str, key: bytes | None = None):
        if key is not None and len(key) != KEY:
            raise ValueError(f"A key is {KEY} bytes long.")
        self.ends_with_process = key is None
        self._key = key or secrets.token_bytes(KEY)
        self._owner = owner
        self._key_name = self._derived(b"", b"name")[:KEY_NAME]

    @contextmanager
    def create(self, path: Path) -> Iterator["Sealing"]:
        """Something to write to. What was written stands under `path` after a clean end, whole and on disk, or not at all."""
        part = path.with_name(f"{path.name}.part")
        salt = secrets.token_bytes(SALT)
        try:
            with part.open("wb") as file:
                file.write(MAGIC + self._key_name + salt)
                sealing = Sealing(file, self._cipher(path, salt))
                yield sealing
                sealing.finish()
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

    def put(self, path: Path, content: bytes) -> None:
        """Write a small file."""
        with self.create(path) as file:
            file.write(content)

    def open(self, path: Path) -> BinaryIO:
        """A file to read anywhere in. Raises Refused when it was altered, cut short, put in another's place or locked
        under another key, and OSError when it is not there."""
        file = path.open("rb")
        try:
            head = file.read(HEAD)
            if len(head) < HEAD:
                raise Refused(CUT_SHORT, f"{path.name} was cut short on this machine's disk.")
            if not head.startswith(MAGIC):
                raise Refused(TAMPER, f"{path.name} on this machine's disk is not a file that this program locked.")
            if head[len(MAGIC) : -SALT] != self._key_name:
                raise Refused(LOCKED, f"{path.name} is locked under another key than this process has.")
            return io.BufferedReader(Opened(file, path.name, self._cipher(path, head[-SALT:])))
        except BaseException:
            file.close()
            raise

    def read(self, path: Path) -> bytes:
        """All of a file. Raises as `open`."""
        with self.open(path) as file:
            return file.read()

    def _cipher(self, path: Path, salt: bytes) -> AESGCM:
        # A key for each file: chunks need no more than to be counted, and a file in another's place does not open.
        return AESGCM(self._derived(salt, f"{self._owner}\n{path.name}".encode()))

    def _derived(self, salt: bytes, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY, salt, MAGIC + purpose).derive(self._key)


class Sealing:
    """A file that is being written: what is put in comes out sealed, a chunk at a time."""

    closed = False

    def __init__(self, file: BinaryIO, cipher: AESGCM):
        self._file = file
        self._cipher = cipher
        self._rest = bytearray()
        self._count = 0
        self._length = 0

    def write(self, data: Any) -> int:
        """Writes on."""
        self._rest += data
        while len(self._rest) > CHUNK:  # a full one is held back, as it may be the last
            self._seal(bytes(self._rest[:CHUNK]), is_last=False)
            del self._rest[:CHUNK]
        self._length += len(data)
        return len(data)

    def finish(self) -> None:
        """Seals what is left, marked as the last."""
        self._seal(bytes(self._rest), is_last=True)

    def tell(self) -> int:
        """How much was written."""
        return self._length

    def flush(self) -> None:
        """Nothing goes out before its chunk is full."""

    def close(self) -> None:
        """Who made it finishes it."""

    def readable(self) -> bool:
        """It is not."""
        return False

    def writable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """What is sealed stays."""
        return False

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(nonce(self._count, is_last), chunk, None))
        self._count += 1


class Opened(io.RawIOBase):
    """A sealed file, opened: read anywhere, with one chunk of it in memory."""

    def __init__(self, file: BinaryIO, name: str, cipher: AESGCM):
        super().__init__()
        self._file = file
        self._name = name
        self._cipher = cipher
        sealed = os.fstat(file.fileno()).st_size - HEAD
        self._count = max(1, -(-sealed // (CHUNK + TAG)))
        self._length = sealed - self._count * TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if self._length < 0:
            raise Refused(CUT_SHORT, f"{name} was cut short on this machine's disk.")
        self._chunk(self._count - 1)  # only the true last chunk opens as one: nothing was cut off behind it

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Read on from elsewhere."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer, as far as the file goes."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self._length:
            number, offset = divmod(self._at, CHUNK)
            part = self._chunk(number)[offset : offset + len(view) - done]
            view[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def close(self) -> None:
        """Closes the file beneath."""
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(HEAD + number * (CHUNK + TAG))
            sealed = self._file.read(CHUNK + TAG)
            try:
                chunk = self._cipher.decrypt(nonce(number, number == self._count - 1), sealed, None)
            except InvalidTag:
                why = "was altered, cut short or put in another's place on this machine's disk."
                raise Refused(TAMPER, f"{self._name} {why}") from None
            self._held = number, chunk
        return self._held[1]


def nonce(number: int, is_last: bool) -> bytes:
    """Where a chunk stands, and whether none follows: no two chunks of a file have the same."""
    return number.to_bytes(11, "big") + bytes([is_last])
