"""The publisher: brings what matchers are given to what is in force. Run twice, the second time does nothing."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist, Load
from matcher_client.rows import FORMAT
from matcher_client.rows import root as root_over
from matchers import files, metadata, versions
from matchers.actions.feeds import LIFE, sign_feed, store
from matchers.actions.rows import EMPTY, Changes, bucket_bits, lines_of, replace_rows, root_of
from matchers.locks import lock_list, lock_repository
from matchers.models import (
    Allocation,
    Feed,
    FeedList,
    ListRole,
    Metadata,
    Publication,
    PublishedRow,
    Receipt,
    SiteTable,
)
from matchers.waking import wake_after_commit
from standards.models import StandardsProfile

MARKING = "OFFICIAL-SENSITIVE"

Ends = dict[str, dt.datetime]  # feed -> until when its matcher is given the list


@transaction.atomic
def publish(hotlist_id: uuid.UUID, *, by: SystemJob) -> list[Publication]:
    """Compares one list with what is published of it, and publishes the difference; returns the revisions it made.

    Everything stands or falls together: rows, recalls, signed documents of the list and of every feed that carries it.
    Files are on disk before the transaction ends, so a crash at any step leaves the old revision or the new.
    """
    lock_list(hotlist_id)
    now = timezone.now()
    role = ListRole.objects.filter(hotlist=hotlist_id).first()
    if role is None:
        return []  # never given to any matcher
    hotlist = Hotlist.objects.with_lapse(now).get(pk=hotlist_id)
    entitled = Allocation.objects.running(now).filter(hotlist=hotlist).ends_by_feed()
    carried = {each.feed_id: each for each in FeedList.objects.filter(role=role).select_related("ending")}
    made = _revise(hotlist, role, entitled, carried.values(), by=by, at=now)
    endings = [_end(hotlist, role, each, by=by, at=now) for each in carried.values() if _is_to_end(each, entitled)]
    role.compared_at = now
    role.save(update_fields=["compared_at", "revision"])
    lock_repository()
    changed = _settle(role, entitled, carried, endings, at=now)
    shared = _sign_list(role, latest(hotlist), is_new=made is not None, at=now)
    touched = changed | (_feeds_of(role) if shared else set())
    feeds = [
        sign_feed(feed, by=by, at=now, with_targets=feed.pk in changed)
        for feed in Feed.objects.filter(pk__in=touched).order_by("pk")
    ]
    wake_after_commit(feeds)
    if made or feeds:
        versions.keep(feeds, [role])
    return [publication for publication in (made, *endings) if publication]


def latest(hotlist: Hotlist) -> Publication | None:
    """The newest revision of a list itself."""
    return Publication.objects.to_all().filter(hotlist=hotlist).order_by("-revision").first()


def _revise(
    hotlist: Hotlist, role: ListRole, entitled: Ends, carried: Iterable[FeedList], *, by: SystemJob, at: dt.datetime
) -> Publication | None:
    """The next revision of the list for everybody, if there is anything to say."""
    before = latest(hotlist)
    if before is None and not entitled:
        return None
    lapses_at = hotlist.lapses_at  # type: ignore[attr-defined]
    # A list that nobody is entitled to any more leaves no rows behind; one that is not in force has none.
    is_published = bool(entitled) and lapses_at is not None and lapses_at > at
    revision = versions.after(versions.of_list(role, "revision"), role.revision)
    changes = replace_rows(hotlist, by=by, revision=revision, at=at, is_published=is_published)
    # Whoever was given an ending takes the list up again only at a later revision.
    comes_back = max((each.ending.revision for each in carried if each.ending and each.feed_id in entitled), default=0)
    if before is not None and not changes and comes_back < before.revision and not _was_carried_on(role):
        says_other = _facts(hotlist, at) != _facts_of(before)
        if not (entitled and says_other):
            return None
    role.revision = revision
    return _publish_revision(hotlist, role, before, changes, by=by, at=at)


def _was_carried_on(role: ListRole) -> bool:
    """Whether the list's number was carried on above what was published, since matchers may hold what was lost."""
    newest = Publication.objects.filter(hotlist=role.hotlist_id).aggregate(newest=Max("revision"))["newest"]
    return role.revision > newest


