"""A static tree of the publication, where one is wanted: a copy that any web server can give out, never what anything is read from.

Written after the commit, the timestamp last, so that whoever reads it in the middle gets the old or the new. What the portal no
longer gives out goes from it too. Who may read which feed is up to the server in front of it.
"""

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from matchers.models import Feed, Metadata


def bring_up_to_date() -> int:
    """Makes the tree like the publication; returns how many feeds it has. Without PORTAL_MIRROR_DIR it does nothing."""
    if not settings.MIRROR_DIR:
        return 0
    root = Path(settings.MIRROR_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Read first: all that these rest on was committed with them or before.
        stamps = dict(Metadata.objects.filter(role="timestamp").newest().values_list("feed", "body"))
        _copy_files(Path(settings.PUBLICATION_DIR) / "targets", root / "targets")
        for feed in Feed.objects.filter(pk__in=stamps):
            folder = root / feed.pk / "metadata"
            folder.mkdir(parents=True, exist_ok=True)
            shown = Metadata.objects.shown_to(feed).exclude(role="timestamp")
            wanted = {str(document): document.pk for document in shown.only("role", "version")}
            there = {path.name for path in folder.iterdir()}
            for document in Metadata.objects.filter(pk__in=[pk for name, pk in wanted.items() if name not in there]):
                _write(folder / str(document), bytes(document.body))
            _write(folder / "timestamp.json", bytes(stamps[feed.pk]))
            _keep_only(folder, {*wanted, "timestamp.json"})
        _keep_only_files_of(Path(settings.PUBLICATION_DIR) / "targets", root / "targets")
    return len(stamps)


def _copy_files(source: Path, copy: Path) -> None:
    for path in source.rglob("*"):
        there = copy / path.relative_to(source)
        if path.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            part = there.with_name(f"{there.name}.part")
            with suppress(FileNotFoundError):  # it was pruned this moment
                shutil.copyfile(path, part)
                part.replace(there)


def _keep_only_files_of(source: Path, copy: Path) -> None:
    for there in [path for path in copy.rglob("*") if path.is_file()]:
        if not (source / there.relative_to(copy)).exists():
            there.unlink()


def _keep_only(folder: Path, names: set[str]) -> None:
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
