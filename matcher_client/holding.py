"""What is held of a feed, in memory and on disk alike: taken up, brought on, tidied, and discarded when its time has come."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from matcher_client.clock import Clock, Moments
from matcher_client.feed import Feed, Publication
from matcher_client.held import Files, HeldList, read_whole
from matcher_client.manifest import Manifest
from matcher_client.refusals import ROLLBACK, Refused
from matcher_client.state import Applied, AppliedList
from matcher_client.store import Store, Where
from matcher_client.taking import follow_on, take, take_up
from matcher_client.witness import Witness, size_of

log = logging.getLogger(__name__)

LEFT_SECONDS = 600  # for which files of an update that failed lie there for the next attempt


class Holding:
    """The lists that one state directory keeps and a store is filled from."""

    def __init__(self, feed: Feed, state: Path, store: Store, clock: Clock):
        self.feed = feed
        self.store = store
        self._path = state / "applied.json"
        self._changing = threading.RLock()
        self._updating = threading.RLock()  # taken before `_changing`; files are fetched, replaced and pruned under it
        self.applied = self._read_applied()
        self.moments = self._moments(clock, state / "clock")
        self.witness = Witness(state / "witness.json")

    def load(self) -> None:
        """Take up what was applied before the last stop, as far as it is whole and not past its offline life."""
        self.discard_outlived()
        with self._changing:
            lists = {}
            for role, applied in list(self.applied.lists.items()):
                try:
                    lists[role] = take_up(self.feed, role, applied)
                except Refused as error:
                    log.warning("What was held of list %s is not whole and will be fetched anew: %s", role, error)
                    del self.applied.lists[role]
            where = Where(self.applied.areas, self.applied.cameras)
            self.store.replace(lists, self.applied.sites, self.applied.verified_at, where)
            self.feed.prune(self._names())  # a process that was killed may have left what it had not applied yet

    def update(self) -> bool:
        """Fetch, verify and apply the newest publication; say whether a list changed. Raises Refused or Unreachable."""
        with self._updating:
            return self._update()

    def _update(self) -> bool:
        asked = self.moments.ask()
        publication = self.feed.refresh(self.applied.timestamp_version)
        # Under other keys the count begins anew: the old ones may have been stolen and the numbers used up.
        has_same_keys = list(publication.timestamp_keys) == self.applied.timestamp_keys
        if has_same_keys and publication.timestamp_version < self.applied.timestamp_version:
            raise Refused(ROLLBACK, "timestamp.json is older than the one that was applied.")
        is_new = not has_same_keys or publication.timestamp_version > self.applied.timestamp_version
        verified_at = self.moments.verified(
            asked, publication.timestamp_at, publication.timestamp_expires, is_new=is_new
        )
        now = self.moments.now()
        given = [published for published in publication.lists if published.until is None or now < published.until]
        held = self.store.lists
        lists = {each.role: take(self.feed, publication, each, held.get(each.role), at=int(now)) for each in given}
        with self._changing:
            before = {role: held.manifest for role, held in self.store.lists.items()}
            self.store.replace(lists, publication.sites, verified_at, publication.where)
            self._persist(publication, verified_at)
            _report_changes(before, lists)
            return before != {role: held.manifest for role, held in lists.items()}

    def discard_outlived(self) -> None:
        """Forget, in memory and on disk, every list whose offline life is over (R-085) or that is no longer given to us."""
        with self._changing:
            now = self.moments.now()
            held = self.applied.lists.items()
            ended = {role for role, applied in held if applied.until is not None and now >= applied.until}
            outlived = {
                role for role, applied in held if now >= self.applied.verified_at + applied.manifest["offline_life"]
            } - ended
            gone = ended | outlived
            if not gone:
                return
            self.store.replace_lists({role: held for role, held in self.store.lists.items() if role not in gone})
            for role in gone:
                self.feed.drop(self.applied.lists[role].files)  # a disk that refuses is asked again
                del self.applied.lists[role]
            if outlived:
                self.applied.discarded_at = int(now)
            self.applied.write(self._path)
            if outlived:
                log.warning(
                    "%d lists were discarded: out of reach of the portal for their offline life.", len(outlived)
                )
            if ended:
                log.warning("%d lists were discarded: they are no longer given to us.", len(ended))

    def tidy(self) -> int:
        """Write lists anew of which deltas are kept: these and the file before them name what was withdrawn. Returns how many.
        And delete what was fetched and not applied in minutes: a whole file alone is of an earlier revision.

        The rows are the same before and after. They are taken from the new file, so that memory too holds nothing that went, and
        does not grow by every change there ever was.
        """
        tidied = 0
        for role, held in list(self.store.lists.items()):
            if not held.files.deltas:
                continue
            own = f"{role}.own-{held.manifest.revision}.parquet"
            self.feed.write(own, held.rows.batches())  # nothing waits for it
            with self.feed.open(own) as file:
                rows = read_whole(file, role, held.rows.bits)
            with self._updating, self._changing:
                now = self.store.lists.get(role)
                if now is None or now.files.whole != held.files.whole:  # taken away or fetched whole meanwhile
                    self.feed.path_of(own).unlink()
                    continue
                later = tuple(each for each in now.files.deltas if each.step.revision > held.manifest.revision)
                rows = follow_on(self.feed, role, now.manifest, rows, later)
                self.store.replace_lists({**self.store.lists, role: replace(now, files=Files(own, later), rows=rows)})
                self._write_down_lists()
                tidied += 1
        with self._updating:
            self.feed.prune(self._names(), LEFT_SECONDS)
        return tidied

    def unload(self, role: str) -> None:
        """Drop a list, so that all of it is fetched anew and a receipt is owed for it again."""
        with self._updating, self._changing:
            applied = self.applied.lists.get(role)
            if applied is not None:
                applied.receipt = None
                self.feed.drop(applied.files)
            self.store.replace_lists({other: held for other, held in self.store.lists.items() if other != role})

    def note_receipt(self, role: str, receipt: dict[str, Any]) -> bool:
        """Write down what the portal made of a receipt; False when the list is of another revision by now."""
        with self._changing:
            applied = self.applied.lists.get(role)
            if applied is None or applied.manifest["revision"] != receipt["revision"]:
                return False
            applied.receipt = receipt
            self.applied.write(self._path)
            return True

    def owed(self) -> list[str]:
        """The lists for which the portal has no receipt."""
        applied = self.applied.lists
        return [role for role in self.store.lists if role in applied and not applied[role].is_receipted]

    def _read_applied(self) -> Applied:
        try:
            applied = Applied.read(self._path)
        except (ValueError, TypeError, KeyError, AttributeError, Refused) as error:
            log.warning("What was applied before cannot be read and will be fetched anew: %s", error)
            return Applied(feed=self.feed.name)
        if applied.feed not in ("", self.feed.name):
            raise ValueError(f"This state directory belongs to feed {applied.feed}.")
        applied.feed = self.feed.name
        return applied

    def _moments(self, clock: Clock, path: Path) -> Moments:
        """Where time goes on from. Without that nobody knows how old what is on disk has become: it is fetched anew."""
        moments = Moments(clock, path, self.feed.at_rest, self.applied.verified_at)
        if moments.problem and self.applied.lists:
            log.warning("How old the lists on disk are is not known, so they are fetched anew: %s", moments.problem)
            for applied in self.applied.lists.values():
                self.feed.drop(applied.files)
            self.applied.lists = {}
        if (
            moments.verified_at is not None
        ):  # the lesser: between writing the one and the other somebody may have pulled the plug
            self.applied.verified_at = min(self.applied.verified_at, int(moments.verified_at))
        return moments

    def _persist(self, publication: Publication, verified_at: int) -> None:
        self.applied.timestamp_version = publication.timestamp_version
        self.applied.timestamp_expires = publication.timestamp_expires
        self.applied.timestamp_keys = list(publication.timestamp_keys)
        if publication.keys_note and publication.keys_note != self.applied.keys_note:
            log.warning("%s", publication.keys_note)
        self.applied.keys_note = publication.keys_note
        if not self.witness.see(publication.log, verified_at):
            log.error("The portal's log is not the one that we have seen at %d.", size_of(self.witness.newest))
        self.applied.verified_at = verified_at
        self.applied.discarded_at = None
        self.applied.sites = publication.sites
        self.applied.areas = dict(publication.where.areas)
        self.applied.cameras = dict(publication.where.directions)
        self._write_down_lists()

    def _write_down_lists(self) -> None:
        lists = {}
        for role, held in self.store.lists.items():
            before = self.applied.lists.get(role)
            receipt = before.receipt if before is not None else None
            deltas = [(delta.name, delta.step._asdict()) for delta in held.files.deltas]
            lists[role] = AppliedList(
                held.manifest.as_custom(), held.files.whole, deltas, held.applied_at, receipt, held.until
            )
        self.applied.lists = lists
        self.applied.write(self._path)
        self.feed.prune(self._names())

    def _names(self) -> set[str]:
        return set().union(*(part.files.names for part in self.applied.lists.values()))


def _report_changes(before: Mapping[str, Manifest], lists: Mapping[str, HeldList]) -> None:
    for role, held in lists.items():
        if role not in before or before[role].revision != held.manifest.revision:
            log.info("List %s is at revision %d with %d rows.", role, held.manifest.revision, held.manifest.rows)
    for role in before.keys() - lists.keys():
        log.info("List %s is no longer published to us and was unloaded.", role)
