"""A file that comes in a ZIP archive: read as it unpacks, within bounds, never to disk."""

import io
import zipfile
from typing import BinaryIO

from hotlists.feeds.files import LARGEST

MOST_TIMES = 200  # so many times its packed size a text may have; what packs tighter is made to harm
_ALWAYS = 64 << 20  # bytes that may unpack from anything
_LOCAL_HEADER = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"


class Unreadable(Exception):
    """The file is of a kind that has no rows to read; says which."""


def unpacked(file: BinaryIO) -> tuple[BinaryIO, int]:
    """The text to read, and its size in bytes, or 0 when it is the file itself. Raises Unreadable."""
    start = file.read(4)
    file.seek(0)
    if start not in (_LOCAL_HEADER, _EMPTY):
        return file, 0
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("This ZIP archive is damaged. Make it again and upload it.") from error
    names = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == "[Content_Types].xml" for entry in names):
        raise Unreadable("This is a spreadsheet, not text. Save it as CSV and upload that.")
    if len(names) != 1:
        raise Unreadable(
            f"This ZIP archive holds {len(names)} files. Put one text file into it, and no folders of files."
        )
    (entry,) = names
    if entry.flag_bits & 1:
        raise Unreadable(
            "This ZIP archive is locked with a password. Upload it without one; the way here is encrypted."
        )
    try:
        text = io.BufferedReader(_Bounded(archive.open(entry), _bound(entry)), 1 << 18)
        if text.peek(4)[:4] == _LOCAL_HEADER:
            raise Unreadable("This ZIP archive holds another archive. Put the text file itself into it.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable("This ZIP archive is damaged, or packed in a way that the portal does not read.") from error
    return text, entry.file_size  # type: ignore[return-value] - a reader of bytes


def _bound(entry: zipfile.ZipInfo) -> int:
    return min(LARGEST, max(_ALWAYS, entry.compress_size * MOST_TIMES))


class _Bounded(io.RawIOBase):
    """Bytes as they unpack; Unreadable once there are more than a text would have, whatever the archive says of itself."""

    def __init__(self, member: zipfile.ZipExtFile, bound: int):
        self.member, self.left = member, bound

    def readable(self) -> bool:
        """It is read, never written."""
        return True

    def readinto(self, buffer) -> int:
        """Fills the buffer. A damaged archive is Unreadable from where it is damaged."""
        try:
            got = self.member.read(len(buffer))
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            raise Unreadable("This ZIP archive is damaged. Make it again and upload it.") from error
        except Exception as error:  # zlib.error, lzma.LZMAError: each packing has its own
            raise Unreadable("This ZIP archive is damaged. Make it again and upload it.") from error
        self.left -= len(got)
        if self.left < 0:
            raise Unreadable("This ZIP archive unpacks to far more than a file of rows would. It is not read further.")
        buffer[: len(got)] = got
        return len(got)
