"""The publisher: brings what matchers are given to what is in force. Run twice, the second time does nothing."""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import SystemJob
from hotlists.models import Hotlist, Unpublished
from matchers import files, metadata, versions
from matchers.actions import buckets, chains
from matchers.actions.feeds import LIFE, sign_feed, store
from matchers.actions.revisions import (
    end_for,
    latest,
    lines_of,
    publish_changes,
    publish_whole_file,
    says_other,
    was_carried_on,
)
from matchers.actions.rows import Changes, Plates, replace_rows
from matchers.locks import lock_list, lock_repository, try_lock_list
from matchers.models import Allocation, Feed, FeedList, ListRole, Metadata, Publication, Receipt, SiteTable
from matchers.waking import wake_after_commit

log = logging.getLogger(__name__)

Ends = dict[str, dt.datetime]  # feed -> until when its matcher is given the list


@dataclass(slots=True)
class _Draft:
    """What is to be signed of one list, whose lock is held."""

    role: ListRole
    hotlist: Hotlist
    entitled: Ends
    carried: dict[str, FeedList]
    made: Publication | None
    endings: list[Publication]


@transaction.atomic
def publish(hotlist_id: uuid.UUID, *, by: SystemJob, as_noted: bool = False) -> list[Publication]:
    """Compares one list with what is published of it, and publishes the difference; returns the revisions it made.

    `as_noted`: compares only what is noted as changed, unless that may be anything; it costs as much as the changes are.
    Everything stands or falls together: rows, recalls, signed documents of the list and of every feed that carries it.
    Files are on disk before the transaction ends, so a crash at any step leaves the old revision or the new.
    """
    lock_list(hotlist_id)
    draft = _draft(hotlist_id, by=by, as_noted=as_noted)
    return _sign_together([draft] if draft else [], by=by)


@transaction.atomic
def publish_ready(hotlist_id: uuid.UUID, *, by: SystemJob) -> list[Publication]:
    """Publishes what is noted of one list, and in the same commit what is noted of others that nobody else is at: each feed
    is signed once for all of them. One of the others that cannot be published holds nothing up; the clock tells of it."""
    lock_list(hotlist_id)
    drafts = [_draft(hotlist_id, by=by, as_noted=True)]
    for other in Unpublished.objects.exclude(hotlist=hotlist_id).ready_lists():
        if not try_lock_list(other):
            continue
        try:
            with transaction.atomic():
                drafts.append(_draft(other, by=by, as_noted=True))
        except Exception:
            log.exception("List %s could not be published beside another", other)
    return _sign_together([draft for draft in drafts if draft], by=by)


def _draft(hotlist_id: uuid.UUID, *, by: SystemJob, as_noted: bool) -> _Draft | None:
    now = timezone.now()
    role = ListRole.objects.filter(hotlist=hotlist_id).first()
    plates = _noted(hotlist_id, are_wanted=as_noted)
    if role is None:
        return None  # never given to any matcher
    hotlist = Hotlist.objects.with_lapse(now).get(pk=hotlist_id)
    entitled = Allocation.objects.running(now).filter(hotlist=hotlist).ends_by_feed()
    carried = {each.feed_id: each for each in FeedList.objects.filter(role=role).select_related("ending")}
    made = _revise(hotlist, role, entitled, carried.values(), plates, by=by, at=now)
    endings = [
        end_for(hotlist, role, each.feed, by=by, at=now) for each in carried.values() if _is_to_end(each, entitled)
    ]
    role.compared_at = now if plates is None else role.compared_at
    role.save(update_fields=["compared_at", "revision"])
    return _Draft(role, hotlist, entitled, carried, made, endings)


def _sign_together(drafts: list[_Draft], *, by: SystemJob) -> list[Publication]:
    """Signs the lists, and once each feed that any of them touched."""
    if not drafts:
        return []
    now = timezone.now()
    lock_repository()
    changed: set[str] = set()
    touched: set[str] = set()
    for draft in drafts:
        own = _settle(draft.role, draft.entitled, draft.carried, draft.endings, at=now)
        shared = _sign_list(draft.role, latest(draft.hotlist), is_new=draft.made is not None, at=now)
        changed |= own
        touched |= own | (_feeds_of(draft.role) if shared else set())
    feeds = _sign_feeds([draft.role for draft in drafts], touched, changed, by=by, at=now)
    made = [each for draft in drafts for each in (draft.made, *draft.endings) if each]
    if made and not feeds:
        versions.keep([], [draft.role for draft in drafts])
    return made


