"""A second place for checkpoints: a folder that is not the portal's to change, such as another body's mount."""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from audit.checkpoints import is_our_log
from audit.seal import notes

log = logging.getLogger(__name__)
NEWEST = "newest"


def carry(note: str, at: datetime) -> None:
    """Leaves the newest checkpoint there, and the first of each hour for good. A place that is away holds nothing up."""
    if not settings.CHECKPOINT_DROP:
        return
    folder = Path(settings.CHECKPOINT_DROP)
    try:
        _write(folder / NEWEST, note)
        kept = folder / f"{at:%Y-%m-%dT%H}Z"
        if not kept.exists():
            _write(kept, note)
    except OSError:
        log.exception("The checkpoint could not be carried to %s; the next one is tried again", folder)


def contradictions(verifier: notes.Verifier) -> Iterator[str]:
    """What lies there and is not how our log stood."""
    if not settings.CHECKPOINT_DROP:
        return
    for path in sorted(Path(settings.CHECKPOINT_DROP).iterdir()):
        if path.suffix == ".part" or path.name.startswith("."):
            continue
        try:
            note = path.read_text()
            notes.checkpoint(note, verifier)
        except (OSError, ValueError) as problem:  # of another key or origin, after a restore: people compare those
            yield f"The checkpoint kept elsewhere as {path.name}: {problem}"
            continue
        if not is_our_log(note):
            yield f"The checkpoint kept elsewhere as {path.name} is of another log than this."


def _write(path: Path, note: str) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
