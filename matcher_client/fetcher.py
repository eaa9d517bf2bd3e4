"""How the TUF client fetches: with the matcher's token, and refusing another feed's metadata before it is looked at."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.api.metadata import TargetFile
from tuf.ngclient.fetcher import FetcherInterface

from matcher_client.refusals import CUT_SHORT, ENDLESS, FAST_FORWARD, TAMPER, WRONG_FEED, Refused
from matcher_client.session import Answered, PortalSession

TIMESTAMP = "timestamp.json"
FEED_BOUND = (TIMESTAMP, "snapshot.json", "targets.json")
# A feed signs a few timestamps a minute. Whoever steals the key cannot use up the numbers: after this, no true one would count.
LONGEST_LEAP = 1_000_000
CHUNK = 1 << 16


class Writable(Protocol):
    """Something to write to."""

    def write(self, data: bytes) -> int: ...


class PortalFetcher(FetcherInterface):
    """Fetches over a portal session and remembers what it fetched last, so that a refusal can name it."""

    def __init__(self, session: PortalSession, feed: str):
        self._session = session
        self._feed = feed
        self.name = ""
        self.asked: int | None = None
        self.got: int | None = None
        self.newest_known = 0  # version of the timestamp that was applied last

    def _fetch(self, url: str) -> Iterator[bytes]:
        self._remember(url)
        try:
            with self._session.http.stream("GET", url) as response:
                if response.status_code != 200:
                    raise DownloadHTTPError(f"The portal answered {response.status_code}", response.status_code)
                yield from response.iter_bytes(CHUNK)
        except Answered as error:
            raise DownloadHTTPError(str(error), error.status) from error
        except httpx.HTTPError as error:
            raise DownloadError(f"{self.name} could not be fetched: {type(error).__name__}") from error

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """The bytes of a metadata file.

        Feeds share keys, so that TUF by itself would take one feed's metadata for another's. The feed's name is
        looked for here, before the TUF client stores anything; it then verifies the signatures on the same bytes.
        """
        data = super().download_bytes(url, max_length)
        try:
            signed: Any = json.loads(data)["signed"]
            feed, version = signed.get("x-feed"), signed.get("version")
        except (ValueError, KeyError, TypeError, AttributeError):
            if data[:1] == b"{" and not data.rstrip().endswith(b"}"):
                raise Refused(CUT_SHORT, f"{self.name} ends in the middle.") from None
            return data  # no metadata at all: the TUF client says so better
        self.got = version if isinstance(version, int) else None
        if self.name in FEED_BOUND and feed != self._feed:
            raise Refused(WRONG_FEED, f"{self.name} was signed for another feed, not for {self._feed}.")
        if self.name == TIMESTAMP and self.newest_known and (self.got or 0) > self.newest_known + LONGEST_LEAP:
            raise Refused(FAST_FORWARD, f"{self.name} leaps from version {self.newest_known} to {self.got}.")
        return data

    def copy_target(self, url: str, target: TargetFile, file: Writable) -> None:
        """Write a file to `file` as it comes. Raises Refused unless it is, byte for byte, the one that was signed for."""
        digest, length = hashlib.sha256(), 0
        for chunk in self.fetch(url):
            length += len(chunk)
            if length > target.length:
                raise Refused(ENDLESS, f"{self.name} is longer than was signed for.")
            digest.update(chunk)
            file.write(chunk)
        if length < target.length:
            raise Refused(CUT_SHORT, f"{self.name} has {length} bytes; {target.length} were signed for.")
        if digest.hexdigest() != target.hashes["sha256"]:
            raise Refused(TAMPER, f"{self.name} is not the file that was signed for: it was altered.")

    def _remember(self, url: str) -> None:
        name = urlsplit(url).path.rsplit("/", 1)[-1]
        number, _, rest = name.partition(".")
        self.asked, self.name = (int(number), rest) if number.isdecimal() and rest.endswith(".json") else (None, name)
        self.got = None