def _publish_revision(
    hotlist: Hotlist, role: ListRole, before: Publication | None, changes: Changes, *, by: SystemJob, at: dt.datetime
) -> Publication:
    is_same = before is not None and not changes and before.manifest["format"] == FORMAT
    if before is not None and is_same:  # other dates, same rows: the same file
        rows, bits, root = before.rows, before.bucket_bits, before.root
        written = files.Written(before.sha256, before.length)
    else:
        rows = PublishedRow.objects.filter(hotlist=hotlist).current().count()
        bits = bucket_bits(rows)
        root = root_of(hotlist, bits)
        written = files.write_rows(role.name, lines_of(hotlist))
    publication = _create(
        hotlist, revision=role.revision, previous=before, rows=rows, bits=bits, root=root, written=written, at=at,
        added=changes.added, removed=changes.removed, refused=dict(changes.refused),
    )  # fmt: skip
    record(
        Verb.PUBLICATION_RELEASED, target=publication, by=by, count=rows, also=[hotlist], revision=publication.revision,
        added=changes.added, removed=changes.removed, refused=dict(changes.refused),
    )  # fmt: skip
    if changes.recalled:
        record(Verb.RECALL_OPENED, target=publication, by=by, count=changes.recalled, also=[hotlist])
    return publication


def _end(hotlist: Hotlist, role: ListRole, carried: FeedList, *, by: SystemJob, at: dt.datetime) -> Publication:
    """The empty revision that ends a list for one matcher, which has to prove that it took it (R-105)."""
    role.revision = versions.after(versions.of_list(role, "revision"), role.revision)
    bits = bucket_bits(0)
    ending = _create(
        hotlist, revision=role.revision, previous=latest(hotlist), rows=0, bits=bits, root=_empty_root(bits),
        written=files.write_rows(role.name, []), at=at, feed=carried.feed,
    )  # fmt: skip
    record(
        Verb.PUBLICATION_ENDED,
        target=ending,
        by=by,
        also=[hotlist, carried.feed.matcher],
        matcher=str(carried.feed.matcher),
    )
    return ending


def _create(
    hotlist: Hotlist, *, revision: int, previous: Publication | None, rows: int, bits: int, root: str,
    written: files.Written, at: dt.datetime, feed: Feed | None = None, **counts: object,
) -> Publication:  # fmt: skip
    manifest = {
        **_facts(hotlist, at),
        "revision": revision,
        "previous_revision": previous.revision if previous else 0,
        "rows": rows,
        "bucket_bits": bits,
        "root": root,
        "generated_at": int(at.timestamp()),
        "terminal": feed is not None,
    }
    return Publication.objects.create(
        hotlist=hotlist, revision=revision, feed=feed, rows=rows, bucket_bits=bits, root=root, manifest=manifest,
        list_lapses_at=hotlist.lapses_at, generated_at=at, **written._asdict(), **counts,  # type: ignore[attr-defined]
    )  # fmt: skip


FACTS = ("format", "list_lapses_at", "offline_life", "marking", "standards_profile", "title", "rows_verified_at")


def _facts(hotlist: Hotlist, at: dt.datetime) -> dict[str, object]:
    """What a manifest says of the list, whatever its rows."""
    lapses_at = hotlist.lapses_at  # type: ignore[attr-defined]
    verified_at = _confirmed_whole_at(hotlist)
    return {
        "format": FORMAT,
        "list_lapses_at": int(lapses_at.timestamp()) if lapses_at else None,
        "offline_life": hotlist.offline_life_hours * 3600,
        "marking": MARKING,
        "standards_profile": StandardsProfile.objects.in_force(at).name,
        "title": hotlist.title,
        "rows_verified_at": int(verified_at.timestamp()) if verified_at else None,
    }


def _confirmed_whole_at(hotlist: Hotlist) -> dt.datetime | None:
    """When the source last said all that it lists: whatever stayed in the list was confirmed then, unchanged rows too."""
    whole = Load.objects.filter(hotlist=hotlist, mode=Load.Mode.COMPLETE, status=Load.Status.LOADED)
    return whole.aggregate(at=Max("loaded_at"))["at"]


