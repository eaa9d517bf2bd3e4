"""Hits on their way to the portal: on disk first, sent in order, tried again until the portal has them."""

import json
import logging
import random
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from matcher_client.at_rest import AtRest
from matcher_client.refusals import LOCKED, Refused
from matcher_client.session import Answered, NotSignedIn, PortalSession, SilentPortal

log = logging.getLogger(__name__)

LONGEST_WAIT = 10.0  # seconds; after an outage the control room should not wait longer than this
REFUSED_FOR = 7 * 86_400  # seconds; as long as a camera's own reads are kept (domain.md, 6)
REFUSALS = {400, 404, 409, 413, 415, 422}  # an answer that would be the same every time


class Spool:
    """A folder of hits, one locked file each. The portal tells the same hit sent twice by its reference."""

    def __init__(self, folder: Path, session: PortalSession, at_rest: AtRest):
        self._folder = folder
        self._refused = folder / "refused"
        self._session = session
        self._at_rest = at_rest
        self._news = threading.Event()
        self._refused.mkdir(parents=True, exist_ok=True)
        self.lost = 0  # hits of an earlier process that nobody can read any more
        self.forget_refused()
        # What the portal refused may be taken by a portal, or a client, that was mended meanwhile.
        for path in self._refused.glob("*.json"):
            path.replace(self._folder / path.name)
        for path in self._folder.glob("*.json.part"):
            path.unlink()
        if at_rest.ends_with_process:
            self._discard_locked()

    def __len__(self) -> int:
        return len(list(self._folder.glob("*.json")))

    @property
    def refused(self) -> int:
        """How many hits the portal refused in the last week; they are kept so long."""
        return len(list(self._refused.glob("*.json")))

    def add(self, hit: dict[str, Any]) -> str:
        """Keep a hit until it is sent, and say by which reference."""
        reference = str(uuid4())
        path = self._folder / f"{time.time_ns():020d}-{reference}.json"
        self._at_rest.put(path, json.dumps({"reference": reference, **hit}).encode())
        self._news.set()
        return reference

    def run(self, stop: threading.Event) -> None:
        """Send hits as they come until `stop` is set."""
        wait = 0.0
        while not stop.is_set():
            self._news.clear()
            self.forget_refused()
            if self.send_all():
                wait = 0.0
                self._news.wait(1.0)
            else:
                wait = min(LONGEST_WAIT, max(0.5, wait * 2))
                stop.wait(wait * random.uniform(0.7, 1.0))  # noqa: S311 - so that matchers do not come back all at once

    def forget_refused(self) -> None:
        """Delete the hits that the portal refused a week ago: nobody will ever take them."""
        for path in self._refused.glob("*.json"):
            kept_since = path.name.partition("-")[0]  # as `add` named it, in nanoseconds
            if kept_since.isdigit() and time.time_ns() - int(kept_since) > REFUSED_FOR * 1_000_000_000:
                path.unlink()
                log.warning("A hit that the portal refused a week ago was deleted.")

    def send_all(self) -> bool:
        """Send what is kept, oldest first. False when the portal could not take it now, or the disk would not give it."""
        is_all = True
        for path in sorted(self._folder.glob("*.json")):
            try:
                if not self._send(path):
                    return False
            except OSError as error:  # the others need not wait for it
                log.error("A hit waits, since this machine's disk will not give it: %s", error.strerror)
                is_all = False
        return is_all

    def _send(self, path: Path) -> bool:
        try:
            self._session.post("/api/v1/hits/", json.loads(self._at_rest.read(path)))
        except (ValueError, Refused) as error:
            log.error("A hit on disk cannot be read; it is kept among the refused. %s", error)
            path.replace(self._refused / path.name)
        except Answered as no:
            if no.status not in REFUSALS or isinstance(no, NotSignedIn):
                log.warning("A hit waits: %s", no)
                return False
            log.error("The portal refused a hit with %s; it is kept among the refused.", no.status)
            path.replace(self._refused / path.name)
        except SilentPortal as silence:
            log.warning("A hit waits: %s", silence)
            return False
        else:
            path.unlink()
        return True

    def _discard_locked(self) -> None:
        """Delete the hits of an earlier process whose key ended with it: there is no reading them."""
        for path in self._folder.glob("*.json"):
            try:
                self._at_rest.open(path).close()
            except Refused as error:
                if error.attack == LOCKED:
                    path.unlink()
                    self.lost += 1
        if self.lost:
            log.error(
                "%d hits that were not sent are lost: the key that locked them ended with its process.", self.lost
            )
