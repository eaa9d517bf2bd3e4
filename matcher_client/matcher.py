"""The matcher itself: keeps its lists current, matches reads, reports hits, proves what it holds."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from matcher_client.feed import Feed, Publication
from matcher_client.held import Files, HeldList
from matcher_client.manifest import Manifest
from matcher_client.reads import Read
from matcher_client.receipts import Identity, give_receipt
from matcher_client.refusals import ROLLBACK, Refused, Unreachable
from matcher_client.rows import Row
from matcher_client.session import Answered, PortalSession, SilentPortal
from matcher_client.spool import Spool
from matcher_client.state import Applied, AppliedList, health
from matcher_client.store import Store, Where
from matcher_client.taking import take, take_up

log = logging.getLogger(__name__)

TIDY_SECONDS = 60  # what was withdrawn is on disk for so long at most
LONG_POLL = 65.0  # seconds; the portal answers within 50


class Matcher:
    """One matcher on one state directory. Its store may be given, which is how tests make a dishonest one."""

    def __init__(
        self,
        session: PortalSession,
        feed: Feed,
        state: Path,
        *,
        store: Store | None = None,
        enrol_code: str = "",
        poll: float = 3.0,
        report_lapsed_sites: bool = False,
    ):
        self.session = session
        self.feed = feed
        self.store = Store() if store is None else store
        self.identity = Identity(state)
        self.spool = Spool(state / "spool", session, feed.at_rest)
        self.problem = ""
        self.counts: Counter[str] = Counter()
        self._applied_path = state / "applied.json"
        self._enrol_code = enrol_code
        self._poll = poll
        self._report_lapsed_sites = report_lapsed_sites
        self._healed: dict[str, int] = {}
        self._told: Any = None
        self._changing = threading.RLock()
        self._updating = threading.RLock()  # taken before `_changing`; files are fetched, replaced and pruned under it
        self.applied = self._read_applied()

    def now(self) -> float:
        """The time. A clock set back behind the portal's last proof does not bring expired rows back."""
        return max(time.time(), self.applied.verified_at)

    # Keeping current

    def load_held(self) -> None:
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

    def update(self) -> bool:
        """Fetch, verify and apply the newest publication; say whether a list changed. Raises Refused or Unreachable."""
        with self._updating:
            return self._update()

    def _update(self) -> bool:
        asked_at = int(time.time())
        publication = self.feed.refresh(self.applied.timestamp_version)
        # Under other keys the count begins anew: the old ones may have been stolen and the numbers used up.
        has_same_keys = list(publication.timestamp_keys) == self.applied.timestamp_keys
        if has_same_keys and publication.timestamp_version < self.applied.timestamp_version:
            raise Refused(ROLLBACK, "timestamp.json is older than the one that was applied.")
        verified_at = max(asked_at, self.applied.verified_at)
        now = self.now()
        given = [published for published in publication.lists if published.until is None or now < published.until]
        held = self.store.lists
        lists = {each.role: take(self.feed, publication, each, held.get(each.role)) for each in given}
        with self._changing:
            before = {role: held.manifest for role, held in self.store.lists.items()}
            self.store.replace(lists, publication.sites, verified_at, publication.where)
            self._persist(publication, verified_at)
            self._report_changes(before, lists)
            return before != {role: held.manifest for role, held in lists.items()}

    def prove(self) -> None:
        """Give the portal a receipt for every revision it has none for. Raises Answered or SilentPortal."""
        if self.identity.matcher is None:
            if not self._enrol_code:
                return
            self.identity.enrol(self.session, self._enrol_code)
        for role in list(self.store.lists):
            applied = self.applied.lists.get(role)
            if applied is not None and not applied.is_receipted:
                self._give_receipt(role)

    def discard_outlived(self) -> None:
        """Forget, in memory and on disk, every list whose offline life is over (R-085) or that is no longer given to us."""
        with self._changing:
            now = self.now()
            held = self.applied.lists.items()
            ended = {role for role, applied in held if applied.until is not None and now >= applied.until}
            outlived = {
                role for role, applied in held if now >= self.applied.verified_at + applied.manifest["offline_life"]
            } - ended
            gone = ended | outlived
            if not gone:
                return
            for role in gone:
                self.feed.drop(self.applied.lists.pop(role).files)
            if outlived:
                self.applied.discarded_at = int(now)
            kept = {role: held for role, held in self.store.lists.items() if role not in gone}
            self.store.replace(kept, self.store.sites, self.store.verified_at, self.store.where)
            self.applied.write(self._applied_path)
            if outlived:
                log.warning(
                    "%d lists were discarded: out of reach of the portal for their offline life.", len(outlived)
                )
            if ended:
                log.warning("%d lists were discarded: they are no longer given to us.", len(ended))

    def tidy(self) -> int:
        """Write lists anew of which deltas are kept: these and the file before them name what was withdrawn. Returns how many.

        What is matched against is the same before and after; only the disk changes.
        """
        tidied = 0
        for role, held in list(self.store.lists.items()):
            if not held.files.deltas:
                continue
            own = f"{role}.own-{held.manifest.revision}.parquet"
            self.feed.write(own, held.rows.batches())  # nothing waits for it
            with self._updating, self._changing:
                now = self.store.lists.get(role)
                if now is None or now.files.whole != held.files.whole:  # taken away or fetched whole meanwhile
                    self.feed.path_of(own).unlink()
                    continue
                later = tuple(each for each in now.files.deltas if each.step.revision > held.manifest.revision)
                lists = {**self.store.lists, role: replace(now, files=Files(own, later))}
                self.store.replace(lists, self.store.sites, self.store.verified_at, self.store.where)
                self._write_down_lists()
                tidied += 1
        return tidied

    def step(self) -> bool:
        """One round of update and proof; say whether all went well. What did not is in `problem`."""
        try:
            self.update()
        except (Refused, Unreachable, OSError) as error:  # OSError: for instance a full disk
            if str(error) != self.problem:
                log.warning("%s Matching goes on with what is held.", error)
            self.problem = str(error)
            return False
        try:
            self.prove()
        except (Answered, SilentPortal) as error:
            if str(error) not in self.problem:
                log.warning("No receipt could be given. %s", error)
            self.problem = f"No receipt could be given. {error}"
            return False
        self.problem = ""
        return True

    def run(self, stop: threading.Event) -> None:
        """Keep current, and send hits, until `stop` is set."""
        for name, work in (("hits", self.spool.run), ("offline life", self._watch_offline_life)):
            threading.Thread(target=work, args=[stop], name=name, daemon=True).start()
        while not stop.is_set():
            if not self.step() or not self._wait_for_news(stop):
                stop.wait(self._poll)

    # Matching

    def match(self, reads: Iterable[Read]) -> int:
        """Match reads against what is held and report the hits; nothing is kept of a read that did not match."""
        hits = 0
        for read in reads:
            self.counts["reads"] += 1
            now = self.now()
            if not self._report_lapsed_sites and not self.store.in_service(read.site, now):
                self.counts["reads_from_sites_not_in_service"] += 1
                continue
            for held, row in self.store.matching(read.vrm, now):
                if not self.store.covers(row, read):
                    self.counts["reads_outside_scope"] += 1
                    continue
                self.spool.add(as_hit(read, held, row, self.store.where.direction(read)))
                hits += 1
        self.counts["hits"] += hits
        return hits

    def health(self) -> dict[str, Any]:
        """What is held, how fresh it is, what waits and what went wrong. No plates."""
        return {
            **health(self.applied, time.time()),
            "matcher": self.identity.matcher,
            "problem": self.problem,
            "spool": len(self.spool),
            "refused_hits": self.spool.refused,
            "lost_hits": self.spool.lost,
            "counts": dict(self.counts),
        }

    # Inside

    def _read_applied(self) -> Applied:
        try:
            applied = Applied.read(self._applied_path)
        except (ValueError, TypeError, KeyError, AttributeError, Refused) as error:
            log.warning("What was applied before cannot be read and will be fetched anew: %s", error)
            return Applied(feed=self.feed.name)
        if applied.feed not in ("", self.feed.name):
            raise ValueError(f"This state directory belongs to feed {applied.feed}.")
        applied.feed = self.feed.name
        return applied

    def _persist(self, publication: Publication, verified_at: int) -> None:
        self.applied.timestamp_version = publication.timestamp_version
        self.applied.timestamp_expires = publication.timestamp_expires
        self.applied.timestamp_keys = list(publication.timestamp_keys)
        if publication.keys_note and publication.keys_note != self.applied.keys_note:
            log.warning("%s", publication.keys_note)
        self.applied.keys_note = publication.keys_note
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
        self.applied.write(self._applied_path)
        self.feed.prune(set().union(*(part.files.names for part in lists.values())))

    def _report_changes(self, before: Mapping[str, Manifest], lists: Mapping[str, HeldList]) -> None:
        for role, held in lists.items():
            if role not in before or before[role].revision != held.manifest.revision:
                log.info("List %s is at revision %d with %d rows.", role, held.manifest.revision, held.manifest.rows)
        for role in before.keys() - lists.keys():
            log.info("List %s is no longer published to us and was unloaded.", role)

    def _give_receipt(self, role: str) -> None:
        """Nothing is locked while the portal is asked: a withdrawal may be on its way at the same time."""
        receipt = give_receipt(self.session, self.identity, self.store, role)
        if receipt is None:
            return
        revision = receipt["revision"]
        with self._changing:
            applied = self.applied.lists.get(role)
            if applied is None or applied.manifest["revision"] != revision:
                return
            applied.receipt = receipt
            self.applied.write(self._applied_path)
        if receipt["is_right"]:
            return
        log.error("The portal says that our answer for list %s at revision %d is wrong.", role, revision)
        if self._healed.get(role) != revision:  # once a revision, lest it never end
            self._healed[role] = revision
            self._heal(role, applied)

    def _heal(self, role: str, applied: AppliedList) -> None:
        """After a wrong answer: unload the list, fetch all of it anew, and owe the portal a receipt again."""
        with self._updating, self._changing:
            applied.receipt = None
            self.feed.drop(applied.files)
            rest = {other: held for other, held in self.store.lists.items() if other != role}
            self.store.replace(rest, self.store.sites, self.store.verified_at, self.store.where)
        try:
            self.update()
        except (Refused, Unreachable) as error:
            raise SilentPortal(f"List {role} could not be fetched anew: {error}") from error
        if role in self.applied.lists:  # it may have been taken from us in that very publication
            self._give_receipt(role)

    def _wait_for_news(self, stop: threading.Event) -> bool:
        """Wait until the portal says that there is something newer; False when it cannot be asked."""
        began = time.monotonic()
        seen = self.applied.timestamp_version
        try:
            answer = self.session.get(f"{self.feed.wait_url}?seen={seen}", seconds=LONG_POLL)
        except (Answered, SilentPortal) as error:
            log.debug("Polling instead of waiting: %s", error)
            return False
        newest = answer.get("timestamp")
        if not isinstance(newest, int) or newest <= seen or newest == self._told:
            # Nothing newer, or told again of what did not come: ask on, but never in a tight circle.
            stop.wait(max(0.0, 1.0 - (time.monotonic() - began)))
        self._told = newest
        return True

    def _watch_offline_life(self, stop: threading.Event) -> None:
        ticks = 0
        while not stop.wait(1.0):
            self.discard_outlived()
            ticks += 1
            if ticks % TIDY_SECONDS == 0:
                self._tidy_or_say_why_not()

    def _tidy_or_say_why_not(self) -> None:
        try:
            self.tidy()
        except OSError as error:
            log.warning("What was withdrawn could not be taken off the disk, and is tried again: %s", error)


def as_hit(read: Read, held: HeldList, row: Row, direction: str) -> dict[str, Any]:
    """A hit as the portal takes it: what was read, and exactly which version of which row it matched."""
    return {
        "hotlist": held.role,
        "revision": held.manifest.revision,
        "country": row.country,
        "vrm": row.vrm,
        "ref": row.ref,
        "version": row.version,
        "vrm_read": read.vrm,
        "country_read": read.country,
        "site": read.site,
        "camera": read.camera,
        "direction": direction or None,
        "captured_at": read.captured_at.isoformat(),
        "confidence": read.confidence,
    }
