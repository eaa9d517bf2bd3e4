"""Bringing a list to a revision: along deltas where they lead there, else by its whole file; or as it was left on disk."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from matcher_client import deltas
from matcher_client.deltas import Changes, Step
from matcher_client.feed import Feed, Publication, PublishedList
from matcher_client.held import DeltaFile, Files, HeldList, HeldRows, follow, judge, read_whole
from matcher_client.manifest import Manifest
from matcher_client.refusals import ROLLBACK, Refused
from matcher_client.state import AppliedList

log = logging.getLogger(__name__)


def take(feed: Feed, publication: Publication, published: PublishedList, held: HeldList | None, *, at: int) -> HeldList:
    """A list as it is published, starting from what is held of it, applied at that moment. Raises Refused or Unreachable."""
    role, manifest = published.role, published.manifest
    if held is not None:
        if manifest.revision < held.manifest.revision:
            raise Refused(ROLLBACK, f"list {role} went back to revision {manifest.revision}.")
        if held.manifest == manifest:
            return held if held.until == published.until else replace(held, until=published.until)
        if held.manifest.has_rows_of(manifest):
            return replace(held, manifest=manifest, applied_at=at, until=published.until)
        if steps := held.way_to(manifest):
            try:
                return _follow(feed, publication, published, held.rows, held.files, steps, at)
            except Refused as error:
                log.warning("%s The list is fetched whole instead.", error)
    name = feed.fetch(published)
    with feed.open(name) as file:
        rows = read_whole(file, role, manifest.bucket_bits)
    steps = tuple(step for step in manifest.deltas if step.revision > manifest.full_revision)
    return _follow(feed, publication, published, rows, Files(name), steps, at)


def take_up(feed: Feed, role: str, applied: AppliedList) -> HeldList:
    """A list as it was applied before the last stop. Raises Refused when it is not whole."""
    manifest, files = Manifest.read(applied.manifest), applied.files
    with feed.open(files.whole) as file:
        rows = read_whole(file, role, manifest.bucket_bits)
    rows = follow_on(feed, role, manifest, rows, files.deltas)
    return HeldList(role, manifest, files, applied.applied_at, rows, applied.until)


def follow_on(feed: Feed, role: str, manifest: Manifest, rows: HeldRows, after: Iterable[DeltaFile]) -> HeldRows:
    """What deltas on this machine's disk make of rows. Raises Refused unless those are the manifest's."""
    rows = follow(rows, (_changes(feed, delta) for delta in after), role)
    judge(role, manifest, rows)
    return rows


def _follow(
    feed: Feed,
    publication: Publication,
    published: PublishedList,
    rows: HeldRows,
    files: Files,
    steps: tuple[Step, ...],
    at: int,
) -> HeldList:
    role, manifest = published.role, published.manifest
    followed = tuple(feed.fetch_delta(publication, published, step) for step in steps)
    rows = follow_on(feed, role, manifest, rows, followed)
    return HeldList(role, manifest, Files(files.whole, (*files.deltas, *followed)), at, rows, published.until)


def _changes(feed: Feed, delta: DeltaFile) -> Changes:
    """What a delta says. ValueError when it is not one; Refused when it is not as it was put there."""
    with feed.open(delta.name) as file:
        return deltas.read(file.read(), delta.step.changes)
