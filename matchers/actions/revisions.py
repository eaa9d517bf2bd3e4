"""The next revision of a list: what it says, which files hold it, and that it is on record."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Max

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.models import Hotlist, Load
from matcher_client.rows import FORMAT
from matchers import files, versions
from matchers.actions import buckets, chains
from matchers.actions.chains import Delta
from matchers.actions.rows import Changes
from matchers.models import Feed, Halt, ListRole, Publication, PublishedRow
from standards.models import StandardsProfile

MARKING = "OFFICIAL-SENSITIVE"
# What a manifest says of the list, whatever its rows.
FACTS = ("format", "list_lapses_at", "offline_life", "marking", "standards_profile", "title", "rows_verified_at")


def latest(hotlist: Hotlist) -> Publication | None:
    """The newest revision of a list itself."""
    return Publication.objects.to_all().filter(hotlist=hotlist).order_by("-revision").first()


def lines_of(hotlist: Hotlist, revision: int | None = None) -> Iterator[bytes]:
    """The canonical bytes of a revision's rows in key order, as the database hands them out; of the newest, quicker."""
    rows = PublishedRow.objects.filter(hotlist=hotlist)
    rows = rows.current() if revision is None else rows.at_revision(revision)
    query, facts = rows.in_key_order().values("canonical").query.sql_with_params()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", facts) as lines:
        for line in map(bytes, lines):  # a row holds nothing else that COPY would escape
            yield line.replace(b"\\\\", b"\\") if b"\\" in line else line


def says_other(hotlist: Hotlist, before: Publication, at: dt.datetime) -> bool:
    """Whether the list's own facts are others than were published."""
    facts = _facts(hotlist, at)
    return any(facts[name] != before.manifest.get(name) for name in FACTS)


def was_carried_on(role: ListRole) -> bool:
    """Whether the list's number was carried on above what was published, since matchers may hold what was lost."""
    newest = Publication.objects.filter(hotlist=role.hotlist_id).aggregate(newest=Max("revision"))["newest"]
    return role.revision > newest


def publish_changes(
    hotlist: Hotlist, role: ListRole, before: Publication | None, changes: Changes, *, revision: int, by: SystemJob,
    at: dt.datetime, on_its_own: bool,
) -> Publication:  # fmt: skip
    """A revision of what the rows became: as a delta where one leads there, else as a whole file.

    `on_its_own`: what matchers may hold is not known, so that no delta may be said to lead on from it.
    """
    rows = (before.rows if before else 0) + changes.added - changes.removed
    chain, is_followed = _followed(role, before, changes, revision) if before and not on_its_own else ([], False)
    if before is not None and is_followed:
        bits, written, whole = (
            before.bucket_bits,
            files.Written(before.sha256, before.length),
            chains.whole_revision(before),
        )
        keys = [key for _, key, _ in changes.told or ()]
        root = buckets.change(hotlist, bits, before.root, keys) if changes else before.root
    else:
        bits, whole = buckets.bucket_bits(rows), revision
        root = buckets.renew(hotlist, bits)
        written = files.write_rows(role.name, lines_of(hotlist))
    publication = _create(
        hotlist, revision=revision, previous=before, rows=rows, bits=bits, root=root, whole=whole, written=written,
        chain=chains.trimmed(chain, whole=whole, length=written.length, outdated=chains.outdated(hotlist, at)), at=at, added=changes.added,
        removed=changes.removed, refused=dict(changes.refused),
    )  # fmt: skip
    record(
        Verb.PUBLICATION_RELEASED, target=publication, by=by, count=rows, also=[hotlist], revision=revision,
        added=changes.added, removed=changes.removed, refused=publication.refused,
    )  # fmt: skip
    if changes.recalled:
        record(Verb.RECALL_OPENED, target=publication, by=by, count=changes.recalled, also=[hotlist])
    role.revision = revision
    return publication