def _facts_of(publication: Publication) -> dict[str, object]:
    return {name: publication.manifest.get(name) for name in FACTS}


def _empty_root(bits: int) -> str:
    return root_over([EMPTY] * (1 << bits)).hex()


def _is_to_end(carried: FeedList, entitled: Ends) -> bool:
    return carried.ending_id is None and carried.feed_id not in entitled


def _settle(
    role: ListRole, entitled: Ends, carried: dict[str, FeedList], endings: list[Publication], *, at: dt.datetime
) -> set[str]:
    """Makes the feeds carry the list or its ending. Returns the feeds whose own targets that changes."""
    changed = set()
    newest_table = SiteTable.objects.order_by("id").last()
    for feed_id in sorted(entitled.keys() - carried.keys()):
        FeedList.objects.create(feed_id=feed_id, role=role, until_at=entitled[feed_id])
        Feed.objects.filter(pk=feed_id, site_table=None).update(site_table=newest_table)
        changed.add(feed_id)
    for feed_id in sorted(entitled.keys() & carried.keys()):
        each = carried[feed_id]
        if each.ending_id or each.until_at != entitled[feed_id]:  # given again, or until another day
            each.ending, each.unloaded_at, each.until_at = None, None, entitled[feed_id]
            each.save(update_fields=["ending", "unloaded_at", "until_at"])
            changed.add(feed_id)
    for ending in endings:
        each = next(each for each in carried.values() if each.feed_id == ending.feed_id)
        each.ending = ending
        each.save(update_fields=["ending"])
        _sign(role, ending.feed, ending, at=at)
        changed.add(each.feed_id)
    for each in carried.values():
        if each.ending is None or each.unloaded_at is not None or each.feed_id in changed:
            continue
        if _is_proved_unloaded(each.ending):
            each.unloaded_at = at
            each.save(update_fields=["unloaded_at"])
            changed.add(each.feed_id)
        elif _is_due_for_renewal(_newest(each.feed, role), at):
            _sign(role, each.feed, each.ending, at=at)
            changed.add(each.feed_id)
    return changed


def _is_proved_unloaded(ending: Publication) -> bool:
    proofs = Receipt.objects.right().filter(hotlist=ending.hotlist_id, revision=ending.revision)
    return proofs.filter(matcher__feed=ending.feed_id).exists()


def _is_due_for_renewal(document: Metadata | None, at: dt.datetime) -> bool:
    return document is None or document.is_due_for_renewal(at)


def _sign_list(role: ListRole, publication: Publication | None, *, is_new: bool, at: dt.datetime) -> bool:
    """Signs the list's document for all feeds, when it says something new or is past half its life."""
    if publication is None:
        return False
    if not is_new and not _is_due_for_renewal(_newest(None, role), at):
        return False
    _sign(role, None, publication, at=at)
    return True


def sign_list_anew(role: ListRole, *, at: dt.datetime) -> None:
    """Signs what stands of a list, for all and for those whom it was taken from, though it says nothing new."""
    publication = latest(role.hotlist)
    if publication is not None:
        _sign(role, None, publication, at=at)
    for each in FeedList.objects.carried().filter(role=role).exclude(ending=None).select_related("feed", "ending"):
        _sign(role, each.feed, each.ending, at=at)  # type: ignore[arg-type]


def _sign(role: ListRole, feed: Feed | None, publication: Publication, *, at: dt.datetime) -> None:
    role.version = versions.after(versions.of_list(role, "version"), role.version)
    role.save(update_fields=["version"])
    body = metadata.list_role(
        role.name, role.version, at + LIFE, sha256=publication.sha256, length=publication.length,
        manifest=publication.manifest, key_id=role.key_id,
    )  # fmt: skip
    store(feed, role.name, role.version, body, at=at, life=LIFE)


def _newest(feed: Feed | None, role: ListRole) -> Metadata | None:
    return Metadata.objects.filter(feed=feed, role=role.name).order_by("-version").first()


def _feeds_of(role: ListRole) -> set[str]:
    return set(FeedList.objects.filter(role=role).given().values_list("feed_id", flat=True))
