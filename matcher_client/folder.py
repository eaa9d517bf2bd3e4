"""A folder in which cameras leave files of what they read: each is matched and taken away, so that no read is kept."""

import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matcher_client.camera_events import FORMATS
from matcher_client.matcher import Matcher
from matcher_client.reads import Read

log = logging.getLogger(__name__)

PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
BEING_WRITTEN = {".part", ".tmp", ".filepart", ".uploading"}
BAD = "bad"
LARGEST = 16 << 20  # bytes: some cameras put a picture into the event
SETTLED, GIVEN_UP = 1.0, 30.0  # seconds without a change: it is whole; it will never be
BAD_KEPT = 86_400  # seconds
MOST_BAD = 1_000  # files
EVERY = 0.5  # seconds between two looks


@dataclass(slots=True)
class Waiting:
    """A file as it was seen last, since when it is so, whether it could not be read then, and its hits once it was matched."""

    size: int
    changed_at: int
    since: float
    is_bad: bool = False
    hits: int | None = None


class Folder:
    """`<folder>/<site>/<camera>/…`: where a file lies says who read it. Without a folder of its own a camera is called as in the file.

    All that lies there is the matcher's to take away. `kept` is where files with hits go; the others are deleted.
    """

    def __init__(self, folder: Path, matcher: Matcher, kept: Path | None = None):
        self._folder = folder
        self._matcher = matcher
        self._kept = kept
        self._waiting: dict[Path, Waiting] = {}

    def run(self, stop: threading.Event) -> None:
        """Look again and again until `stop` is set."""
        while not stop.wait(EVERY):
            try:
                self.look()
            except OSError as error:  # a disk that is full, or a folder that went: it may come back
                log.warning("Files of cameras cannot be taken, and are tried again: %s", error.strerror)

    def look(self) -> int:
        """Take what is whole by now. Returns how many files were taken."""
        now = time.monotonic()
        there = dict(self._files())
        self._waiting = {path: waiting for path, waiting in self._waiting.items() if path in there}
        # Pictures come last, so that those of a hit can go with it.
        found = sorted(there, key=lambda path: (path.suffix.lower() in PICTURES, path))
        taken = sum(self._take_or_say_why_not(path, there[path], now) for path in found if os.path.lexists(path))
        self._clear_bad()
        return taken

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for place, folders, names in os.walk(self._folder):  # which follows no link
            if Path(place) == self._folder and BAD in folders:
                folders.remove(BAD)
            for name in names:
                path = Path(place, name)
                if not name.startswith(".") and path.suffix.lower() not in BEING_WRITTEN:
                    try:
                        yield path, path.lstat()
                    except FileNotFoundError:
                        continue  # renamed by whoever writes it

    def _take_or_say_why_not(self, path: Path, told: os.stat_result, now: float) -> bool:
        """One that this machine's disk keeps to itself is tried again later, and no other waits for it."""
        try:
            return self._take(path, told, now)
        except OSError as error:
            log.warning("A file of a camera cannot be taken away, and is tried again: %s", error.strerror)
            if path in self._waiting:
                self._waiting[path].since, self._waiting[path].is_bad = now, True
            return False

    def _take(self, path: Path, told: os.stat_result, now: float) -> bool:
        waiting = self._waiting.get(path)
        if waiting is None or (waiting.size, waiting.changed_at) != (told.st_size, told.st_mtime_ns):
            self._waiting[path] = Waiting(told.st_size, told.st_mtime_ns, now)
            return False
        unchanged = now - waiting.since
        if path.suffix.lower() in PICTURES:
            if unchanged >= GIVEN_UP:
                path.unlink()
                self._matcher.counts["pictures"] += 1
            return unchanged >= GIVEN_UP
        if unchanged < (GIVEN_UP if waiting.is_bad else SETTLED):
            return False
        if waiting.hits is not None:  # it could not be taken away since: matched once more, it would be another hit
            self._put_away(path, waiting.hits)
            return True
        try:
            reads = self._reads(path)
        except FileNotFoundError:
            return False
        except (ValueError, OSError) as error:
            if unchanged < GIVEN_UP:
                waiting.is_bad = True  # perhaps whoever writes it only paused
                return False
            # Cameras write plates into the names of files, so no name is logged.
            why = error.strerror if isinstance(error, OSError) else error
            log.warning("A file of a camera was set aside, since it cannot be read. %s", why)
            self._set_aside(path)
            return True
        waiting.hits = self._matcher.match(reads)
        self._matcher.counts["files"] += 1
        self._put_away(path, waiting.hits)
        return True

    def _reads(self, path: Path) -> list[Read]:
        """What a file says. ValueError when it says nothing that can be believed, without repeating a plate."""
        place = path.relative_to(self._folder).parts[:-1]
        if not place:
            raise ValueError("It lies in the folder of no site.")
        if path.suffix.lower() not in FORMATS:
            raise ValueError("It is neither XML nor JSON by its name.")
        seen = FORMATS[path.suffix.lower()](content_of(path))
        site, camera = place[0], place[1] if len(place) > 1 else ""
        return [Read.parse({**each._asdict(), "site": site, "camera": camera or each.camera}) for each in seen]

    def _put_away(self, path: Path, hits: int) -> None:
        """Delete what was no hit, in whatever form; keep the others where they are wanted."""
        beside = [path.with_suffix(ending) for suffix in PICTURES for ending in (suffix, suffix.upper())]
        for each in (path, *(picture for picture in beside if picture.is_file())):
            if hits and self._kept is not None:
                target = self._kept / each.relative_to(self._folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(each, target)
            else:
                each.unlink(missing_ok=True)

    def _set_aside(self, path: Path) -> None:
        self._matcher.counts["bad_files"] += 1
        if path.is_symlink():
            path.unlink()
            return
        bad = self._folder / BAD
        bad.mkdir(exist_ok=True)
        target = bad / f"{time.time_ns()}{path.suffix}"
        path.replace(target)
        os.utime(target)  # from now on it is kept for a day

    def _clear_bad(self) -> None:
        """What was set aside may be a read that did not match: somebody has a day to look at it."""
        bad = self._folder / BAD
        if not bad.is_dir():
            return
        found = sorted(bad.iterdir())
        for number, path in enumerate(found):
            if number < len(found) - MOST_BAD or abs(time.time() - path.stat().st_mtime) > BAD_KEPT:
                path.unlink()


def content_of(path: Path) -> bytes:
    """What is in a file. ValueError for what is too large, or no file: a link leads elsewhere, a pipe never ends."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("It is no file.")
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"It has more than {LARGEST} bytes.")
    return content
