"""Cameras that do not exist: plausible reads of plates that are nobody's, posted to matchers at a steady rate.

`--sites` is a JSON list of {"site": reference, "cameras": [names], "live": true}; `--listed` is a JSON list of
{"vrm": plate, "country": code} or of plates. Both are read again when they change. With several matchers each site
reports to one of them; the listed read that is due every few seconds goes to the matchers in turn.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

AREA_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
LAST_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
NEVER_ISSUED = ("01", "50")  # so that no generated plate is anybody's car
LISTED_EVERY = 4.0  # seconds


class Watched:
    """The list in a JSON file, read again when the file changes; the last good one while it cannot be read."""

    def __init__(self, path: Path):
        self._path = path
        self._changed: float | None = None
        self._items: list[dict[str, Any]] = []

    def items(self) -> list[dict[str, Any]]:
        try:
            changed = self._path.stat().st_mtime
            if changed != self._changed:
                content = json.loads(self._path.read_bytes())
                self._items = [item if isinstance(item, dict) else {"vrm": item, "site": item} for item in content]
                self._changed = changed
        except (OSError, ValueError):
            pass  # being written this moment: it is looked at again for the next read
        return self._items


class SimulatedCameras:
    """Makes reads. The same seed and files give the same plates."""

    def __init__(self, sites: Watched, listed: Watched, matchers: int, listed_share: float, seed: int):
        self._sites = sites
        self._listed = listed
        self._matchers = matchers
        self._listed_share = listed_share
        self._random = random.Random(seed)  # noqa: S311 - made-up traffic, nothing secret
        self._turn = 0
        self._listed_at = 0.0

    def next(self, now: float) -> tuple[int, dict[str, Any]] | None:
        """The matcher to post to and the read to post; None while no site is known."""
        sites = self._sites.items()
        if not sites:
            return None
        listed = self._listed.items()
        if listed and now - self._listed_at >= LISTED_EVERY:
            self._listed_at = now
            self._turn += 1
            live = [site for site in sites if site.get("live", True)] or sites
            return self._turn % self._matchers, self._read(self._random.choice(live), self._random.choice(listed))
        site = self._random.choice(sites)
        is_listed = bool(listed) and self._random.random() < self._listed_share
        seen = self._random.choice(listed) if is_listed else {"vrm": self._plate()}
        return sites.index(site) % self._matchers, self._read(site, seen)

    def _plate(self) -> str:
        area = self._random.choices(AREA_LETTERS, k=2)
        last = self._random.choices(LAST_LETTERS, k=3)
        return "".join([*area, self._random.choice(NEVER_ISSUED), *last])

    def _read(self, site: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
        read = {
            "vrm": seen["vrm"],
            "site": site["site"],
            "camera": self._random.choice(site.get("cameras") or ["1"]),
            "captured_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "confidence": round(self._random.triangular(0.80, 1.0, 0.97), 3),
        }
        if self._random.random() < 0.9:  # some cameras read no country
            read["country"] = seen.get("country", "GB")
        return read


def post_steadily(cameras: SimulatedCameras, matchers: Sequence[str], rate: float) -> Iterator[bool]:
    """Post `rate` reads a second for ever; yields whether each was taken."""
    due = time.monotonic()
    with httpx.Client(timeout=5) as http:
        while True:
            due = max(due + 1 / rate, time.monotonic() - 1)  # after a pause it does not rush to catch up
            time.sleep(max(0.0, due - time.monotonic()))
            posting = cameras.next(time.monotonic())
            if posting is None:
                continue
            number, read = posting
            try:
                yield http.post(f"{matchers[number].rstrip('/')}/reads", json=read).is_success
            except httpx.HTTPError:
                yield False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped."""
    command = argparse.ArgumentParser(prog="simulated_camera", description=__doc__)
    command.add_argument("--matcher", action="append", required=True, metavar="URL")
    command.add_argument("--sites", required=True, type=Path)
    command.add_argument("--listed", required=True, type=Path)
    command.add_argument("--rate", default=3.0, type=float, help="reads a second")
    command.add_argument("--listed-share", default=0.1, type=float)
    command.add_argument("--seed", default=1, type=int)
    options = command.parse_args(arguments)
    sites, listed = Watched(options.sites), Watched(options.listed)
    cameras = SimulatedCameras(sites, listed, len(options.matcher), options.listed_share, options.seed)
    was_taken = True
    try:
        for is_taken in post_steadily(cameras, options.matcher, options.rate):
            if is_taken != was_taken:
                sys.stderr.write("Reads are taken again.\n" if is_taken else "A matcher does not take reads.\n")
            was_taken = is_taken
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
