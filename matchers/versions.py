"""What was signed last, kept outside the database, so that a restored backup cannot lead the publisher back below it.

One file, written and on disk before a transaction that signed is committed, and marked after it: `signing` is what was about
to be published, `last` what was. A crash between the two costs a number. It is no part of any backup.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from matchers.models import Feed, FeedList, ListRole
from portal.errors import TooLate

OF_FEEDS = ("targets", "snapshot", "timestamp")
Numbers = dict[str, int]


class Behind(TooLate):
    """The database knows less than was published: it was restored from a backup (R-103)."""

    title = "Nothing is published until somebody has looked"


class Known(NamedTuple):
    """Numbers by what they count."""

    last: Numbers
    signing: Numbers

    def highest(self, name: str) -> int:
        """The highest number that was ever given out, or may have been."""
        return max(self.last.get(name, 0), self.signing.get(name, 0))


def of_feed(feed: Feed, role: str) -> str:
    """The version of a feed's own document."""
    return f"{feed.pk}/{role}"


def of_list(role: ListRole, what: str) -> str:
    """The `version` of a list's document, or its `revision`."""
    return f"{role.name}/{what}"


def named_by(feed_id: str, role: str = "") -> str:
    """The version of a list's document that a feed's snapshot named; without a role, what all of these begin with."""
    return f"{feed_id}/named/{role}"


def after(name: str, current: int) -> int:
    """The number to sign next, when the database says that `current` was the last. Raises Behind when more was published."""
    seen = known()
    if problem := _problem(name, current, seen):
        raise Behind(problem)
    return max(current, seen.signing.get(name, 0)) + 1


def problem_with(feeds: Iterable[Feed], roles: Iterable[ListRole]) -> str:
    """Why nothing can be published; an empty string when it can."""
    seen = known()
    problems = (_problem(name, current, seen) for name, current in _numbers(list(feeds), roles, []).items())
    return next((problem for problem in problems if problem), "")


def keep(feeds: Iterable[Feed], roles: Iterable[ListRole]) -> None:
    """Writes down what is about to be published; call it last in the transaction, under the repository's lock."""
    feeds = list(feeds)
    lists = FeedList.objects.filter(feed__in=feeds).select_related("role")
    numbers = _numbers(feeds, roles, lists)
    if not numbers:
        return
    _change(lambda known: Known(known.last, known.signing | numbers), sync=True)
    transaction.on_commit(lambda: _change(lambda known: Known(_raised(known.last, numbers), known.signing), sync=False))


def known() -> Known:
    """What the file says; nothing when there is none."""
    path = _file()
    try:
        stat = path.stat()
    except FileNotFoundError:
        return Known({}, {})
    return _read(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)


def is_kept() -> bool:
    """Whether there is a file at all."""
    return _file().exists()


def _problem(name: str, current: int, seen: Known) -> str:
    if current == 0 and seen.highest(name) == 0:
        return ""
    last = seen.last.get(name)
    if last is None and name not in seen.signing:
        why = f"of {name} the database knows version {current}, but there is no record of it in {_file().name}"
    elif current < (last or 0):
        why = f"{name} was published at version {last}, but the database knows only {current}"
    else:
        return ""
    return f"The database may have been restored from a backup: {why}. See docs/how-to/back-up-and-restore.md."


def _numbers(feeds: Iterable[Feed], roles: Iterable[ListRole], lists: Iterable[FeedList]) -> Numbers:
    found = {of_feed(feed, role): getattr(feed, f"{role}_version") for feed in feeds for role in OF_FEEDS}
    for role in roles:
        found |= {of_list(role, "version"): role.version, of_list(role, "revision"): role.revision}
    found |= {named_by(each.feed_id, each.role.name): each.version for each in lists}
    for feed in feeds:
        found |= {named_by(feed.pk, role): version for role, version in feed.lost_lists.items()}
    return found


def _raised(numbers: Numbers, by: Numbers) -> Numbers:
    return numbers | {name: max(number, numbers.get(name, 0)) for name, number in by.items()}


def _change(change: Callable[[Known], Known], *, sync: bool) -> None:
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(path.with_suffix(".lock")):
        _write(path, change(known()), sync=sync)


def _write(path: Path, numbers: Known, *, sync: bool) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        json.dump(numbers._asdict(), file)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    part.replace(path)
    if sync:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@lru_cache(maxsize=4)
def _read(path: Path, _inode: int, _written_at: int, _size: int) -> Known:
    content: Mapping[str, Numbers] = json.loads(path.read_bytes())
    return Known(content["last"], content["signing"])


def _file() -> Path:
    return Path(settings.VERSIONS_FILE or Path(settings.KEYS_DIR) / "published-versions.json")