def publish_whole_file(
    hotlist: Hotlist, role: ListRole, before: Publication, *, of: Publication, written: files.Written, by: SystemJob,
    at: dt.datetime,
) -> Publication:  # fmt: skip
    """A revision of the same rows as the one before, whose whole file is that of the revision `of`."""
    revision = versions.after(versions.of_list(role, "revision"), role.revision)
    chain = chains.trimmed(
        chains.of(before), whole=of.revision, length=written.length, outdated=chains.outdated(hotlist, at)
    )
    publication = _create(
        hotlist, revision=revision, previous=before, rows=before.rows, bits=before.bucket_bits, root=before.root,
        whole=of.revision, written=written, chain=chain, at=at, refused=before.refused,
    )  # fmt: skip
    record(
        Verb.PUBLICATION_RELEASED, target=publication, by=by, count=before.rows, also=[hotlist], revision=revision,
        added=0, removed=0, refused=before.refused,
    )  # fmt: skip
    role.revision = revision
    return publication


def end_for(hotlist: Hotlist, role: ListRole, feed: Feed, *, by: SystemJob, at: dt.datetime) -> Publication:
    """The empty revision that ends a list for one matcher, which has to prove that it took it (R-105)."""
    role.revision = versions.after(versions.of_list(role, "revision"), role.revision)
    bits = buckets.bucket_bits(0)
    ending = _create(
        hotlist, revision=role.revision, previous=latest(hotlist), rows=0, bits=bits, root=buckets.empty_root(bits),
        whole=role.revision, written=files.write_rows(role.name, []), chain=[], at=at, feed=feed,
    )  # fmt: skip
    record(Verb.PUBLICATION_ENDED, target=ending, by=by, also=[hotlist, feed.matcher], matcher=str(feed.matcher))
    return ending


def _followed(role: ListRole, before: Publication, changes: Changes, revision: int) -> tuple[list[Delta], bool]:
    """The chain as it goes on from the revision before, and whether the whole file that stands is still good behind it."""
    chain = chains.of(before)
    whole = chains.whole_revision(before)
    if before.manifest["format"] != FORMAT:
        return [], False
    if not changes:  # other dates, same rows: the same files
        return chain, True
    if changes.told is None:
        return [], False
    since = chain[-1].revision if chain else whole
    said = {key: row for key, _, row in changes.told}
    chain = chains.extended(role, chain, since=since, revision=revision, changes=said)
    is_good = chains.follows(chain, whole) and files.list_path(role.name, before.sha256).exists()
    return chain, is_good


def _create(
    hotlist: Hotlist, *, revision: int, previous: Publication | None, rows: int, bits: int, root: str, whole: int,
    written: files.Written, chain: list[Delta], at: dt.datetime, feed: Feed | None = None, **counts: object,
) -> Publication:  # fmt: skip
    manifest = {
        **_facts(hotlist, at),
        "revision": revision,
        "previous_revision": previous.revision if previous else 0,
        "full_revision": whole,
        "deltas": chains.told(chain),
        "rows": rows,
        "bucket_bits": bits,
        "root": root,
        "generated_at": int(at.timestamp()),
        "terminal": feed is not None,
    }
    return Publication.objects.create(
        hotlist=hotlist, revision=revision, feed=feed, rows=rows, bucket_bits=bits, root=root, manifest=manifest,
        deltas=chain, list_lapses_at=hotlist.lapses_at, generated_at=at, **written._asdict(), **counts,  # type: ignore[attr-defined]
    )  # fmt: skip


def _facts(hotlist: Hotlist, at: dt.datetime) -> dict[str, Any]:
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
    """When the source last said all that it lists: whatever stayed in the list was confirmed then, unchanged rows too.

    What a load says that is held back for a second person confirms nothing that matchers still have (R-103).
    """
    whole = Load.objects.filter(hotlist=hotlist, mode=Load.Mode.COMPLETE, status=Load.Status.LOADED)
    halt = Halt.objects.holding().filter(hotlist=hotlist).first()
    if halt is not None:
        whole = whole.filter(loaded_at__lte=halt.since_at)
    return whole.aggregate(at=Max("loaded_at"))["at"]
