"""What time it is, though somebody sets the clock: moments that never run back and never stand still."""

import json
import threading
import time
from pathlib import Path
from typing import NamedTuple

from matcher_client.at_rest import AtRest
from matcher_client.refusals import FREEZE, Refused

DOUBT = 3600  # seconds by which our reckoning may be ahead of the portal: a timestamp's life, and what clocks drift
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """The clocks of this machine."""

    def wall(self) -> float:
        """Seconds since 1970, as the machine believes; anybody who may can set it."""
        return time.time()

    def running(self) -> float:
        """Seconds since the machine was started, asleep or awake. Nobody can set it."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def boot(self) -> str:
        """Which start of the machine this is; empty where that is not told."""
        try:
            return BOOT_ID.read_text().strip()
        except OSError:
            return ""


class Asked(NamedTuple):
    """A moment before the portal was asked: as the wall clock had it, as it was reckoned, and as it ran."""

    wall: float
    reckoned: float
    running: float


class Moments:
    """The time that everything ends by.

    Two marks are kept, each with where the machine's running clock stood. `_latest` is the latest moment ever seen: time goes on
    from it, so that setting the clock back gains nothing. `_reckoned` goes on from what the portal proved last, whatever the wall
    clock says: when the clock was set ahead and is right again, a fresh timestamp takes `_latest` back to it, and no further.
    """

    def __init__(self, clock: Clock, path: Path, at_rest: AtRest, at_least: float = 0):
        self._clock = clock
        self._path = path
        self._at_rest = at_rest
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._running = clock.running()
        self._latest = self._reckoned = float(at_least)
        self.verified_at: float | None = None  # as it was kept
        self.problem = ""  # why nothing that was kept can be gone on from
        self._take_up(at_least)

    def now(self) -> float:
        """Seconds since 1970."""
        with self._lock:
            self._go_on()
            return self._latest

    def ask(self) -> Asked:
        """The moment at which the portal is asked."""
        with self._lock:
            self._go_on()
            return Asked(self._clock.wall(), self._reckoned, self._running)

    def verified(self, asked: Asked, signed_at: int, expires: int, *, is_new: bool) -> int:
        """The moment at which a timestamp of such an age and end was verified, from which offline lives are counted.

        `is_new` says that it was not seen before: only such a one may take back what a clock set ahead has done. Raises Refused
        for one that was over long ago, though the wall clock, which was set back, does not know.
        """
        if asked.reckoned > expires + DOUBT:
            raise Refused(
                FREEZE, "timestamp.json expired while this machine was running, and its clock was set back since."
            )
        moment = max(asked.wall, signed_at, min(asked.reckoned, expires))
        with self._lock:
            self._go_on()
            now = moment + self._running - asked.running
            self._reckoned = now
            if is_new or now > self._latest:
                self._latest = now
            self.verified_at = moment
        self.keep()
        return int(moment)

    def keep(self) -> None:
        """Write it down, locked, so that the next process goes on from here."""
        with self._writing:  # whoever keeps lists current and whoever watches their lives do so at the same time
            with self._lock:
                self._go_on()
                told = {
                    "latest": self._latest, "reckoned": self._reckoned, "running": self._running,
                    "boot": self._clock.boot(), "verified_at": self.verified_at,
                }  # fmt: skip
            self._at_rest.put(self._path, json.dumps(told).encode())

    def behind(self) -> int:
        """By how many seconds the wall clock is behind."""
        return max(0, int(self.now() - self._clock.wall()))

    def _go_on(self) -> None:
        running = self._clock.running()
        passed = running - self._running
        self._running = running
        self._reckoned += passed
        self._latest = max(self._latest + passed, self._clock.wall())

    def _take_up(self, at_least: float) -> None:
        try:
            told = json.loads(self._at_rest.read(self._path))
        except FileNotFoundError:
            self.problem = f"{self._path.name} is not there."
            return
        except Refused as error:
            self.problem = str(error)
            return
        # In the same start of the machine its running clock counts what passed between two processes, too.
        is_same = told["boot"] != "" and told["boot"] == self._clock.boot() and self._running >= told["running"]
        passed = self._running - told["running"] if is_same else 0.0
        self._latest = max(at_least, told["latest"] + passed)
        self._reckoned = max(at_least, told["reckoned"] + passed)
        self.verified_at = told["verified_at"]
