"""The place where sources leave files: a directory, or a bucket. LIST/complete/, LIST/add/ and LIST/remove/ below it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import obstore
from django.conf import settings
from obstore.exceptions import BaseError
from obstore.store import from_url

CHUNK = 1 << 20
SET_ASIDE = "set-aside"  # beside the modes: what could not be taken, for the source to look at
FOREIGN = (".", "~")  # names begin so while their writer is at them
UNFINISHED = (".part", ".tmp", ".filepart")  # and end so


@dataclass(frozen=True, slots=True)
class LeftFile:
    """One file that a source left, and how it is to be loaded."""

    path: str
    mode: str
    left_at: dt.datetime
    e_tag: str | None

    @property
    def name(self) -> str:
        """As the source named it."""
        return PurePosixPath(self.path).name


def is_watched() -> bool:
    """Whether this portal has such a place."""
    return bool(settings.FEED_INBOX)


def wellness() -> str:
    """What is wrong with the place, for /healthz; nothing where there is none."""
    try:
        if is_watched():
            obstore.list_with_delimiter(_store(settings.FEED_INBOX))
    except BaseError as problem:
        return f"the place where sources leave files does not answer: {problem}"
    return ""


def left_for(slug: str, modes: list[str], *, before: dt.datetime) -> list[LeftFile]:
    """Finished files of this list that lie there unchanged since `before`, the oldest first.

    Raises obstore.exceptions.BaseError when the place does not answer.
    """
    found = []
    for mode in modes:
        for page in obstore.list(_store(settings.FEED_INBOX), f"{slug}/{mode}"):
            for kept in page:
                name = PurePosixPath(kept["path"]).name
                if not name.startswith(FOREIGN) and not name.endswith(UNFINISHED) and kept["last_modified"] <= before:
                    found.append(LeftFile(kept["path"], mode, kept["last_modified"], kept["e_tag"]))
    return sorted(found, key=lambda file: (file.left_at, file.path))


def chunks(file: LeftFile) -> Iterator[bytes]:
    """Its bytes, as they come."""
    for chunk in obstore.get(_store(settings.FEED_INBOX), file.path).stream(min_chunk_size=CHUNK):
        yield bytes(chunk)


def remove(file: LeftFile) -> None:
    """Deletes it, unless another was put in its place since."""
    if _is_still_there(file):
        obstore.delete(_store(settings.FEED_INBOX), file.path)


def set_aside(file: LeftFile, slug: str) -> str:
    """Moves it to where it is not taken again; returns where."""
    to = f"{slug}/{SET_ASIDE}/{file.left_at:%Y%m%dT%H%M%S}-{file.name}"
    if _is_still_there(file):
        obstore.rename(_store(settings.FEED_INBOX), file.path, to)
    return to


def forget_set_aside(slug: str, *, before: dt.datetime) -> None:
    """Deletes what was set aside before this moment: it names vehicles, and nobody decided that they be kept."""
    store = _store(settings.FEED_INBOX)
    for page in obstore.list(store, f"{slug}/{SET_ASIDE}"):
        for kept in page:
            if kept["last_modified"] < before:
                obstore.delete(store, kept["path"])


def _is_still_there(file: LeftFile) -> bool:
    try:
        return obstore.head(_store(settings.FEED_INBOX), file.path)["e_tag"] == file.e_tag
    except FileNotFoundError:
        return False


@lru_cache(maxsize=1)
def _store(url: str) -> Any:
    """Keys and region of a bucket come from the environment, as every S3 client reads them."""
    if not url.startswith("s3:"):
        return from_url(url)
    return from_url(url, retry_config={"max_retries": 2, "retry_timeout": dt.timedelta(seconds=10)})
