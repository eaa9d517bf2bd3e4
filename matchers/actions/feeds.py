"""Signing feeds: what each carries, that it belongs together, that it is fresh. All under the repository's one lock."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from securesystemslib.signer import Signer

from accounts.models import Actor, SystemJob
from audit.actions import record
from audit.checkpoints import newest_checkpoint
from audit.verbs import Verb
from camera_sites.models import Camera, CameraSite
from matcher_client.scope import direction_of
from matchers import files, keys, metadata, versions
from matchers.locks import lock_repository
from matchers.models import Feed, FeedList, Metadata, SiteTable
from matchers.waking import wake_after_commit

TIMESTAMP_LIFE = dt.timedelta(minutes=10)
LIFE = dt.timedelta(days=7)


@transaction.atomic
def sign_feed(feed: Feed, *, by: Actor, at: dt.datetime, with_targets: bool) -> Feed:
    """A new snapshot and timestamp of this feed, and new targets when what it carries changed.

    The caller holds the repository's lock, and keeps the versions when it is done. Nothing is ever signed below or at a
    version that was signed before.
    """
    feed = Feed.objects.select_for_update(of=("self",), no_key=True).select_related("site_table").get(pk=feed.pk)
    lists = list(FeedList.objects.filter(feed=feed).select_related("role"))
    if with_targets or feed.targets_version == 0:
        feed.targets_version = versions.after(versions.of_feed(feed, "targets"), feed.targets_version)
        carried = {
            each.role.name: keys.public_of_list(each.role.name, each.role.key_id, each.role.public_key)
            for each in lists
            if each.unloaded_at is None
        }
        sites = feed.site_table
        tables = [metadata.file(files.SITES_FILE, sha256=sites.sha256, length=sites.length)] if sites else []
        until = {
            each.role.name: int(each.until_at.timestamp()) for each in lists if each.until_at and not each.ending_id
        }
        body = metadata.targets(feed.pk, feed.targets_version, at + LIFE, carried, tables, until=until)
        store(feed, "targets", feed.targets_version, body, at=at, life=LIFE)
    feed.snapshot_version = versions.after(versions.of_feed(feed, "snapshot"), feed.snapshot_version)
    named = {"targets": feed.targets_version, **feed.lost_lists, **_list_versions(feed, lists)}
    body = metadata.snapshot(feed.pk, feed.snapshot_version, at + LIFE, named)
    store(feed, "snapshot", feed.snapshot_version, body, at=at, life=LIFE)
    _sign_timestamp(feed, at)
    feed.save(update_fields=["targets_version", "snapshot_version", "timestamp_version"])
    return feed


@transaction.atomic
def refresh_timestamps(*, by: SystemJob) -> int:
    """Says of every feed that it is current; signs anew what is past half its life. Returns how many feeds."""
    lock_repository()
    now = timezone.now()
    newest = Metadata.objects.exclude(feed=None).filter(role__in=["targets", "snapshot"]).newest()
    fresh = Counter(document.feed_id for document in newest if not document.is_due_for_renewal(now))
    standing = Feed.objects.exclude(snapshot_version=0)
    signer = keys.online("timestamp") if standing.exists() else None
    feeds = []
    for feed in standing.order_by("pk"):
        if fresh[feed.pk] < 2:  # its targets or its snapshot is past half its life, or was erased while all stood still
            feeds.append(sign_feed(feed, by=by, at=now, with_targets=True))
            continue
        _sign_timestamp(feed, now, signer)
        feeds.append(feed)
    Feed.objects.bulk_update(feeds, ["timestamp_version"])
    wake_after_commit(feeds)
    versions.keep(feeds, [])
    return len(feeds)


@transaction.atomic
def publish_sites(*, by: SystemJob) -> SiteTable | None:
    """The camera sites in service and until when, in every feed; None when nothing changed (R-113)."""
    lock_repository()
    now = timezone.now()
    live = CameraSite.objects.with_service_end(now).order_by("ref")
    ends = live.values_list("ref", "in_service_until")  # type: ignore[misc]  # an annotation
    cameras = Camera.objects.order_by("ref").values_list("ref", "direction")
    table = {
        "sites": {ref: int(until.timestamp()) if until else 0 for ref, until in ends},
        "areas": dict(live.values_list("ref", "area")),
        "cameras": {ref: point for ref, words in cameras if (point := direction_of(words))},
    }
    current = SiteTable.objects.order_by("id").last()
    if current is not None and all(getattr(current, name) == part for name, part in table.items()):
        newest, is_new = current, False
    else:
        written = files.write_sites(table, int(now.timestamp()))
        newest, is_new = SiteTable.objects.create(**table, generated_at=now, **written._asdict()), True
    behind = list(Feed.objects.exclude(site_table=newest).order_by("pk"))
    for feed in behind:
        feed.site_table = newest
    Feed.objects.bulk_update(behind, ["site_table"])
    signed = [sign_feed(feed, by=by, at=now, with_targets=True) for feed in behind]
    wake_after_commit(signed)
    versions.keep(signed, [])
    if is_new:
        record(Verb.SITES_PUBLISHED, target=newest, by=by, count=len(newest.sites))
    return newest if is_new else None


def store(feed: Feed | None, role: str, version: int, body: bytes, *, at: dt.datetime, life: dt.timedelta) -> Metadata:
    """Keeps a signed document, under a version that was never used before."""
    return Metadata.objects.create(feed=feed, role=role, version=version, body=body, signed_at=at, expires_at=at + life)


def _sign_timestamp(feed: Feed, at: dt.datetime, signer: Signer | None = None) -> None:
    """Sets the feed's next timestamp; the caller saves the feed. Of timestamps only the newest is ever asked for."""
    Metadata.objects.filter(feed=feed, role="timestamp").delete()
    feed.timestamp_version = versions.after(versions.of_feed(feed, "timestamp"), feed.timestamp_version)
    body = metadata.timestamp(
        feed.pk, feed.timestamp_version, at + TIMESTAMP_LIFE, feed.snapshot_version, at=at, signer=signer,
        log=newest_checkpoint(),
    )  # fmt: skip
    store(feed, "timestamp", feed.timestamp_version, body, at=at, life=TIMESTAMP_LIFE)


def _list_versions(feed: Feed, lists: list[FeedList]) -> dict[str, int]:
    """The newest version of each list's role that this feed may be shown; those unloaded included, as TUF asks."""
    ended = [each.role.name for each in lists if each.ending_id]
    given = [each.role.name for each in lists if not each.ending_id]
    found: dict[str, int] = {}
    for owner, roles in ((feed, ended), (None, given)):
        newest = Metadata.objects.filter(feed=owner, role__in=roles).values("role").annotate(newest=Max("version"))
        found |= {row["role"]: row["newest"] for row in newest}
    for each in lists:  # what was signed long ago may have been deleted since; a snapshot must name it all the same
        each.version = found[each.role.name] = max(each.version, found.get(each.role.name, 0))
    FeedList.objects.bulk_update(lists, ["version"])
    return found
