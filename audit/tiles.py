"""The tree as static files (C2SP tlog-tiles), for whoever keeps watch on it: hashes only, which say nothing of anybody.

A folder that any web server may serve. What stands in it never changes, but for `checkpoint`, which is written last.
"""

import logging
import os
import re
import shutil
from pathlib import Path

from django.conf import settings

from audit.models import Checkpoint
from audit.tree import LEVEL, WIDTH, hashes
from audit.witnesses import cosigned

log = logging.getLogger(__name__)
NEWEST = "checkpoint"
AT_ONCE = 200  # tiles read at a time


def publish() -> int:
    """Writes what is new since the checkpoint that stands there; how many tiles. A folder that is away holds nothing up."""
    newest = Checkpoint.objects.first()
    if not settings.AUDIT_TILES_DIR or newest is None:
        return 0
    folder = Path(settings.AUDIT_TILES_DIR)
    try:
        written = _write_tiles(folder, _published(folder), newest.size)
        _put(folder / NEWEST, cosigned(newest).encode())
    except OSError:
        log.exception("The tiles could not be written to %s; they are tried again", folder)
        return 0
    return written


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile stands: `tile/0/x001/x234/067`, and `.p/5` of one that has five hashes so far."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = re.findall("...", digits)
    spelled = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{spelled}" + ("" if width == WIDTH else f".p/{width}")


def _published(folder: Path) -> int:
    """The size up to which tiles stand there; 0 where that cannot be read."""
    try:
        lines = (folder / NEWEST).read_text().split("\n")
        return int(lines[1])
    except (FileNotFoundError, IndexError, ValueError):
        return 0


def _write_tiles(folder: Path, done: int, size: int) -> int:
    level, written = 0, 0
    while have := size >> LEVEL * level:
        first, whole = (done >> LEVEL * level) // WIDTH, have // WIDTH
        for start in range(first, whole, AT_ONCE):
            stop = min(start + AT_ONCE, whole)
            found = hashes(level, start * WIDTH, stop * WIDTH)
            for number in range(start, stop):
                part = found[(number - start) * WIDTH : (number - start + 1) * WIDTH]
                _put(folder / tile_path(level, number), b"".join(part))
                shutil.rmtree(folder / f"{tile_path(level, number)}.p", ignore_errors=True)  # it is whole now
                written += 1
        if rest := have % WIDTH:
            _put(folder / tile_path(level, whole, rest), b"".join(hashes(level, whole * WIDTH, have)))
            written += 1
        level += 1
    return written


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
