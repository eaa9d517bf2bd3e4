"""Taking old files and documents of the publication off the disk: they name what was withdrawn since (R-085, F-14).

What a document names is kept; what none names any more is kept as long as a matcher may still ask for it: one that fetched a
timestamp before it went out of reach, at most an offline life ago. When a file was last named is told by its time of change.
"""

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist
from matchers import files
from matchers.locks import lock_list, lock_repository
from matchers.models import Feed, ListRole, Metadata, SiteTable

MARGIN = dt.timedelta(hours=1)  # as long as the clock takes to come round


def prune(*, by: SystemJob) -> int:
    """One round: marks what is named, removes what has not been for an offline life. Returns how many files went.

    List by list, each under its own lock and no longer: nothing that is to be published waits for the rest.
    """
    now = timezone.now()
    longest = Hotlist.objects.aggregate(hours=Max("offline_life_hours"))["hours"] or 0
    gone = sum(_prune_list(role, now) for role in ListRole.objects.select_related("hotlist").order_by("pk"))
    return gone + _prune_repository(gone, now, dt.timedelta(hours=longest) + MARGIN, by=by)


@transaction.atomic
def _prune_list(role: ListRole, now: dt.datetime) -> int:
    lock_list(role.pk)
    life = dt.timedelta(hours=role.hotlist.offline_life_hours) + MARGIN
    return _sweep(files.list_path(role.name, "").parent, set(_named_by_documents(role)), now, life)


@transaction.atomic
def _prune_repository(of_lists: int, now: dt.datetime, kept: dt.timedelta, *, by: SystemJob) -> int:
    lock_repository()
    in_use = Feed.objects.exclude(site_table=None).values("site_table")
    tables = SiteTable.objects.filter(pk__in=in_use).values_list("sha256", flat=True)
    gone = _sweep(files.sites_path("").parent, {files.sites_path(sha256) for sha256 in tables}, now, kept)
    gone += _sweep(Path(settings.PUBLICATION_DIR), set(), now, kept)  # what a crash left half written
    documents, _ = _superseded(now - kept).delete()
    if of_lists + gone:
        record(
            Verb.PUBLICATION_PRUNED, target=Metadata.objects.filter(role="root").latest("version"), by=by,
            count=of_lists + gone, documents=documents,
        )  # fmt: skip
    return gone


def _named_by_documents(role: ListRole) -> Iterator[Path]:
    """The files that the newest documents of a list name, to all and to those whom it was taken from."""
    folder = files.list_path(role.name, "").parent
    for document in Metadata.objects.filter(role=role.name).newest():
        for path, told in json.loads(bytes(document.body))["signed"]["targets"].items():
            yield folder / f"{told['hashes']['sha256']}.{path.rpartition('/')[2]}"


def _sweep(folder: Path, named: set[Path], now: dt.datetime, kept: dt.timedelta) -> int:
    moment = now.timestamp()
    for path in named:
        if path.exists():
            os.utime(path, (moment, moment))
    old = [
        path
        for path in (folder.iterdir() if folder.exists() else ())
        if path.is_file() and path not in named and path.stat().st_mtime < moment - kept.total_seconds()
    ]
    for path in old:
        path.unlink()
    return len(old)


def _superseded(before: dt.datetime) -> QuerySet[Metadata]:
    """Documents in whose place another was signed before this moment. Roots stay: matchers walk from root to root."""
    later = Metadata.objects.filter(role=OuterRef("role"), version__gt=OuterRef("version"), signed_at__lt=before)
    of_a_feed, of_all = later.filter(feed=OuterRef("feed")), later.filter(feed=None)
    return Metadata.objects.exclude(role="root").filter(
        Q(Exists(of_a_feed), feed__isnull=False) | Q(Exists(of_all), feed=None)
    )
