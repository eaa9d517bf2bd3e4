"""What looks for malware in files that people give us. Which one is a setting; a force may bring its own."""

import socket
import struct
from contextlib import closing
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

CHUNK = 1 << 16
PATIENCE = 60  # seconds for an answer


class Verdict(NamedTuple):
    """What was found."""

    is_clean: bool
    words: str = ""


class Away(Exception):
    """The scanner did not answer; the file waits and is asked about again."""


class Scanner(Protocol):
    """PORTAL_SCANNER names a class like this, made without arguments."""

    name: str

    def scan(self, content: bytes) -> Verdict:
        """Judges a file. Raises Away when it cannot."""
        ...


class Clamd:
    """ClamAV's daemon by its INSTREAM command, at PORTAL_CLAMD: host:port, or the path of its socket."""

    name = "ClamAV"

    def scan(self, content: bytes) -> Verdict:
        """Judges a file. Raises Away when the daemon is not there, or will not take a file of this size."""
        try:
            with closing(self._connected()) as there:
                there.settimeout(PATIENCE)
                there.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    part = content[start : start + CHUNK]
                    there.sendall(struct.pack("!I", len(part)) + part)
                there.sendall(struct.pack("!I", 0))
                said = b"".join(iter(lambda: there.recv(4096), b"")).rstrip(b"\0").decode(errors="replace").strip()
        except OSError as error:
            raise Away(f"{self.name} did not answer: {type(error).__name__}.") from error
        if said.endswith(" OK"):
            return Verdict(is_clean=True)
        if said.endswith(" FOUND"):
            return Verdict(is_clean=False, words=said.removeprefix("stream: ").removesuffix(" FOUND"))
        raise Away(f"{self.name} answered: {said[:200] or 'nothing'}.")

    def _connected(self) -> socket.socket:
        host, _, port = settings.CLAMD.rpartition(":")
        if host and port.isdecimal():
            return socket.create_connection((host, int(port)), timeout=5)
        there = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        there.settimeout(5)
        there.connect(settings.CLAMD)
        return there


def scanner() -> Scanner | None:
    """The one in use; None where there is none, which pages say plainly."""
    return import_string(settings.SCANNER)() if settings.SCANNER else None