@transaction.atomic
def renew_whole_file(hotlist_id: uuid.UUID, *, by: SystemJob) -> Publication | None:
    """Makes the whole file of a list anew, where the deltas that follow it are many or it is old; None where it is not due.

    The file is written before anything is locked, from rows of one revision, so that nothing waits for it. Should the rows
    not be those that were signed for, since what is kept of the digests is wrong, the list goes out whole with right ones.
    """
    now = timezone.now()
    role = ListRole.objects.select_related("hotlist").get(pk=hotlist_id)
    found = latest(role.hotlist)
    if found is None or not _is_whole_file_due(found, now):
        return None
    is_right = buckets.root_of(role.hotlist, found.bucket_bits, found.revision) == found.root
    written = files.write_rows(role.name, lines_of(role.hotlist, found.revision))
    lock_list(hotlist_id)
    role = ListRole.objects.get(pk=hotlist_id)
    hotlist = Hotlist.objects.with_lapse(now).get(pk=hotlist_id)
    before = latest(hotlist)
    if before is None or before.sha256 != found.sha256 or chains.whole_revision(before) != chains.whole_revision(found):
        return None  # somebody else did, meanwhile
    if is_right:
        publication = publish_whole_file(hotlist, role, before, of=found, written=written, by=by, at=now)
    else:
        log.error("Digests that were kept of list %s were wrong and are made anew; matchers take it whole.", role)
        revision = versions.after(versions.of_list(role, "revision"), role.revision)
        publication = publish_changes(
            hotlist, role, before, Changes(), revision=revision, by=by, at=now, on_its_own=True
        )
    role.save(update_fields=["revision"])
    lock_repository()
    _sign(role, None, publication, at=now)
    _sign_feeds([role], _feeds_of(role), set(), by=by, at=now)
    return publication


def _is_whole_file_due(publication: Publication, at: dt.datetime) -> bool:
    whole = Publication.objects.get(hotlist=publication.hotlist_id, revision=chains.whole_revision(publication))
    outdated = chains.outdated(publication.hotlist, at)
    return chains.is_whole_file_due(publication, whole.generated_at, at, outdated=outdated)


def _revise(
    hotlist: Hotlist, role: ListRole, entitled: Ends, carried: Iterable[FeedList], plates: Plates | None, *,
    by: SystemJob, at: dt.datetime,
) -> Publication | None:  # fmt: skip
    """The next revision of the list for everybody, if there is anything to say."""
    before = latest(hotlist)
    if before is None and not entitled:
        return None
    lapses_at = hotlist.lapses_at  # type: ignore[attr-defined]
    # A list that nobody is entitled to any more leaves no rows behind; one that is not in force has none.
    is_published = bool(entitled) and lapses_at is not None and lapses_at > at
    if plates is not None and is_published != (before is not None and before.rows > 0):
        plates = None  # it comes or goes as a whole, whatever is known to have changed
    on_its_own = before is None or was_carried_on(role)
    most_told = 0 if before is None or on_its_own else chains.most_told(before.rows)
    revision = versions.after(versions.of_list(role, "revision"), role.revision)
    changes = replace_rows(
        hotlist, by=by, revision=revision, at=at, is_published=is_published, plates=plates, most_told=most_told
    )
    # Whoever was given an ending takes the list up again only at a later revision.
    comes_back = max((each.ending.revision for each in carried if each.ending and each.feed_id in entitled), default=0)
    is_same = before is not None and not changes and comes_back < before.revision and not on_its_own
    if is_same and not (entitled and says_other(hotlist, before, at)):  # type: ignore[arg-type]
        return None
    return publish_changes(hotlist, role, before, changes, revision=revision, by=by, at=at, on_its_own=on_its_own)


def _noted(hotlist_id: uuid.UUID, *, are_wanted: bool) -> Plates | None:
    """What is known to have changed since the last time; None when that may be anything. The notes are spent by it, and not
    even read where all rows are compared: after a long load there are as many as rows."""
    spent = f"DELETE FROM {Unpublished._meta.db_table} WHERE hotlist_id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        if not are_wanted:
            cursor.execute(spent, [hotlist_id])
            return None
        cursor.execute(f"{spent} RETURNING country, vrm", [hotlist_id])
        plates = cursor.fetchall()
    return None if any(not vrm for _, vrm in plates) else plates


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
        deltas=[
            metadata.file(f"d/{role.name}/{link.step.name}", sha256=link.sha256, length=link.length)
            for link in chains.of(publication)
        ],
    )  # fmt: skip
    store(feed, role.name, role.version, body, at=at, life=LIFE)


def _sign_feeds(
    roles: list[ListRole], touched: set[str], changed: set[str], *, by: SystemJob, at: dt.datetime
) -> list[Feed]:
    """Signs the feeds that the lists' documents touched; `changed` are those whose own targets change with them."""
    feeds = [
        sign_feed(feed, by=by, at=at, with_targets=feed.pk in changed)
        for feed in Feed.objects.filter(pk__in=touched).order_by("pk")
    ]
    wake_after_commit(feeds)
    if feeds:
        versions.keep(feeds, roles)
    return feeds


def _newest(feed: Feed | None, role: ListRole) -> Metadata | None:
    return Metadata.objects.filter(feed=feed, role=role.name).order_by("-version").first()


def _feeds_of(role: ListRole) -> set[str]:
    return set(FeedList.objects.filter(role=role).given().values_list("feed_id", flat=True))
