"""Unsigned files are made whole before they are sent, in a file that has no name: size and digest are known, memory constant."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

CHUNK = 1 << 16
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the same rows make the same file


@dataclass
class Made:
    """A file that was made and not yet sent. Read once."""

    file: IO[bytes]
    sha256: str
    length: int

    @property
    def parts(self) -> Iterator[bytes]:
        """Its content; closed, and gone, at its end."""
        with self.file:
            self.file.seek(0)
            while part := self.file.read(CHUNK):
                yield part


@contextmanager
def plain(parts: Iterable[bytes]) -> Iterator[Made]:
    """A file of these parts; gone, unless whoever asked comes to an end with it."""
    with _nameless() as file:
        for part in parts:
            file.write(part)
        yield _made(file)


@contextmanager
def zipped(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[Made]:
    """A ZIP of these files, made one after the other, likewise. Their names are ours, and hold no path."""
    with _nameless() as file:
        _zip(file, members)
        yield _made(file)


@contextmanager
def _nameless() -> Iterator[IO[bytes]]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        yield file
    except BaseException:
        file.close()
        raise


def _zip(file: IO[bytes], members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, parts in members:
            about = zipfile.ZipInfo(name, _NO_TIME)
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as member:
                for part in parts:
                    member.write(part)


def _made(file: IO[bytes]) -> Made:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(CHUNK):
        digest.update(part)
    return Made(file, digest.hexdigest(), file.tell())
