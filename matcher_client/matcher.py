"""The matcher itself: keeps its lists current, matches reads, reports hits, proves what it holds."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from matcher_client.clock import Clock
from matcher_client.feed import Feed
from matcher_client.held import HeldList
from matcher_client.holding import Holding
from matcher_client.reads import Read
from matcher_client.receipts import Identity, give_receipt
from matcher_client.refusals import Refused, Unreachable
from matcher_client.rows import Row
from matcher_client.session import Answered, PortalSession, SilentPortal
from matcher_client.spool import Spool
from matcher_client.state import Applied, health
from matcher_client.store import Store
from matcher_client.witness import size_of

log = logging.getLogger(__name__)

TIDY_SECONDS = (
    60  # what was withdrawn is on disk for so long at most, and a restart loses no more of the time that passed
)
LONG_POLL = 65.0  # seconds; the portal answers within 50


class Matcher:
    """One matcher on one state directory. Its store and its clock may be given, which is how tests make a dishonest one."""

    def __init__(
        self,
        session: PortalSession,
        feed: Feed,
        state: Path,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        enrol_code: str = "",
        poll: float = 3.0,
        report_lapsed_sites: bool = False,
    ):
        self.session = session
        self.feed = feed
        self.store = Store() if store is None else store
        self.holding = Holding(feed, state, self.store, clock or Clock())
        self.identity = Identity(state)
        self.spool = Spool(state / "spool", session, feed.at_rest)
        self.problem = ""
        self.counts: Counter[str] = Counter()
        self._enrol_code = enrol_code
        self._poll = poll
        self._report_lapsed_sites = report_lapsed_sites
        self._healed: dict[str, int] = {}
        self._told: Any = None

    @property
    def applied(self) -> Applied:
        """What is held, as it is written down."""
        return self.holding.applied

    def now(self) -> float:
        """The time, which does not go back with the clock."""
        return self.holding.moments.now()

    # Keeping current

    def load_held(self) -> None:
        """Take up what was applied before the last stop, as far as it is whole and not past its offline life."""
        self.holding.load()

    def update(self) -> bool:
        """Fetch, verify and apply the newest publication; say whether a list changed. Raises Refused or Unreachable."""
        return self.holding.update()

    def discard_outlived(self) -> None:
        """Forget, in memory and on disk, every list whose time is over."""
        self.holding.discard_outlived()

    def tidy(self) -> int:
        """Take off the disk what was withdrawn. Returns of how many lists."""
        return self.holding.tidy()

    def prove(self) -> None:
        """Give the portal a receipt for every revision it has none for. Raises Answered or SilentPortal."""
        if self.identity.matcher is None:
            if not self._enrol_code:
                return
            self.identity.enrol(self.session, self._enrol_code)
        for role in self.holding.owed():
            self._give_receipt(role)

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
        """Keep current, and send hits, until `stop` is set. Raises what nobody foresaw, in whichever of its threads."""
        failed: list[Exception] = []

        def keep(work: Callable[[threading.Event], None]) -> None:
            try:
                work(stop)
            except Exception as error:  # noqa: BLE001 - raised below
                failed.append(error)

        for name, work in (("hits", self.spool.run), ("offline life", self._watch_offline_life)):
            threading.Thread(target=keep, args=[work], name=name, daemon=True).start()
        while not stop.is_set() and not failed:
            if not self.step() or not self._wait_for_news(stop):
                stop.wait(self._poll)
        if failed:
            raise failed[0]

    # Matching

    def match(self, reads: Iterable[Read]) -> int:
        """Match reads against what is held and report the hits; nothing is kept of a read that did not match."""
        hits = 0
        for read in reads:
            self.counts["reads"] += 1
            held, now = self.store.held, self.now()
            if not self._report_lapsed_sites and not held.in_service(read.site, now):
                self.counts["reads_from_sites_not_in_service"] += 1
                continue
            for of_list, row in held.matching(read.vrm, now):
                if not held.covers(row, read):
                    self.counts["reads_outside_scope"] += 1
                    continue
                self.spool.add(as_hit(read, of_list, row, held.where.direction(read)))
                hits += 1
        self.counts["hits"] += hits
        return hits

    def health(self) -> dict[str, Any]:
        """What is held, how fresh it is, what waits and what went wrong. No plates."""
        return {
            **health(self.applied, self.now()),
            "log_seen": size_of(self.holding.witness.newest),
            "clock_behind": self.holding.moments.behind(),
            "matcher": self.identity.matcher,
            "problem": self.problem,
            "spool": len(self.spool),
            "refused_hits": self.spool.refused,
            "lost_hits": self.spool.lost,
            "counts": dict(self.counts),
        }

    # Inside

    def _give_receipt(self, role: str) -> None:
        """Nothing is locked while the portal is asked: a withdrawal may be on its way at the same time."""
        receipt = give_receipt(self.session, self.identity, self.store, role, self.holding.witness.said())
        if receipt is None or not self.holding.note_receipt(role, receipt) or receipt["is_right"]:
            return
        revision = receipt["revision"]
        log.error("The portal says that our answer for list %s at revision %d is wrong.", role, revision)
        if self._healed.get(role) != revision:  # once a revision, lest it never end
            self._healed[role] = revision
            self._heal(role)

    def _heal(self, role: str) -> None:
        """After a wrong answer: unload the list, fetch all of it anew, and give the portal another receipt."""
        self.holding.unload(role)
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
            ticks += 1
            try:
                self.discard_outlived()
                if ticks % TIDY_SECONDS == 0:
                    self.holding.moments.keep()
                    self.tidy()
            except (OSError, Refused) as error:
                log.warning("What is over could not be taken off the disk, and is tried again: %s", error)


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
